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
    REQUIRE(entry.info.assumes.has_value());
    const FailureModel& model = *entry.info.assumes;
    std::vector<Assumption> all = model.safety;
    all.insert(all.end(), model.progress.begin(), model.progress.end());
    CHECK(std::set<Assumption>(all.begin(), all.end()).size() == all.size());
    const bool bounded = std::ranges::find(all, Assumption::bounded_delay) != all.end();
    CHECK(bounded == !model.bound.empty());
    const auto& params = entry.info.params;
    const auto param = std::ranges::find(params, model.bound, &ParamInfo::name);
    CHECK((!bounded || (param != params.end() && param->type == "duration")));
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
