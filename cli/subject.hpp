// What a command works on, and how it speaks about it: a scenario from a file, its protocol, and
// the commands it proposes to go on with.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cli/command.hpp"
#include "cli/registry.hpp"
#include "sim/scenario/diagnostics.hpp"
#include "sim/scenario/loader.hpp"

namespace quorate {

struct Subject {
  std::shared_ptr<const Scenario> scenario;
  const ProtocolEntry* protocol{};
};

using Settings = std::vector<Setting>;

// "path=value", as --set and --vary take it. Throws Failure(bad_usage) where there is no path.
std::pair<std::string, std::string> path_and_text(std::string_view option, const std::string& text);
Settings settings_of(const Arguments& arguments);  // of every --set, and of --until
// Whether --until stops the run before its scenario would.
bool cuts_short(const std::string& file, const Settings& settings);

// Reads and checks the scenario; null where there are errors.
std::shared_ptr<const Scenario> try_load(const std::string& file, const Settings& settings,
                                         Diagnostics& diagnostics);
// The same. Warnings and errors go to stderr; any error is a Failure.
Subject load_subject(const std::string& file, const Settings& settings, Console& console);
// The same without the warnings, which a variant of a scenario has in common with the others.
Subject load_quietly(const std::string& file, const Settings& settings, Console& console);
// The same for a scenario that stands in a trace.
Subject read_subject(std::string_view text, const std::string& name, Console& console);
// Shipped scenarios of this name, with or without folder and ".json", else the nearest; or "".
std::string shipped_scenario(const std::string& name);
Subject checked_subject(std::shared_ptr<const Scenario> scenario);

// The command that was typed to start this program, so that a proposed one can be pasted.
void name_program(std::string_view argument_zero);
std::string program_name();
void name_program_for_children();  // so that a process started from here proposes the same

// One word for a POSIX shell, in quotes where it needs them.
std::string shell_word(std::string_view text);
// The command that makes this run again, with as much real time as it had; 0: all.
std::string run_again(const std::string& file, std::uint64_t seed, const Settings& settings,
                      const RunOptions& options = {}, Duration wall_time = {});

}  // namespace quorate
