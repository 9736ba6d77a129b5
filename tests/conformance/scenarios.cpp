#include "tests/conformance/scenarios.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>

#include "sim/scenario/loader.hpp"

namespace quorate::testing {

const std::vector<ProtocolEntry>& protocols() {
  static const std::vector<ProtocolEntry> entries = registered_protocols();
  return entries;
}

const ProtocolEntry& protocol(std::string_view name) {
  for (const ProtocolEntry& entry : protocols()) {
    if (entry.info.name == name) return entry;
  }
  FAIL("no protocol is named " << std::string(name));
  return protocols().front();
}

const ProtocolInfo* find_info(std::string_view name) {
  const auto found = std::ranges::find(protocols(), name,
                                       [](const ProtocolEntry& entry) { return entry.info.name; });
  return found == protocols().end() ? nullptr : &found->info;
}

std::vector<std::string> protocol_names() {
  std::vector<std::string> names;
  for (const ProtocolEntry& entry : protocols()) names.push_back(entry.info.name);
  return names;
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
  auto scenario = load_scenario(path, find_info, protocol_names(), {}, diagnostics);
  INFO(diagnostics.rendered());
  REQUIRE(scenario != nullptr);
  return scenario;
}

}  // namespace quorate::testing
