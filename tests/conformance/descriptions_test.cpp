// What a protocol's entry says of itself: complete, and true to its types.
#include <doctest/doctest.h>

#include <algorithm>
#include <set>

#include "sim/scenario/json.hpp"
#include "tests/conformance/scenarios.hpp"

namespace quorate::testing {

namespace {

template <class Items>
bool names(const Items& items, const std::string& name) {
  return std::any_of(items.begin(), items.end(),
                     [&](const auto& item) { return item.name == name; });
}

// Whether the parameter can have the value, and is then written as it is here: else it never has.
bool can_be(const ProtocolInfo& info, const ParamValue& wanted) {
  const std::string name(wanted.param);
  const auto param = std::ranges::find(info.params, name, &ParamInfo::name);
  if (param == info.params.end()) return false;
  const bool bare = param->type == "boolean" || param->type == "integer";
  const std::string quote = bare ? "" : "\"";
  const std::string text = quote + std::string(wanted.value) + quote;
  Diagnostics diagnostics("need");
  const auto object = parse_json("{\"" + name + "\": " + text + "}", diagnostics);
  if (!object) return false;
  const Value* const set[] = {&*object};
  return info.check_param(name, *object->find(name), {}).empty() &&
         info.param_text(name, set, {}) == text;
}

// By which an entry means mistakes, parameters, their values and timers that it does not have.
std::vector<std::string> misnamed(const ProtocolInfo& info) {
  std::vector<std::string> wrong;
  for (const BugNeed& need : info.bug_needs) {
    const std::string bug(need.bug);
    if (!names(info.bugs, bug)) wrong.push_back(bug);
    if (need.any.empty()) wrong.push_back(bug + " needs nothing");
    for (const ParamValue& one : need.any) {
      if (!can_be(info, one))
        wrong.push_back(std::string(one.param) + " " + std::string(one.value));
    }
  }
  const std::vector<std::string> none;
  for (const std::string& timer : info.assumes ? info.assumes->at_will : none) {
    if (std::ranges::find(info.timers, timer) == info.timers.end()) wrong.push_back(timer);
  }
  return wrong;
}

}  // namespace

TEST_CASE("every parameter has a sentence and a default that it accepts") {
  for (const ProtocolEntry& entry : protocols()) {
    for (const ParamInfo& param : entry.info.params) {
      INFO(entry.info.name, ".", param.name);
      CHECK(param.text.size() > 10);
      Diagnostics diagnostics("default");
      const auto value = parse_json(param.default_value, diagnostics);
      REQUIRE(value.has_value());
      CHECK(entry.info.check_param(param.name, *value, {}) == "");
      CHECK(entry.info.check_param(param.name, Value{}, {}) != "");  // null is never a value
      CHECK(entry.info.param_in_range(param.name, *value, {}));
    }
  }
}

TEST_CASE("every bug breaks a property of the protocol, its liveness, its cost, or nothing") {
  for (const ProtocolEntry& entry : protocols()) {
    for (const BugInfo& bug : entry.info.bugs) {
      INFO(entry.info.name, " bug ", bug.name);
      CHECK(bug.text.size() > 10);
      // An equivalent mutant breaks nothing: it is there to show why.
      const bool other =
          bug.breaks == "liveness" || bug.breaks == "cost" || bug.breaks == "nothing";
      CHECK((other || names(entry.info.properties, bug.breaks)));
      CHECK((bug.first.empty() || names(entry.info.properties, bug.first)));
    }
  }
}

TEST_CASE("what mistakes need, and which timers may expire at will, is there under that name") {
  for (const ProtocolEntry& entry : protocols()) {
    INFO(entry.info.name);
    CHECK(misnamed(entry.info) == std::vector<std::string>{});
  }
  ProtocolInfo misspelt = protocol("raft").info;
  misspelt.bug_needs = {{"read_unconfirmed", {{"reads", "lease"}, {"reads", "lase"}}},
                        {"reads_unconfirmed", {{"sessions", "ture", false}}},
                        {"old_snapshot_installed", {{"snapshot_threshhold", "0", false}}},
                        {"lease_from_receipt", {{"lease", "0.1s"}}}};
  misspelt.assumes->at_will = {"electoin", "heartbeat"};
  CHECK(misnamed(misspelt) == std::vector<std::string>{"reads lase", "reads_unconfirmed",
                                                       "sessions ture", "snapshot_threshhold 0",
                                                       "lease 0.1s", "electoin"});
}

TEST_CASE("every property has a name of its own and a sentence") {
  for (const ProtocolEntry& entry : protocols()) {
    INFO(entry.info.name);
    CHECK_FALSE(entry.info.properties.empty());
    std::set<std::string> seen;
    for (const PropertyInfo& property : entry.info.properties) {
      CHECK(seen.insert(property.name).second);
      CHECK(property.sentence.size() > 20);
      CHECK(property.sentence.back() == '.');
    }
  }
}

TEST_CASE("every protocol says what it assumes, each thing once, and a bound by a duration") {
  for (const ProtocolEntry& entry : protocols()) {
    INFO(entry.info.name);
    REQUIRE_MESSAGE(entry.info.assumes.has_value(),
                    "it declares no `.assumes` in its protocol.cpp");
    const FailureModel& model = *entry.info.assumes;
    std::vector<Assumption> all = model.safety;
    all.insert(all.end(), model.progress.begin(), model.progress.end());
    CHECK(std::set<Assumption>(all.begin(), all.end()).size() == all.size());
    const bool bounded = std::ranges::find(all, Assumption::bounded_delay) != all.end();
    CHECK(bounded == !model.bounds.empty());
    const auto type_of = [&](const std::string& name) -> std::string_view {
      const auto param = std::ranges::find(entry.info.params, name, &ParamInfo::name);
      return param == entry.info.params.end() ? "" : std::string_view(param->type);
    };
    for (const DelayBound& bound : model.bounds) {
      const bool random = bound.part != PartOfWait::all;
      CHECK(type_of(bound.time) == (random ? "distribution" : "duration"));
      for (const std::string& less : bound.less) CHECK(type_of(less) == "duration");
    }
  }
}

TEST_CASE("every durable field is one of its role's fields") {
  for (const ProtocolEntry& entry : protocols()) {
    for (const RoleInfo& role : entry.info.roles) {
      for (const std::string& field : role.durable) {
        INFO(entry.info.name, " ", role.name, ".", field);
        CHECK(std::count(role.fields.begin(), role.fields.end(), field) == 1);
      }
    }
  }
}

}  // namespace quorate::testing
