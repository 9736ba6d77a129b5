// The lines of the lectures' pseudo-code, each in one handler of one node.
#include <doctest/doctest.h>

#include "protocols/2pc/roles.hpp"
#include "tests/support/lone_node.hpp"

namespace quorate::p2pc {

namespace {

using testing::Lines;
using testing::logged;
using testing::node;

using LoneCoordinator = testing::LoneNode<TwoPhaseCommit, Coordinator>;
using LoneParticipant = testing::LoneNode<TwoPhaseCommit, Participant>;

// All three nodes play both roles, so that n1 begins transactions 1, 4, ... and n2 2, 5, ...
constexpr Txn own = 1;
constexpr Txn others = 2;

Request transfer(std::uint64_t serial = 1) {
  return {ClientId{0}, serial, {Text("transfer"), Text("x"), Text("1")}};
}

LoneCoordinator waiting(const Params& params = {}, const std::vector<Bug>& bugs = {}) {
  LoneCoordinator lone({.params = params, .bugs = bugs});
  lone.ask(transfer());
  return lone;
}
void vote(LoneCoordinator& lone, std::uint32_t from, Decision decision) {
  lone.hear(node(from), Vote{own, decision});
}

// Has voted to commit a transaction of n2.
LoneParticipant ready(const Params& params = {}, const std::vector<Bug>& bugs = {}) {
  LoneParticipant lone({.params = params, .bugs = bugs});
  lone.hear(node(2), VoteRequest{others});
  return lone;
}

}  // namespace

TEST_CASE("2pc coordinator: START_2PC is on disk before anybody is asked") {
  LoneCoordinator lone = waiting();
  CHECK(logged(lone) == Lines{"START_2PC"});
  REQUIRE(lone.sent<VoteRequest>().size() == 3);
  CHECK(lone.sent<VoteRequest>()[0].body == VoteRequest{own});
  CHECK(lone.sent<VoteRequest>()[0].waits);
  CHECK(lone.timer<VoteTimeout>() == Params{}.vote_timeout);
  lone.ask(transfer());  // the client asks again
  CHECK(lone.sent<VoteRequest>().empty());
  lone.ask(transfer(2));  // the coordinators take turns at the numbers
  CHECK(lone.sent<VoteRequest>()[0].body == VoteRequest{own + 3});
}

TEST_CASE("2pc coordinator: decides when all votes are in, each sender counted once") {
  LoneCoordinator lone = waiting();
  vote(lone, 1, Decision::commit);
  vote(lone, 2, Decision::commit);
  vote(lone, 2, Decision::commit);
  CHECK(lone.sent<GlobalCommit>().empty());
  vote(lone, 3, Decision::commit);
  CHECK(lone.sent<GlobalCommit>().size() == 3);
  CHECK(logged(lone) == Lines{"GLOBAL_COMMIT"});
  CHECK_FALSE(lone.timer<VoteTimeout>().has_value());

  LoneCoordinator refused = waiting();
  vote(refused, 1, Decision::abort);
  vote(refused, 2, Decision::commit);
  CHECK(refused.sent<GlobalAbort>().empty());
  vote(refused, 3, Decision::commit);
  CHECK(refused.sent<GlobalAbort>().size() == 3);
  CHECK(logged(refused) == Lines{"GLOBAL_ABORT"});
}

TEST_CASE("2pc coordinator: a vote that does not come is a no") {
  LoneCoordinator lone = waiting();
  vote(lone, 1, Decision::commit);
  vote(lone, 2, Decision::commit);
  lone.expire(VoteTimeout{own});
  CHECK(lone.sent<GlobalAbort>().size() == 3);
  CHECK(logged(lone) == Lines{"GLOBAL_ABORT"});
  vote(lone, 3, Decision::commit);  // too late
  CHECK(lone.sent<GlobalCommit>().empty());
  CHECK(lone.state().log.at(own).record == LogRecord::global_abort);
}

TEST_CASE("2pc coordinator: its own no aborts; no decision leaves before it is on disk") {
  Params params;
  params.vote = Opinion::no;
  LoneCoordinator lone = waiting(params);
  for (std::uint32_t i = 1; i <= 3; ++i) vote(lone, i, Decision::commit);
  REQUIRE(lone.sent<GlobalAbort>().size() == 3);
  CHECK(lone.sent<GlobalAbort>()[0].waits);
  CHECK(lone.sent<Reply>()[0].waits);
  CHECK(lone.sent<Reply>()[0].body.result == Text("aborted"));
}

TEST_CASE("2pc coordinator: a question is answered by what was decided, in WAIT not at all") {
  LoneCoordinator lone = waiting();
  lone.hear(node(2), DecisionRequest{own});
  CHECK(lone.sent<GlobalAbort>().empty());
  lone.expire(VoteTimeout{own});
  lone.hear(node(2), DecisionRequest{own});
  REQUIRE(lone.sent<GlobalAbort>().size() == 1);
  CHECK(lone.sent<GlobalAbort>()[0].to == node(2));
  lone.hear(node(2), DecisionRequest{own + 3});  // never heard of: nothing is presumed
  CHECK(lone.sent<GlobalAbort>().empty());
  CHECK(lone.sent<GlobalCommit>().empty());
}

TEST_CASE("2pc coordinator: what it has no memory of was aborted, or committed, as presumed") {
  Params params;
  params.presume = Presume::abort;
  LoneCoordinator abort({.params = params});
  abort.hear(node(2), DecisionRequest{own});
  CHECK(abort.sent<GlobalAbort>().size() == 1);
  params.presume = Presume::commit;
  LoneCoordinator commit({.params = params});
  commit.hear(node(2), DecisionRequest{own});
  CHECK(commit.sent<GlobalCommit>().size() == 1);
  // Where others decide, its ignorance says nothing.
  params.form = Form::linear;
  LoneCoordinator linear({.params = params});
  linear.hear(node(2), DecisionRequest{own});
  CHECK(linear.sent<GlobalCommit>().empty());
}

TEST_CASE("2pc coordinator: what all have acknowledged is forgotten, what not is repeated") {
  Params params;
  params.ack = true;
  LoneCoordinator lone = waiting(params);
  for (std::uint32_t i = 1; i <= 3; ++i) vote(lone, i, Decision::commit);
  lone.hear(node(1), Ack{own});
  lone.hear(node(3), Ack{own});
  lone.expire(AckTimeout{own});
  REQUIRE(lone.sent<GlobalCommit>().size() == 1);
  CHECK(lone.sent<GlobalCommit>()[0].to == node(2));
  CHECK(lone.state().log.contains(own));
  lone.hear(node(2), Ack{own});
  CHECK_FALSE(lone.state().log.contains(own));
  CHECK_FALSE(lone.timer<AckTimeout>().has_value());
}

TEST_CASE("2pc coordinator: what nobody is told, and so nobody acknowledges, is forgotten") {
  Params params;
  params.ack = true;
  params.spare_no_voters = true;
  LoneCoordinator read = waiting(params);
  for (std::uint32_t i = 1; i <= 3; ++i) read.hear(node(i), ReadOnly{own});
  CHECK(read.state().log.empty());
  CHECK(read.sent<Reply>()[0].body.result == Text("committed"));
  CHECK(read.sent<Reply>()[0].waits);
  LoneCoordinator refused = waiting(params);
  for (std::uint32_t i = 1; i <= 3; ++i) vote(refused, i, Decision::abort);
  CHECK(refused.state().log.empty());
  refused.ask(transfer());
  REQUIRE(refused.sent<Reply>().size() == 1);
  CHECK(refused.sent<Reply>()[0].body.result == Text("aborted"));
  LoneCoordinator told = waiting(params);  // one is
  vote(told, 1, Decision::abort);
  vote(told, 2, Decision::commit);
  vote(told, 3, Decision::abort);
  CHECK(told.state().log.contains(own));
}

TEST_CASE("2pc coordinator: who asks again is told the same, though the transaction is forgotten") {
  Params params;
  params.ack = true;
  LoneCoordinator lone = waiting(params);
  for (std::uint32_t i = 1; i <= 3; ++i) vote(lone, i, Decision::commit);
  for (std::uint32_t i = 1; i <= 3; ++i) lone.hear(node(i), Ack{own});
  CHECK(lone.state().log.empty());
  CHECK(std::get<2>(std::get<0>(lone.issued())).find(transfer()) == Decision::commit);
  lone.ask(transfer());
  CHECK(lone.sent<VoteRequest>().empty());
  REQUIRE(lone.sent<Reply>().size() == 1);
  CHECK(lone.sent<Reply>()[0].body.result == Text("committed"));
  lone.ask(transfer(2));
  CHECK(lone.sent<VoteRequest>().size() == 3);
}

TEST_CASE("2pc coordinator: presumed abort tells its client once it will remember that") {
  Params params;
  params.presume = Presume::abort;
  LoneCoordinator lone = waiting(params);
  lone.sync_disk();
  lone.expire(VoteTimeout{own});
  CHECK(logged(lone).empty());
  REQUIRE(lone.sent<GlobalAbort>().size() == 3);
  CHECK_FALSE(lone.sent<GlobalAbort>()[0].waits);  // participants need not wait for that
  REQUIRE(lone.sent<Reply>().size() == 1);
  CHECK(lone.sent<Reply>()[0].waits);
  lone.ask(transfer());
  CHECK(lone.sent<VoteRequest>().empty());
  CHECK(lone.sent<Reply>()[0].body.result == Text("aborted"));
}

TEST_CASE("2pc coordinator: presumed commit forgets a commit at once, an abort when all have it") {
  Params params;
  params.ack = true;
  params.presume = Presume::commit;
  LoneCoordinator commit = waiting(params);
  for (std::uint32_t i = 1; i <= 3; ++i) vote(commit, i, Decision::commit);
  CHECK(logged(commit) == Lines{"GLOBAL_COMMIT"});  // before anybody hears of it
  CHECK(commit.sent<GlobalCommit>()[0].waits);
  CHECK(commit.state().log.empty());
  CHECK(std::get<0>(std::get<0>(commit.issued())).empty());
  commit.hear(node(2), DecisionRequest{own});
  CHECK(commit.sent<GlobalCommit>().size() == 1);
  commit.ask(transfer());
  CHECK(commit.sent<Reply>()[0].body.result == Text("committed"));

  LoneCoordinator abort = waiting(params);
  abort.expire(VoteTimeout{own});
  CHECK(abort.state().log.contains(own));
  for (std::uint32_t i = 1; i <= 3; ++i) abort.hear(node(i), Ack{own});
  CHECK(abort.state().log.empty());
}

TEST_CASE("2pc coordinator: where nobody is ready nothing is presumed") {
  Params params;
  params.form = Form::one_phase;
  params.ack = true;
  params.presume = Presume::commit;
  LoneCoordinator lone = waiting(params);
  CHECK(lone.state().log.contains(own));
  CHECK(lone.timer<AckTimeout>().has_value());
}

TEST_CASE("2pc participant: who is not asked gives up") {
  LoneParticipant lone;
  lone.hear(node(2), Work{others});
  CHECK(logged(lone) == Lines{"INIT"});
  CHECK(lone.timer<InitTimeout>() == Params{}.init_timeout);
  lone.expire(InitTimeout{others});
  CHECK(logged(lone) == Lines{"VOTE_ABORT"});
  lone.hear(node(2), VoteRequest{others});
  REQUIRE(lone.sent<Vote>().size() == 1);
  CHECK(lone.sent<Vote>()[0].body == Vote{others, Decision::abort});
}

TEST_CASE("2pc participant: no vote leaves before it is on disk") {
  LoneParticipant yes = ready();
  CHECK(logged(yes) == Lines{"INIT", "VOTE_COMMIT"});
  REQUIRE(yes.sent<Vote>().size() == 1);
  CHECK(yes.sent<Vote>()[0].to == node(2));
  CHECK(yes.sent<Vote>()[0].body == Vote{others, Decision::commit});
  CHECK(yes.sent<Vote>()[0].waits);
  CHECK(yes.timer<DecisionTimeout>() == Params{}.decision_timeout);

  Params params;
  params.vote = Opinion::no;
  LoneParticipant no = ready(params);
  CHECK(logged(no) == Lines{"INIT", "VOTE_ABORT"});
  CHECK(no.sent<Vote>()[0].body == Vote{others, Decision::abort});
  CHECK(no.sent<Vote>()[0].waits);
  CHECK(no.told<Aborted>().size() == 1);
  CHECK_FALSE(no.timer<DecisionTimeout>().has_value());
}

TEST_CASE("2pc participant: READY asks, and decides nothing by itself") {
  LoneParticipant basic = ready();
  basic.expire(DecisionTimeout{others});
  REQUIRE(basic.sent<DecisionRequest>().size() == 1);
  CHECK(basic.sent<DecisionRequest>()[0].to == node(2));
  CHECK(basic.told<Blocked>().empty());
  basic.expire(DecisionTimeout{others});  // again, and says that it cannot go on
  CHECK(basic.sent<DecisionRequest>().size() == 1);
  CHECK(basic.told<Blocked>().size() == 1);
  CHECK(basic.state().records.at(others) == LogRecord::vote_commit);

  Params params;
  params.termination = Termination::cooperative;
  LoneParticipant cooperative = ready(params);
  cooperative.expire(DecisionTimeout{others});
  CHECK(cooperative.sent<DecisionRequest>().size() == 2);
}

TEST_CASE("2pc participant: does what it is told, once") {
  LoneParticipant lone = ready();
  lone.hear(node(3), GlobalCommit{others});  // from another participant that knows
  CHECK(logged(lone) == Lines{"GLOBAL_COMMIT"});
  CHECK(lone.told<Committed>().size() == 1);
  CHECK_FALSE(lone.timer<DecisionTimeout>().has_value());
  lone.hear(node(2), GlobalCommit{others});
  CHECK(logged(lone).empty());
  CHECK(lone.told<Committed>().empty());

  Params params;
  params.ack = true;
  LoneParticipant acknowledging = ready(params);
  for (int times = 0; times < 2; ++times) {  // the coordinator may not have heard it
    acknowledging.hear(node(2), GlobalAbort{others});
    REQUIRE(acknowledging.sent<Ack>().size() == 1);
    CHECK(acknowledging.sent<Ack>()[0].waits);
  }
}

TEST_CASE("2pc participant: a question is answered by its log, in READY not at all") {
  LoneParticipant lone = ready();
  lone.hear(node(3), DecisionRequest{others});
  CHECK(lone.sent<GlobalAbort>().empty());
  CHECK(lone.sent<GlobalCommit>().empty());
  lone.hear(node(2), GlobalCommit{others});
  lone.hear(node(3), DecisionRequest{others});
  REQUIRE(lone.sent<GlobalCommit>().size() == 1);
  CHECK(lone.sent<GlobalCommit>()[0].to == node(3));
}

TEST_CASE(
    "2pc participant: a question in INIT makes it abort, and a later VOTE_REQUEST gets a no") {
  LoneParticipant lone;
  lone.hear(node(3), DecisionRequest{others});
  CHECK(logged(lone) == Lines{"VOTE_ABORT"});
  REQUIRE(lone.sent<GlobalAbort>().size() == 1);
  CHECK(lone.sent<GlobalAbort>()[0].waits);
  lone.hear(node(2), VoteRequest{others});
  REQUIRE(lone.sent<Vote>().size() == 1);
  CHECK(lone.sent<Vote>()[0].body == Vote{others, Decision::abort});
}

TEST_CASE(
    "2pc recovery: a coordinator with START_2PC only aborts, one with a decision repeats it") {
  LoneCoordinator begun = waiting();
  begun.state().wait.clear();
  begun.restart();
  CHECK(begun.sent<GlobalAbort>().size() == 3);
  CHECK(begun.sent<GlobalAbort>()[0].waits);
  CHECK(logged(begun) == Lines{"GLOBAL_ABORT"});
  begun.restart();
  CHECK(begun.sent<GlobalAbort>().size() == 3);
  CHECK(logged(begun).empty());
  begun.ask(transfer(2));  // no number is used twice
  CHECK(begun.sent<VoteRequest>()[0].body == VoteRequest{own + 3});
}

TEST_CASE("2pc recovery: a participant in READY asks at once, one in INIT waits") {
  LoneParticipant lone = ready();
  lone.restart();
  CHECK(lone.sent<DecisionRequest>().size() == 1);
  LoneParticipant init;
  init.hear(node(2), Work{others});
  init.restart();
  CHECK(init.sent<DecisionRequest>().empty());
  CHECK(init.timer<InitTimeout>() == Params{}.init_timeout);
}

TEST_CASE("2pc linear: the request goes down the chain, the last decides, the decision goes up") {
  Params params;
  params.form = Form::linear;
  LoneParticipant first = ready(params);  // n1 of n1, n2, n3
  CHECK(first.sent<Vote>().empty());
  REQUIRE(first.sent<VoteRequest>().size() == 1);
  CHECK(first.sent<VoteRequest>()[0].to == node(2));
  first.hear(node(2), GlobalCommit{others});
  REQUIRE(first.sent<GlobalCommit>().size() == 1);
  CHECK(first.sent<GlobalCommit>()[0].to == node(2));  // as the coordinator

  LoneParticipant last({.nodes = 1, .params = params});
  last.hear(node(1), VoteRequest{own});
  CHECK(logged(last) == Lines{"INIT", "VOTE_COMMIT", "GLOBAL_COMMIT"});
}

TEST_CASE("2pc decentralised: every participant adds up all votes") {
  Params params;
  params.form = Form::decentralised;
  LoneParticipant lone({.params = params});
  lone.hear(node(2), Vote{others, Decision::commit});  // before it has been asked itself
  lone.hear(node(2), VoteRequest{others});
  CHECK(lone.sent<Vote>().size() == 2);
  CHECK(lone.told<Committed>().empty());
  lone.hear(node(3), Vote{others, Decision::commit});
  CHECK(lone.told<Committed>().size() == 1);

  LoneParticipant against = ready(params);
  against.hear(node(3), Vote{others, Decision::abort});
  CHECK(against.told<Aborted>().size() == 1);

  LoneParticipant unsure = ready(params);  // it asks all whose votes it may have missed
  unsure.expire(DecisionTimeout{others});
  CHECK(unsure.sent<DecisionRequest>().size() == 2);
}

TEST_CASE("2pc tree: a participant asks those below it, and votes once all of them have") {
  Params params;
  params.form = Form::tree;
  params.fan_out = 1;
  LoneParticipant inner = ready(params);  // n1 of n1, n2, n3, below the coordinator n2
  REQUIRE(inner.sent<VoteRequest>().size() == 1);
  CHECK(inner.sent<VoteRequest>()[0].to == node(2));
  CHECK(inner.sent<Vote>().empty());
  CHECK(logged(inner) == Lines{"INIT"});
  CHECK(inner.timer<VoteTimeout>() == params.vote_timeout);
  inner.hear(node(2), Vote{others, Decision::commit});
  CHECK(logged(inner) == Lines{"VOTE_COMMIT"});
  REQUIRE(inner.sent<Vote>().size() == 1);
  CHECK(inner.sent<Vote>()[0].waits);
  CHECK_FALSE(inner.timer<VoteTimeout>().has_value());
  inner.hear(node(2), GlobalCommit{others});  // as the coordinator; n2 is below as well
  REQUIRE(inner.sent<GlobalCommit>().size() == 1);
  CHECK(logged(inner) == Lines{"GLOBAL_COMMIT"});
}

TEST_CASE("2pc tree: a no or a silence from below is a no, and those below are told") {
  Params params;
  params.form = Form::tree;
  params.fan_out = 1;
  LoneParticipant refused = ready(params);
  refused.hear(node(2), Vote{others, Decision::abort});
  CHECK(logged(refused) == Lines{"VOTE_ABORT"});
  REQUIRE(refused.sent<Vote>().size() == 1);
  CHECK(refused.sent<Vote>()[0].body == Vote{others, Decision::abort});
  CHECK(refused.sent<GlobalAbort>().size() == 1);
  LoneParticipant silence = ready(params);
  silence.expire(VoteTimeout{others});
  CHECK(logged(silence) == Lines{"VOTE_ABORT"});
  CHECK(silence.sent<GlobalAbort>().size() == 1);
  params.vote = Opinion::no;  // its own: nobody below has heard of the transaction
  LoneParticipant own_no = ready(params);
  CHECK(own_no.sent<VoteRequest>().empty());
  CHECK(own_no.sent<GlobalAbort>().empty());
}

TEST_CASE("2pc tree: a coordinator that has forgotten presumes nothing of those whom others ask") {
  Params params;
  params.form = Form::tree;
  params.fan_out = 1;
  params.presume = Presume::abort;
  LoneCoordinator lone({.params = params});
  lone.hear(node(1), DecisionRequest{own});  // the one it asks itself
  CHECK(lone.sent<GlobalAbort>().size() == 1);
  lone.hear(node(3), DecisionRequest{own});
  CHECK(lone.sent<GlobalAbort>().empty());
}

TEST_CASE("2pc read only: says so, writes nothing, answers nothing, and nobody waits for it") {
  Params params;
  params.vote = Opinion::read;
  LoneParticipant lone = ready(params);
  CHECK(lone.sent<ReadOnly>().size() == 1);
  CHECK(lone.sent<Vote>().empty());
  lone.hear(node(3), DecisionRequest{others});
  CHECK(lone.sent<GlobalAbort>().empty());
  lone.hear(node(2), GlobalCommit{others});  // of a coordinator that came back
  CHECK(lone.state().records.empty());
  LoneParticipant careless = ready(params, {Bug::reader_answers});
  careless.hear(node(3), DecisionRequest{others});
  CHECK(careless.sent<GlobalAbort>().size() == 1);

  LoneCoordinator coordinator = waiting();
  vote(coordinator, 1, Decision::commit);
  coordinator.hear(node(2), ReadOnly{own});
  vote(coordinator, 3, Decision::commit);
  REQUIRE(coordinator.sent<GlobalCommit>().size() == 2);
  CHECK(coordinator.sent<GlobalCommit>()[1].to == node(3));
}

TEST_CASE("2pc one phase: a participant that cannot commit has no way to say so") {
  Params params;
  params.form = Form::one_phase;
  LoneCoordinator coordinator = waiting(params);
  CHECK(coordinator.sent<VoteRequest>().empty());
  CHECK(coordinator.sent<GlobalCommit>().size() == 3);
  params.vote = Opinion::no;
  LoneParticipant participant({.params = params});
  participant.hear(node(2), GlobalCommit{others});
  CHECK(participant.told<Aborted>().size() == 1);
  CHECK(participant.sent<Vote>().empty());
}

}  // namespace quorate::p2pc
