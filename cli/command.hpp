// What a command is: words for the help, the options it takes, and a function. One table of all of
// them feeds the parser and the help, so that neither can forget what the other knows.
#pragma once

#include <span>
#include <string_view>

#include "cli/arguments.hpp"
#include "cli/console.hpp"
#include "cli/exit_code.hpp"

namespace quorate {

struct Example {
  std::string_view line;  // without the program's name
  std::string_view text;
};

struct Invocation {
  const Arguments& arguments;
  Console& console;
};

struct Command {
  std::string_view name;
  std::string_view operands;  // "FILE...", for the help
  std::size_t fewest{};       // operands it takes
  std::size_t most{};
  std::string_view summary;  // one line
  std::string_view details;  // further lines of its help; may be empty
  std::span<const Option> options;
  std::span<const Example> examples;
  ExitCode (*run)(const Invocation&){};
};

// In the order of the help. Each is defined in the file of its name.
std::span<const Command> commands();
const Command* find_command(std::string_view name);  // or null

Command run_command();
Command replay_command();
Command check_command();
Command why_command();
Command diff_command();
Command view_command();
Command export_command();
Command sweep_command();
Command merge_command();
Command plot_command();
Command compare_command();
Command report_command();
Command validate_command();
Command fmt_command();
Command list_command();
Command describe_command();
Command new_command();
Command schema_command();
Command completion_command();
Command selftest_command();
Command version_command();
Command help_command();

}  // namespace quorate
