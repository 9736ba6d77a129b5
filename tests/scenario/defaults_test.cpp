// What the grammar says a key is where it is not given is what the loader takes it for.
#include <doctest/doctest.h>

#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "sim/scenario/grammar.hpp"
#include "tests/support/run_text.hpp"

namespace quorate::testing {
namespace {

// In place of "$OBJECT" more keys of such an object can stand.
constexpr std::string_view with_marks = R"json({"quorate": 1, "stop": {"at": "3s"}$scenario,
  "protocol": {"use": "echo", "nodes": 3, "bugs": [{"bug": "answers_early"$bug}]},
  "network": {"delay": "5ms", "bandwidth": "1MB/s", "queue": "8kB"$network},
  "clocks": {"n1": {"drift": "1ppm"$node_clock}}, "nodes": {"n2": {"cost": "1us"$node_work}},
  "disk": {"nodes": {"n1": {"sync": "1ms"}}$disk},
  "workload": [{"op": "say", "every": "40ms"$workload}],
  "faults": [{"id": "back", "at": "1s", "do": {"restart": {"node": "n1"$restart}}$fault},
             {"id": "kill", "on": {"event": "answered"$on}, "do": {"crash": "n2"}},
             {"at": "1s", "do": {"cut": {"from": "n1"$cut}}},
             {"at": "1s", "do": {"partition": {"isolate": "n1"$partition}}},
             {"at": "1s", "do": {"omit": {"node": "n1"$omit}}}],
  "expect": [{"within": "1s", "event": "answered"$expectation},
             {"never": {"event": "crash"$pattern}}],
  "budgets": {"wall_time": "1h"$budgets}})json";

// Another value than the default.
const std::map<std::string_view, std::string> other_values{
    {"count", "7"},
    {"count|text", "7"},
    {"count|size", "7"},
    {"duration", "\"7ms\""},
    {"distribution", "\"7ms\""},
    {"chance", "\"7%\""},
    {"chance|null", "\"7%\""},
    {"random", "\"mt19937_64\""},
    {"name", "\"c7\""},
    {"target", "\"random\""},
    {"\"fifo\"|\"seeded\"", "\"seeded\""},
    {"\"drop\"|\"keep\"", "\"keep\""},
    {"\"tail\"|\"head\"|null", "\"head\""},
    {"\"send\"|\"receive\"|\"both\"", "\"both\""},
    {"\"all\"|\"prefix\"|\"independent\"", "\"prefix\""}};

std::string other_than(const KeyInfo& key) {
  if (key.type.starts_with("boolean")) return key.otherwise == "true" ? "false" : "true";
  return other_values.at(key.type);
}

// With this key of one object; with none where it has no name.
ScenarioPointer loaded(const KeyInfo& key, std::string_view value) {
  const std::string more = ", \"" + std::string(key.key) + "\": " + std::string(value);
  std::string text;
  for (std::size_t at = 0; at < with_marks.size();) {
    const std::size_t mark = std::min(with_marks.find('$', at), with_marks.size());
    text += with_marks.substr(at, mark - at);
    at = mark == with_marks.size()
             ? mark
             : std::min(with_marks.find_first_of(",}", mark), with_marks.size());
    const bool here = with_marks.substr(mark, at - mark) == "$" + std::string(key.object);
    if (here && !key.key.empty()) text += more;
  }
  return scenario_of(text);
}

// Everything that keys with a default say.
std::vector<std::string> settings(const Scenario& it) {
  const auto chance = [](Probability probability) { return to_text(probability); };
  const Fault& back = it.faults.at(0);
  const Workload& asked = it.workload.at(0);
  std::vector<std::string> all;
  for (const std::uint64_t number :
       {it.seed, static_cast<std::uint64_t>(it.engine), std::uint64_t{it.seeded_ties},
        it.budgets.events, it.budgets.events_at_one_instant, it.budgets.pending,
        it.budgets.wire_bytes, std::uint64_t{back.may_not_fire}, std::uint64_t{back.action.amnesia},
        std::uint64_t{it.faults.at(1).trigger.event.nth}, std::uint64_t{it.expect.at(0).event.nth},
        std::uint64_t{it.expect.at(1).event.nth}, static_cast<std::uint64_t>(asked.retry),
        static_cast<std::uint64_t>(it.faults.at(2).action.in_flight),
        static_cast<std::uint64_t>(it.faults.at(3).action.in_flight),
        static_cast<std::uint64_t>(it.faults.at(4).action.side),
        std::uint64_t{it.work.at(NodeId{1}).slow}, static_cast<std::uint64_t>(asked.target)}) {
    all.push_back(std::to_string(number));
  }
  for (const Duration duration : {it.bugs.at(0).from.since_start(), back.from.since_start(),
                                  back.after, asked.from.since_start(), asked.timeout}) {
    all.push_back(to_text(duration));
  }
  all.insert(all.end(), {chance(it.network.link.loss), chance(it.network.link.duplicate),
                         it.network.link.more().unchecked ? "unchecked" : "checked",
                         std::string(enum_name(it.network.link.more().drops)), chance(back.chance),
                         chance(it.clocks.at(NodeId{0}).jitter), to_text(it.disk.sync_delay),
                         std::string(enum_name(it.disk.crash.lose)),
                         it.disk.crash.torn ? "torn" : "whole", it.clients.at(0)});
  return all;
}

}  // namespace

TEST_CASE("grammar: the defaults it tells are those of the loader, for every object") {
  const std::vector<std::string> plain = settings(*loaded({}, {}));
  std::set<std::string_view> objects;
  for (const KeyInfo& key : grammar_keys()) {
    const bool json = !key.otherwise.empty() && nlohmann::json::accept(key.otherwise);
    if (!json) continue;
    CAPTURE(key.object);
    CAPTURE(key.key);
    CHECK(settings(*loaded(key, key.otherwise)) == plain);
    CHECK(settings(*loaded(key, other_than(key))) != plain);
    objects.insert(key.object);
  }
  CHECK(objects.size() >= 11);
}

}  // namespace quorate::testing
