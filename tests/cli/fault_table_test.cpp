// The table of all faults: complete, as it is published, and its examples do what they say.
#include <doctest/doctest.h>

#include <algorithm>
#include <set>

#include "cli/fault_classes.hpp"
#include "sim/scenario/grammar.hpp"
#include "tests/cli/command_line.hpp"
#include "tests/support/run_text.hpp"

namespace quorate::fault_tables {
namespace {

using testing::Settings;

// An example stands over the parts of this scenario that it does not name.
std::string scenario_with(std::string_view example) {
  constexpr std::pair<std::string_view, std::string_view> parts[] = {
      {"protocol", R"({"use": "raft", "nodes": 3})"},
      {"network", R"({"delay": "5ms"})"},
      {"workload", R"([{"client": "c1", "op": "put", "every": "100ms", "timeout": "300ms"}])"},
  };
  std::string text = R"({"quorate": 1, "stop": {"at": "5s"}, )";
  for (const auto& [key, value] : parts) {
    const std::string name = "\"" + std::string(key) + "\": ";
    if (example.find(name) == example.npos) text += name + std::string(value) + ", ";
  }
  return text + std::string(example) + "}";
}

std::string verb_of(const FaultClass& fault) {
  return std::string(fault.name.substr(0, fault.name.find('.')));
}

// The fault of an example that the row is about: the last that does what it is called.
std::optional<std::size_t> place_of_fault(const FaultClass& row, const Scenario& scenario) {
  std::optional<std::size_t> place;
  for (std::size_t i = 0; i < scenario.faults.size(); ++i) {
    if (enum_name(scenario.faults[i].action.verb) == verb_of(row)) place = i;
  }
  return place;
}

std::set<std::string> names_of_all() {
  std::set<std::string> names;
  for (const FaultClass& fault : fault_classes()) names.emplace(fault.name);
  return names;
}

bool is_told(std::string_view object, std::string_view key) {
  const std::string quoted = "\"" + std::string(key) + "\"";
  return std::ranges::any_of(fault_classes(), [&](const FaultClass& fault) {
    const bool of_object = verb_of(fault) == object || verb_of(fault) == "network";
    return of_object && (fault.words.find(quoted) != fault.words.npos ||
                         fault.example.find(quoted) != fault.example.npos);
  });
}

}  // namespace

TEST_CASE("fault table: scenarios/FAULTS.md is what describe prints") {
  CHECK(testing::contents(QUORATE_SOURCE_DIR "/scenarios/FAULTS.md") == fault_page());
  CHECK(testing::CommandLine()("describe failure_models").output == fault_page());
}

TEST_CASE("fault table: no verb and no form of one is missing, and none stands there twice") {
  const std::set<std::string> names = names_of_all();
  CHECK(names.size() == fault_classes().size());
  const auto has = [&](const std::string& name) {
    CHECK_MESSAGE(names.contains(name), name, " is missing");
  };
  const auto have = [&](const std::string& verb, const auto& forms) {
    for (const std::string_view form : forms) has(verb + "." + std::string(form));
  };
  for (const std::string_view verb : enum_names<Verb>) has(std::string(verb));
  have("crash", enum_names<CrashMoment>);
  have("omit", enum_names<OmissionSide>);
  have("partition", enum_names<PartitionShape>);
  have("disk", enum_names<DiskAct>);
  have("byzantine", enum_names<Strategy>);
  have("profile", enum_names<Profile>);
}

TEST_CASE("fault table: every key with which a scenario makes something go wrong is told") {
  constexpr std::pair<std::string_view, std::string_view> objects[] = {
      {"crash", "crash"},         {"restart", "restart"},
      {"partition", "partition"}, {"cut", "cut"},
      {"omit", "omit"},           {"hold", "hold"},
      {"fire", "fire"},           {"clock", "clock"},
      {"strobe", "clock"},        {"disk_change", "disk"},
      {"node_disk", "disk"},      {"node", "node"},
      {"byzantine", "byzantine"}, {"link", "link"}};
  std::size_t keys = 0;
  for (const KeyInfo& key : grammar_keys()) {
    const auto object =
        std::ranges::find(objects, key.object, [](const auto& o) { return o.first; });
    if (object == std::end(objects)) continue;
    ++keys;
    CHECK_MESSAGE(is_told(object->second, key.key), key.object, ".", key.key);
  }
  CHECK(keys > 50);
}

TEST_CASE("fault table: every example loads, does what its row is called, and that happens") {
  for (const FaultClass& fault : fault_classes()) {
    INFO(fault.name);
    const auto scenario = testing::scenario_of(scenario_with(fault.example));
    const auto place = place_of_fault(fault, *scenario);
    const bool a_verb = enum_value<Verb>(verb_of(fault)).has_value();
    const bool acts = a_verb && fault.name != "disk.lose" && fault.name != "disk.torn";
    CHECK(place.has_value() == acts);
    const auto run = testing::run_to_end(scenario, 1);
    for (const FaultResult& result : run->outcome().faults) {
      CHECK_MESSAGE(result.fired != 0, result.id, " ", result.why);
    }
  }
}

TEST_CASE("fault table: what is said to end by itself may have an end, and nothing else") {
  for (const FaultClass& fault : fault_classes()) {
    INFO(fault.name);
    const std::string text = scenario_with(fault.example);
    const auto place = place_of_fault(fault, *testing::scenario_of(text));
    const bool ends = fault.lasts == FailureLasting::ends;
    CHECK((place.has_value() || !ends));
    if (!place) continue;
    const std::string open = text.substr(0, text.size() - 1);
    const Settings end{{"faults." + std::to_string(*place) + ".for", "\"1s\""}};
    CHECK(testing::refusal_of(text, end).empty() == ends);
  }
}

TEST_CASE("fault table: describe tells of a fault what it does, where it stands, and an example") {
  const testing::Outcome rot = testing::CommandLine()("describe fault disk.rot");
  CHECK(rot.status == 0);
  CHECK(rot.output.find("becomes another of its kind") != std::string::npos);
  CHECK(rot.output.find("response failure, fail-arbitrary; permanent") != std::string::npos);
  CHECK(rot.output.find("\"rot\": true") != std::string::npos);
  const testing::Outcome disk = testing::CommandLine()("describe fault disk");
  CHECK(disk.output.find("disk.sync, disk.stall") != std::string::npos);
  const testing::Outcome all = testing::CommandLine()("describe faults");
  CHECK(all.output.find("byzantine.equivocate") != std::string::npos);
  CHECK(all.output.find("may_not_fire") != std::string::npos);
}

}  // namespace quorate::fault_tables
