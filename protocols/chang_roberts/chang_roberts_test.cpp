// The Chang-Roberts election: its rules, each in the handlers of one process, and its exact costs.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "protocols/chang_roberts/peer.hpp"
#include "tests/support/lone_node.hpp"
#include "tests/support/run_text.hpp"
#include "tests/support/zoo.hpp"

namespace quorate::chang_roberts {

namespace {

using testing::node;
using testing::run_to_end;
using testing::scenario_of;

using LonePeer = testing::LoneNode<ChangRoberts, Peer>;

// n1 of five, with the id 5; a candidate unless it does not initiate.
LonePeer peer(bool initiates = true, Passive passive = Passive::relay,
              const std::vector<Bug>& bugs = {}) {
  Params params;
  params.id = 5;
  params.initiates = initiates;
  params.passive = passive;
  LonePeer lone({.nodes = 5, .params = params, .bugs = bugs});
  lone.start();
  return lone;
}

// The id it has just passed to its successor; 0 if none.
std::uint32_t passed_on(LonePeer& lone) {
  const auto sent = lone.sent<Election>();
  if (sent.empty()) return 0;
  CHECK(sent[0].to == node(2));
  return sent[0].body.id;
}

std::int64_t sent(const Outcome& outcome, const std::string& type) {
  const auto found = outcome.metrics.find("messages." + type + ".sent");
  return found == outcome.metrics.end() ? 0 : found->second;
}

std::string ring(const std::vector<std::uint32_t>& ids, const std::string& params = "",
                 const std::string& more = "") {
  std::string nodes;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    nodes += (i == 0 ? "" : ", ") + ("\"n" + std::to_string(i + 1)) +
             "\": { \"id\": " + std::to_string(ids[i]) + " }";
  }
  return R"({ "quorate": 1, "network": { "delay": "10ms" }, "stop": { "at": "5s" }, "protocol": {
    "use": "chang_roberts", "nodes": )" +
         std::to_string(ids.size()) + R"(, "params": {)" + params + R"(}, "node_params": {)" +
         nodes + "} }" + more + R"(, "expect": [{ "at": "end", "state": "agreed" }] })";
}

// 1, 2, ..., n along the ring.
std::vector<std::uint32_t> rising(std::uint32_t n) {
  std::vector<std::uint32_t> ids;
  for (std::uint32_t id = 1; id <= n; ++id) ids.push_back(id);
  return ids;
}

// What the ELECTIONs of a ring come to, link by link: each id goes until it meets a higher one, the
// highest until it is home.
std::int64_t hops_until_higher(const std::vector<std::uint32_t>& ids) {
  std::int64_t hops = 0;
  for (std::size_t from = 0; from < ids.size(); ++from) {
    std::size_t to = from;
    do {
      to = (to + 1) % ids.size();
      ++hops;
    } while (ids[to] < ids[from]);
  }
  return hops;
}

}  // namespace

// ---- rules --------------------------------------------------------------------------------------

TEST_CASE("chang-roberts: who initiates sends its id to its successor") {
  LonePeer lone = peer(false);
  CHECK(passed_on(lone) == 0);
  lone.expire(Initiate{});
  CHECK(passed_on(lone) == 5);
  CHECK(lone.state().state == State::candidate);
  CHECK_FALSE(lone.timer<Initiate>().has_value());
}

TEST_CASE("chang-roberts: a higher id is passed on, and its bearer gives up") {
  LonePeer lone = peer();
  lone.hear(node(5), Election{7, 3});
  CHECK(passed_on(lone) == 7);
  CHECK(lone.sent<Election>()[0].body.hops == 4);
  CHECK(lone.state().state == State::relay);
}

TEST_CASE("chang-roberts: a candidate swallows a lower id") {
  LonePeer lone = peer();
  lone.hear(node(5), Election{3, 1});
  CHECK(passed_on(lone) == 0);
  CHECK(lone.told<Swallowed>().size() == 1);
  CHECK(lone.state().state == State::candidate);
}

