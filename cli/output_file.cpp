#include "cli/output_file.hpp"

#include <filesystem>

#include "sim/scenario/diagnostics.hpp"

namespace quorate {
namespace {

const std::string& free_path(const std::string& path, bool replace, const std::string& hint) {
  std::error_code ignored;
  if (!replace && std::filesystem::is_regular_file(path, ignored)) {
    throw Failure(ExitCode::cannot_create, printable(path) + " exists already", hint);
  }
  return path;
}

}  // namespace

OutputFile::OutputFile(const std::string& path, bool replace, Console& console,
                       const std::string& hint)
    : is_stdout_(path == "-"), file_(free_path(path, replace || is_stdout_, hint)) {
  if (is_stdout_ && console.options().json) {
    throw Failure(ExitCode::bad_usage, "only one of --json and \"-\" can have standard output");
  }
  if (is_stdout_) console.leave_stdout();
  if (!file_.good()) throw Failure(ExitCode::cannot_create, printable(file_.error()));
}

void OutputFile::require_good() const {
  if (file_.good()) return;
  const bool create = file_.failure() == AtomicFile::Failure::create;
  throw Failure(create ? ExitCode::cannot_create : ExitCode::io_error, printable(file_.error()));
}

void OutputFile::commit() {
  file_.commit();
  require_good();
}

void require_apart(const std::string& output, const std::string& input) {
  std::error_code ignored;
  if (std::filesystem::equivalent(output, input, ignored)) {
    throw Failure(ExitCode::bad_usage, printable(output) + " is the file to read, too",
                  "give the output another name");
  }
}

}  // namespace quorate
