#include "tests/conformance/scenarios.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>

#include "sim/scenario/loader.hpp"

namespace quorate::testing {

const ProtocolEntry& protocol(std::string_view name) {
  const ProtocolEntry* entry = find_protocol(name);
  REQUIRE_MESSAGE(entry != nullptr, "no protocol is named " << std::string(name));
  return *entry;
}

std::vector<std::string> scenario_files(std::string_view protocol) {
  std::vector<std::string> files;
  const auto folder =
      std::filesystem::path(QUORATE_SOURCE_DIR) / "scenarios" / std::string(protocol);
  if (!std::filesystem::is_directory(folder)) return files;
  for (const auto& item : std::filesystem::directory_iterator(folder)) {
    const std::string name = item.path().filename().string();
    if (item.path().extension() == ".json" && name.front() != '_') files.push_back(item.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::shared_ptr<const Scenario> load(const std::string& path) {
  Diagnostics diagnostics(path);
  auto scenario = load_scenario(path, find_protocol_info, protocol_names(), {}, diagnostics);
  INFO(diagnostics.rendered());
  REQUIRE(scenario != nullptr);
  return scenario;
}

}  // namespace quorate::testing
