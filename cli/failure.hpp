// How a command gives up: thrown anywhere below it, told on stderr by the program's top level.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "cli/exit_code.hpp"
#include "sim/base/json_writer.hpp"
#include "sim/scenario/diagnostics.hpp"

namespace quorate {

class Failure : public std::runtime_error {
 public:
  // `text` is what follows "quorate: error: "; empty where everything has been told already. `hint`
  // stands on a line of its own. Both may quote what a user typed: they become printable here.
  Failure(ExitCode code, std::string_view text, std::string_view hint = {})
      : std::runtime_error(printable(text)), code_(code), hint_(printable(hint)) {}
  // What is wrong with a file, told already: the problems, for --json.
  Failure(std::vector<Diagnostic> diagnostics, std::string_view hint)
      : Failure(ExitCode::invalid_input, "", hint) {
    diagnostics_ = std::move(diagnostics);
  }
  ExitCode code() const { return code_; }
  const std::vector<Diagnostic>& diagnostics() const { return diagnostics_; }
  const std::string& hint() const { return hint_; }

 private:
  ExitCode code_;
  std::string hint_;
  std::vector<Diagnostic> diagnostics_{};
};

void print_diagnostic(JsonWriter& out, const Diagnostic& diagnostic);
// What --json prints where a command gives up: {"schema": "quorate/error/1", "exit_code": 3, ...}.
std::string failure_json(const Failure& failure);

}  // namespace quorate
