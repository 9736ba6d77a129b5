// The protocols and scenarios of this repository, for tests that go through all of them.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "cli/registry.hpp"
#include "sim/scenario/scenario.hpp"

namespace quorate::testing {

// One that must exist: the test fails otherwise.
const ProtocolEntry& protocol(std::string_view name);

// Paths of scenarios/<name>/*.json, sorted; bases (_*.json) left out.
std::vector<std::string> scenario_files(std::string_view protocol);

// Loads a scenario that must be good: prints what is wrong with it and fails the test otherwise.
std::shared_ptr<const Scenario> load(const std::string& path);

}  // namespace quorate::testing
