// Metrics from records made by hand: what each number means, to the unit.
#include "sim/measure/metrics.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "tests/measure/told.hpp"

namespace quorate::testing {

namespace imposter {
struct Elected {
  std::uint64_t epoch{};
  QUORATE_FIELDS(Elected, epoch)
};
}  // namespace imposter

namespace {

Readings with_latencies(std::vector<Duration> latencies) {
  return Metrics("").result(Ledger(message_types.size()), message_types,
                            {Time{}, std::move(latencies)});
}

}  // namespace

TEST_CASE("metrics: messages by fate, per type and in sum, clients apart") {
  Narrated told;
  for (int i = 0; i < 5; ++i) told.message(Kind::send, 0);
  told.message(Kind::dup, 0);
  told.message(Kind::drop, 0, DropReason::loss);
  told.message(Kind::drop, 0, DropReason::dead);
  told.message(Kind::recv, 0);
  told.message(Kind::recv, 0);
  told.message(Kind::recv, 0);
  told.message(Kind::send, 1);
  told.message(Kind::recv, 1);
  told.message(Kind::send, 2);
  told.message(Kind::recv, 2);
  told.message(Kind::send, 3);
  const auto result = told.result();
  CHECK(result.at("messages.sent") == 6);
  CHECK(result.at("messages.delivered") == 4);
  CHECK(result.at("messages.dropped") == 2);
  CHECK(result.at("messages.duplicated") == 1);
  CHECK(result.at("messages.in_flight") == 1);
  CHECK(result.at("messages.Vote.sent") == 5);
  CHECK(result.at("messages.Vote.dropped") == 2);
  CHECK(result.at("messages.VoteReply.sent") == 1);
  CHECK(result.at("messages.VoteReply.in_flight") == 0);
  CHECK(result.at("client_messages.sent") == 2);
  CHECK(result.at("client_messages.delivered") == 1);
  CHECK(result.at("client_messages.in_flight") == 1);
  CHECK(result.at("wire_bytes") == 60);
  CHECK(result.count("messages.Request.sent") == 0);
}

TEST_CASE("metrics: time without a leader runs from the start and from its crash") {
  Narrated told;
  told.event(214ms, n1, Elected{1});
  CHECK(told.result().at("leaderless_time_us") == 214'000);
  told.kind(Kind::crash, 500ms, n2);  // a follower
  told.kind(Kind::crash, 714ms, n1);
  told.event(951ms, n2, Elected{3});
  told.event(2s, n1, Elected{4});  // the old leader was alive: no gap
  const auto result = told.result();
  CHECK(result.at("leaders") == 3);
  CHECK(result.at("epochs") == 4);
  CHECK(result.at("first_leader_at_us") == 214'000);
  CHECK(result.at("leaderless_time_us") == 214'000 + 237'000);
  CHECK(result.at("crashes") == 2);
  told.kind(Kind::crash, 9s, n1);
  CHECK(told.result(10s).at("leaderless_time_us") == 451'000 + 1'000'000);
}

TEST_CASE("metrics: who leads from the start was elected by nobody, and leaves a gap behind") {
  Narrated told;
  told.event(0ms, n1, quorate::Role{Text("chief")});
  told.event(0ms, n2, quorate::Role{Text("worker")});
  CHECK(told.result(1s).at("leaderless_time_us") == 0);
  CHECK(told.result().at("leaders") == 0);
  CHECK(told.result().count("first_leader_at_us") == 0);
  told.kind(Kind::crash, 1s, n1);
  told.event(1500ms, n2, quorate::Role{Text("chief")});
  told.event(1500ms, n2, Elected{2});
  CHECK(told.result().at("leaders") == 1);
  CHECK(told.result().at("leaderless_time_us") == 500'000);
}

TEST_CASE("metrics: the crash of a leader already replaced opens no gap") {
  Narrated told;
  told.event(100ms, n1, Elected{1});
  told.event(200ms, n2, Elected{2});
  told.kind(Kind::crash, 300ms, n1);
  CHECK(told.result().at("leaderless_time_us") == 100'000);
}

TEST_CASE("metrics: a leader that is paused or steps down leaves a gap") {
  Narrated told;
  told.event(100ms, n1, Elected{1});
  told.kind(Kind::pause, 200ms, n2);
  told.kind(Kind::resume, 300ms, n2);
  told.kind(Kind::pause, 1s, n1);
  told.kind(Kind::resume, 1200ms, n1);
  CHECK(told.result().at("leaderless_time_us") == 100'000 + 200'000);
  told.event(2s, n1, quorate::Role{Text("worker")});
  told.event(2300ms, n1, Elected{2});
  told.event(2500ms, n2, Elected{3});
  told.event(3s, n1, quorate::Role{Text("worker")});  // n2 leads
  CHECK(told.result().at("leaderless_time_us") == 100'000 + 200'000 + 300'000);
}

TEST_CASE("metrics: without an election there is no first leader; without the notion, no gap") {
  const Narrated told;
  const auto result = told.result(3s);
  CHECK(result.at("leaders") == 0);
  CHECK(result.at("leaderless_time_us") == 3'000'000);
  CHECK(result.count("first_leader_at_us") == 0);
  const auto leaderless_protocol = told.result(3s, false);
  CHECK(leaderless_protocol.count("leaders") == 0);
  CHECK(leaderless_protocol.count("leaderless_time_us") == 0);
}

TEST_CASE("metrics: epochs is the highest reported by anybody") {
  Narrated told;
  told.event(1ms, n1, Epoch{7});
  told.event(2ms, n2, Epoch{3});
  told.event(3ms, n2, Elected{5});
  CHECK(told.result().at("epochs") == 7);
}

TEST_CASE("metrics: instances and transactions count once, executed commands at every node") {
  Narrated told;
  for (const NodeId node : {n1, n2}) {
    for (const std::uint64_t index : {1U, 2U, 5U, 3U, 4U}) {
      told.event(1ms, node, Chosen{index, {}});
      told.event(1ms, node, Applied{index, {}});
    }
    told.event(2ms, node, Committed{9});
    told.event(2ms, node, Aborted{8});
    told.event(2ms, node, Aborted{3});
  }
  const auto result = told.result();
  CHECK(result.at("chosen") == 5);
  CHECK(result.at("applied") == 10);
  CHECK(result.at("committed") == 1);
  CHECK(result.at("aborted") == 2);
}

TEST_CASE("metrics: a foreign event with a standard event's name is not one") {
  Narrated told;
  told.event(1ms, n1, imposter::Elected{9});
  CHECK(told.result().at("leaders") == 0);
  CHECK(told.result().at("epochs") == 0);
}

TEST_CASE("metrics: operations, restarts and disk writes") {
  Narrated told;
  told.kind(Kind::op, 1ms);
  told.kind(Kind::op, 2ms);
  told.kind(Kind::ack, 3ms);
  told.kind(Kind::persist, 3ms);
  told.kind(Kind::restart, 4ms);
  told.kind(Kind::timer, 4ms);
  const auto result = told.metrics.result(told.ledger, message_types, {Time{}, {}, 6});
  CHECK(result.at("ops.issued") == 2);
  CHECK(result.at("ops.acked") == 1);
  CHECK(result.at("persists") == 1);
  CHECK(result.at("restarts") == 1);
  CHECK(result.at("lost_tails") == 6);
}

TEST_CASE("metrics: nobody was answered while somebody waited") {
  Narrated told;
  CHECK(told.result().count("unanswered_time_us") == 0);
  told.kind(Kind::op, 1s);
  told.kind(Kind::op, 1200ms);
  told.kind(Kind::ack, 1500ms);  // half a second since the first
  told.kind(Kind::ack, 1700ms);
  CHECK(told.result().at("unanswered_time_us") == 500'000);
  told.kind(Kind::op, 5s);  // nobody waited since 1.7 s
  told.kind(Kind::ack, 5300ms);
  CHECK(told.result().at("unanswered_time_us") == 500'000);
  told.kind(Kind::op, 6s);
  CHECK(told.result(6400ms).at("unanswered_time_us") == 500'000);
  CHECK(told.result(9s).at("unanswered_time_us") == 3'000'000);
}

TEST_CASE("metrics: what its client has crashed over, or asks anew, waits no longer for itself") {
  Narrated told;
  const auto client = [&](Kind kind, Duration at, NodeId place, std::string_view again = {}) {
    Record record;
    record.kind = kind;
    record.time = Time{} + at;
    record.node = place;
    record.client = true;
    record.detail = again;
    told.record(record);
  };
  constexpr NodeId c1{2};
  constexpr NodeId c2{3};
  client(Kind::op, 1s, c1);
  client(Kind::op, 1100ms, c2);
  client(Kind::crash, 1200ms, c1);  // c2 has not been answered either
  client(Kind::restart, 1300ms, c1);
  client(Kind::crash, 1600ms, c2);
  CHECK(told.result(9s).at("unanswered_time_us") == 600'000);
  CHECK(told.result(9s).at("crashes") == 0);
  CHECK(told.result(9s).at("restarts") == 0);
  client(Kind::op, 5s, c1);
  client(Kind::op, 5200ms, c1, "again");
  client(Kind::ack, 5300ms, c1);
  CHECK(told.result(9s).at("unanswered_time_us") == 600'000);
}

TEST_CASE("metrics: blocked time is every node's, from its word until it gets on or dies") {
  Narrated told;
  told.event(1s, n1, Blocked{});
  told.event(2s, n1, Blocked{});  // says it again
  told.event(3s, n2, Blocked{});
  CHECK(told.result(4s).at("blocked_nodes") == 2);
  CHECK(told.result(4s).at("blocked_time_us") == 4'000'000);
  told.event(5s, n1, Committed{1});
  told.event(5s, n1, Committed{1});
  told.kind(Kind::crash, 6s, n2);
  CHECK(told.result().at("blocked_nodes") == 0);
  CHECK(told.result().at("blocked_time_us") == 7'000'000);
}

TEST_CASE("metrics: a suspicion is false while the other is up") {
  Narrated told;
  told.event(1s, n1, Suspected{n2});
  told.kind(Kind::crash, 2s, n2);
  told.event(3s, n1, Suspected{n2});
  told.kind(Kind::restart, 4s, n2);
  told.event(5s, n1, Suspected{n2});
  CHECK(told.result().at("suspicions") == 3);
  CHECK(told.result().at("false_suspicions") == 2);
}

TEST_CASE("metrics: a decision is as many messages away as lead to it from what nobody sent") {
  Metrics metrics("");
  std::uint64_t index = 0;
  const auto tell = [&](Kind kind, std::uint64_t cause, bool client = false) {
    Record record;
    record.index = index;
    record.kind = kind;
    record.cause = cause;
    record.client = client;
    record.from = record.to = record.node = n1;
    metrics.on(record);
    return index++;
  };
  const auto decide = [&](std::uint64_t cause, const auto& what) {
    Record record;
    record.index = index++;
    record.kind = Kind::event;
    record.cause = cause;
    record.node = n1;
    record.body = AnyRef::to(what);
    metrics.on(record);
  };
  const auto pass = [&](std::uint64_t cause) { return tell(Kind::recv, tell(Kind::send, cause)); };
  const auto asked = tell(Kind::recv, tell(Kind::send, tell(Kind::op, no_cause), true), true);
  const auto back = pass(pass(asked));
  decide(back, Chosen{1, {}});        // 2: what the client sent is not the protocol's
  decide(pass(back), Chosen{1, {}});  // known before
  decide(pass(tell(Kind::timer, back)), Committed{1});  // 1: a timer waits for nobody
  decide(pass(pass(pass(back))), Elected{1});           // 5
  const auto result = metrics.result(Ledger(message_types.size()), message_types,
                                     {.at = Time{} + 1s, .latencies = {}, .nodes = 2});
  CHECK(result.at("decision_delays_p50") == 2);
  CHECK(result.at("decision_delays_max") == 5);
  CHECK(result.at("busiest_node_messages") == 2 * 7);
  CHECK(result.at("load_imbalance_pct") == 100 * 2 * 14 / 14);
}

TEST_CASE("metrics: percentiles are nearest ranks of whole microseconds") {
  std::vector<Duration> latencies;
  for (int i = 100; i >= 1; --i) latencies.push_back(i * 1ms);
  auto result = with_latencies(latencies);
  CHECK(result.at("latency_us_p50") == 50'000);
  CHECK(result.at("latency_us_p90") == 90'000);
  CHECK(result.at("latency_us_p99") == 99'000);
  CHECK(result.at("latency_us_max") == 100'000);
  result = with_latencies({3ms, 1ms, 2ms});
  CHECK(result.at("latency_us_p50") == 2'000);
  CHECK(result.at("latency_us_p90") == 3'000);
  result = with_latencies({1999ns});
  CHECK(result.at("latency_us_p50") == 1);
  CHECK(with_latencies({}).count("latency_us_p50") == 0);
}

TEST_CASE("metrics: distinct numbers are counted in any order") {
  DistinctCount count;
  CHECK(count.size() == 0);
  for (const std::uint64_t number : {7U, 8U, 8U, 10U, 12U, 7U, 10U, 3U, 9U, 3U, 11U, 13U, 2U}) {
    count.add(number);
  }
  CHECK(count.size() == 9);  // 2 3 7 8 9 10 11 12 13
}

TEST_CASE("metrics: the published list is what a run yields") {
  Narrated told;
  told.event(1ms, n1, Epoch{1});
  told.event(1ms, n1, Elected{1});
  told.kind(Kind::op, 1ms);
  told.kind(Kind::ack, 2ms);
  told.message(Kind::send, 0);
  const Request request;
  told.asked(1ms, n1, request);
  told.event(1ms, n1, Proposed{1, {}}, 0);
  told.event(1ms, n1, Chosen{1, {}});
  auto result = told.metrics.result(told.ledger, message_types, {Time{} + 1s, {1ms}});
  std::vector<std::string> listed;
  for (const MetricInfo& info : metric_list()) {
    std::string name(info.name);
    CHECK(info.meaning.back() == '.');
    CHECK_FALSE(info.unit.empty());
    if (const auto place = name.find("<Type>"); place != std::string::npos) {
      listed.push_back(std::string(name).replace(place, 6, "Vote"));
      listed.push_back(name.replace(place, 6, "VoteReply"));
    } else {
      listed.push_back(name);
    }
  }
  std::vector<std::string> found;
  for (const auto& [name, value] : result) found.emplace_back(name);
  std::sort(listed.begin(), listed.end());
  CHECK(found == listed);
}

}  // namespace quorate::testing
