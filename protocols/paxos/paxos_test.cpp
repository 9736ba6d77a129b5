// The sentences of "Paxos Made Simple", each in one handler of one node.
#include <doctest/doctest.h>

#include "protocols/paxos/roles.hpp"
#include "tests/support/lone_node.hpp"

namespace quorate::paxos {

namespace {

using testing::node;

using LoneProposer = testing::LoneNode<Paxos, Proposer>;
using LoneAcceptor = testing::LoneNode<Paxos, Acceptor>;
using LoneLearner = testing::LoneNode<Paxos, Learner>;

constexpr std::uint32_t cluster = 5;  // so that a majority is 3

Ballot ballot(std::uint64_t round, std::uint32_t proposer) { return {round, node(proposer)}; }

Request wish(std::string_view value, std::uint64_t serial = 1) {
  return {ClientId{0}, serial, {Text("set"), Text("colour"), Text(value)}};
}

Proposal proposal(const Ballot& n, std::string_view value) { return {n, wish(value)}; }

// Asked for "red" and in round 1 by now.
LoneProposer preparing(const Params& params = {}, const std::vector<Bug>& bugs = {}) {
  LoneProposer lone({.nodes = cluster, .params = params, .bugs = bugs});
  lone.ask(wish("red"));
  return lone;
}

// Promised by n1, n2 and n3, none of which had accepted anything.
LoneProposer accepting(const Params& params = {}) {
  LoneProposer lone = preparing(params);
  for (std::uint32_t i = 1; i <= 3; ++i) lone.hear(node(i), Promise{ballot(1, 1), std::nullopt});
  return lone;
}

std::string proposed(LoneProposer& lone) {
  const auto accepts = lone.sent<Accept>();
  return accepts.empty() ? "" : std::string(accepts[0].body.v.operation.value.view());
}

}  // namespace

TEST_CASE("paxos 2.2: a prepare request is answered iff its number is the highest so far") {
  LoneAcceptor lone;
  lone.hear(node(2), Prepare{ballot(3, 2)});
  REQUIRE(lone.sent<Promise>().size() == 1);
  CHECK(lone.sent<Promise>()[0].to == node(2));
  CHECK(lone.sent<Promise>()[0].body == Promise{ballot(3, 2), std::nullopt});
  for (const Ballot& lower : {ballot(3, 2), ballot(3, 1), ballot(2, 3)}) {
    lone.hear(node(3), Prepare{lower});
    CHECK(lone.sent<Promise>().empty());
    CHECK(lone.sent<Nack>().empty());  // "An acceptor can ignore any request."
    CHECK(lone.state().promised == ballot(3, 2));
  }
  lone.hear(node(3), Prepare{ballot(3, 3)});
  CHECK(lone.sent<Promise>().size() == 1);
}

TEST_CASE("paxos 2.2: a promise tells the highest-numbered proposal accepted") {
  LoneAcceptor lone;
  lone.hear(node(2), Accept{ballot(1, 2), wish("red")});
  lone.hear(node(3), Accept{ballot(2, 3), wish("green")});
  lone.hear(node(2), Prepare{ballot(5, 2)});
  REQUIRE(lone.sent<Promise>().size() == 1);
  CHECK(lone.sent<Promise>()[0].body.accepted == proposal(ballot(2, 3), "green"));
}

TEST_CASE("paxos 2.2: a proposal is accepted unless a greater number was promised") {
  LoneAcceptor lone;
  lone.hear(node(2), Prepare{ballot(3, 2)});
  lone.hear(node(3), Accept{ballot(2, 3), wish("green")});
  CHECK_FALSE(lone.state().accepted.has_value());
  CHECK(lone.sent<Accepted>().empty());
  lone.hear(node(2), Accept{ballot(3, 2), wish("red")});  // its own number
  CHECK(lone.state().accepted == proposal(ballot(3, 2), "red"));
  lone.hear(node(3), Accept{ballot(4, 3), wish("green")});  // one it has heard nothing of
  CHECK(lone.state().accepted == proposal(ballot(4, 3), "green"));
  REQUIRE(lone.sent<Accepted>().size() == 1);
  CHECK(lone.sent<Accepted>()[0].body == Accepted{ballot(4, 3), wish("green")});
  lone.hear(node(2), Accept{ballot(3, 2), wish("red")});  // overtaken on its way
  CHECK(lone.state().accepted == proposal(ballot(4, 3), "green"));
}

TEST_CASE("paxos 2.2: who refuses may say why, and whoever is told gives up and goes above it") {
  Params params;
  params.nack = true;
  LoneAcceptor acceptor({.params = params});
  acceptor.hear(node(3), Prepare{ballot(4, 3)});
  acceptor.hear(node(2), Prepare{ballot(1, 2)});
  REQUIRE(acceptor.sent<Nack>().size() == 1);
  CHECK(acceptor.sent<Nack>()[0].body == Nack{ballot(1, 2), ballot(4, 3)});

  LoneProposer proposer = preparing();
  proposer.hear(node(2), Nack{ballot(1, 1), ballot(4, 3)});
  CHECK(proposer.state().phase == Phase::backing_off);
  CHECK(proposer.timer<BackOff>() == Duration{0});
  proposer.hear(node(3), Nack{ballot(1, 1), ballot(5, 3)});  // one is enough
  proposer.expire(BackOff{});
  CHECK(proposer.state().n == ballot(5, 1));
  CHECK(proposer.sent<Prepare>().size() == cluster);
}

TEST_CASE("paxos 2.2, 2.5: no answer leaves before it is on stable storage") {
  LoneAcceptor acceptor;
  acceptor.hear(node(2), Prepare{ballot(1, 2)});
  CHECK(acceptor.sent<Promise>()[0].waits);
  acceptor.hear(node(2), Accept{ballot(1, 2), wish("red")});
  CHECK(acceptor.sent<Accepted>()[0].waits);
  LoneProposer proposer = preparing();  // nor does a number that may be used again
  CHECK(proposer.sent<Prepare>()[0].waits);
}

TEST_CASE("paxos 2.2: the value of the highest-numbered proposal among the promises, or any") {
  LoneProposer own = accepting();
  CHECK(proposed(own) == "red");
  CHECK(own.sent<Accept>().size() == cluster);

  LoneProposer bound = preparing();
  bound.hear(node(2), Promise{ballot(1, 1), proposal(ballot(0, 2), "green")});
  bound.hear(node(3), Promise{ballot(1, 1), proposal(ballot(0, 3), "blue")});
  bound.hear(node(4), Promise{ballot(1, 1), proposal(ballot(0, 1), "grey")});
  CHECK(proposed(bound) == "blue");
  REQUIRE(bound.told<Adopted>().size() == 1);
}

TEST_CASE("paxos 2.2: promises of a majority for this number, of different acceptors, are needed") {
  LoneProposer lone = preparing();
  lone.hear(node(2), Promise{ballot(1, 1), std::nullopt});
  lone.hear(node(2), Promise{ballot(1, 1), std::nullopt});
  lone.hear(node(3), Promise{ballot(0, 1), std::nullopt});
  lone.hear(node(4), Promise{ballot(1, 4), std::nullopt});
  CHECK(lone.state().phase == Phase::preparing);
  lone.hear(node(5), Promise{ballot(1, 1), std::nullopt});
  CHECK(lone.state().phase == Phase::preparing);
  lone.hear(node(1), Promise{ballot(1, 1), std::nullopt});
  CHECK(lone.state().phase == Phase::accepting);
}

TEST_CASE("paxos 2.5: every round has a higher number than any before, restarts included") {
  LoneProposer lone = preparing();
  CHECK(lone.state().n == ballot(1, 1));
  lone.expire(RoundTimeout{});
  lone.expire(BackOff{});
  CHECK(lone.state().n == ballot(2, 1));
  CHECK(std::get<0>(std::get<0>(lone.issued())) == ballot(2, 1));  // what a restart begins with
}

TEST_CASE("paxos 2.3: acceptances of one proposal by a majority, and no fewer, make it known") {
  LoneProposer proposer = accepting();
  proposer.hear(node(2), Accepted{ballot(1, 1), wish("red")});
  proposer.hear(node(2), Accepted{ballot(1, 1), wish("red")});
  proposer.hear(node(3), Accepted{ballot(0, 1), wish("red")});
  proposer.hear(node(4), Accepted{ballot(1, 1), wish("red")});
  CHECK(proposer.state().phase == Phase::accepting);
  proposer.hear(node(5), Accepted{ballot(1, 1), wish("red")});
  CHECK(proposer.state().chosen == wish("red"));
  CHECK(proposer.told<Chosen>().size() == 1);
  CHECK(proposer.sent<Decide>().size() == cluster);
  REQUIRE(proposer.sent<Reply>().size() == 1);
  CHECK(proposer.sent<Reply>()[0].body.result == Text("red"));

  LoneLearner learner({.nodes = cluster});
  learner.hear(node(2), Accepted{ballot(1, 2), wish("red")});
  learner.hear(node(3), Accepted{ballot(2, 3), wish("red")});
  learner.hear(node(4), Accepted{ballot(2, 3), wish("red")});
  CHECK_FALSE(learner.state().learned.has_value());
  learner.hear(node(2), Accepted{ballot(2, 3), wish("red")});
  CHECK(learner.state().learned == wish("red"));
}

TEST_CASE("paxos: whoever asks later is told what was chosen, wherever it was decided") {
  LoneProposer lone = preparing();
  lone.ask(wish("green", 2));
  CHECK(lone.sent<Prepare>().empty());  // one round is enough for both
  lone.hear(node(1), Learned{wish("blue")});
  CHECK(lone.state().phase == Phase::decided);
  const auto replies = lone.sent<Reply>();
  REQUIRE(replies.size() == 2);
  CHECK(replies[0].body.result == Text("blue"));
  CHECK(replies[1].body.result == Text("blue"));
  CHECK_FALSE(lone.timer<RoundTimeout>().has_value());
  lone.ask(wish("grey", 3));
  REQUIRE(lone.sent<Reply>().size() == 1);
  CHECK(lone.sent<Reply>()[0].body.result == Text("blue"));
}

TEST_CASE("paxos: a thrifty proposer asks a majority with itself, and everybody when that fails") {
  Params params;
  params.thrifty = true;
  LoneProposer lone = preparing(params);
  REQUIRE(lone.sent<Prepare>().size() == 3);
  CHECK(lone.sent<Prepare>()[0].to == node(1));
  lone.expire(RoundTimeout{});
  lone.expire(BackOff{});
  CHECK(lone.sent<Prepare>().size() == cluster);
}

}  // namespace quorate::paxos
