// What a decision costs, exactly: messages and delays of one proposer without failures, one delay d
// for every message; and the duel of two proposers.
#include <doctest/doctest.h>

#include "protocols/paxos/messages.hpp"
#include "tests/support/run_text.hpp"

namespace quorate::paxos {

namespace {

using testing::make_run;
using testing::run_to_end;
using testing::scenario_of;

constexpr Duration d = 10ms;
constexpr Duration asked = 20ms;  // the client's request reaches its proposer

std::int64_t sent(const Outcome& outcome, const std::string& type) {
  const auto found = outcome.metrics.find("messages." + type + ".sent");
  return found == outcome.metrics.end() ? 0 : found->second;
}
std::int64_t protocol_messages(const Outcome& outcome) {
  std::int64_t sum = 0;
  for (const char* type : {"Prepare", "Promise", "Accept", "Accepted", "Nack", "Decide"}) {
    sum += sent(outcome, type);
  }
  return sum;
}

// When each node first knew the chosen value.
struct Knowledge final : Observer {
  void on(const Record& record, const StateChange*) override {
    if (record.kind == Kind::event && record.body.type == &type_info<Chosen>) {
      first.emplace(record.node, record.time.since_start());
    }
  }
  Duration last() const {
    Duration result{};
    for (const auto& known : first) result = std::max(result, known.second);
    return result;
  }
  std::map<NodeId, Duration> first;
};

std::string scenario(const std::string& protocol, const std::string& more = "") {
  return R"({ "quorate": 1, "network": { "delay": "10ms" }, "stop": { "at": "10s" },
    "protocol": { "use": "paxos", )" +
         protocol + R"( }, "workload": [{ "client": "c1", "op": "set", "key": "colour",
      "value": "red", "at": "10ms", "node": "n1" }])" +
         more + " }";
}
std::string together(std::int64_t n, const std::string& params = "") {
  return scenario("\"nodes\": " + std::to_string(n) + ", \"params\": {" + params + "}");
}
std::string names(const std::string& letter, std::int64_t count) {
  std::string list;
  for (std::int64_t i = 1; i <= count; ++i) {
    list += (i == 1 ? "\"" : ", \"") + letter + std::to_string(i) + "\"";
  }
  return "[" + list + "]";
}

struct Decision {
  std::int64_t messages{};
  Duration proposer{};  // knows it so long after it was asked
  Duration all{};
};
Decision decide(const std::string& text) {
  const auto run = make_run(scenario_of(text), 1);
  Knowledge knowledge;
  run->observe(knowledge);
  run->run();
  CHECK(run->outcome().metrics.at("ops.acked") == 1);
  return {protocol_messages(run->outcome()), knowledge.first.at(NodeId{0}) - asked,
          knowledge.last() - asked};
}

}  // namespace

TEST_CASE("paxos cost: roles together, 4(n-1) messages until the proposer knows after 4d") {
  for (std::int64_t n = 3; n <= 9; ++n) {
    CAPTURE(n);
    const Decision by_proposer = decide(together(n));
    CHECK(by_proposer.messages == 4 * (n - 1) + (n - 1));
    CHECK(by_proposer.proposer == 4 * d);
    CHECK(by_proposer.all == 5 * d);
    const Decision by_acceptors = decide(together(n, R"("learning": "acceptors")"));
    CHECK(by_acceptors.messages == 4 * (n - 1) + n * (n - 1));
    CHECK(by_acceptors.all == 4 * d);
    const Decision by_one = decide(together(n, R"("learning": "distinguished")"));
    CHECK(by_one.messages == 4 * (n - 1) + (n - 1) + (n - 1));
    CHECK(by_one.proposer == 4 * d);
    CHECK(by_one.all == 5 * d);
  }
}

TEST_CASE("paxos cost: a thrifty proposer needs 4(q-1) messages, in the same time") {
  for (std::int64_t n = 3; n <= 9; ++n) {
    CAPTURE(n);
    const Decision decision = decide(together(n, R"("thrifty": true)"));
    CHECK(decision.messages == 4 * (n / 2) + (n - 1));
    CHECK(decision.proposer == 4 * d);
  }
}

TEST_CASE("paxos cost: roles apart, 4A messages and those for L learners") {
  constexpr std::int64_t learners = 2;
  for (std::int64_t acceptors = 3; acceptors <= 9; ++acceptors) {
    CAPTURE(acceptors);
    const auto apart = [&](const std::string& learning) {
      return decide(scenario(R"("roles": { "proposer": ["n1"], "acceptor": )" +
                             names("a", acceptors) + R"(, "learner": )" + names("l", learners) +
                             R"( }, "params": { "learning": ")" + learning + "\" }"));
    };
    CHECK(apart("proposer").messages == 4 * acceptors + learners);
    CHECK(apart("acceptors").messages == 4 * acceptors + acceptors * learners);
    CHECK(apart("distinguished").messages == 4 * acceptors + acceptors + learners - 1);
    CHECK(apart("acceptors").all == 4 * d);
  }
}

TEST_CASE("paxos cost: three writes one after the other before a value is chosen") {
  const std::string slow = R"(, "disk": { "sync": "1ms" })";
  const Decision decision = decide(scenario("\"nodes\": 5", slow));
  CHECK(decision.proposer == 4 * d + 3 * 1ms);
}

// p2 begins `later` than p1; both try again at once when they are told of a higher number. A write
// costs two of three acceptors time: phase 1 waits for one of them, and a refusal for none.
std::unique_ptr<Run> duel(Duration later, Duration sync) {
  const std::string disk = R"({ "sync": ")" + to_text(sync) + R"(" })";
  return run_to_end(scenario_of(
      R"({ "quorate": 1, "network": { "delay": "10ms" }, "stop": { "at": "5s" },
        "disk": { "nodes": { "a2": )" +
      disk + R"(, "a3": )" + disk + R"( } },
        "protocol": { "use": "paxos", "roles": { "proposer": ["p1", "p2"],
          "acceptor": ["a1", "a2", "a3"], "learner": ["p1", "p2"] }, "params": { "nack": true } },
        "workload": [
          { "client": "c1", "op": "set", "at": "10ms", "node": "p1", "timeout": "9s" },
          { "client": "c2", "op": "set", "at": ")" +
      to_text(10ms + later) + R"(", "node": "p2", "timeout": "9s" }] })"));
}

TEST_CASE("paxos duel: with equal delays and free writes it ends after one pre-emption") {
  for (Duration later{0}; later <= 50ms; later += 1ms) {
    CAPTURE(to_text(later));
    const auto run = duel(later, 0ms);
    CHECK(run->outcome().metrics.at("ops.acked") == 2);
    CHECK(sent(run->outcome(), "Prepare") <= 3 * 4);
  }
}

// A promise that costs a write of w lets two proposers pass each other for ever: exactly where the
// second begins x later, 2d < x < 2d + w. Were all three disks slow, each acceptor's refusal would
// leave behind the promise it is writing, so that the rival's proposal is never overtaken.
TEST_CASE("paxos duel: with a write of w it never ends iff 2d < x < 2d + w") {
  constexpr Duration w = 6ms;
  for (Duration later = 15ms; later <= 30ms; later += 1ms) {
    CAPTURE(to_text(later));
    const bool endless = later > 2 * d && later < 2 * d + w;
    CHECK(duel(later, w)->outcome().metrics.at("ops.acked") == (endless ? 0 : 2));
  }
}

}  // namespace quorate::paxos
