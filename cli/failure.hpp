// How a command gives up: thrown anywhere below it, told on stderr by the program's top level.
#pragma once

#include <stdexcept>
#include <string>

#include "cli/exit_code.hpp"

namespace quorate {

class Failure : public std::runtime_error {
 public:
  // `text` is what follows "quorate: error: "; empty where everything has been told already. `hint`
  // stands on a line of its own.
  Failure(ExitCode code, const std::string& text, std::string hint = {})
      : std::runtime_error(text), code_(code), hint_(std::move(hint)) {}
  ExitCode code() const { return code_; }
  const std::string& hint() const { return hint_; }

 private:
  ExitCode code_;
  std::string hint_;
};

}  // namespace quorate
