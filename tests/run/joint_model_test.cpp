// What nodes that were told different things assume together, and what their run is then said to
// have kept or broken.
#include <doctest/doctest.h>

#include "tests/support/run_text.hpp"

namespace quorate::joint_model {
namespace {

using testing::run_to_end;
using testing::scenario_of;

FailureModel safe(std::vector<Assumption> safety) {
  FailureModel model;
  model.safety = std::move(safety);
  return model;
}

std::string model_of(const std::string& protocol, const std::string& rest, std::uint64_t seed = 1) {
  const auto run = run_to_end(scenario_of(R"({"quorate": 1, "stop": {"at": "2s"}, "protocol": )" +
                                          protocol + ", " + rest + "}"),
                              seed);
  return run->outcome().model;
}

}  // namespace

TEST_CASE("model: nodes assume together what any of them assumes, and recover with the slowest") {
  using enum Assumption;
  FailureModel model = safe({no_cuts});
  model.progress = {majority_up};
  model.recovers = 1s;
  FailureModel other = safe({stable_storage, no_cuts});
  other.progress = {majority_up, no_crashes};
  other.recovers = 3s;
  join(model, other);
  CHECK(model.safety == std::vector<Assumption>{no_cuts, stable_storage});
  CHECK(model.progress == std::vector<Assumption>{majority_up, no_crashes});
  CHECK(model.recovers == 3s);
  other.recovers.reset();
  join(model, other);
  CHECK_FALSE(model.recovers.has_value());  // one that never does
}

TEST_CASE("model: who assumes nothing of progress says nothing of recovering") {
  FailureModel model = safe({});
  FailureModel other = safe({});
  other.progress = {Assumption::no_cuts};
  other.recovers = 2s;
  join(model, other);
  CHECK(model.recovers == 2s);
  join(model, safe({}));
  CHECK(model.recovers == 2s);
}

TEST_CASE("model: a timer is at will where it is so for all; quorums are those of all") {
  FailureModel model = safe({});
  model.at_will = {"watch", "beat"};
  model.quorums = {2, 4};
  FailureModel other = safe({});
  other.at_will = {"watch"};
  other.quorums = {3, 4};
  join(model, other);
  CHECK(model.at_will == std::vector<std::string>{"watch"});
  CHECK(model.quorums == std::vector<std::uint32_t>{2, 4, 3});
  join(model, safe({}));
  CHECK(model.quorums.back() == 0);  // more than half
  const std::vector<std::uint32_t> quorums = model.quorums;
  join(model, safe({}));
  CHECK(model.quorums == quorums);  // which is in there already
}

TEST_CASE("model: the least patient of all nodes says how late a message may come") {
  const std::string delay = R"("network": {"delay": "20ms"})";
  const std::string rest = R"(, "node_params": {"n2": {"ok_timeout": "30ms"}}})";
  CHECK(model_of(R"({"use": "bully", "nodes": 3})", delay) == "within: no faults");
  CHECK(model_of(R"({"use": "bully", "nodes": 3)" + rest, delay)
            .starts_with("outside: bully assumes that a message takes less than n2's ok_timeout / "
                         "2, but "));
  const std::string list = R"({"use": "list_ring", "nodes": 3, "node_params":
      {"n3": {"ack_timeout": "30ms"}}})";
  CHECK(model_of(list, delay).find("less than n3's ack_timeout / 2") != std::string::npos);
}

TEST_CASE("model: of two bounds of one node's the least counts, at whichever node") {
  const auto of = [](const std::string& p2) {
    return model_of(R"({"use": "3pc", "roles": {"coordinator": ["co"], "participant": ["p1", "p2"]},
        "node_params": {"p2": )" +
                        p2 + "}}",
                    R"("network": {"delay": "40ms"},
        "workload": [{"client": "c", "op": "t", "at": "1ms", "node": "co", "timeout": "1s"}])");
  };
  CHECK(of("{}") == "within: no faults");
  CHECK(of(R"({"turn": "60ms"})").find("less than p2's turn / 2") != std::string::npos);
  CHECK(of(R"({"round_timeout": "70ms"})").find("less than p2's round_timeout / 2") !=
        std::string::npos);
}

// n1 waits for 110 ms, and n2 says every 100 ms that it lives: too little room for the delays.
TEST_CASE("model: one node's patience is measured by the others' heartbeats") {
  const std::string uneven = R"j("network": {"delay": "uniform(1ms, 20ms)"})j";
  const auto of = [&](const std::string& params) {
    return model_of(R"({"use": "failure_detector", "nodes": 2, "node_params": )" + params + "}",
                    uneven);
  };
  CHECK(of(R"({"n1": {"timeout": "110ms", "interval": "10ms"}})") == "within: no faults");
  CHECK(of(R"({"n1": {"timeout": "110ms", "interval": "10ms"}, "n2": {"interval": "100ms"}})")
            .find("less than (n1's timeout - interval) / 3") != std::string::npos);
}

TEST_CASE("model: a pause that the model allows is no breach, and is told all the same") {
  const auto paused = [](const std::string& time) {
    return model_of(R"({"use": "failure_detector", "nodes": 3})",
                    R"("network": {"delay": "1ms"}, "faults": [{"at": "1s", "for": ")" + time +
                        R"(", "do": {"pause": "n1"}}])");
  };
  CHECK(paused("40ms") == "within: a node stood still");
  CHECK(paused("60ms").starts_with("outside: "));
}

// Each message takes 1 ms or 150 ms, and so does each copy: 100 ms are the bound.
TEST_CASE("model: a copy that comes late is late, whenever the first one came") {
  bool only_copies = false;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    const auto with = [&](const std::string& copies) {
      return model_of(R"({"use": "bully", "nodes": 2})",
                      R"j("network": {"delay": "empirical(1ms:99, 150ms:1)")j" + copies + "}",
                      seed);
    };
    only_copies =
        only_copies || (with("") == "within: no faults" &&
                        with(R"(, "duplicate": "50%")").find("late") != std::string::npos);
  }
  CHECK(only_copies);
}

}  // namespace quorate::joint_model
