// Metrics that are derived from others, or from the way to a decision: from records made by hand,
// and from small runs whose numbers follow from the protocol's rules alone.
#include <doctest/doctest.h>

#include "sim/node/request.hpp"
#include "tests/measure/told.hpp"
#include "tests/support/run_text.hpp"

namespace quorate::testing {
namespace {

using Results = Readings;

// A run of which every record has its cause.
struct Caused {
  Metrics metrics{"chief"};
  std::uint64_t index{};
  Time now;

  std::uint64_t tell(Kind kind, NodeId node, std::uint64_t cause, AnyRef body = {},
                     bool client = false) {
    Record record;
    record.index = index;
    record.time = now;
    record.cause = cause;
    record.kind = kind;
    record.client = client;
    record.node = record.from = record.to = node;
    record.body = body;
    metrics.on(record);
    return index++;
  }
  template <class Event>
  std::uint64_t event(NodeId node, std::uint64_t cause, const Event& event) {
    return tell(Kind::event, node, cause, AnyRef::to(event));
  }
  // A protocol message on its way, and there.
  std::uint64_t pass(NodeId from, NodeId to, std::uint64_t cause) {
    return tell(Kind::recv, to, tell(Kind::send, from, cause));
  }
  // A client's request at a node.
  std::uint64_t ask(NodeId node) {
    const Request request;
    return tell(Kind::recv, node, no_cause, AnyRef::to(request), true);
  }
  void after(Duration time) { now = now + time; }
  Results result() const {
    return metrics.result(Ledger(message_types.size()), message_types,
                          {.at = now, .latencies = {}});
  }
};

Operation put(std::string_view value) { return {"put", "k", value}; }

Results run_of(std::string_view text) { return run_to_end(scenario_of(text))->outcome().metrics; }

}  // namespace

TEST_CASE("metrics: bytes of each message type, of all of them, and of clients") {
  Narrated told;
  for (int i = 0; i < 5; ++i) told.message(Kind::send, 0);
  told.message(Kind::dup, 0);  // the network's own
  told.message(Kind::send, 1);
  told.message(Kind::send, 2);
  CHECK(told.result().at("messages.Vote.bytes") == 50);
  CHECK(told.result().at("messages.VoteReply.bytes") == 10);
  CHECK(told.result().at("wire_bytes") == 60);
  CHECK(told.result().at("client_messages.bytes") == 10);
  CHECK(told.result().count("messages.bytes") == 0);
}

TEST_CASE("metrics: messages for each decision, election and answer; absent where there is none") {
  Narrated told;
  for (int i = 0; i < 10; ++i) told.message(Kind::send, 0);
  told.message(Kind::send, 3);  // to a client
  for (const char* name : {"messages_per_decision_milli", "messages_per_election_milli",
                           "messages_per_op_milli", "wire_bytes_per_decision"}) {
    CHECK_MESSAGE(told.result().count(name) == 0, name);
  }
  for (const NodeId node : {n1, n2}) {
    told.event(1ms, node, Chosen{1, {}});
    told.event(1ms, node, Committed{1});
    told.event(1ms, node, Aborted{2});
  }
  for (std::uint64_t epoch = 1; epoch <= 4; ++epoch) told.event(1ms, n1, Elected{epoch});
  told.kind(Kind::op, 1ms);
  told.kind(Kind::op, 1ms);
  told.kind(Kind::ack, 2ms);
  CHECK(told.result().at("messages_per_decision_milli") == 10'000 / 3);
  CHECK(told.result().at("messages_per_election_milli") == 2'500);
  CHECK(told.result().at("messages_per_op_milli") == 10'000);
  CHECK(told.result().at("wire_bytes_per_decision") == 100 / 3);
}

TEST_CASE("metrics: epochs that nobody won are those that nodes came to without a leader") {
  Narrated told;
  told.event(1ms, n1, Elected{1});
  CHECK(told.result().count("epochs_used") == 0);  // a protocol that tells of no epoch
  for (const std::uint64_t number : {2U, 3U, 7U}) {
    told.event(2ms, n1, Epoch{number});
    told.event(3ms, n2, Epoch{number});
  }
  told.event(4ms, n2, Elected{7});
  told.event(5ms, n2, Elected{7});
  const auto result = told.result();
  CHECK(result.at("epochs_used") == 4);  // 1 2 3 7
  CHECK(result.at("epochs_without_leader") == 2);
  CHECK(result.at("epochs") == 7);
}

TEST_CASE("metrics: an outage is over 100 ms in which somebody waits and nobody is answered") {
  Narrated told;
  for (const char* name :
       {"outages", "outage_time_us", "availability_ppm", "ops_per_second_milli"}) {
    CHECK_MESSAGE(told.result().count(name) == 0, name);
  }
  told.kind(Kind::op, 1s);
  told.kind(Kind::ack, 1100ms);  // a slow answer, no outage
  told.kind(Kind::op, 2s);
  told.kind(Kind::op, 2050ms);
  told.kind(Kind::ack, 2200ms);  // 200 ms since the first
  told.kind(Kind::ack, 2350ms);  // 150 ms more
  told.kind(Kind::op, 2400ms);
  told.kind(Kind::ack, 3s);
  const auto result = told.result(10s);  // nobody waits: the service was asked from 1 s to 3 s
  CHECK(result.at("outages") == 3);
  CHECK(result.at("outage_time_us") == 200'000 + 150'000 + 600'000);
  CHECK(result.at("availability_ppm") == 1'000'000 * (2000 - 950) / 2000);
  CHECK(result.at("ops_per_second_milli") == 1000 * 4 / 2);
  told.kind(Kind::op, 4s);  // is never answered
  CHECK(told.result(4100ms).at("outages") == 3);
  CHECK(told.result(9s).at("outages") == 4);
  CHECK(told.result(9s).at("outage_time_us") == 950'000 + 5'000'000);
  CHECK(told.result(9s).at("availability_ppm") == 1'000'000 * (8000 - 5950) / 8000);
  CHECK(told.result(9s).at("ops_per_second_milli") == 1000 * 4 / 8);
}

TEST_CASE("metrics: nothing was measured while no time passed") {
  Narrated told;
  told.kind(Kind::op, 1s);
  told.kind(Kind::ack, 1s);
  CHECK(told.result().at("outages") == 0);
  CHECK(told.result().count("availability_ppm") == 0);
  CHECK(told.result().count("ops_per_second_milli") == 0);
}

TEST_CASE("metrics: writes count on the way to a decision where something waited for them") {
  Caused run;
  const auto decide = [&](std::uint64_t cause, std::uint64_t txn) {
    run.event(n1, cause, Committed{txn});
    return run.result();
  };
  CHECK(run.result().count("decision_writes_max") == 0);
  run.tell(Kind::fault, no_node, no_cause);
  const auto asked = run.ask(n1);
  const auto unwritten = run.tell(Kind::send, n1, asked);  // leaves before the write
  run.tell(Kind::persist, n1, asked);
  const auto written = run.tell(Kind::send, n1, asked);
  const auto received = run.tell(Kind::recv, n2, written);
  run.tell(Kind::persist, n1, no_cause);  // somebody else's
  const auto back = run.pass(n2, n1, received);
  CHECK(decide(run.tell(Kind::recv, n1, unwritten), 1).at("decision_writes_max") == 0);
  CHECK(decide(back, 2).at("decision_writes_max") == 1);
  // One under way when something is asked, then its own: both are waited for.
  const auto again = run.pass(n2, n1, back);
  run.tell(Kind::persist, n1, back);
  run.tell(Kind::persist, n1, again);
  CHECK(decide(again, 3).at("decision_writes_max") == 3);
  CHECK(run.result().at("decision_writes_p50") == 1);
  // What a timer starts has waited for nothing.
  const auto timer = run.tell(Kind::timer, n1, no_cause);
  CHECK(decide(timer, 4).at("decision_writes_p50") == 0);
}

TEST_CASE("metrics: a message to oneself waits for its own handler's write only") {
  Caused run;
  run.tell(Kind::fault, no_node, no_cause);
  const auto asked = run.ask(n1);
  const auto other = run.ask(n1);
  run.tell(Kind::persist, n1, other);
  run.event(n1, run.tell(Kind::local, n1, asked), Committed{1});
  CHECK(run.result().at("decision_writes_max") == 0);
  run.event(n1, run.tell(Kind::local, n1, other), Committed{2});
  CHECK(run.result().at("decision_writes_max") == 1);
}

TEST_CASE("metrics: a command takes from its request's arrival until the first and the last know") {
  Caused run;
  const auto request = run.ask(n1);
  run.after(2ms);  // the disk was busy
  run.event(n1, request, Proposed{1, put("a")});
  run.after(10ms);
  const auto news = run.pass(n1, n2, request);
  run.event(n1, news, Chosen{1, put("a")});
  CHECK(run.result().at("leader_latency_us_max") == 12'000);
  CHECK(run.result().at("replica_latency_us_max") == 12'000);
  run.after(5ms);
  run.event(n1, news, Applied{1, put("a")});  // known there before
  CHECK(run.result().at("replica_latency_us_max") == 12'000);
  run.event(n2, news, Applied{1, put("a")});
  CHECK(run.result().at("leader_latency_us_p50") == 12'000);
  CHECK(run.result().at("replica_latency_us_p50") == 17'000);
  run.after(1s);
  run.event(n2, news, Applied{1, put("a")});  // after a restart
  CHECK(run.result().at("replica_latency_us_p50") == 17'000);
}

TEST_CASE(
    "metrics: what no client asked the proposer for is no command; a successor finishes one") {
  Caused run;
  const auto request = run.ask(n1);
  const auto forwarded = run.pass(n1, n2, request);
  run.event(n2, forwarded, Proposed{1, put("a")});
  run.event(n2, forwarded, Chosen{1, put("a")});
  CHECK(run.result().count("leader_latency_us_p50") == 0);
  const auto lost = run.ask(n1);
  run.event(n1, lost, Proposed{2, put("b")});
  run.after(40ms);
  const auto other = run.ask(n2);
  run.event(n2, other, Proposed{2, put("c")});  // in the same place
  run.event(n2, other, Proposed{3, put("b")});  // the lost one, elsewhere
  run.after(1ms);
  run.event(n2, other, Chosen{2, put("c")});
  CHECK(run.result().at("leader_latency_us_max") == 1'000);
  run.event(n2, forwarded, Proposed{2, put("c")});
  run.event(n2, other, Chosen{3, put("b")});
  CHECK(run.result().at("leader_latency_us_max") == 1'000);
  const auto taken_over = run.ask(n1);
  run.event(n1, taken_over, Proposed{4, put("d")});
  run.after(70ms);
  run.event(n2, forwarded, Proposed{4, put("d")});
  run.event(n2, forwarded, Chosen{4, put("d")});
  CHECK(run.result().at("leader_latency_us_max") == 70'000);
}

TEST_CASE("metrics: one command of Multi-Paxos, from its rules") {
  // Links of 10 ms, disks of 4 ms, s1 leads before anything is asked. The request reaches s1 at
  // t, Accept s2 and s3 at t + 10, on whose disks it is at t + 14; their answers are there at
  // t + 24, and it is chosen. s1 writes it down once more as chosen, tells the others, and each
  // writes before it applies: t + 24 + 4 + 10 + 4.
  const Results results = run_of(R"({"quorate": 1, "stop": {"at": "2s"},
      "protocol": {"use": "multi_paxos", "nodes": 3, "params": {"push_chosen": true},
                   "node_params": {"n1": {"election_timeout": "60ms"}}},
      "network": {"delay": "10ms"}, "disk": {"sync": "4ms"},
      "workload": [{"client": "c1", "op": "put", "at": "1s", "node": "n1"}]})");
  CHECK(results.at("leader_latency_us_p50") == 24'000);
  CHECK(results.at("replica_latency_us_p50") == 42'000);
  CHECK(results.at("ops.acked") == 1);
  CHECK(results.at("availability_ppm") == 1'000'000);
  CHECK(results.at("latency_us_p50") == 10'000 + 28'000 + 10'000);
  CHECK(results.at("ops_per_second_milli") == 1'000'000 / 48);
  // The leader's election: its own number, then a promise of one of the others.
  CHECK(results.at("decision_delays_max") == 2);
  CHECK(results.at("decision_writes_max") == 2);
  CHECK(results.at("epochs_used") == 1);
  CHECK(results.at("epochs_without_leader") == 0);
}

TEST_CASE("metrics: one transaction of 2PC waits for as many writes as are in a row") {
  // START_2PC at the coordinator, READY at a participant, GLOBAL_COMMIT at the coordinator.
  const Results results = run_of(R"({"quorate": 1, "stop": {"at": "2s"},
      "protocol": {"use": "2pc", "nodes": ["co", "p1", "p2", "p3"],
                   "roles": {"coordinator": ["co"], "participant": ["p1", "p2", "p3"]}},
      "network": {"delay": "10ms"},
      "workload": [{"client": "c1", "op": "put", "at": "1s", "node": "co"}]})");
  CHECK(results.at("committed") == 1);
  CHECK(results.at("decision_delays_max") == 2);
  CHECK(results.at("decision_writes_max") == 3);
  CHECK(results.at("messages_per_decision_milli") == 1000 * results.at("messages.sent"));
  CHECK(results.at("messages_per_op_milli") == 1000 * results.at("messages.sent"));
  CHECK(results.count("leader_latency_us_p50") == 0);
  CHECK(results.count("epochs_used") == 0);
}

}  // namespace quorate::testing
