// Garcia-Molina's invitation algorithm against its paper: procedures, exact costs, and many seeds
// with everything going wrong, with its known mistakes and without.
#include <doctest/doctest.h>

#include "protocols/invitation/messages.hpp"
#include "tests/support/lessons.hpp"
#include "tests/support/run_text.hpp"
#include "tests/support/zoo.hpp"

namespace quorate::invitation {

namespace {

using testing::make_run;
using testing::run_to_end;
using testing::scenario_file;
using testing::scenario_of;

constexpr Duration d = 10ms;
constexpr Duration check = 300ms;
constexpr Duration call_timeout = 100ms;
constexpr Duration accept_timeout = 150ms;

enum Type : std::size_t {
  are_you_coordinator,
  are_you_there,
  answer,
  invitation_sent,
  accept,
  ready,
  call_return
};

std::string peers(std::uint32_t n, Duration stop, std::string_view more = {}) {
  return R"({ "quorate": 1, "network": { "delay": "10ms" }, "stop": { "at": ")" + to_text(stop) +
         R"(" }, "protocol": { "use": "invitation", "nodes": )" + std::to_string(n) + " }" +
         std::string(more) + " }";
}

std::uint64_t sent(const Run& run, Type type) { return run.ledger().counts()[type].sent; }
std::string field(const Run& run, std::uint32_t number, std::string_view name) {
  return run.field(NodeId{number - 1}, name);
}
std::uint64_t witnessed(const Run& run, const std::string& name) {
  return run.outcome().witnesses.at(name);
}

// When each group began to work, by its coordinator, and how strong it was.
struct Groups final : Observer {
  void on(const Record& record, const StateChange*) override {
    const GroupFormed* group = record.body.get_if<GroupFormed>();
    if (group == nullptr) return;
    formed.push_back({record.time.since_start(), record.node.value + 1, group->members});
  }
  struct Formed {
    Duration at;
    std::uint32_t by;
    std::uint64_t members;
  };
  std::vector<Formed> formed;
};

}  // namespace

TEST_CASE("invitation: who comes up coordinates a group of one") {
  const auto run = run_to_end(scenario_of(peers(3, check - 1ns)));
  for (std::uint32_t i = 1; i <= 3; ++i) {
    CHECK(field(*run, i, "state") == "\"normal\"");
    CHECK(field(*run, i, "coordinator") == "\"n" + std::to_string(i) + "\"");
  }
  CHECK(run->ledger().counts()[are_you_coordinator].sent == 0);
}

TEST_CASE("invitation: n groups of one become one: 2n(n-1) + 5(n-1) messages, C + T + A + 2d") {
  for (const std::uint32_t n : {2u, 3u, 5u, 7u}) {
    const Duration formed = check + call_timeout + accept_timeout + 2 * d;
    const auto run = make_run(scenario_of(peers(n, formed)), 1);
    Groups groups;
    run->observe(groups);
    run->run();
    CHECK(sent(*run, are_you_coordinator) == n * (n - 1));
    CHECK(sent(*run, answer) == n * (n - 1));
    CHECK(sent(*run, invitation_sent) == n - 1);
    CHECK(sent(*run, accept) == n - 1);
    CHECK(sent(*run, ready) == n - 1);
    CHECK(sent(*run, call_return) == 2 * (n - 1));
    CHECK(sent(*run, are_you_there) == 0);
    REQUIRE(groups.formed.size() == n + 1);
    CHECK(groups.formed.back().at == formed);
    CHECK(groups.formed.back().by == n);  // of several that have found each other the highest
    CHECK(groups.formed.back().members == n);
    for (std::uint32_t i = 1; i <= n; ++i) {
      CHECK(field(*run, i, "state") == "\"normal\"");
      CHECK(field(*run, i, "coordinator") == "\"n" + std::to_string(n) + "\"");
    }
  }
}

TEST_CASE("invitation: two groups of several become one, by way of their coordinators") {
  const auto run = run_to_end(scenario_file("scenarios/invitation/partition.json"));
  CHECK(run->outcome().verdict == Verdict::pass);
  CHECK(witnessed(*run, "forwarded") >= 1);
}

TEST_CASE("invitation: members that lose their coordinator recover, and merge") {
  const auto run =
      make_run(scenario_of(peers(4, 5s, R"(, "faults": [{ "at": "1s", "do": { "crash": "n4" } }],
                                   "expect": [{ "at": "end", "state": "one_group" }])")),
               1);
  Groups groups;
  run->observe(groups);
  run->run();
  CHECK(run->outcome().verdict == Verdict::pass);
  CHECK(witnessed(*run, "left_alone") >= 3);
  REQUIRE_FALSE(groups.formed.empty());
  CHECK(groups.formed.back().members == 3);
}

TEST_CASE("invitation: mistakes are caught, and without them nothing breaks") {
  const std::pair<std::string, std::string> mistakes[] = {
      {"number-without-founder", "same_group_same_coordinator"},
      {"counter-not-durable", "number_used_once"}};
  for (const auto& [mistake, property] : mistakes) {
    const std::string file = "scenarios/invitation/bug-" + mistake + ".json";
    testing::check_caught(file, property);
    testing::check_innocent(file);
  }
}

TEST_CASE("invitation: crashes, loss and partitions, 500 seeds") {
  auto witnesses = testing::check_weathered("scenarios/invitation/crash-storm.json", 500);
  CHECK(witnesses["merged"] >= 1000);
  CHECK(witnesses["forwarded"] >= 100);
  CHECK(witnesses["left_alone"] >= 1000);
}

TEST_CASE("invitation zoo: each mistake breaks what it is said to, and alone does") {
  testing::check_zoo_lessons("invitation");
  testing::check_zoo_caught("invitation");
  testing::check_zoo_first_broken("invitation");
  testing::check_zoo_innocent("invitation");
}

}  // namespace quorate::invitation
