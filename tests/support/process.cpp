#include "tests/support/process.hpp"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace quorate::testing {

namespace fs = std::filesystem;

namespace {

void redirect(const fs::path& file, int flags, int descriptor) {
  const int opened = open(file.c_str(), flags, 0600);
  if (opened < 0 || dup2(opened, descriptor) < 0) _exit(127);
}

// Output goes to files: no pipe can fill up and block the child.
[[noreturn]] void become(const Command& command, const fs::path& scratch) {
  redirect("/dev/null", O_RDONLY, STDIN_FILENO);
  redirect(scratch / "output", O_WRONLY | O_CREAT, STDOUT_FILENO);
  redirect(scratch / "errors", O_WRONLY | O_CREAT, STDERR_FILENO);
  if (chdir(command.folder.c_str()) != 0) _exit(127);
  for (const auto& [name, value] : command.environment) setenv(name.c_str(), value.c_str(), 1);
  std::vector<char*> words;
  for (const std::string& word : command.words) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  execvp(words[0], words.data());
  _exit(127);
}

// Waits for the child's end.
void await(pid_t child, Outcome& outcome) {
  int status = 0;
  rusage used{};
  if (wait4(child, &status, 0, &used) != child) throw std::runtime_error("wait4 failed");
  outcome.status = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  outcome.peak_kb = used.ru_maxrss;
}

}  // namespace

Outcome run(const Command& command) {
  const TemporaryFolder scratch;
  const pid_t child = fork();
  if (child < 0) throw std::runtime_error("fork failed");
  if (child == 0) become(command, scratch.path());
  Outcome outcome;
  await(child, outcome);
  outcome.output = contents(scratch.path() / "output");
  outcome.errors = contents(scratch.path() / "errors");
  return outcome;
}

fs::path binary(const std::string& name) { return fs::path(QUORATE_BINARY_DIR) / name; }

fs::path source(const std::string& path) { return fs::path(QUORATE_SOURCE_DIR) / path; }

std::string contents(const fs::path& file) {
  std::ostringstream text;
  text << std::ifstream(file, std::ios::binary).rdbuf();
  return text.str();
}

TemporaryFolder::TemporaryFolder() {
  std::string name = (fs::temp_directory_path() / "quorate-test-XXXXXX").string();
  if (!mkdtemp(name.data())) throw std::runtime_error("cannot create " + name);
  path_ = name;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

}  // namespace quorate::testing
