// The sentences of "Paxos Made Simple", section 3, each in one handler of one server.
#include <doctest/doctest.h>

#include "protocols/multi_paxos/server.hpp"
#include "tests/support/lone_node.hpp"

namespace quorate::multi_paxos {

namespace {

using testing::node;

constexpr std::uint32_t cluster = 5;  // so that a majority is 3

Ballot ballot(std::uint64_t round, std::uint32_t proposer) { return {round, node(proposer)}; }

Request wish(std::string_view value, std::uint64_t serial = 1) {
  return {ClientId{0}, serial, {Text("put"), Text("x"), Text(value)}};
}

Report report(Slot slot, const Ballot& n, std::string_view value) {
  return {slot, {n, wish(value)}};
}

class LoneServer : public testing::LoneNode<MultiPaxos, Server> {
 public:
  explicit LoneServer(const std::vector<Bug>& bugs = {})
      : LoneNode({.nodes = cluster, .bugs = bugs}) {
    start();
  }
  // It is n1, its ballot 1.1, and its own promise is the first.
  void stand() {
    expire(Silence{});
    hear(node(1), Prepare{ballot(1, 1), 1});
    promise(1);
  }
  void promise(std::uint32_t from, const std::vector<Report>& accepted = {}) {
    hear(node(from), Promise{ballot(1, 1), accepted, {}});
  }
  void lead() {
    stand();
    promise(2);
    promise(3);
  }
  void accepted(Slot slot, const std::vector<std::uint32_t>& by) {
    for (const std::uint32_t from : by) hear(node(from), Accepted{ballot(1, 1), slot});
  }
  // What the last handler asked n2 to accept, slot by slot.
  std::vector<std::pair<Slot, Request>> proposed() {
    std::vector<std::pair<Slot, Request>> result;
    for (const auto& m : sent<Accept>()) {
      if (m.to == node(2)) result.emplace_back(m.body.slot, m.body.v);
    }
    return result;
  }
};

using Proposals = std::vector<std::pair<Slot, Request>>;

}  // namespace

TEST_CASE("multi_paxos 3: one short message asks for all slots that are not known to be chosen") {
  LoneServer lone;
  lone.state().log.append(wish("old"));
  lone.expire(Silence{});
  REQUIRE(lone.sent<Prepare>().size() == cluster);
  CHECK(lone.sent<Prepare>()[0].body == Prepare{ballot(1, 1), 2});
  CHECK(lone.sent<Prepare>()[1].waits);  // a number is not used twice, crashes included
  lone.expire(Silence{});
  CHECK(lone.sent<Prepare>()[0].body.n == ballot(2, 1));
}

TEST_CASE("multi_paxos 3: an acceptor responds for all instances with one message") {
  LoneServer lone;
  lone.hear(node(2), Accept{ballot(1, 2), 1, wish("one"), 0});
  lone.hear(node(2), Accept{ballot(1, 2), 2, wish("two", 2), 1});  // slot 1 is chosen
  lone.hear(node(2), Accept{ballot(1, 2), 4, wish("four", 4), 1});
  lone.hear(node(3), Prepare{ballot(2, 3), 1});
  const auto promises = lone.sent<Promise>();
  REQUIRE(promises.size() == 1);
  CHECK(promises[0].waits);
  CHECK(promises[0].body.n == ballot(2, 3));
  CHECK(promises[0].body.chosen.size() == 1);
  CHECK(promises[0].body.chosen[1] == wish("one"));
  REQUIRE(promises[0].body.accepted.size() == 2);
  CHECK(promises[0].body.accepted[0] == Report{2, {ballot(1, 2), wish("two", 2)}});
  CHECK(promises[0].body.accepted[1] == Report{4, {ballot(1, 2), wish("four", 4)}});
}

TEST_CASE("multi_paxos 2.2: what is numbered less than a promise is refused, in every slot") {
  LoneServer lone;
  lone.hear(node(3), Prepare{ballot(2, 3), 1});
  for (const Slot slot : {1, 2, 7}) {
    lone.hear(node(2), Accept{ballot(1, 2), slot, wish("late"), 0});
    CHECK(lone.sent<Accepted>().empty());
    REQUIRE(lone.sent<Nack>().size() == 1);
    CHECK(lone.sent<Nack>()[0].body == Nack{ballot(2, 3)});
  }
  CHECK(lone.state().accepted.empty());
  lone.hear(node(3), Accept{ballot(2, 3), 1, wish("right"), 0});
  REQUIRE(lone.sent<Accepted>().size() == 1);
  CHECK(lone.sent<Accepted>()[0].waits);
}

TEST_CASE("multi_paxos 3: promises of a majority for this ballot, and no fewer, make a leader") {
  LoneServer lone;
  lone.stand();
  lone.promise(2);
  lone.promise(2);
  lone.hear(node(3), Promise{ballot(0, 1), {}, {}});
  CHECK(lone.state().role == RoleName::candidate);
  lone.promise(4);
  CHECK(lone.state().role == RoleName::leader);
  CHECK(lone.told<Elected>().size() == 1);
  CHECK_FALSE(lone.timer<Silence>().has_value());
}

TEST_CASE(
    "multi_paxos 3: a new leader proposes the highest vote of each slot, and no-ops between") {
  LoneServer lone;
  lone.stand();
  lone.promise(2, {report(1, ballot(0, 2), "old"), report(4, ballot(0, 3), "four")});
  lone.promise(3, {report(1, ballot(0, 4), "new"), report(2, ballot(0, 1), "two")});
  CHECK(lone.proposed() ==
        Proposals{{1, wish("new")}, {2, wish("two")}, {3, no_op()}, {4, wish("four")}});
  REQUIRE(lone.told<GapFilled>().size() == 1);
  lone.ask(wish("five", 5));
  CHECK(lone.proposed() == Proposals{{5, wish("five", 5)}});

  LoneServer careless({Bug::gaps_left});
  careless.stand();
  careless.promise(2, {report(2, ballot(0, 2), "two")});
  careless.promise(3);
  CHECK(careless.proposed() == Proposals{{2, wish("two")}});
}

TEST_CASE("multi_paxos 3: clients send commands to the leader, others name it") {
  LoneServer lone;
  lone.ask(wish("early"));
  REQUIRE(lone.sent<Redirect>().size() == 1);
  CHECK(lone.sent<Redirect>()[0].body.node == no_node);
  lone.hear(node(4), Heartbeat{ballot(1, 4), 0});
  lone.ask(wish("early"));
  CHECK(lone.sent<Redirect>()[0].body.node == node(4));
}

TEST_CASE("multi_paxos 3: a command is executed, and answered, when all before it are chosen") {
  LoneServer lone;
  lone.lead();
  lone.ask(wish("one", 1));
  lone.ask(wish("two", 2));
  lone.accepted(2, {1, 2, 3});
  CHECK(lone.told<Chosen>().size() == 1);
  CHECK(lone.sent<Reply>().empty());
  CHECK(lone.state().log.empty());
  lone.accepted(1, {1, 4, 4});
  CHECK(lone.state().log.empty());
  lone.accepted(1, {5});
  CHECK(lone.state().log.size() == 2);
  REQUIRE(lone.told<Applied>().size() == 2);
  CHECK(lone.told<Applied>()[1].command == wish("two").operation);
  REQUIRE(lone.sent<Reply>().size() == 2);
  CHECK(lone.sent<Reply>()[0].waits);
}

TEST_CASE("multi_paxos: a follower knows what is chosen by its vote of that ballot, or asks") {
  LoneServer lone;
  lone.hear(node(2), Accept{ballot(1, 2), 1, wish("one"), 0});
  lone.hear(node(2), Accept{ballot(1, 2), 2, wish("two"), 0});
  lone.hear(node(3), Accept{ballot(2, 3), 1, wish("one"), 0});
  lone.hear(node(3), Heartbeat{ballot(2, 3), 2});
  CHECK(lone.state().log.size() == 1);  // its vote in slot 2 is one of ballot 1
  REQUIRE(lone.sent<Missing>().size() == 1);
  CHECK(lone.sent<Missing>()[0].to == node(3));
  CHECK(lone.sent<Missing>()[0].body == Missing{2});
  CommandLog all;
  all.append(wish("one"));
  all.append(wish("other"));
  lone.hear(node(3), Learn{all.slice(2, 2)});
  CHECK(lone.state().log == all);
  CHECK(lone.state().accepted.empty());
  CHECK(lone.told<Applied>().size() == 1);
}

TEST_CASE(
    "multi_paxos: a leader that is refused steps down and goes above the number it was told") {
  LoneServer lone;
  lone.lead();
  lone.ask(wish("one"));
  lone.hear(node(2), Nack{ballot(7, 3)});
  CHECK(lone.state().role == RoleName::follower);
  CHECK(lone.state().open.empty());
  REQUIRE(lone.timer<Silence>().has_value());
  lone.expire(Silence{});
  CHECK(lone.state().n == ballot(8, 1));
}

TEST_CASE("multi_paxos: a leader asks again for what was not answered between two heartbeats") {
  LoneServer lone;
  lone.lead();
  lone.ask(wish("one"));
  lone.accepted(1, {1, 4});
  lone.expire(Beat{});
  CHECK(lone.sent<Accept>().empty());
  CHECK(lone.sent<Heartbeat>().size() == cluster - 1);
  lone.expire(Beat{});
  CHECK(lone.sent<Accept>().size() == 3);  // n2, n3 and n5
}

}  // namespace quorate::multi_paxos
