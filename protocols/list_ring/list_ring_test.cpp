// The list-collecting ring election: the lecture's sentences and the rules it leaves out, each in
// the handlers of one peer, which is n1 of five.
#include <doctest/doctest.h>

#include "protocols/list_ring/peer.hpp"
#include "tests/support/lone_node.hpp"

namespace quorate::list_ring {

namespace {

using testing::node;

using LonePeer = testing::LoneNode<ListRing, Peer>;
using Nodes = std::vector<NodeId>;

constexpr Duration ack_timeout = 100ms;
constexpr Duration lap_timeout = 2s;

Nodes nodes(std::initializer_list<std::uint32_t> numbers) {
  Nodes result;
  for (const std::uint32_t number : numbers) result.push_back(node(number));
  return result;
}

LonePeer peer(std::uint32_t attempts = 1, const std::vector<Bug>& bugs = {}) {
  Params params;
  params.attempts = attempts;
  LonePeer lone({.nodes = 5, .params = params, .bugs = bugs});
  lone.start();
  return lone;
}

// One that has noticed that its coordinator is gone.
LonePeer initiator(std::uint32_t attempts = 1, const std::vector<Bug>& bugs = {}) {
  LonePeer lone = peer(attempts, bugs);
  lone.expire(WatchTimeout{});
  return lone;
}

// Its next successor does not answer.
void no_answer(LonePeer& lone) { lone.expire(AckTimeout{lone.state().hops}); }

}  // namespace

TEST_CASE("list ring: any process starts an election with a message to its successor") {
  LonePeer lone = initiator();
  REQUIRE(lone.sent<Election>().size() == 1);
  CHECK(lone.sent<Election>()[0].to == node(2));
  CHECK(lone.sent<Election>()[0].body.list == nodes({1}));
  CHECK(lone.told<Suspected>().size() == 1);
  CHECK(lone.state().state == State::electing);
  CHECK_FALSE(lone.state().coordinator.has_value());
}

TEST_CASE("list ring: who passes a message on adds itself to the list") {
  LonePeer lone = peer();
  lone.hear(node(5), Election{7, 1, nodes({3, 4, 5})});
  REQUIRE(lone.sent<Election>().size() == 1);
  CHECK(lone.sent<Election>()[0].to == node(2));
  CHECK(lone.sent<Election>()[0].body.list == nodes({3, 4, 5, 1}));
  CHECK(lone.sent<Election>()[0].body.round == 1);
  REQUIRE(lone.sent<Ack>().size() == 1);
  CHECK(lone.sent<Ack>()[0].to == node(5));
  CHECK(lone.sent<Ack>()[0].body.hop == 7);
}

TEST_CASE("list ring: back at the initiator the lap is over") {
  LonePeer lone = initiator();
  lone.hear(node(4), Election{3, 1, nodes({1, 2, 4})});
  CHECK(lone.sent<Election>().empty());
  REQUIRE(lone.sent<Coordinator>().size() == 1);
  CHECK(lone.sent<Coordinator>()[0].to == node(2));
  CHECK(lone.sent<Coordinator>()[0].body.living == nodes({1, 2, 4}));
  CHECK(lone.sent<Coordinator>()[0].body.told == nodes({1}));
  CHECK(lone.state().coordinator == node(4));
}

TEST_CASE("list ring: a lap ends at whoever stands on the list, initiator or not") {
  LonePeer lone = peer();
  lone.hear(node(5), Election{1, 1, nodes({5})});  // n5 starts, and dies
  lone.hear(node(4), Election{1, 1, nodes({5, 1, 2, 3, 4})});
  CHECK(lone.sent<Election>().empty());
  CHECK(lone.sent<Coordinator>().size() == 1);

  LonePeer wrong = peer(1, {Bug::only_initiator_ends_lap});
  wrong.hear(node(4), Election{1, 1, nodes({5, 1, 2, 3, 4})});
  REQUIRE(wrong.sent<Election>().size() == 1);
  CHECK(wrong.sent<Election>()[0].body.list == nodes({5, 1, 2, 3, 4, 1}));
}

TEST_CASE("list ring: the coordinator message goes round with the list, and stops where it began") {
  LonePeer lone = peer();
  lone.hear(node(5), Coordinator{2, nodes({4, 5, 1, 2}), nodes({4, 5})});
  REQUIRE(lone.sent<Coordinator>().size() == 1);
  CHECK(lone.sent<Coordinator>()[0].to == node(2));
  CHECK(lone.sent<Coordinator>()[0].body.living == nodes({4, 5, 1, 2}));
  CHECK(lone.sent<Coordinator>()[0].body.told == nodes({4, 5, 1}));
  CHECK(lone.sent<Ack>().size() == 1);
  lone.hear(node(5), Coordinator{3, nodes({4, 5, 1, 2}), nodes({1, 2, 4, 5})});
  CHECK(lone.sent<Coordinator>().empty());
  CHECK(lone.sent<Ack>().size() == 1);
}

TEST_CASE("list ring: the one with the highest priority is elected") {
  LonePeer lone = initiator();
  lone.hear(node(5), Coordinator{2, nodes({2, 4, 3, 1}), nodes({2, 3, 4})});
  CHECK(lone.state().coordinator == node(4));
  CHECK(lone.state().state == State::worker);
  CHECK_FALSE(lone.timer<LapTimeout>().has_value());
  CHECK(lone.timer<WatchTimeout>().has_value());

  LonePeer alone = initiator();
  alone.hear(node(1), Election{1, 1, nodes({1})});
  CHECK(alone.state().state == State::coordinator);
  CHECK(alone.told<Elected>().size() == 1);
}

TEST_CASE("list ring: a new coordinator's first heartbeat may take a lap") {
  LonePeer lone = initiator();
  const Duration patience = Params{}.watch_timeout;
  lone.hear(node(5), Coordinator{2, nodes({2, 4, 3, 1}), nodes({2, 3, 4})});
  CHECK(lone.timer<WatchTimeout>() == lap_timeout + patience);
  lone.hear(node(4), Heartbeat{});
  CHECK(lone.timer<WatchTimeout>() == patience);
}

TEST_CASE("list ring: a successor that does not answer is passed over") {
  LonePeer lone = initiator();
  CHECK(lone.timer<AckTimeout>() == ack_timeout);
  no_answer(lone);
  REQUIRE(lone.sent<Election>().size() == 1);
  CHECK(lone.sent<Election>()[0].to == node(3));
  CHECK(lone.told<Suspected>().size() == 1);
  lone.hear(node(3), Ack{lone.state().hops});
  CHECK_FALSE(lone.timer<AckTimeout>().has_value());
  CHECK(lone.state().passing.empty());
}

TEST_CASE("list ring: with two attempts a successor is asked twice before it is passed over") {
  LonePeer lone = initiator(2);
  no_answer(lone);
  REQUIRE(lone.sent<Election>().size() == 1);
  CHECK(lone.sent<Election>()[0].to == node(2));
  CHECK(lone.told<Suspected>().empty());
  no_answer(lone);
  CHECK(lone.sent<Election>()[0].to == node(3));
}

TEST_CASE("list ring: when all others are dead, the message comes back without a network") {
  LonePeer lone = initiator();
  for (int dead = 0; dead < 4; ++dead) no_answer(lone);
  REQUIRE(lone.sent<Election>().size() == 1);
  CHECK(lone.sent<Election>()[0].to == node(1));
  CHECK_FALSE(lone.timer<AckTimeout>().has_value());
}

TEST_CASE("list ring: a winner that does not take the announcement is not announced further") {
  const Election lap{4, 1, nodes({1, 2, 3})};
  LonePeer lone = initiator();
  lone.hear(node(3), lap);  // n3 has won
  no_answer(lone);          // n2
  CHECK(lone.sent<Coordinator>().size() == 1);
  no_answer(lone);  // n3
  CHECK(lone.sent<Coordinator>().empty());
  CHECK(lone.told<ElectionHeld>().size() == 1);
  CHECK(lone.sent<Election>().size() == 1);
  CHECK_FALSE(lone.state().coordinator.has_value());

  LonePeer wrong = initiator(1, {Bug::dead_winner_announced});
  wrong.hear(node(3), lap);
  no_answer(wrong);
  no_answer(wrong);
  REQUIRE(wrong.sent<Coordinator>().size() == 1);
  CHECK(wrong.sent<Coordinator>()[0].to == node(4));
}

TEST_CASE("list ring: when nothing comes of an election, it is held again") {
  LonePeer lone = peer();
  lone.hear(node(5), Election{7, 1, nodes({3, 4, 5})});
  CHECK(lone.timer<LapTimeout>() == lap_timeout);
  lone.expire(LapTimeout{});
  REQUIRE(lone.sent<Election>().size() == 1);
  CHECK(lone.sent<Election>()[0].body.list == nodes({1}));
  CHECK(lone.timer<LapTimeout>() == lap_timeout);
}

TEST_CASE("list ring: laps that crossed have found different lists, so the ring is asked again") {
  const Coordinator of_n5{1, nodes({2, 5, 1}), nodes({5})};
  const Coordinator of_n4{1, nodes({2, 4, 1}), nodes({4})};
  LonePeer told_twice = initiator();
  told_twice.hear(node(5), of_n5);
  told_twice.hear(node(5), of_n4);
  CHECK(told_twice.told<ElectionHeld>().size() == 1);
  CHECK(told_twice.sent<Coordinator>().empty());

  LonePeer own_lap_late = initiator();
  own_lap_late.hear(node(5), of_n5);
  own_lap_late.hear(node(4), Election{4, 1, nodes({1, 2, 4})});
  CHECK(own_lap_late.told<ElectionHeld>().size() == 1);
  CHECK(own_lap_late.sent<Coordinator>().empty());

  LonePeer same_twice = initiator();
  same_twice.hear(node(5), of_n5);
  same_twice.hear(node(5), Coordinator{2, nodes({3, 5, 1}), nodes({3, 5})});
  CHECK(same_twice.told<ElectionHeld>().empty());

  LonePeer wrong = initiator(1, {Bug::crossing_unseen});
  wrong.hear(node(5), of_n5);
  wrong.hear(node(5), of_n4);
  CHECK(wrong.told<ElectionHeld>().empty());
  CHECK(wrong.state().coordinator == node(4));
}

TEST_CASE("list ring: two coordinators that hear of each other let the ring decide") {
  LonePeer lone = initiator();
  lone.hear(node(1), Election{1, 1, nodes({1})});
  REQUIRE(lone.state().state == State::coordinator);
  lone.hear(node(4), Heartbeat{});
  CHECK(lone.told<ElectionHeld>().size() == 1);
  CHECK(lone.state().state == State::electing);
}

TEST_CASE("list ring: a heartbeat of the coordinator keeps the peace, another's does not") {
  LonePeer lone = peer();
  lone.pass(150ms);
  lone.hear(node(5), Heartbeat{});
  CHECK(lone.timer<WatchTimeout>() == 200ms);
  lone.pass(50ms);
  lone.hear(node(4), Heartbeat{});
  CHECK(lone.timer<WatchTimeout>() == 150ms);
}

}  // namespace quorate::list_ring
