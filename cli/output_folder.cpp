#include "cli/output_folder.hpp"

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "sim/scenario/diagnostics.hpp"

namespace quorate {
namespace {

namespace fs = std::filesystem;

// "a/b" of "a/b/", so that there is a last part.
std::string without_slashes(std::string path) {
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  return path;
}

// A hidden name beside it. Numbered, not random: what a killed process left is easy to recognise.
std::string name_beside(const std::string& path, const std::string& ending) {
  const std::size_t slash = path.rfind('/');
  const std::size_t start = slash == path.npos ? 0 : slash + 1;
  return path.substr(0, start) + "." + path.substr(start) + ending;
}

void require_free(const std::string& path, bool replace,
                  const std::function<bool(const std::string&)>& is_ours) {
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (!fs::exists(status)) return;
  const bool empty = fs::is_directory(status) && fs::is_empty(path, error);
  if (empty && !error) return;
  const bool ours = fs::is_directory(status) && is_ours(path);
  if (ours && replace) return;
  throw Failure(ExitCode::cannot_create, printable(path) + " exists already",
                ours ? "--force replaces it" : "give it another name");
}

}  // namespace

OutputFolder::OutputFolder(const std::string& path, bool replace,
                           const std::function<bool(const std::string&)>& is_ours)
    : path_(without_slashes(path)) {
  require_free(path_, replace, is_ours);
  constexpr int attempts = 100;
  std::error_code error;
  for (int number = 0; number < attempts; ++number) {
    working_ = name_beside(path_, ".part" + std::to_string(number));
    if (fs::create_directory(working_, error)) return;
    if (error) break;
  }
  working_.clear();
  throw Failure(ExitCode::cannot_create, "cannot create the directory " + printable(path_) + ": " +
                                             (error ? error.message() : std::strerror(EEXIST)));
}

OutputFolder::~OutputFolder() {
  try {
    if (!working_.empty()) fs::remove_all(working_);
  } catch (const std::exception&) {  // no memory, or the folder is no longer ours: it stays
  }
}

// What was there is put aside first and removed last: at every moment one of both is whole.
void OutputFolder::commit() {
  const std::string aside = working_ + ".old";
  std::error_code error;
  const bool held = fs::exists(path_);
  if (held) fs::rename(path_, aside, error);
  if (!error) fs::rename(working_, path_, error);
  if (error) {
    const std::string why = error.message();
    if (held && !fs::exists(path_)) fs::rename(aside, path_, error);
    throw Failure(ExitCode::io_error,
                  "cannot rename the finished folder to " + printable(path_) + ": " + why);
  }
  working_.clear();
  if (held) fs::remove_all(aside, error);
}

}  // namespace quorate
