#include "cli/python.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string_view>

#include "cli/child_process.hpp"
#include "cli/failure.hpp"

namespace quorate {
namespace {

constexpr std::string_view how_to_install =
    "on Debian: apt-get install --no-install-recommends python3-matplotlib; "
    "QUORATE_PYTHON=/path/to/python3 names another one";

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr ? value : "";
}

bool can_be_started(const std::string& path) {
  return std::filesystem::is_regular_file(path) && access(path.c_str(), X_OK) == 0;
}

// The answer must come from the interpreter itself: a package may be there and not load.
bool draws(const std::string& path) {
  const std::string attempt =
      "import sys; sys.path[:] = [p for p in sys.path if p]; import matplotlib";
  return run_child({path, "-c", attempt}).status == 0;
}

// A path as it is; a mere name is looked up as a shell would.
std::string named_python(const std::string& word) {
  if (word.find('/') != std::string::npos) return word;
  std::string_view path = std::getenv("PATH") != nullptr ? std::getenv("PATH") : "";
  while (!path.empty()) {
    const std::size_t colon = std::min(path.find(':'), path.size());
    std::string file = std::string(path.substr(0, colon)) + "/" + word;
    if (can_be_started(file)) return file;
    path.remove_prefix(std::min(colon + 1, path.size()));
  }
  return word;
}

std::string named_one() {
  const std::string word = variable("QUORATE_PYTHON");
  std::string path = named_python(word);
  if (!can_be_started(path)) {
    throw Failure(ExitCode::missing_tool, "QUORATE_PYTHON=" + word + " is no program",
                  how_to_install);
  }
  if (draws(path)) return path;
  throw Failure(ExitCode::missing_tool, "QUORATE_PYTHON=" + word + " cannot import matplotlib",
                how_to_install);
}

}  // namespace

std::vector<std::string> python_candidates() {
  std::vector<std::string> found;
  const auto add = [&](const std::string& path) {
    if (can_be_started(path) && std::ranges::find(found, path) == found.end()) {
      found.push_back(path);
    }
  };
  if (const std::string venv = variable("VIRTUAL_ENV"); !venv.empty()) {
    add(venv + "/bin/python3");
  }
  const std::string path = variable("PATH");
  for (std::size_t begin = 0; begin < path.size();) {
    const std::size_t colon = std::min(path.find(':', begin), path.size());
    const std::string folder = path.substr(begin, colon - begin);
    // A relative or empty folder of the PATH is the current one's affair, not ours.
    if (folder.starts_with("/")) {
      add(folder + "/python3");
      add(folder + "/python");
    }
    begin = colon + 1;
  }
  add("/usr/bin/python3");
  add("/usr/local/bin/python3");
  return found;
}

std::string python_that_draws() {
  if (!variable("QUORATE_PYTHON").empty()) return named_one();
  const std::vector<std::string> candidates = python_candidates();
  const auto found = std::ranges::find_if(candidates, draws);
  if (found != candidates.end()) return *found;
  throw Failure(ExitCode::missing_tool,
                candidates.empty() ? "figures need Python 3 with matplotlib; there is no Python"
                                   : "figures need matplotlib, which no Python here can import",
                how_to_install);
}

}  // namespace quorate
