// A document as a reader follows it: files to save, changes to make, commands to type, each with
// what it prints. Four kinds of block count, all others are for the eye:
//
//   ```sh             one command a line; what it prints is not said
//   ```text           whose first line begins with "$ ": a session. A line "$ COMMAND" is typed,
//   the
//                     lines below are all that it prints, errors included, but that a line "…"
//                     stands for any lines, and that measured times ("in 3 ms") are not compared
//   ```cpp a/b.hpp    or another language, and a file: the file's whole text from here on
//   ```diff a/b.hpp   a change of it: what '-' and ' ' show stands there once, '+' comes instead
//
// A command that is to fail says so: "# exits 1".
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace quorate::testing {

struct Step {
  int line{};                        // where it stands in the document, from 1
  std::string command;               // empty: a file is saved or changed
  int status{};                      // the exit status that the document promises
  std::optional<std::string> shown;  // what the command prints, if the document says so
  std::string file;
  bool change{};     // of the file; else `text` is all of it
  std::string text;  // of the file, or of the change
};

// In the order in which they stand there. In "sh" blocks only lines that call quorate count.
std::vector<Step> steps_in(const std::string& markdown);

// What stands outside of all blocks.
std::string prose_of(const std::string& markdown);

// Whether a command printed what a document shows.
bool as_shown(const std::string& printed, const std::string& shown);

// What `text` becomes by the body of a diff block; nothing if its old lines are not there once.
std::optional<std::string> changed(const std::string& text, const std::string& change);

// Where a document is followed: a folder with what it speaks of.
struct Workplace {
  std::filesystem::path folder;
  std::vector<std::pair<std::string, std::string>> environment;
  // Called before every command, for what the launcher would do: build what is stale. Returns what
  // went wrong, or nothing.
  std::function<std::string()> before_command;
};

// Does one step as a reader would. Returns what is not as the document says, or nothing.
std::string follow(const Step& step, const Workplace& place);

}  // namespace quorate::testing
