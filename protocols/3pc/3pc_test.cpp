// What the phases and the termination protocols say, each in one handler of one node.
#include <doctest/doctest.h>

#include "protocols/3pc/roles.hpp"
#include "tests/support/lone_node.hpp"

namespace quorate::p3pc {

namespace {

using testing::Lines;
using testing::logged;
using testing::node;

using LoneCoordinator = testing::LoneNode<ThreePhaseCommit, Coordinator>;
using LoneParticipant = testing::LoneNode<ThreePhaseCommit, Participant>;

// All three nodes play both roles, so that n1 begins transactions 1, 4, ... and n2 2, 5, ...
constexpr Txn own = 1;
constexpr Txn others = 2;

Params with(Termination termination) {
  Params params;
  params.termination = termination;
  return params;
}

LoneCoordinator waiting(const Params& params = {}, const std::vector<Bug>& bugs = {}) {
  LoneCoordinator lone({.params = params, .bugs = bugs});
  lone.ask({ClientId{0}, 1, {Text("transfer"), Text("x"), Text("1")}});
  return lone;
}
// All have voted to commit.
LoneCoordinator preparing(const Params& params = {}, const std::vector<Bug>& bugs = {}) {
  LoneCoordinator lone = waiting(params, bugs);
  for (std::uint32_t i = 1; i <= 3; ++i) lone.hear(node(i), Vote{own, Decision::commit});
  return lone;
}

// Has voted to commit a transaction of n2.
LoneParticipant ready(const Params& params = {}, const std::vector<Bug>& bugs = {}) {
  LoneParticipant lone({.params = params, .bugs = bugs});
  lone.hear(node(2), VoteRequest{others});
  return lone;
}
LoneParticipant prepared(const Params& params = {}, const std::vector<Bug>& bugs = {}) {
  LoneParticipant lone = ready(params, bugs);
  lone.hear(node(2), PreCommit{others, Chair::coordinator});
  return lone;
}
// n1 has taken the transaction over and was told these states, its own among them.
void take_over(LoneParticipant& lone, LogRecord one, LogRecord two, LogRecord three) {
  lone.expire(DecisionTimeout{others});
  lone.hear(node(1), State{others, one});
  lone.hear(node(2), State{others, two});
  lone.hear(node(3), State{others, three});
}

}  // namespace

TEST_CASE("3pc coordinator: PRECOMMIT when all have voted yes, GLOBAL_ABORT otherwise") {
  LoneCoordinator yes = waiting();
  CHECK(logged(yes) == Lines{"START_3PC"});
  CHECK(yes.sent<VoteRequest>().size() == 3);
  yes = preparing();
  CHECK(logged(yes) == Lines{"PRECOMMIT"});
  REQUIRE(yes.sent<PreCommit>().size() == 3);
  CHECK(yes.sent<PreCommit>()[0].waits);
  CHECK(yes.sent<GlobalCommit>().empty());

  LoneCoordinator no = waiting();
  no.hear(node(1), Vote{own, Decision::commit});
  no.hear(node(2), Vote{own, Decision::abort});
  no.hear(node(3), Vote{own, Decision::commit});
  CHECK(no.sent<GlobalAbort>().size() == 3);

  LoneCoordinator silent = waiting();
  silent.expire(VoteTimeout{own});
  CHECK(silent.sent<GlobalAbort>().size() == 3);
}

TEST_CASE("3pc coordinator: commits when all have acknowledged") {
  LoneCoordinator lone = preparing();
  lone.hear(node(1), Ack{own, Decision::commit});
  lone.hear(node(1), Ack{own, Decision::commit});
  lone.hear(node(2), Ack{own, Decision::commit});
  CHECK(lone.sent<GlobalCommit>().empty());
  lone.hear(node(3), Ack{own, Decision::commit});
  REQUIRE(lone.sent<GlobalCommit>().size() == 3);
  CHECK(lone.sent<GlobalCommit>()[0].waits);
  CHECK(logged(lone) == Lines{"GLOBAL_COMMIT"});
  CHECK(lone.sent<Reply>()[0].body.result == Text("committed"));
}

TEST_CASE("3pc coordinator: a missing acknowledgement commits, but for a quorum") {
  LoneCoordinator lone = preparing();
  lone.expire(AckTimeout{own});
  CHECK(lone.sent<GlobalCommit>().size() == 3);

  LoneCoordinator careful = preparing(with(Termination::quorum));
  careful.hear(node(1), Ack{own, Decision::commit});
  careful.expire(AckTimeout{own});
  CHECK(careful.sent<GlobalCommit>().empty());
  CHECK(careful.sent<DecisionRequest>().size() == 3);
  careful.hear(node(2), Ack{own, Decision::commit});
  careful.expire(AckTimeout{own});
  CHECK(careful.sent<GlobalCommit>().size() == 3);
}

TEST_CASE("3pc coordinator: who asks again is told the same, though the transaction is forgotten") {
  LoneCoordinator lone = preparing();
  for (std::uint32_t i = 1; i <= 3; ++i) lone.hear(node(i), Done{own});  // of nothing it has told
  CHECK(lone.state().log.contains(own));
  for (std::uint32_t i = 1; i <= 3; ++i) lone.hear(node(i), Ack{own, Decision::commit});
  for (std::uint32_t i = 1; i <= 3; ++i) lone.hear(node(i), Done{own});
  CHECK(lone.state().log.empty());
  lone.ask({ClientId{0}, 1, {Text("transfer"), Text("x"), Text("1")}});
  CHECK(lone.sent<VoteRequest>().empty());
  REQUIRE(lone.sent<Reply>().size() == 1);
  CHECK(lone.sent<Reply>()[0].body.result == Text("committed"));
}

TEST_CASE("3pc participant: READY prepares, ABORT refuses") {
  LoneParticipant lone = ready();
  CHECK(logged(lone) == Lines{"INIT", "VOTE_COMMIT"});
  CHECK(lone.sent<Vote>()[0].waits);
  for (int times = 0; times < 2; ++times) {
    lone.hear(node(2), PreCommit{others, Chair::coordinator});
    REQUIRE(lone.sent<Ack>().size() == 1);
    CHECK(lone.sent<Ack>()[0].waits);
    CHECK(logged(lone) == (times == 0 ? Lines{"PRECOMMIT"} : Lines{}));
  }
  Params params;
  params.vote = Opinion::no;
  LoneParticipant against = ready(params);
  CHECK(logged(against) == Lines{"INIT", "VOTE_ABORT"});
  against.hear(node(2), PreCommit{others, Chair::coordinator});
  CHECK(against.sent<Ack>().empty());
  CHECK(against.state().records.at(others) == LogRecord::vote_abort);
}

TEST_CASE("3pc participant: naive timeouts abort in READY and commit in PRECOMMIT") {
  LoneParticipant unsure = ready(with(Termination::naive));
  unsure.expire(DecisionTimeout{others});
  CHECK(unsure.told<Aborted>().size() == 1);
  LoneParticipant sure = prepared(with(Termination::naive));
  sure.expire(DecisionTimeout{others});
  CHECK(sure.told<Committed>().size() == 1);
}

TEST_CASE("3pc terminator: asks all, and the others wait longer") {
  LoneParticipant lone = ready();
  CHECK(lone.timer<DecisionTimeout>() == Params{}.decision_timeout);
  lone.expire(DecisionTimeout{others});
  CHECK(lone.sent<StateRequest>().size() == 3);
  CHECK(lone.told<Terminates>().size() == 1);

  LoneParticipant asked = ready();
  asked.pass(200ms);
  asked.hear(node(3), StateRequest{others});
  REQUIRE(asked.sent<State>().size() == 1);
  CHECK(asked.sent<State>()[0].body == State{others, LogRecord::vote_commit});
  CHECK(asked.timer<DecisionTimeout>() == Params{}.decision_timeout);

  LoneParticipant init;
  init.hear(node(3), StateRequest{others});
  CHECK(logged(init) == Lines{"VOTE_ABORT"});
  CHECK(init.sent<State>()[0].waits);
  init.hear(node(2), VoteRequest{others});
  CHECK(init.sent<Vote>()[0].body == Vote{others, Decision::abort});
}

TEST_CASE("3pc terminator: does as one who knows") {
  LoneParticipant commit = ready();
  take_over(commit, LogRecord::vote_commit, LogRecord::precommit, LogRecord::global_commit);
  CHECK(commit.sent<GlobalCommit>().size() == 3);  // two participants and the coordinator
  CHECK(commit.told<Committed>().size() == 1);
  LoneParticipant abort = ready();
  take_over(abort, LogRecord::vote_commit, LogRecord::vote_commit, LogRecord::vote_abort);
  CHECK(abort.sent<GlobalAbort>().size() == 3);
  LoneParticipant nobody = ready();
  take_over(nobody, LogRecord::vote_commit, LogRecord::vote_commit, LogRecord::vote_commit);
  CHECK(nobody.sent<GlobalAbort>().size() == 3);
}

TEST_CASE("3pc terminator: moves all to PRECOMMIT before it commits") {
  LoneParticipant lone = ready();
  take_over(lone, LogRecord::vote_commit, LogRecord::precommit, LogRecord::vote_commit);
  CHECK(lone.sent<GlobalCommit>().empty());
  REQUIRE(lone.sent<PreCommit>().size() == 3);
  CHECK(lone.sent<PreCommit>()[0].body.chair == Chair::terminator);
  lone.hear(node(1), Ack{others, Decision::commit});
  lone.hear(node(2), Ack{others, Decision::commit});
  CHECK(lone.sent<GlobalCommit>().empty());
  lone.expire(RoundTimeout{others});  // n3 has died
  CHECK(lone.sent<GlobalCommit>().size() == 3);
}

TEST_CASE("3pc terminator: with a quorum, and not without") {
  const Params params = with(Termination::quorum);
  LoneParticipant commit = prepared(params);
  take_over(commit, LogRecord::precommit, LogRecord::vote_commit, LogRecord::vote_commit);
  CHECK(commit.sent<PreCommit>().size() == 3);
  commit.hear(node(1), Ack{others, Decision::commit});
  CHECK(commit.sent<GlobalCommit>().empty());
  commit.hear(node(3), Ack{others, Decision::commit});
  CHECK(commit.sent<GlobalCommit>().size() == 3);

  LoneParticipant abort = ready(params);
  take_over(abort, LogRecord::vote_commit, LogRecord::vote_commit, LogRecord::vote_commit);
  CHECK(abort.sent<PreAbort>().size() == 3);
  CHECK(abort.sent<GlobalAbort>().empty());
  abort.hear(node(3), Ack{others, Decision::commit});  // of an earlier round
  abort.hear(node(1), Ack{others, Decision::abort});
  CHECK(abort.sent<GlobalAbort>().empty());
  abort.hear(node(2), Ack{others, Decision::abort});
  CHECK(abort.sent<GlobalAbort>().size() == 3);

  LoneParticipant alone = prepared(params);
  alone.expire(DecisionTimeout{others});
  alone.hear(node(1), State{others, LogRecord::precommit});
  alone.expire(RoundTimeout{others});
  CHECK(alone.told<Blocked>().size() == 1);
  CHECK(alone.timer<DecisionTimeout>().has_value());
}

// With a majority for either, two and two would wait for each other for ever.
TEST_CASE("3pc terminator: half of an even number may abort, and then no more than that commit") {
  const auto of_four = [](LogRecord own_record) {
    LoneParticipant lone({.nodes = 4, .params = with(Termination::quorum)});
    lone.hear(node(2), VoteRequest{others});
    if (own_record == LogRecord::precommit) {
      lone.hear(node(2), PreCommit{others, Chair::coordinator});
    } else {
      lone.hear(node(3), PreAbort{others});
    }
    take_over(lone, own_record, LogRecord::precommit, LogRecord::precommit);
    return lone;
  };
  LoneParticipant two = of_four(LogRecord::preabort);
  two.hear(node(4), State{others, LogRecord::preabort});
  CHECK(two.sent<PreAbort>().size() == 4);
  two.hear(node(1), Ack{others, Decision::abort});
  CHECK(two.sent<GlobalAbort>().empty());
  two.hear(node(4), Ack{others, Decision::abort});
  CHECK(two.sent<GlobalAbort>().size() == 4);

  LoneParticipant three = of_four(LogRecord::precommit);
  three.hear(node(4), State{others, LogRecord::preabort});
  CHECK(three.sent<PreCommit>().size() == 4);
  three.hear(node(1), Ack{others, Decision::commit});
  three.hear(node(2), Ack{others, Decision::commit});
  CHECK(three.sent<GlobalCommit>().empty());
  three.hear(node(3), Ack{others, Decision::commit});
  CHECK(three.sent<GlobalCommit>().size() == 4);
}

TEST_CASE("3pc terminator: goes by what it is itself by now") {
  for (const bool stale : {false, true}) {
    LoneParticipant lone =
        ready({}, stale ? std::vector<Bug>{Bug::stale_own_state} : std::vector<Bug>{});
    lone.expire(DecisionTimeout{others});
    lone.hear(node(1), State{others, LogRecord::vote_commit});
    lone.hear(node(3), PreCommit{others, Chair::terminator});  // n3 may have committed since
    lone.expire(RoundTimeout{others});
    CHECK(lone.sent<GlobalAbort>().size() == (stale ? 3 : 0));
    CHECK(lone.sent<PreCommit>().size() == (stale ? 0 : 1));
  }
}

TEST_CASE("3pc terminator: believes who knows, however late it answers") {
  for (const Termination termination : {Termination::elected, Termination::quorum}) {
    LoneParticipant lone = prepared(with(termination));
    lone.hear(node(3), State{others, LogRecord::vote_commit});  // of a round that is over
    CHECK(lone.told<Committed>().empty());
    lone.hear(node(3), State{others, LogRecord::global_commit});
    CHECK(lone.told<Committed>().size() == 1);
    CHECK(lone.sent<GlobalCommit>().size() == 3);
    lone.hear(node(3), State{others, LogRecord::global_commit});
    CHECK(lone.sent<GlobalCommit>().empty());
  }
}

TEST_CASE("3pc terminator: one round at a time, even if it is long") {
  LoneParticipant lone = ready();
  lone.expire(DecisionTimeout{others});
  lone.hear(node(1), StateRequest{others});  // its own question, which makes it wait
  lone.hear(node(1), State{others, LogRecord::vote_commit});
  lone.expire(DecisionTimeout{others});
  CHECK(lone.sent<StateRequest>().empty());
  CHECK(lone.told<Terminates>().empty());
}

TEST_CASE("3pc participant: who has prepared for one side is lost to the other") {
  const Params params = with(Termination::quorum);
  LoneParticipant to_commit = prepared(params);
  to_commit.hear(node(3), PreAbort{others});
  CHECK(to_commit.sent<Ack>().empty());
  LoneParticipant to_abort = ready(params);
  to_abort.hear(node(3), PreAbort{others});
  CHECK(logged(to_abort) == Lines{"PREABORT"});
  CHECK(to_abort.sent<Ack>().size() == 1);
  to_abort.hear(node(2), PreCommit{others, Chair::coordinator});
  CHECK(to_abort.sent<Ack>().empty());
}

TEST_CASE("3pc recovery: nobody goes on where it was") {
  LoneCoordinator begun = waiting();
  begun.state().running.clear();
  begun.restart();
  CHECK(begun.sent<GlobalAbort>().size() == 3);

  LoneCoordinator half_way = preparing();
  half_way.state().running.clear();
  half_way.restart();
  CHECK(half_way.sent<PreCommit>().empty());
  CHECK(half_way.sent<GlobalCommit>().empty());
  CHECK(half_way.sent<DecisionRequest>().size() == 3);
  half_way.expire(AckTimeout{own});  // who does not answer may have aborted
  CHECK(half_way.sent<GlobalCommit>().empty());
  CHECK(half_way.sent<DecisionRequest>().size() == 3);
  half_way.hear(node(2), GlobalAbort{own});  // the survivors have aborted
  CHECK(half_way.told<Aborted>().size() == 1);

  LoneParticipant participant = prepared();
  participant.restart();
  CHECK(participant.sent<DecisionRequest>().size() == 3);
  participant.hear(node(3), StateRequest{others});  // a survivor's: it is none
  CHECK(participant.sent<State>().empty());
  participant.expire(DecisionTimeout{others});
  CHECK(participant.sent<StateRequest>().empty());
  CHECK(participant.sent<DecisionRequest>().size() == 3);
}

TEST_CASE("3pc recovery: after a total failure all wait for the last, and commit") {
  LoneParticipant informed = prepared();
  informed.hear(node(2), DecisionRequest{others});  // it has been there all along, and takes over
  CHECK(informed.sent<State>().empty());
  informed.restart();
  informed.hear(node(3), DecisionRequest{others});  // not the coordinator's question
  CHECK(informed.sent<State>().empty());
  informed.hear(node(2), DecisionRequest{others});
  REQUIRE(informed.sent<State>().size() == 1);
  CHECK(informed.sent<State>()[0].body == State{others, LogRecord::precommit});
  CHECK(informed.sent<State>()[0].to == node(2));

  LoneCoordinator lone = preparing();
  lone.hear(node(1), State{own, LogRecord::precommit});  // it has been there all along
  lone.state().running.clear();
  lone.restart();
  for (int twice = 0; twice < 2; ++twice) {
    lone.hear(node(1), State{own, LogRecord::precommit});
    lone.hear(node(2), State{own, LogRecord::vote_commit});
  }
  lone.expire(AckTimeout{own});
  CHECK(lone.sent<GlobalCommit>().empty());
  lone.hear(node(3), State{own, LogRecord::vote_commit});
  CHECK(lone.sent<GlobalCommit>().size() == 3);
  CHECK(lone.sent<GlobalCommit>()[0].waits);
}

TEST_CASE("3pc recovery: a quorum asks by itself, and tells its coordinator decisions only") {
  LoneParticipant lone = prepared(with(Termination::quorum));
  lone.restart();
  lone.hear(node(2), DecisionRequest{others});
  CHECK(lone.sent<State>().empty());
  lone.hear(node(3), StateRequest{others});
  CHECK(lone.sent<State>().size() == 1);
}

}  // namespace quorate::p3pc
