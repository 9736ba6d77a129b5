#include "cli/man_page.hpp"

#include "cli/build_info.hpp"
#include "cli/command.hpp"
#include "cli/help.hpp"

namespace quorate {
namespace {

// Nothing in it is taken for markup: no backslash, no command at the start of a line, and hyphens
// that can be copied.
std::string plain(std::string_view text) {
  std::string result;
  for (const char c : text) {
    const bool starts_line = result.empty() || result.back() == '\n';
    if (starts_line && (c == '.' || c == '\'')) result += "\\&";
    if (c == '\\') {
      result += "\\e";
    } else if (c == '-') {
      result += "\\-";
    } else {
      result += c;
    }
  }
  return result;
}

std::string bold(std::string_view text) { return "\\fB" + plain(text) + "\\fR"; }
std::string italic(std::string_view text) { return "\\fI" + plain(text) + "\\fR"; }

std::string options(std::span<const Option> all) {
  std::string text;
  for (const Option& option : all) {
    text += ".TP\n";
    if (option.letter != 0) text += bold(std::string("-") + option.letter) + ", ";
    text += bold("--" + std::string(option.name));
    if (!option.value.empty()) text += " " + italic(option.value);
    text += "\n" + plain(option.text) + (option.repeated ? " (repeatable)" : "") + "\n";
  }
  return text;
}

std::string section(const Command& command) {
  const std::string name(command.name);
  std::string text = ".SS " + name + "\n" + bold("quorate " + name);
  if (!command.operands.empty()) text += " " + italic(command.operands);
  text += "\n.PP\n" + plain(command.summary) + ".\n";
  if (!command.details.empty()) text += plain(command.details) + "\n";
  text += options(command.options);
  for (const Example& example : command.examples) {
    text +=
        ".TP\n" + plain("quorate " + std::string(example.line)) + "\n" + plain(example.text) + "\n";
  }
  return text;
}

}  // namespace

std::string man_page() {
  std::string text = ".TH QUORATE 1 \"\" \"quorate " + std::string(version()) +
                     "\" \"User Commands\"\n.SH NAME\nquorate \\- replay seeded failure "
                     "scenarios against consensus protocols\n.SH SYNOPSIS\n" +
                     bold("quorate") + " " + italic("COMMAND") + " [" + italic("WORDS") + "...] [" +
                     italic("OPTIONS") + "]\n";
  text +=
      ".SH DESCRIPTION\nThe same scenario and seed give the same run on every machine.\n"
      "Results go to standard output, everything told beside them to standard error.\n";
  text += ".SH COMMANDS\n";
  for (const Command& command : commands()) text += section(command);
  text += ".SH OPTIONS\nEvery command takes them.\n" + options(global_options());
  text += ".SH EXIT STATUS\n.nf\n" + plain(exit_code_lines()) + ".fi\n";
  text +=
      ".SH ENVIRONMENT\n.TP\n.B NO_COLOR\nNo colour, if it is set.\n.TP\n.B QUORATE_ROOT\n"
      "The source tree, where the shipped scenarios are; else the current folder.\n";
  return text;
}

}  // namespace quorate
