// Scenarios for tests, written as JSON text or read from the source tree by the strict loader that
// users meet. A text with an error fails the test at once and shows what the loader says.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/run/protocol_entry.hpp"

namespace quorate::testing {

using ScenarioPointer = std::shared_ptr<const Scenario>;
// As `--set path=value`, in order.
using Settings = std::vector<std::pair<std::string, std::string>>;

// From text such as R"({"quorate": 1, ...})", or from a file, named from the top of
// the source tree.
ScenarioPointer scenario_of(std::string_view text, const Settings& settings = {});
ScenarioPointer scenario_file(const std::string& path, const Settings& settings = {});

// What the loader says of a bad one; empty where it is good.
std::string refusal_of(std::string_view text, const Settings& settings = {});

// A run that has not begun, so that somebody may watch it; properties and durability are checked.
std::unique_ptr<Run> make_run(const ScenarioPointer& scenario, std::uint64_t seed);
// A run to its end; with the scenario's own seed unless one is given.
std::unique_ptr<Run> run_to_end(const ScenarioPointer& scenario);
std::unique_ptr<Run> run_to_end(const ScenarioPointer& scenario, std::uint64_t seed);

}  // namespace quorate::testing
