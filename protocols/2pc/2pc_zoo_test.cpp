// The known mistakes of two-phase commit and everything going wrong at once.
#include <doctest/doctest.h>

#include "tests/support/lessons.hpp"
#include "tests/support/run_text.hpp"
#include "tests/support/sanitized.hpp"
#include "tests/support/zoo.hpp"

namespace quorate::p2pc {

TEST_CASE("2pc zoo: each mistake has a lesson that expects what the protocol says it breaks") {
  testing::check_zoo_lessons("2pc");
  testing::check_zoo_first_broken("2pc");
}

TEST_CASE("2pc zoo: each mistake is caught, and without it nothing breaks in the same scenario") {
  testing::check_zoo_caught("2pc");
  testing::check_zoo_innocent("2pc");
}

namespace {

// Everybody decides in the end, and the runs were hard enough for that to mean something.
void soak(const testing::Settings& settings, const std::vector<std::string>& hardships) {
  constexpr std::uint64_t seeds = testing::seeds_here(200);
  auto witnesses = testing::check_weathered("scenarios/2pc/soak.json", seeds, settings);
  for (const std::string& hardship : hardships) {
    CAPTURE(hardship);
    CHECK(witnesses[hardship] >= seeds);
  }
}

testing::Settings form(const char* name) { return {{"protocol.params.form", name}}; }

}  // namespace

TEST_CASE("2pc soak: crashes, loss, partitions; cooperative termination and basic") {
  soak({}, {"committed", "aborted", "crashed_ready", "helped_by_peer"});
  soak({{"protocol.params.termination", "basic"}}, {"committed", "aborted", "crashed_ready"});
}

TEST_CASE("2pc soak: presumed abort, presumed commit, acknowledged") {
  for (const char* presume : {"nothing", "abort", "commit"}) {
    soak({{"protocol.params.ack", "true"}, {"protocol.params.presume", presume}},
         {"committed", "aborted", "crashed_ready"});
  }
}

// Those below the ones that the coordinator asks may be in doubt when it has forgotten.
TEST_CASE("2pc soak: trees of three levels and a coordinator that forgets") {
  for (const char* presume : {"nothing", "abort", "commit"}) {
    soak({{"protocol.params.form", "tree"},
          {"protocol.params.fan_out", "1"},
          {"protocol.params.ack", "true"},
          {"protocol.params.presume", presume}},
         {"committed", "aborted", "crashed_ready"});
  }
}

TEST_CASE("2pc soak: clients that ask again, of a coordinator that has forgotten") {
  const char* lossy = R"({ "delay": "2ms", "loss": "20%", "duplicate": "20%" })";
  for (const char* presume : {"nothing", "abort", "commit"}) {
    soak({{"network.clients", lossy},
          {"protocol.params.ack", "true"},
          {"protocol.params.presume", presume}},
         {"committed", "aborted", "crashed_ready"});
  }
}

TEST_CASE("2pc: who has never heard of a commit has not decided") {
  const testing::Settings asked{{"expect", R"([{ "at": "end", "state": "all_decided" }])"}};
  const auto lost = testing::scenario_file("scenarios/2pc/one-phase-lost.json", asked);
  CHECK(testing::run_to_end(lost)->outcome().verdict == Verdict::fail);
  // Of an abort it need not hear.
  const auto init = testing::scenario_file("scenarios/2pc/participant-crash-init.json", asked);
  CHECK(testing::run_to_end(init)->outcome().verdict == Verdict::pass);
}

TEST_CASE("2pc soak: a chain, and everybody telling everybody") {
  soak(form("linear"), {"committed", "aborted", "crashed_ready"});
  soak(form("decentralised"), {"committed", "aborted", "crashed_ready"});
}

TEST_CASE("2pc soak: trees, and one that only reads") {
  soak(form("tree"), {"committed", "aborted", "crashed_ready"});
  soak({{"protocol.params.form", "tree"},
        {"protocol.params.fan_out", "1"},
        {"protocol.params.termination", "basic"}},
       {"committed", "aborted", "crashed_ready"});
  const std::string reader = R"({ "n3": { "vote": "either" }, "n4": { "vote": "read" } })";
  soak({{"protocol.node_params", reader}}, {"committed", "aborted", "crashed_ready"});
  soak({{"protocol.node_params", reader},
        {"protocol.params.ack", "true"},
        {"protocol.params.presume", "commit"}},
       {"committed", "aborted", "crashed_ready"});
}

// Each has missed the vote of another, or all have forgotten whom they heard.
TEST_CASE("2pc decentralised: lost votes are asked for again") {
  const char* lost = R"([
    {"at": "0s", "do": {"omit": {"node": "p1", "side": "send", "message": "Vote", "to": "p2",
      "count": 1}}},
    {"at": "0s", "do": {"omit": {"node": "p2", "side": "send", "message": "Vote", "to": "p3",
      "count": 1}}},
    {"at": "0s", "do": {"omit": {"node": "p3", "side": "send", "message": "Vote", "to": "p1",
      "count": 1}}}])";
  const char* power = R"([{"at": "35ms", "for": "100ms", "do": {"crash": ["p1", "p2", "p3"]}}])";
  for (const char* faults : {lost, power}) {
    CAPTURE(faults);
    const auto apart = testing::scenario_of(R"({"quorate": 1,
      "protocol": {"use": "2pc", "params": {"form": "decentralised"},
        "roles": {"coordinator": ["co"], "participant": ["p1", "p2", "p3"]}},
      "stop": {"at": "20s"}, "network": {"delay": "10ms"},
      "workload": [{"client": "c1", "op": "transfer", "at": "10ms", "node": "co"}],
      "expect": [{"at": "end", "state": "all_committed"}]})",
                                            {{"faults", faults}});
    CHECK(testing::run_to_end(apart)->outcome().verdict == Verdict::pass);
  }
}

