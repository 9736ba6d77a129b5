// What errors of disks come to in a whole run: what a protocol's promises have to do with them, and
// how other faults go with them.
#include <doctest/doctest.h>

#include <cstdlib>

#include "tests/support/run_text.hpp"

namespace quorate::disk_errors_in_runs {
namespace {

// Three Raft servers, of which n1 leads, and a client that never stops.
std::unique_ptr<Run> run_with(const std::string& faults, std::uint64_t seed = 1) {
  return testing::run_to_end(
      testing::scenario_of(R"j({"quorate": 1, "stop": {"at": "4s"}, "network": {"delay": "5ms"},
          "protocol": {"use": "raft", "nodes": 3, "node_params": {"n1": {"election_timeout":
              "100ms"}}}, "workload": [{"op": "put", "every": "50ms", "timeout": "300ms"}],
          "faults": [)j" + faults +
                           "]}"),
      seed);
}

// "within: 1 crash", or what the protocol assumes and was not so.
std::string model_of(const std::string& faults, std::uint64_t seed = 1) {
  return run_with(faults, seed)->outcome().model;
}

// Of each fault, how often it fired.
std::vector<std::uint64_t> fired(const Run& run) {
  std::vector<std::uint64_t> times;
  for (const FaultResult& result : run.outcome().faults) times.push_back(result.fired);
  return times;
}

const std::string full = R"j({"at": "1s", "for": "1s", "do": {"disk": {"node": "n2", "full":
    true}}})j";
const std::string read_only = R"j({"at": "1s", "for": "1s", "do": {"disk": {"node": "n2",
    "read_only": true}}})j";

}  // namespace

TEST_CASE("disk errors: a server that stops for one has crashed, which is within the model") {
  const std::string stops =
      R"j({"at": "1s", "do": {"crash": {"node": "n2", "sync_error": true}}})j";
  CHECK(model_of(stops) == "within: 1 crash");
  CHECK(model_of(full) == "within: 1 crash");
  CHECK(model_of(read_only) == "within: 1 crash");
}

TEST_CASE("disk errors: a write that ends short is outside of it where its beginning is there") {
  const std::string stand = R"j({"at": "1s", "do": {"crash": "n1"}}, {"at": "1s", "do": {"crash":
      {"node": ["n2", "n3"], "short_write": true}}})j";
  const std::string torn =
      "outside: raft assumes that what was synced survives a crash, but 1 crash took what a disk "
      "had called durable at ";
  const std::string whole =
      "outside: raft assumes that more than half of the members are up, running and connected, but "
      "no majority of them was at ";
  constexpr int seeds = 40;
  int outside = 0;
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    const std::string model = model_of(stand, seed);
    CHECK_MESSAGE((model.starts_with(torn) || model.starts_with(whole)), model);
    outside += model.starts_with(torn) ? 1 : 0;
  }
  // Of the two fields that a candidate writes none or one: 4 sigma are 12.6.
  CHECK(std::abs(outside - seeds / 2) < 13);
}

TEST_CASE("disk errors: what could not be read is a crash that lasts") {
  const std::string unread =
      R"j({"id": "kill", "at": "1s", "for": "500ms", "do": {"crash": "n2"}},
      {"on": {"fault": "kill"}, "do": {"disk": {"node": "n2", "read_error": true}}},
      {"at": "2s", "do": {"restart": "n2"}})j";
  CHECK(model_of(unread) == "within: 1 crash");
  const auto run =
      run_with(unread + R"j(, {"at": "3s", "do": {"restart": {"node": "n2", "amnesia": true}}})j");
  CHECK(fired(*run) == std::vector<std::uint64_t>{1, 1, 1, 1});
  CHECK(run->outcome().model.find("1 restart with an empty disk") != std::string::npos);
}

TEST_CASE(
    "disk errors: the end of a crash restarts nobody who came back and then stopped for one") {
  const auto run = run_with(R"j({"at": "1s", "for": "1s", "do": {"crash": "n2"}},
      {"at": "1200ms", "do": {"restart": "n2"}},
      {"at": "1500ms", "do": {"disk": {"node": "n2", "full": true}}},
      {"at": "2500ms", "do": {"restart": "n2"}})j");
  CHECK(fired(*run) == std::vector<std::uint64_t>{1, 1, 1, 1});  // it was down until the last
  CHECK(run->outcome().model == "within: 3 crashes, 2 restarts");
}

TEST_CASE("disk errors: what is read amiss is outside of the model, and no handler's mistake") {
  for (const std::string act : {"misread", "short_read"}) {
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
      const auto run = run_with(R"j({"id": "kill", "at": "1s", "for": "500ms", "do": {"crash":
          "n2"}}, {"on": {"fault": "kill"}, "do": {"disk": {"node": "n2", ")j" +
                                    act + "\": true}}}",
                                seed);
      CHECK(fired(*run) == std::vector<std::uint64_t>{1, 1});
      CHECK(run->outcome().model.starts_with(
          "outside: raft assumes that what was synced survives a crash, but 1 start read what was "
          "not on a disk at 1.500 s"));
      CHECK((!run->outcome().violation || run->outcome().violation->property != "durability"));
    }
  }
}

TEST_CASE("disk errors: to settle makes room, and what cannot be read it does not mend") {
  const std::string settle = R"j(, {"at": "1500ms", "do": {"settle": ["n1", "n2", "n3"]}})j";
  const std::string later = R"j(, {"at": "3s", "do": {"restart": "n2"}, "may_not_fire": true})j";
  for (const std::string& refuses : {full, read_only}) {
    CHECK(fired(*run_with(refuses + settle + later)) == std::vector<std::uint64_t>{1, 1, 0});
  }
  const std::string misread = R"j({"id": "kill", "at": "1s", "do": {"crash": "n2"}},
      {"on": {"fault": "kill"}, "do": {"disk": {"node": "n2", "misread": true}}})j";
  CHECK(model_of(misread + settle) == "within: 1 crash, 1 restart");
  const std::string unread = R"j({"id": "kill", "at": "1s", "do": {"crash": "n2"}},
      {"on": {"fault": "kill"}, "do": {"disk": {"node": "n2", "read_error": true}}})j";
  CHECK(fired(*run_with(unread + settle + later)) == std::vector<std::uint64_t>{1, 1, 1, 1});
}

}  // namespace quorate::disk_errors_in_runs
