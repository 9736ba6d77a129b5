#include "cli/program.hpp"

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <new>
#include <string>
#include <system_error>
#include <vector>

#include "cli/command.hpp"
#include "cli/help.hpp"
#include "cli/subject.hpp"
#include "sim/base/assert.hpp"
#include "sim/scenario/diagnostics.hpp"

namespace quorate {
namespace {

Failure unknown_command(const std::string& word) {
  std::vector<std::string> names;
  for (const Command& command : commands()) names.emplace_back(command.name);
  const std::string meant = did_you_mean(word, names);
  return {ExitCode::bad_usage,
          "unknown command " + in_quotes(word) + (meant.empty() ? "" : "; " + meant),
          program_name() + " help shows all commands"};
}

void check_operands(const Command& command, const Arguments& arguments) {
  const std::size_t given = arguments.operands().size();
  const std::string name(command.name);
  const std::string hint = program_name() + " help " + name + " shows how it is used";
  if (given < command.fewest) {
    throw Failure(ExitCode::bad_usage, name + " needs " + std::string(command.operands), hint);
  }
  if (given > command.most) {
    const std::string& first = arguments.operands()[command.most];
    throw Failure(ExitCode::bad_usage, name + " does not take " + in_quotes(first), hint);
  }
}

ExitCode run_named(const Command& command, const SplitWords& split, Console& console) {
  std::vector<std::string> words = split.before;
  words.insert(words.end(), split.behind.begin(), split.behind.end());
  const Arguments arguments = read_arguments(words, command.options);
  console = Console(console_options(arguments));
  if (arguments.has("help")) {
    console.print(command_help(command));
    return ExitCode::success;
  }
  if (arguments.has("version")) {
    const Command version = version_command();
    return version.run({arguments, console});
  }
  check_operands(command, arguments);
  return command.run({arguments, console});
}

ExitCode run_words(const std::vector<std::string>& words, Console& console) {
  const SplitWords split = split_words(words);
  const Arguments before = read_arguments(split.before, {});
  console = Console(console_options(before));
  if (!split.command.empty()) {
    const Command* command = find_command(split.command);
    if (command == nullptr) throw unknown_command(split.command);
    return run_named(*command, split, console);
  }
  const char* meant = before.has("version") ? "version" : before.has("help") ? "help" : nullptr;
  if (meant != nullptr) return find_command(meant)->run({before, console});
  console.tell(overview());
  return ExitCode::bad_usage;
}

ExitCode our_bug(Console& console, const std::string& text) {
  console.error(text);
  console.tell(
      "  This is a mistake in quorate, not in your scenario. Please report it with the\n"
      "  command you ran, the scenario, and what \"" +
      program_name() + " version\" prints.\n");
  return ExitCode::internal_error;
}

// Also where the words could not be read as far as --json.
bool wants_json(const std::vector<std::string>& words, const Console& console) {
  const auto end = std::ranges::find(words, "--");
  return console.options().json || std::find(words.begin(), end, "--json") != end;
}

ExitCode guarded(const std::vector<std::string>& words, Console& console) {
  try {
    return run_words(words, console);
  } catch (const Failure& failure) {
    if (wants_json(words, console)) console.print(failure_json(failure));
    if (*failure.what() != '\0') console.error(failure.what());
    if (!failure.hint().empty()) console.tell("  " + failure.hint() + "\n");
    if (failure.code() != ExitCode::internal_error) return failure.code();
    return our_bug(console, "the run could not go on");
  } catch (const AssertionFailure& failure) {
    return our_bug(console, failure.report());
  } catch (const std::bad_alloc&) {
    console.error("out of memory");
    return ExitCode::internal_error;
  } catch (const std::system_error& error) {
    console.error(printable(error.what()));  // no process, no socket: the machine's fault
    return ExitCode::internal_error;
  } catch (const std::exception& error) {
    return our_bug(console, error.what());
  } catch (...) {
    return our_bug(console, "an unknown exception");
  }
}

ExitCode run_and_flush(int argc, char** argv) {
  guard_standard_streams();
  std::signal(SIGXFSZ, SIG_IGN);  // a write beyond `ulimit -f` fails instead, and is cleaned up
  name_program(argc > 0 ? argv[0] : "quorate");
  const std::vector<std::string> words(argv + (argc > 0 ? 1 : 0), argv + argc);
  Console console;
  ExitCode code = guarded(words, console);
  console.end_progress();
  if (!console.flush() && code != ExitCode::internal_error) {
    console.error("standard output could not be written");
    code = ExitCode::io_error;
  }
  return code;
}

}  // namespace

int run_program(int argc, char** argv) {
  try {
    return static_cast<int>(run_and_flush(argc, argv));
  } catch (const std::bad_alloc&) {
    std::fputs("quorate: error: out of memory\n", stderr);  // so little that no words can be made
    return static_cast<int>(ExitCode::internal_error);
  }
}

}  // namespace quorate
