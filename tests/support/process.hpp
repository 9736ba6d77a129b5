// Runs a program as a user would and gathers what it said. For tests of the real binaries.
#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace quorate::testing {

struct Command {
  std::vector<std::string> words;                                // program and arguments
  std::filesystem::path folder = ".";                            // where it runs
  std::vector<std::pair<std::string, std::string>> environment;  // set on top of the inherited one
};

struct Outcome {
  int status{};  // exit status; 128 + signal number if a signal ended it; 127 if it was not found
  std::string output;
  std::string errors;
  long peak_kb{};  // the most memory that it, or one process it waited for, had at once
};

// Waits for the end; standard input is empty. Throws std::runtime_error if no process can be made.
Outcome run(const Command& command);

std::filesystem::path binary(const std::string& name);  // a program of the build, "quorate" say
std::filesystem::path source(const std::string& path);  // a file of the source tree
std::string contents(const std::filesystem::path& file);

// A new empty folder, removed with everything in it at the end of its life.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace quorate::testing