TEST_CASE("2pc: some_ready holds of who is ready, not of nobody") {
  const std::string text = R"({"quorate": 1, "protocol": {"use": "2pc",
      "roles": {"coordinator": ["co"], "participant": ["p1", "p2", "p3"]}},
    "stop": {"at": "5s"}, "network": {"delay": "10ms"},
    "expect": [{"at": "end", "state": "some_ready"}]})";
  const testing::Settings work{
      {"workload", R"([{"client": "c", "op": "t", "at": "1s", "node": "co"}])"}};
  const auto with_fault = [&](const std::string& fault) {
    testing::Settings all = work;
    all.emplace_back("faults", "[" + fault + "]");
    return testing::run_to_end(testing::scenario_of(text, all))->outcome().verdict;
  };
  CHECK(testing::run_to_end(testing::scenario_of(text))->outcome().verdict == Verdict::fail);
  CHECK(with_fault(R"({"at": "500ms", "do": {"crash": ["p1", "p2", "p3"]}})") == Verdict::fail);
  CHECK(with_fault(R"({"at": "1025ms", "do": {"crash": "co"}})") == Verdict::pass);
}

TEST_CASE("2pc: who talks to whom is one rule for all") {
  for (const char* own : {R"({"form": "tree"})", R"({"fan_out": 3})", R"({"ack": true})",
                          R"({"presume": "abort"})"}) {
    CAPTURE(own);
    const std::string text = testing::refusal_of(R"({"quorate": 1,
      "protocol": {"use": "2pc", "nodes": 3, "node_params": {"n2": )" +
                                                 std::string(own) + R"(}},
      "stop": {"at": "1s"}})");
    CHECK(text.find("it is another for n1") != std::string::npos);
  }
  CHECK(testing::refusal_of(R"({"quorate": 1,
    "protocol": {"use": "2pc", "nodes": 3, "node_params": {"n2": {"termination": "cooperative"}}},
    "stop": {"at": "1s"}})") == "");
}

}  // namespace quorate::p2pc