TEST_CASE("chang-roberts: its own id makes a process the leader") {
  LonePeer lone = peer();
  lone.hear(node(5), Election{5, 5});
  CHECK(lone.state().state == State::leader);
  CHECK(lone.state().leader == 5U);
  CHECK(passed_on(lone) == 0);
  REQUIRE(lone.sent<Leader>().size() == 1);
  CHECK(lone.sent<Leader>()[0].body.id == 5);
  CHECK(lone.told<Elected>().size() == 1);

  LonePeer wrong = peer(true, Passive::relay, {Bug::own_id_passed_on});
  wrong.hear(node(5), Election{5, 5});
  CHECK(passed_on(wrong) == 5);
}

TEST_CASE("chang-roberts: LEADER goes round once and stops at the leader") {
  LonePeer lone = peer();
  lone.hear(node(5), Leader{9, 2});
  REQUIRE(lone.sent<Leader>().size() == 1);
  CHECK(lone.sent<Leader>()[0].to == node(2));
  CHECK(lone.sent<Leader>()[0].body.hops == 3);
  CHECK(lone.state().leader == 9U);
  CHECK(lone.state().state == State::follower);
  CHECK(lone.timer<Initiate>().has_value());  // it may start another election
  lone.hear(node(5), Leader{5, 5});
  CHECK(lone.sent<Leader>().empty());
}

TEST_CASE("chang-roberts: a passive process passes lower ids on, too") {
  LonePeer lone = peer(false);
  lone.hear(node(5), Election{3, 1});
  CHECK(passed_on(lone) == 3);
  CHECK(lone.state().state == State::relay);

  LonePeer wrong = peer(false, Passive::relay, {Bug::passive_swallows});
  wrong.hear(node(5), Election{3, 1});
  CHECK(passed_on(wrong) == 0);
}

TEST_CASE("chang-roberts: joining, a passive process sends its own higher id instead") {
  LonePeer lone = peer(false, Passive::join);
  lone.hear(node(5), Election{3, 1});
  CHECK(passed_on(lone) == 5);
  CHECK(lone.state().state == State::candidate);
  lone.hear(node(5), Election{7, 1});
  CHECK(passed_on(lone) == 7);
  lone.hear(node(5), Election{6, 1});
  CHECK(passed_on(lone) == 6);  // higher than its own
  lone.hear(node(5), Election{3, 1});
  CHECK(passed_on(lone) == 0);  // it takes part already
}

// ---- costs --------------------------------------------------------------------------------------

// The sum over all orders of n ids is n! times n Hn. Turning the ring changes nothing, so the
// highest id stays where it is, and a sum over (n-1)! orders remains: n! Hn.
TEST_CASE("chang-roberts cost: every order of up to six ids, each exactly, and n Hn on average") {
  for (std::uint32_t n = 3; n <= 6; ++n) {
    std::vector<std::uint32_t> ids = rising(n);
    std::int64_t total = 0;
    std::int64_t least = std::numeric_limits<std::int64_t>::max();
    std::int64_t most = 0;
    do {
      const auto run = run_to_end(scenario_of(ring(ids)));
      const std::int64_t counted = sent(run->outcome(), "Election");
      CHECK(run->outcome().verdict == Verdict::pass);
      CHECK(counted == hops_until_higher(ids));
      total += counted;
      least = std::min(least, counted);
      most = std::max(most, counted);
    } while (std::next_permutation(ids.begin(), ids.end() - 1));
    CAPTURE(n);
    CHECK(least == 2 * n - 1);
    CHECK(most == n * (n + 1) / 2);
    std::int64_t factorial = 1;
    for (std::int64_t k = 2; k <= n; ++k) factorial *= k;
    std::int64_t expected = 0;
    for (std::int64_t k = 1; k <= n; ++k) expected += factorial / k;
    CHECK(total == expected);
  }
}

namespace {

// The mean over 10,000 rings of n random ids, within half a per cent of n Hn, and their standard
// deviation, which an independent enumeration gives.
void check_random_rings(std::uint32_t n, double deviation) {
  CAPTURE(n);
  constexpr std::uint64_t rings = 10'000;
  const auto scenario = scenario_of(
      R"({ "quorate": 1, "network": { "delay": "10ms" }, "stop": { "at": "1s" }, "protocol": {
        "use": "chang_roberts", "nodes": )" +
      std::to_string(n) + R"(, "params": { "ids": "drawn" } } })");
  double total = 0;
  double squares = 0;
  for (std::uint64_t seed = 1; seed <= rings; ++seed) {
    const auto counted =
        static_cast<double>(sent(run_to_end(scenario, seed)->outcome(), "Election"));
    total += counted;
    squares += counted * counted;
  }
  double expected = 0;
  for (std::uint32_t k = 1; k <= n; ++k) expected += static_cast<double>(n) / k;
  const double mean = total / rings;
  CHECK(mean == doctest::Approx(expected).epsilon(0.005));
  CHECK(std::sqrt(squares / rings - mean * mean) == doctest::Approx(deviation).epsilon(0.03));
}

}  // namespace

