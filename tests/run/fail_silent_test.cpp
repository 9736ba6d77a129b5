// A node that has crashed and one that omits everything are the same to the others.
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "tests/support/run_text.hpp"

namespace quorate::fail_silent {
namespace {

// What the others than one node lived through: time, kind, where, with whom, of which type, and
// what it said.
class OthersHistory final : public Observer {
 public:
  explicit OthersHistory(NodeId silent) : silent_(silent) {}

  void on(const Record& record, const StateChange*) override {
    constexpr std::uint32_t lived = bit(Kind::send) | bit(Kind::recv) | bit(Kind::timer) |
                                    bit(Kind::local) | bit(Kind::event) | bit(Kind::persist) |
                                    bit(Kind::op) | bit(Kind::ack);
    if ((lived & bit(record.kind)) == 0 || record.node == silent_) return;
    std::string line = to_text(record.time.since_start()) + " " +
                       std::string(enum_name(record.kind)) + " " +
                       std::to_string(record.node.value);
    const NodeId peer = record.kind == Kind::recv ? record.from : record.to;
    if (record.kind == Kind::send || record.kind == Kind::recv) {
      line += " " + std::to_string(peer.value);
    }
    if (record.body.type != nullptr) {
      line += " " + std::string(record.body.name()) + " " +
              std::to_string(record.body.type->hash(record.body.value));
    }
    lines.push_back(std::move(line));
  }
  std::vector<std::string> lines;

 private:
  NodeId silent_;
};

std::vector<std::string> history(const std::string& protocol, const std::string& fault,
                                 std::uint64_t seed) {
  const auto scenario = testing::scenario_of(
      R"j({"quorate": 1, "stop": {"at": "4s"}, "network": {"delay": "uniform(1ms, 20ms)"},)j" +
      protocol + R"j(, "faults": [{"at": "1100ms", "do": )j" + fault + "}]}");
  OthersHistory others(NodeId{0});
  const auto run = testing::make_run(scenario, seed);
  run->observe(others);
  run->run();
  return others.lines;
}

}  // namespace

TEST_CASE("fail-silent: a node that crashes and one that omits all are one history to the others") {
  const std::string asks =
      R"j(, "workload": [{"client": "c1", "op": "put", "every": "70ms", "timeout": "200ms"}])j";
  const std::string protocols[] = {
      R"j("protocol": {"use": "raft", "nodes": 5})j" + asks,
      R"j("protocol": {"use": "multi_paxos", "nodes": 5})j" + asks,
      // Who sees everything sees that a live node is suspected, and would end the run.
      R"j("protocol": {"use": "failure_detector", "nodes": 4}, "check": ["patience"])j",
  };
  for (const std::string& protocol : protocols) {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
      INFO(protocol, " with seed ", seed);
      const auto crashed = history(protocol, R"({"crash": "n1"})", seed);
      const auto silent = history(protocol, R"({"omit": {"node": "n1", "side": "both"}})", seed);
      CHECK(crashed.size() > 20);
      CHECK(crashed == silent);
    }
  }
}

// What makes the equality worth something: half of that silence is another history.
TEST_CASE("fail-silent: a node that omits only what it sends, or what it receives, is another") {
  const std::string raft = R"j("protocol": {"use": "raft", "nodes": 5})j";
  const auto crashed = history(raft, R"({"crash": "$leader"})", 1);
  int others = 0;
  for (const std::string side : {"send", "receive"}) {
    const std::string fault = R"({"omit": {"node": "$leader", "side": ")" + side + R"("}})";
    others += history(raft, fault, 1) != crashed ? 1 : 0;
  }
  CHECK(others == 2);
}

}  // namespace quorate::fail_silent
