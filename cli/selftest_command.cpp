// quorate selftest: runs the tests that were built with this program.
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "cli/command.hpp"
#include "sim/base/field_print.hpp"

namespace quorate {
namespace {

namespace fs = std::filesystem;

constexpr auto selftest_options = std::to_array<Option>({
    {.name = "long", .text = "also the long tests, with their full counts; minutes"},
});

constexpr auto selftest_examples = std::to_array<Example>({
    {"selftest raft", "those with \"raft\" in their name; 'raft*' : at its start"},
    {"selftest", "all tests; the last line is \"N passed, N failed\""},
    {"selftest --long", "more seeds, more time"},
});

// Named by the environment, else beside this program.
fs::path test_program() {
  if (const char* named = std::getenv("QUORATE_TESTS"); named != nullptr && *named != '\0') {
    return named;
  }
  std::error_code ignored;
  return fs::read_symlink("/proc/self/exe", ignored).parent_path() / "quorate_tests";
}

struct Wanted {
  bool long_too{};
  std::string pattern;  // of the names of test cases; empty: all
};

Wanted wanted(const Arguments& arguments) {
  Wanted result{arguments.has("long"), {}};
  if (arguments.operands().empty()) return result;
  result.pattern = arguments.operands().front();
  const bool has_star = result.pattern.find('*') != std::string::npos;
  if (!has_star) result.pattern = "*" + result.pattern + "*";
  return result;
}

[[noreturn]] void become(const fs::path& program, const Wanted& wanted) {
  std::vector<std::string> words{program.string()};
  if (wanted.long_too) {
    setenv("QUORATE_LONG", "1", 1);
    words.emplace_back("--long");
  }
  if (!wanted.pattern.empty()) words.push_back("--test-case=" + wanted.pattern);
  std::vector<char*> arguments;
  arguments.reserve(words.size() + 1);
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  execv(arguments.front(), arguments.data());
  std::perror("quorate: cannot start the tests");
  _exit(static_cast<int>(ExitCode::missing_tool));
}

// The counts of the last line "N passed, N failed"; false where there is none.
bool counts_in(const std::string& line, unsigned& passed, unsigned& failed) {
  return std::sscanf(line.c_str(), "%u passed, %u failed", &passed, &failed) == 2;
}

// Sends what the tests print to stderr, since stdout is to hold one object.
std::string last_line_of(int descriptor, Console& console) {
  std::string line;
  std::string last;
  char buffer[4096];
  for (ssize_t count = 0; (count = read(descriptor, buffer, sizeof buffer)) > 0;) {
    console.tell({buffer, static_cast<std::size_t>(count)});
    for (const char c : std::string_view(buffer, static_cast<std::size_t>(count))) {
      if (c == '\n')
        last = std::exchange(line, {});
      else
        line += c;
    }
  }
  return last;
}

struct Tests {
  pid_t process{};
  int output{};  // what they print can be read here
};

Tests start(const fs::path& program, const Wanted& wanted) {
  int ends[2];
  if (pipe(ends) != 0) throw Failure(ExitCode::internal_error, "no pipe can be made");
  const pid_t child = fork();
  if (child < 0) throw Failure(ExitCode::internal_error, "no process can be made");
  if (child == 0) {
    dup2(ends[1], STDOUT_FILENO);
    close(ends[0]);
    become(program, wanted);
  }
  close(ends[1]);
  return {child, ends[0]};
}

ExitCode run_for_json(const fs::path& program, const Wanted& wanted, Console& console) {
  const Tests tests = start(program, wanted);
  unsigned passed = 0;
  unsigned failed = 0;
  const bool counted = counts_in(last_line_of(tests.output, console), passed, failed);
  close(tests.output);
  int status = 0;
  waitpid(tests.process, &status, 0);
  JsonWriter out;
  out.open_object();
  print_member(out, "schema", "quorate/selftest/1");
  print_member(out, "finished", counted);
  print_member(out, "passed", passed);
  print_member(out, "failed", failed);
  out.close_object();
  console.print(out.buffer() + "\n");
  return WIFEXITED(status) ? static_cast<ExitCode>(WEXITSTATUS(status)) : ExitCode::internal_error;
}

ExitCode run_selftest(const Invocation& invocation) {
  Console& console = invocation.console;
  const fs::path program = test_program();
  const Wanted selected = wanted(invocation.arguments);
  if (access(program.c_str(), X_OK) != 0) {
    throw Failure(ExitCode::missing_tool, "the tests are not built: " + program.string(),
                  "the launcher ./quorate builds them; or build the target quorate_tests");
  }
  if (console.options().json) return run_for_json(program, selected, console);
  if (!console.flush()) return ExitCode::io_error;
  become(program, selected);
}

}  // namespace

Command selftest_command() {
  return {.name = "selftest",
          .operands = "[PATTERN]",
          .fewest = 0,
          .most = 1,
          .summary = "run the tests, or those with a certain name",
          .details =
              "PATTERN is a part of the names of test cases, or, with '*' for anything, a whole "
              "name.\nThe first word of a name is its area: tests/README.md lists them.",
          .options = selftest_options,
          .examples = selftest_examples,
          .run = run_selftest};
}

}  // namespace quorate
