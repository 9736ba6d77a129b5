// ./quorate, the shell script: builds a small tree, runs one that it may not build, and says what
// is wrong with one that does not compile.
#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <fstream>

#include "tests/cli/command_line.hpp"

namespace quorate::testing {

namespace {

namespace fs = std::filesystem;

// A tree with the launcher and a program called quorate that prints its first argument.
class Tree {
 public:
  Tree() {
    fs::copy_file(source("quorate"), folder_.path() / "quorate");
    write("CMakePresets.json", R"({"version": 6, "configurePresets": [{"name": "release",
      "generator": "Ninja", "binaryDir": "${sourceDir}/build/release"}]})");
    write("CMakeLists.txt",
          "cmake_minimum_required(VERSION 3.25)\nset(CMAKE_CXX_COMPILER_WORKS 1)\n"
          "project(small CXX)\nadd_executable(quorate main.cpp)\n");
    write("main.cpp", "#include <cstdio>\nint main(int, char** words) { std::puts(words[1]); }\n");
  }
  void write(const std::string& name, const std::string& text) const {
    std::ofstream(folder_.path() / name) << text;
  }
  const fs::path& path() const { return folder_.path(); }
  Outcome operator()(const std::string& word, const std::string& memory = "") const {
    return run({{"./quorate", word},
                folder_.path(),
                {{"QUORATE_NO_INSTALL", "1"},
                 {"QUORATE_BUILD_MEMORY", memory},
                 {"PATH", (path() / "bin").string() + ":" + std::getenv("PATH")}}});
  }

 private:
  TemporaryFolder folder_;
};

}  // namespace

TEST_CASE("cli: the launcher builds what is stale, says so in one line, and runs it") {
  const Tree quorate;
  const Outcome first = quorate("hello");
  CHECK(first.status == 0);
  CHECK(first.output == "hello\n");
  CHECK(first.errors ==
        "quorate: building [1/2]; a first build takes about two minutes on two cores\n");
  const Outcome second = quorate("again");
  CHECK(second.output == "again\n");
  CHECK(second.errors.empty());
  quorate.write("main.cpp", "#include <cstdio>\nint main() { std::puts(\"changed\"); }\n");
  const Outcome rebuilt = quorate("hello");
  CHECK(rebuilt.output == "changed\n");
  CHECK(rebuilt.errors == "quorate: building [1/2]\n");
}

// Its compilers may take so many megabytes: few of them run at once, and none has a whole room.
TEST_CASE("cli: the launcher compiles no more at a time than memory holds") {
  const Tree quorate;
  quorate.write("CMakePresets.json", R"({"version": 6, "configurePresets": [{"name": "release",
      "generator": "Ninja", "binaryDir": "${sourceDir}/build/release",
      "cacheVariables": {"QUORATE_UNITY": "ON"}}]})");
  fs::create_directory(quorate.path() / "bin");
  quorate.write(
      "bin/ninja",
      "#!/bin/sh\nPATH=${PATH#*:}\ncase \"$*\" in *' quorate') echo \"$*\" >>built ;; esac\n"
      "exec ninja \"$@\"\n");
  fs::permissions(quorate.path() / "bin/ninja", fs::perms::owner_all);
  const auto built = [&](const std::string& memory, const std::string& file) {
    fs::remove_all(quorate.path() / "build");
    fs::remove(quorate.path() / "built");
    CHECK(quorate("hello", memory).status == 0);
    std::ifstream text(quorate.path() / file);
    return std::string{std::istreambuf_iterator<char>(text), {}};
  };
  CHECK(has(built("3299", "build/release/CMakeCache.txt"), "QUORATE_UNITY:UNINITIALIZED=OFF\n"));
  CHECK(has(built("3300", "build/release/CMakeCache.txt"), "QUORATE_UNITY:UNINITIALIZED=ON\n"));
  CHECK(has(built("", "build/release/CMakeCache.txt"), "QUORATE_UNITY:UNINITIALIZED=ON\n"));
  CHECK(has(built("1", "built"), " -j1 quorate\n"));
  CHECK(has(built("4499", "built"), " -j1 quorate\n"));
  CHECK_FALSE(has(built("1000000", "built"), " -j"));
}

// Who holds the lock is building.
TEST_CASE("cli: the launcher says that it waits for another build") {
  const Tree quorate;
  CHECK(quorate("hello").status == 0);
  const std::string both = "flock build/release/.lock sleep 0.5 & sleep 0.1; ./quorate late; wait";
  const Outcome late = run({{"sh", "-c", both}, quorate.path(), {{"QUORATE_NO_INSTALL", "1"}}});
  CHECK(late.output == "late\n");
  CHECK(late.errors == "quorate: another build is going on here; waiting for it\n");
}

// A folder where the lock should be keeps even root from building.
TEST_CASE("cli: the launcher runs what is finished where it cannot build") {
  const Tree quorate;
  fs::create_directories(quorate.path() / "build/release/.lock");
  const Outcome nothing = quorate("hello");
  CHECK(nothing.status == 73);
  CHECK(has(nothing.errors, "QUORATE_BUILD_DIR names another place\n"));
  CHECK(std::ranges::count(nothing.errors, '\n') == 1);
  fs::remove(quorate.path() / "build/release/.lock");
  CHECK(quorate("hello").status == 0);
  fs::remove(quorate.path() / "build/release/.lock");
  fs::create_directories(quorate.path() / "build/release/.lock");
  const Outcome finished = quorate("hello");
  CHECK(finished.status == 0);
  CHECK(finished.output == "hello\n");
  CHECK(finished.errors.empty());
  fs::create_directories(quorate.path() / "sim");
  quorate.write("sim/new.cpp", "int i;\n");
  fs::last_write_time(quorate.path() / "sim/new.cpp",
                      fs::file_time_type::clock::now() + std::chrono::hours(1));
  const Outcome stale = quorate("hello");
  CHECK(stale.output == "hello\n");
  CHECK(has(stale.errors, "sim/new.cpp"));
}

TEST_CASE("cli: the launcher shows the first error of a source that does not compile, exit 125") {
  const Tree quorate;
  quorate.write("main.cpp",
                "int main() {\n  return first_mistake;\n}\nint f() {\n"
                "  return second_mistake;\n}\n");
  const Outcome broken = quorate("hello");
  CHECK(broken.status == 125);
  CHECK(broken.output.empty());
  CHECK(has(broken.errors, "quorate: the source does not compile"));
  CHECK(has(broken.errors, "main.cpp:2"));
  CHECK(has(broken.errors, "first_mistake"));
  CHECK_FALSE(has(broken.errors, "second_mistake"));
  CHECK(has(broken.errors, "the whole log: "));
  CHECK(std::ranges::count(broken.errors, '\n') < 12);
  quorate.write("main.cpp", "int f();\nint main() { return f(); }\n");
  const Outcome unlinked = quorate("hello");
  CHECK(unlinked.status == 125);
  CHECK(has(unlinked.errors, "f()"));
  quorate.write("CMakeLists.txt", "message(FATAL_ERROR \"a broken list\")\n");
  const Outcome unconfigured = quorate("hello");
  CHECK(unconfigured.status == 125);
  CHECK(has(unconfigured.errors, "a broken list"));
}

}  // namespace quorate::testing
