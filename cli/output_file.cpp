#include "cli/output_file.hpp"

#include <filesystem>

#include "sim/scenario/diagnostics.hpp"

namespace quorate {
namespace {

const std::string& free_path(const std::string& path, bool replace) {
  std::error_code ignored;
  if (!replace && std::filesystem::is_regular_file(path, ignored)) {
    throw Failure(ExitCode::cannot_create, printable(path) + " exists already",
                  "--force replaces it");
  }
  return path;
}

}  // namespace

OutputFile::OutputFile(const std::string& path, bool replace) : file_(free_path(path, replace)) {
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

}  // namespace quorate
