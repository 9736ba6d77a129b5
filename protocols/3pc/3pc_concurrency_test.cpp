// Skeen's theorem (1981), on what runs show: without a failure, which states can others be in while
// one is in a given state? A protocol is non-blocking only if no state has both a commit and an
// abort beside it, and none before all votes are in has a commit beside it. Two-phase commit's
// READY has both; three-phase commit's states have not.
#include <doctest/doctest.h>

#include <set>

#include "tests/support/run_text.hpp"

namespace quorate::p3pc {

namespace {

using testing::make_run;
using testing::scenario_of;

// What a state of one participant has been seen beside at another, by their logs' last lines.
using States = std::set<std::string>;
using Concurrency = std::map<std::string, States>;

struct Neighbours final : Observer {
  explicit Neighbours(Concurrency& to) : seen(to) {
    for (std::uint32_t i = 1; i <= 3; ++i) last[NodeId{i}] = "INIT";  // co is node 0
  }
  void on(const Record& record, const StateChange*) override {
    if (record.kind != Kind::event || record.node == NodeId{0}) return;
    const auto* line = record.body.get_if<Logged>();
    if (line == nullptr) return;
    std::string state(line->record.view());
    // Who votes no has aborted.
    last[record.node] = state == "VOTE_ABORT" ? "GLOBAL_ABORT" : state;
    for (const auto& [node, here] : last) {
      for (const auto& [other, there] : last) {
        if (node != other) seen[here].insert(there);
      }
    }
  }
  std::map<NodeId, std::string> last;
  Concurrency& seen;
};

// Everybody may vote either way; messages overtake each other; nobody fails or loses patience.
Concurrency concurrency(const std::string& protocol) {
  Concurrency seen;
  for (const char* vote : {"yes", "no"}) {
    const std::string use = "\"use\": \"" + protocol + '"';
    const std::string p3 = std::string(R"("p3": { "vote": ")") + vote + "\" }";
    const std::string text = R"json({ "quorate": 1, "stop": { "at": "10s" },
      "network": { "delay": "uniform(1ms, 50ms)" },
      "protocol": { )json" + use +
                             R"json(,
        "roles": { "coordinator": ["co"], "participant": ["p1", "p2", "p3"] },
        "params": { "vote_timeout": "5s", "decision_timeout": "5s" },
        "node_params": { )json" +
                             p3 + R"json( } },
      "workload": [{ "client": "c1", "op": "transfer", "at": "10ms", "node": "co",
        "timeout": "9s" }] })json";
    const auto scenario = scenario_of(text);
    for (std::uint64_t seed = 1; seed <= 200; ++seed) {
      const auto run = make_run(scenario, seed);
      Neighbours neighbours(seen);
      run->observe(neighbours);
      run->run();
      CHECK(run->outcome().verdict == Verdict::pass);
    }
  }
  return seen;
}

}  // namespace

TEST_CASE("3pc concurrency: READY of two phases has both decisions beside it, so it blocks") {
  const Concurrency seen = concurrency("2pc");
  CHECK(seen.at("INIT").count("GLOBAL_COMMIT") == 0);
  CHECK(seen.at("VOTE_COMMIT") == States{"GLOBAL_ABORT", "GLOBAL_COMMIT", "INIT", "VOTE_COMMIT"});
}

TEST_CASE("3pc concurrency: no state of three phases has both decisions beside it") {
  const Concurrency seen = concurrency("3pc");
  CHECK(seen.at("INIT") == States{"GLOBAL_ABORT", "INIT", "VOTE_COMMIT"});
  CHECK(seen.at("VOTE_COMMIT") == States{"GLOBAL_ABORT", "INIT", "PRECOMMIT", "VOTE_COMMIT"});
  CHECK(seen.at("PRECOMMIT") == States{"GLOBAL_COMMIT", "PRECOMMIT", "VOTE_COMMIT"});
  CHECK(seen.at("GLOBAL_COMMIT") == States{"GLOBAL_COMMIT", "PRECOMMIT"});
  CHECK(seen.at("GLOBAL_ABORT") == States{"GLOBAL_ABORT", "INIT", "VOTE_COMMIT"});
}

}  // namespace quorate::p3pc
