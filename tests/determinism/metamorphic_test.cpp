// Relations between runs that must hold whatever the scenario: each is put to the test by drawn
// cases. README.md in this folder says where one had to be narrowed, and why.
#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <numeric>

#include "analysis/trace_parts.hpp"
#include "sim/base/value.hpp"
#include "sim/scenario/json.hpp"
#include "sim/trace/writer.hpp"
#include "tests/conformance/scenarios.hpp"
#include "tests/determinism/made_cases.hpp"
#include "tests/support/process.hpp"

namespace quorate::testing {
namespace {

const Content anything{};
const Content constant{.sampled = false};

void check_same(const Told& a, const Told& b) {
  CHECK(first_difference(a.lines, b.lines) == "");
  CHECK(a.verdict == b.verdict);
}

// ---- M1: names ----------------------------------------------------------------------------------

void other_names(std::uint64_t number) {
  const MadeCase one(number, anything);
  const std::vector<std::string> plain = one.names({});
  Variation renamed{.names = {"zed", "n2", "alpha.9", "m-1", "n1"}};
  renamed.names.resize(plain.size());
  std::vector<std::string> canonical = plain;
  canonical.push_back("c1");
  check_same(told_by(one.text(), one.seed(), canonical),
             told_by(one.text(renamed), one.seed(), canonical));
}

// Declared in another order, nodes draw from other streams and are asked in another order: so no
// draws, no clients, and what happens at one instant compared as a set.
void another_order(std::uint64_t number) {
  const MadeCase one(number, {.protocols = {"raft"}, .sampled = false, .clients = false});
  Variation reordered;
  reordered.order.resize(one.names({}).size());
  std::iota(reordered.order.rbegin(), reordered.order.rend(), std::size_t{0});
  const std::string no_loss = R"(, "loss": "0%")";
  const auto sorted = [&](const Variation& variation) {
    std::string text = one.text(variation);
    const std::size_t loss = text.find(R"(, "loss": ")");
    text.replace(loss, text.find('%', loss) + 2 - loss, no_loss);
    Behaviour lines = told_by(text, one.seed()).lines;
    std::stable_sort(lines.begin(), lines.end(), [](const Line& a, const Line& b) {
      return std::pair(a.at, a.text) < std::pair(b.at, b.text);
    });
    for (Line& line : lines) line.node = no_node;
    return lines;
  };
  CHECK(first_difference(sorted({}), sorted(reordered)) == "");
}

// ---- M2 to M4: time -----------------------------------------------------------------------------

Behaviour stretched(Behaviour lines, std::int64_t scale) {
  for (Line& line : lines) line.at.ns *= scale;
  return lines;
}

void all_times_scaled(std::uint64_t number) {
  const MadeCase one(number, constant);
  const std::int64_t scale = 2 + static_cast<std::int64_t>(number % 9);
  Told plain = told_by(one);
  plain.lines = stretched(std::move(plain.lines), scale);
  check_same(plain, told_by(one, {.scale = scale}));
}

// Lines of the same words in the order of their times, wherever others stand.
Behaviour by_words(Behaviour lines) {
  std::stable_sort(lines.begin(), lines.end(),
                   [](const Line& a, const Line& b) { return a.text < b.text; });
  return lines;
}

// A sample of k times the width is less than k nanoseconds off k times the sample, and every line
// follows from at most as many samples as there are lines. Lines as near as that may change places.
void sampled_times_scaled(std::uint64_t number) {
  const MadeCase one(number, anything);
  const std::int64_t scale = 2 + static_cast<std::int64_t>(number % 9);
  const Told plain = told_by(one);
  const Told scaled = told_by(one, {.scale = scale});
  CHECK(plain.verdict == scaled.verdict);
  REQUIRE(plain.lines.size() == scaled.lines.size());
  const std::int64_t most = scale * static_cast<std::int64_t>(plain.lines.size());
  const Behaviour expected = by_words(stretched(plain.lines, scale));
  const Behaviour found = by_words(scaled.lines);
  for (std::size_t i = 0; i < expected.size(); ++i) {
    CHECK(found[i].text == expected[i].text);
    CHECK(std::abs(found[i].at.ns - expected[i].at.ns) <= most);
  }
}

// Timers half as long by clocks that run at half the rate go off at the same moments. Bully's
// property reckons with its timeouts as true time, which they are not then.
void all_clocks_slow(std::uint64_t number) {
  const MadeCase one(number, {.protocols = {"raft", "echo"}, .sampled = false});
  constexpr std::array<std::int64_t, 4> rates{2, 4, 5, 10};
  const std::int64_t rate = rates[number % rates.size()];
  check_same(told_by(one, {.scale = rate}), told_by(one, {.scale = rate, .slow_clocks = rate}));
}

// Of the protocols here only echo does nothing until it is asked.
void shifted_start(std::uint64_t number) {
  const MadeCase one(number, {.protocols = {"echo"}});
  const Duration shift{1'000 * (1 + number * 977)};
  Told plain = told_by(one);
  for (Line& line : plain.lines) line.at = line.at + shift;
  check_same(plain, told_by(one, {.shift = shift}));
}

// Bully is not safe whatever happens: whether a fault breaks it depends on its heartbeats' phase.
void quiet_prefix(std::uint64_t number) {
  const MadeCase one(number, {.protocols = {"raft", "echo"}});
  CHECK(told_by(one).verdict == told_by(one, {.shift = 700ms}).verdict);
}

// ---- M5 to M10: what should not matter ----------------------------------------------------------

void faults_without_effect(std::uint64_t number) {
  const MadeCase one(number, anything);
  const std::string faults =
      R"({"at": "10ms", "may_not_fire": true,
          "do": {"omit": {"node": "n1", "side": "send", "p": "0%"}}},
         {"at": "20ms", "may_not_fire": true, "do": {"release": true}},
         {"at": "30ms", "for": "400ms",
          "do": {"link": {"from": "*", "to": "*", "slow": 1, "corrupt": "0%"}}},
         {"on": {"event": "violation"}, "may_not_fire": true, "do": {"crash": "*"}})";
  check_same(told_by(one), told_by(one, {.more_faults = faults,
                                         .more_rules = R"(, "duplicate": "0%", "corrupt": "0%")"}));
}

// To the others a node that omits all it sends and receives is one that has crashed, unless it was
// down already and comes back. Not in Bully: who is silent and leads on breaks its property, which
// ends the run.
void silent_or_dead(std::uint64_t number) {
  const MadeCase one(number, {.protocols = {"raft", "echo"}});
  const Duration moment = std::chrono::milliseconds(100 + number * 37 % 900);
  const auto with = [&](const std::string& verb) {
    const std::string fault =
        R"({"at": ")" + to_text(moment) + R"(", "may_not_fire": true, "do": )" + verb + "}";
    return told_by(one, {.more_faults = fault}).lines;
  };
  Behaviour dead = with(R"({"crash": "n1"})");
  Behaviour silent = with(R"({"omit": {"node": "n1", "side": "both"}})");
  const auto of_it = [](const Line& line) { return line.node == NodeId{0}; };
  if (std::ranges::none_of(dead, [&](const Line& line) {
        return line.at == Time{} + moment && of_it(line) && line.text.starts_with("crash");
      })) {
    return;
  }
  std::erase_if(dead, of_it);
  std::erase_if(silent, of_it);
  CHECK(first_difference(dead, silent) == "");
}

// It takes no draws from others: it is declared last, and clients' links, whose streams it moves,
// are constant. Clients that look for a leader count nodes, so Raft has none here.
void silent_observer(std::uint64_t number) {
  const bool asks = number % 2 == 0;
  const MadeCase one(number,
                     {.protocols = {asks ? "echo" : "raft"}, .clients = asks, .one_target = true});
  std::vector<std::string> names = one.names({});
  const NodeId watcher{static_cast<std::uint32_t>(names.size())};
  const Told plain = told_by(one);
  Told watched = told_by(one, {.observer = true});
  std::erase_if(watched.lines, [&](const Line& line) { return line.node == watcher; });
  for (Line& line : watched.lines) {
    if (line.node != no_node && line.node.value > watcher.value) --line.node.value;  // the client
  }
  check_same(plain, watched);
}

void checkpointed(std::uint64_t number) {
  const MadeCase one(number, anything);
  const ScenarioPointer scenario = scenario_of(one.text());
  const std::unique_ptr<Run> whole = run_to_end(scenario, one.seed());
  const std::unique_ptr<Run> first = make_run(scenario, one.seed());
  Stream stream = make_stream(number, Purpose::search, 1);
  for (std::uint64_t left = stream.below(whole->events() + 1); left > 0 && first->step();) --left;
  const std::unique_ptr<Run> rest = first->copy();
  rest->run();
  CHECK(rest->digest() == whole->digest());
  first->run();  // the copy took nothing with it
  CHECK(first->digest() == whole->digest());
}

class Nowhere final : public TraceSink {
 public:
  bool write(std::string_view) override { return true; }
};

void traced(std::uint64_t number) {
  const MadeCase one(number, anything);
  const ScenarioPointer scenario = scenario_of(one.text());
  const ProtocolInfo& info = protocol(scenario->protocol).info;
  const std::uint64_t expected = run_to_end(scenario, one.seed())->digest();
  for (const TraceLevel level : {TraceLevel::all, TraceLevel::messages}) {
    Nowhere nowhere;
    TraceWriter writer(nowhere, trace_header(*scenario, info, one.seed(), level));
    const std::unique_ptr<Run> run = make_run(scenario, one.seed());
    run->observe(writer);
    run->run();
    CHECK(run->digest() == expected);
  }
}

// Every object of a document with its members in another order.
void shuffle(Value& value, Stream& stream) {
  for (std::size_t i = value.members.size(); i > 1; --i) {
    std::swap(value.members[i - 1], value.members[stream.below(i)]);
  }
  for (Member& member : value.members) shuffle(member.value, stream);
  for (Value& item : value.items) shuffle(item, stream);
}

void other_order_of_keys(std::uint64_t number) {
  const MadeCase one(number, anything);
  Diagnostics diagnostics("case");
  std::optional<Value> document = parse_json(one.text(), diagnostics);
  REQUIRE(document.has_value());
  Stream stream = make_stream(number, Purpose::search, 2);
  shuffle(*document, stream);
  CHECK(told_by(to_json(*document), one.seed()).digest == told_by(one).digest);
}

// ---- all of them --------------------------------------------------------------------------------

struct Relation {
  const char* name;
  void (*holds)(std::uint64_t number);
};

constexpr auto relations = std::to_array<Relation>({
    {"M1: other names", other_names},
    {"M1: another order of declaration", another_order},
    {"M2: all times scaled", all_times_scaled},
    {"M2: all times scaled, with samples", sampled_times_scaled},
    {"M2: all clocks slow alike", all_clocks_slow},
    {"M3: a later start", shifted_start},
    {"M4: a longer quiet prefix", quiet_prefix},
    {"M5: faults that can have no effect", faults_without_effect},
    {"M6: an observer that never speaks", silent_observer},
    {"M8: split at a checkpoint", checkpointed},
    {"M9: traced or not", traced},
    {"M10: keys in another order", other_order_of_keys},
    {"M11: silent or dead", silent_or_dead},
});

void check_all(std::uint64_t cases) {
  for (const Relation& relation : relations) {
    INFO(std::string(relation.name));
    for (std::uint64_t number = 1; number <= cases; ++number) {
      CAPTURE(number);
      relation.holds(number);
    }
  }
}

// M7.
void check_jobs(const std::string& seeds) {
  const auto swept = [&](const std::string& jobs) {
    return run({{binary("quorate").string(), "sweep", "scenarios/raft/leader-crash.json", "--seeds",
                 "1.." + seeds, "--json", "-j", jobs},
                source("."),
                {}})
        .output;
  };
  const std::string alone = swept("1");
  CHECK(alone.size() > 100);
  CHECK(alone == swept("3"));
}

}  // namespace

TEST_CASE("metamorphic: every relation holds for 20 drawn cases") { check_all(20); }

TEST_CASE("metamorphic: M7: a sweep in one process or three gives the same bytes") {
  check_jobs("40");
}

TEST_CASE("metamorphic: every relation holds for 1,000 drawn cases" * doctest::test_suite("long")) {
  check_all(1'000);
}

TEST_CASE("metamorphic: M7: a sweep of 1,000 seeds in one process or three" *
          doctest::test_suite("long")) {
  check_jobs("1000");
}

// A relation that no case could break would be worth nothing.
TEST_CASE("metamorphic: the drawn cases differ, and a real difference is seen") {
  std::vector<std::uint64_t> digests;
  for (std::uint64_t number = 1; number <= 20; ++number) {
    digests.push_back(told_by(MadeCase(number, anything)).digest);
  }
  std::sort(digests.begin(), digests.end());
  CHECK(std::unique(digests.begin(), digests.end()) == digests.end());
  const MadeCase one(1, anything);
  CHECK(first_difference(told_by(one).lines, told_by(one, {.shift = 1us}).lines) != "");
}

}  // namespace quorate::testing
