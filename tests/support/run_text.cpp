#include "tests/support/run_text.hpp"

#include <doctest/doctest.h>

#include "sim/scenario/loader.hpp"
#include "tests/conformance/scenarios.hpp"

namespace quorate::testing {
namespace {

LoadOptions options_of(const Settings& settings) {
  LoadOptions options;
  for (const auto& [path, text] : settings) options.set.push_back({path, text});
  return options;
}

ScenarioPointer accepted(ScenarioPointer scenario, const Diagnostics& diagnostics) {
  if (scenario == nullptr) FAIL(diagnostics.rendered());
  return scenario;
}

}  // namespace

ScenarioPointer scenario_of(std::string_view text, const Settings& settings) {
  Diagnostics diagnostics("text");
  const LoadOptions options = options_of(settings);
  return accepted(
      read_scenario(text, "text", find_protocol_info, protocol_names(), options, diagnostics),
      diagnostics);
}

std::string refusal_of(std::string_view text, const Settings& settings) {
  Diagnostics diagnostics("text");
  read_scenario(text, "text", find_protocol_info, protocol_names(), options_of(settings),
                diagnostics);
  return diagnostics.errors() == 0 ? "" : diagnostics.rendered();
}

ScenarioPointer scenario_file(const std::string& path, const Settings& settings) {
  Diagnostics diagnostics(path);
  const LoadOptions options = options_of(settings);
  const std::string file = std::string(QUORATE_SOURCE_DIR) + "/" + path;
  return accepted(load_scenario(file, find_protocol_info, protocol_names(), options, diagnostics),
                  diagnostics);
}

std::unique_ptr<Run> make_run(const ScenarioPointer& scenario, std::uint64_t seed) {
  const RunOptions options{.properties = true, .check_durability = true};
  return protocol(scenario->protocol).make(scenario, seed, options);
}

std::unique_ptr<Run> run_to_end(const ScenarioPointer& scenario) {
  return run_to_end(scenario, scenario->seed);
}

std::unique_ptr<Run> run_to_end(const ScenarioPointer& scenario, std::uint64_t seed) {
  std::unique_ptr<Run> run = make_run(scenario, seed);
  run->run();
  return run;
}

}  // namespace quorate::testing
