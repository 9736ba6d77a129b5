#include "cli/help.hpp"

#include <array>

#include "cli/man_page.hpp"
#include "cli/subject.hpp"
#include "sim/base/field_print.hpp"
#include "sim/scenario/diagnostics.hpp"

namespace quorate {
namespace {

constexpr std::size_t widest_option = 24;

constexpr std::string_view exit_codes =
    "Exit codes\n"
    "  0 expectations met                       5 inconclusive: a budget or --until ended it\n"
    "  1 violation, missed expectation, or a    6 a tool is missing\n"
    "    fault that never fired                 70 a mistake in quorate itself\n"
    "  2 bad command line                       73 cannot create an output file\n"
    "  3 invalid scenario or trace              74 writing failed\n"
    "  4 a replay diverged                      75 another process is writing there\n"
    "  125 the sources do not compile           129, 130, 141, 143 interrupted\n";

std::string left_column(const Option& option) {
  std::string text = option.letter != 0 ? std::string("-") + option.letter + ", " : "    ";
  text += "--" + std::string(option.name);
  if (!option.value.empty()) text += " " + std::string(option.value);
  return text;
}

std::string option_lines(std::span<const Option> options) {
  std::string text;
  for (const Option& option : options) {
    const std::string left = left_column(option);
    const bool wide = left.size() > widest_option;
    text += "  " + (wide ? left + "\n" + std::string(widest_option + 4, ' ')
                         : padded(left, widest_option + 2));
    text += std::string(option.text) + (option.repeated ? " (repeatable)" : "") + "\n";
  }
  return text;
}

void print_option(JsonWriter& out, const Option& option) {
  out.open_object();
  print_member(out, "name", "--" + std::string(option.name));
  if (option.letter != 0) print_member(out, "letter", std::string("-") + option.letter);
  if (!option.value.empty()) print_member(out, "value", option.value);
  print_member(out, "repeatable", option.repeated);
  print_member(out, "text", option.text);
  out.close_object();
}

void print_options(JsonWriter& out, std::string_view key, std::span<const Option> options) {
  out.key(key);
  out.open_array();
  for (const Option& option : options) print_option(out, option);
  out.close_array();
}

void print_command(JsonWriter& out, const Command& command) {
  out.open_object();
  print_member(out, "name", command.name);
  print_member(out, "operands", command.operands);
  print_member(out, "summary", command.summary);
  print_options(out, "options", command.options);
  out.key("examples");
  out.open_array();
  for (const Example& example : command.examples)
    out.string("quorate " + std::string(example.line));
  out.close_array();
  out.close_object();
}

std::string help_json() {
  JsonWriter out;
  out.open_object();
  print_member(out, "schema", "quorate/help/1");
  print_options(out, "global_options", global_options());
  out.key("commands");
  out.open_array();
  for (const Command& command : commands()) print_command(out, command);
  out.close_array();
  out.close_object();
  return out.buffer() + "\n";
}

ExitCode run_help(const Invocation& invocation) {
  Console& console = invocation.console;
  const std::vector<std::string>& operands = invocation.arguments.operands();
  if (invocation.arguments.has("man")) {
    console.print(man_page());
  } else if (console.options().json) {
    console.print(help_json());
  } else if (operands.empty()) {
    console.print(overview());
  } else if (const Command* command = find_command(operands.front())) {
    console.print(command_help(*command));
  } else {
    throw Failure(ExitCode::bad_usage, "there is no command " + in_quotes(operands.front()));
  }
  return ExitCode::success;
}

constexpr auto help_examples = std::to_array<Example>({
    {"help", "all commands"},
    {"help sweep", "one of them, with its options and examples"},
    {"help --man > quorate.1", "a manual page of all, for man ./quorate.1"},
});

constexpr auto help_options = std::to_array<Option>({
    {.name = "man", .text = "the manual page of everything, in roff"},
});

}  // namespace

std::string overview() {
  std::string text =
      "quorate replays seeded failure scenarios against consensus protocols.\n\nUsage: " +
      program_name() + " COMMAND [WORDS...] [OPTIONS]\n\nCommands\n";
  for (const Command& command : commands()) {
    const std::string left = std::string(command.name) + " " + std::string(command.operands);
    const std::string gap = left.size() < 31 ? "" : "\n" + std::string(33, ' ');
    text += "  " + padded(left, 31) + gap + std::string(command.summary) + "\n";
  }
  text += "\nOptions of every command\n" + option_lines(global_options());
  text += "\n" + std::string(exit_codes);
  text += "\nWhat --json and --csv hold: cli/README.md in the source.\n";
  text += "Start with: " + program_name() + " run scenarios/raft/leader-crash.json\n";
  return text;
}

std::string_view exit_code_lines() { return exit_codes.substr(exit_codes.find('\n') + 1); }

std::string command_help(const Command& command) {
  std::string text = "quorate " + std::string(command.name) + ": " + std::string(command.summary);
  text += "\n\nUsage: " + program_name() + " " + std::string(command.name);
  if (!command.operands.empty()) text += " " + std::string(command.operands);
  text += " [OPTIONS]\n";
  if (!command.details.empty()) text += "\n" + std::string(command.details) + "\n";
  if (!command.options.empty()) text += "\nOptions\n" + option_lines(command.options);
  text += "\nOptions of every command\n" + option_lines(global_options());
  text += "\nExamples\n";
  for (const Example& example : command.examples) {
    text += "  " + program_name() + " " + std::string(example.line) + "\n      " +
            std::string(example.text) + "\n";
  }
  return text;
}

Command help_command() {
  return {.name = "help",
          .operands = "[COMMAND]",
          .fewest = 0,
          .most = 1,
          .summary = "show all commands, or one with its options",
          .details = {},
          .options = help_options,
          .examples = help_examples,
          .run = run_help};
}

}  // namespace quorate
