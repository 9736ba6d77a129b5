// The LeLann election: its rules, each in the handlers of one process, and its exact costs.
#include <doctest/doctest.h>

#include "protocols/lelann/peer.hpp"
#include "tests/support/lone_node.hpp"
#include "tests/support/run_text.hpp"
#include "tests/support/zoo.hpp"

namespace quorate::lelann {

namespace {

using testing::node;
using testing::run_to_end;
using testing::scenario_of;

using LonePeer = testing::LoneNode<LeLann, Peer>;

// n1 of five, with the id 5.
LonePeer peer(bool initiates = true, const std::vector<Bug>& bugs = {}) {
  Params params;
  params.id = 5;
  params.initiates = initiates;
  LonePeer lone({.nodes = 5, .params = params, .bugs = bugs});
  lone.start();
  return lone;
}

// n processes, of which the first k start at once.
std::string ring(std::uint32_t n, std::uint32_t k, const std::string& params,
                 const std::string& state, const std::string& delay = R"("10ms")") {
  std::string nodes;
  for (std::uint32_t i = 1; i <= k; ++i) {
    nodes += (i == 1 ? "" : ", ") + ("\"n" + std::to_string(i)) + "\": { \"initiates\": true }";
  }
  return R"({ "quorate": 1, "network": { "delay": )" + delay +
         R"(, "fifo": true }, "stop": { "at": "5s" }, "protocol": { "use": "lelann", "nodes": )" +
         std::to_string(n) + R"(, "params": { "initiates": false)" + params +
         R"( }, "node_params": {)" + nodes + R"(} }, "expect": [{ "at": "end", "state": ")" +
         state + R"(" }] })";
}

}  // namespace

TEST_CASE("lelann: who initiates sends a token with its id") {
  LonePeer lone = peer(false);
  CHECK(lone.sent<Token>().empty());
  lone.expire(Initiate{});
  REQUIRE(lone.sent<Token>().size() == 1);
  CHECK(lone.sent<Token>()[0].to == node(2));
  CHECK(lone.sent<Token>()[0].body == Token{5, 1});
}

TEST_CASE("lelann: a token is passed on whatever id it carries, and the highest is noted") {
  LonePeer lone = peer();
  for (const std::uint32_t id : {3U, 7U, 4U}) {
    lone.hear(node(5), Token{id, 2});
    REQUIRE(lone.sent<Token>().size() == 1);
    CHECK(lone.sent<Token>()[0].body == Token{id, 3});
  }
  CHECK(lone.state().highest == 7);
}

TEST_CASE("lelann: with its own token back an initiator knows the highest") {
  LonePeer winner = peer();
  winner.hear(node(5), Token{3, 2});
  winner.hear(node(5), Token{5, 5});
  CHECK(winner.sent<Token>().empty());
  CHECK(winner.state().state == State::leader);
  CHECK(winner.sent<Leader>().empty());  // unless it announces
  LonePeer loser = peer();
  loser.hear(node(5), Token{7, 2});
  loser.hear(node(5), Token{5, 5});
  CHECK(loser.state().state == State::follower);
  CHECK(loser.state().leader == 7U);

  LonePeer wrong = peer(true, {Bug::own_token_passed_on});
  wrong.hear(node(5), Token{5, 5});
  CHECK(wrong.sent<Token>().size() == 1);
}

TEST_CASE("lelann: a token that the network doubled is taken off the ring at home") {
  LonePeer lone = peer();
  lone.hear(node(5), Token{5, 5});
  lone.hear(node(5), Token{5, 5});
  CHECK(lone.sent<Token>().empty());
  CHECK(lone.told<Elected>().empty());
  const auto doubled = scenario_of(R"({"quorate": 1, "protocol": {"use": "lelann", "nodes": 3},
    "network": {"delay": "5ms", "fifo": true, "duplicate": "20%"}, "stop": {"at": "1s"},
    "expect": [{"at": "end", "state": "agreed"}]})");
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    CHECK(run_to_end(doubled, seed)->outcome().verdict == Verdict::pass);
  }
}

TEST_CASE("lelann: who has passed a token on starts no election") {
  LonePeer lone = peer(false);
  lone.hear(node(5), Token{3, 2});
  CHECK(lone.state().state == State::relay);
  CHECK_FALSE(lone.timer<Initiate>().has_value());
}

TEST_CASE("lelann: over links that are first in first out the highest initiator wins") {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    const auto n = static_cast<std::uint32_t>(3 + seed % 6);
    const std::string text = ring(n, 1 + static_cast<std::uint32_t>(seed) % n,
                                  R"(, "announce": true)", "all_know", R"j("uniform(1ms, 50ms)")j");
    const auto run = run_to_end(scenario_of(text), seed);
    CHECK_MESSAGE(run->outcome().verdict == Verdict::pass, seed, ": ", run->outcome().reason);
  }
}

TEST_CASE("lelann zoo: each mistake breaks what it is said to, and alone does") {
  testing::check_zoo_lessons("lelann");
  testing::check_zoo_caught("lelann");
  testing::check_zoo_first_broken("lelann");
  testing::check_zoo_innocent("lelann");
}

TEST_CASE("lelann: an election that nobody starts is refused") {
  const auto refusal = [](const std::string& rest) {
    return testing::refusal_of(R"j({"quorate": 1, "stop": {"at": "1s"}, "protocol":
        {"use": "lelann", "nodes": 3, "params": {"initiates": false})j" +
                               rest + "}");
  };
  CHECK(refusal("}").find("nobody starts an election") != std::string::npos);
  CHECK(refusal(R"j(, "node_params": {"n2": {"initiates": true}}})j") == "");
  CHECK(refusal(R"j(}, "faults": [{"at": "1ms", "do":
                {"fire": {"node": "n1", "timer": "initiate"}}}])j") == "");
}

}  // namespace quorate::lelann