TEST_CASE("chang-roberts cost: n times the harmonic number on average over random rings") {
  check_random_rings(8, 2.916);
}

TEST_CASE("chang-roberts cost: the same on smaller and larger rings" *
          doctest::test_suite("long")) {
  check_random_rings(5, 1.412);
  check_random_rings(10, 3.872);
}

// ---- within the assumptions and outside ---------------------------------------------------------

TEST_CASE("chang-roberts: any order of ids, any set of starters: the highest starter wins") {
  std::uint64_t exercised = 0;
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    const auto n = static_cast<std::uint32_t>(3 + seed % 6);
    std::string silent;  // some do not start, but the first always does
    for (std::uint32_t i = 2; i <= n; ++i) {
      if ((seed >> (i % 5)) % 2 == 0) continue;
      silent += (silent.empty() ? "" : ", ") + ("\"n" + std::to_string(i)) +
                "\": { \"initiates\": false }";
    }
    const auto run = run_to_end(
        scenario_of(
            R"j({ "quorate": 1, "network": { "delay": "uniform(1ms, 50ms)", "fifo": true },
              "stop": { "at": "5s" }, "protocol": { "use": "chang_roberts", "nodes": )j" +
            std::to_string(n) + R"j(, "params": { "ids": "drawn", "passive": ")j" +
            (seed % 2 == 0 ? "relay" : "join") + R"j(" }, "node_params": {)j" + silent +
            R"j(} }, "expect": [{ "at": "end", "state": "agreed" }] })j"),
        seed);
    CHECK_MESSAGE(run->outcome().verdict == Verdict::pass, seed, ": ", run->outcome().reason);
    for (const PropertyResult& property : run->outcome().properties) {
      if (property.name == "highest_wins") exercised += property.exercised;
    }
  }
  CHECK(exercised > 100);
}

TEST_CASE("chang-roberts: after an election another may be held, and a passive one may win it") {
  const std::string second =
      R"(, "faults": [{ "id": "again", "at": "1s",
        "do": { "fire": { "node": "n2", "timer": "initiate" } } }])";
  const auto run = run_to_end(scenario_of(ring(rising(5), "", second)));
  CHECK(run->outcome().verdict == Verdict::pass);
  CHECK(run->field(NodeId{4}, "leader") == "2");  // the only one that started
  CHECK(sent(run->outcome(), "Election") == 9 + 5);
}

TEST_CASE("chang-roberts: two equal ids at the top both lead: reported") {
  const auto run = run_to_end(scenario_of(ring({3, 1, 3, 2})));
  REQUIRE(run->outcome().violation.has_value());
  CHECK(run->outcome().violation->property == "one_leader");
}

TEST_CASE("chang-roberts zoo: each mistake breaks what it is said to, and alone does") {
  testing::check_zoo_lessons("chang_roberts");
  testing::check_zoo_caught("chang_roberts");
  testing::check_zoo_first_broken("chang_roberts");
  testing::check_zoo_innocent("chang_roberts");
}

TEST_CASE("chang-roberts: an election that nobody starts is refused") {
  const auto refusal = [](const std::string& rest) {
    return testing::refusal_of(R"j({"quorate": 1, "stop": {"at": "1s"}, "protocol":
        {"use": "chang_roberts", "nodes": 3, "params": {"initiates": false})j" +
                               rest + "}");
  };
  CHECK(refusal("}").find("nobody starts an election") != std::string::npos);
  CHECK(refusal(R"j(, "node_params": {"n2": {"initiates": true}}})j") == "");
  CHECK(refusal(R"j(}, "faults": [{"at": "1ms", "do":
                {"fire": {"node": "n1", "timer": "initiate"}}}])j") == "");
}

}  // namespace quorate::chang_roberts
