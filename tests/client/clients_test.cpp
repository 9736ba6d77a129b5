// Clients against scripted nodes: pacing, targets, retries, redirects, and what the history says.
#include <doctest/doctest.h>

#include <set>

#include "tests/client/fake_control.hpp"

namespace quorate {
namespace {

constexpr NodeId n1{0};
constexpr NodeId n2{1};
constexpr NodeId n3{2};

Workload puts(std::uint32_t client = 0) {
  Workload line;
  line.client = ClientId{client};
  line.operation.verb = Text("put");
  line.count = 1;
  return line;
}

Workload open_loop(Distribution every, std::uint64_t count) {
  Workload line = puts();
  line.every = every;
  line.count = count;
  return line;
}

Workload closed_loop(Duration think, std::uint64_t count) {
  Workload line = puts();
  line.think = Distribution::constant(think);
  line.count = count;
  return line;
}

Clients make(std::vector<Workload> lines, std::uint32_t clients = 1, std::uint64_t seed = 7) {
  return Clients(std::make_shared<const std::vector<Workload>>(std::move(lines)), clients, seed,
                 Engine::xoshiro256pp);
}

constexpr Time at(Duration since_start) { return Time{} + since_start; }

// Every node answers after `delay`.
void answer_all(FakeControl& control, Clients& clients, Duration delay) {
  control.server = [&control, &clients, delay](const FakeControl::Sent& sent) {
    control.in(delay, [&, sent] {
      const Reply reply{sent.request.serial, Text("ok")};
      clients.on_reply(sent.client, sent.node, reply, 1000 + sent.request.serial, control);
    });
  };
}

std::vector<NodeId> targets(const FakeControl& control) {
  std::vector<NodeId> result;
  for (const FakeControl::Sent& sent : control.sent) result.push_back(sent.node);
  return result;
}

std::vector<Time> times(const FakeControl& control) {
  std::vector<Time> result;
  for (const FakeControl::Sent& sent : control.sent) result.push_back(sent.at);
  return result;
}

using Nodes = std::vector<NodeId>;
using Times = std::vector<Time>;

}  // namespace

TEST_CASE("clients: an open loop does not wait for answers") {
  Workload line = open_loop(Distribution::constant(20ms), 4);
  line.from = at(400ms);
  line.retry = Retry::nothing;
  Clients clients = make({line});
  FakeControl control(3);
  control.run(clients, at(10s));
  CHECK(times(control) == Times{at(400ms), at(420ms), at(440ms), at(460ms)});
  CHECK(clients.issued() == 4);
  CHECK(clients.acked() == 0);
}

TEST_CASE("clients: a closed loop thinks after each answer") {
  Clients clients = make({closed_loop(5ms, 3)});
  FakeControl control(3);
  answer_all(control, clients, 30ms);
  control.run(clients, at(10s));
  CHECK(times(control) == Times{at(0ms), at(35ms), at(70ms)});
  CHECK(clients.acked() == 3);
  CHECK(clients.latencies() == std::vector<Duration>(3, 30ms));
}

TEST_CASE("clients: a closed loop that gives up goes on, and the outcome stays unknown") {
  Workload line = closed_loop(5ms, 2);
  line.timeout = 100ms;
  line.retry = Retry::nothing;
  Clients clients = make({line});
  FakeControl control(3);
  control.server = [&](const FakeControl::Sent& sent) {
    control.in(150ms, [&, sent] {  // too late
      clients.on_reply(sent.client, sent.node, {sent.request.serial, Text("ok")}, 0, control);
    });
  };
  control.run(clients, at(10s));
  CHECK(times(control) == Times{at(0ms), at(105ms)});
  CHECK(clients.acked() == 0);
  for (const HistoryEntry& entry : clients.history()) CHECK_FALSE(entry.completed.has_value());
}

TEST_CASE("clients: `at` issues once, `until` ends a line and `count` 0 is no line") {
  Workload once = puts();
  once.at = at(10ms);
  once.count = ~std::uint64_t{0};
  once.operation = {Text("put"), Text("x"), Text("red")};
  Workload bounded = open_loop(Distribution::constant(10ms), 100);
  bounded.from = at(1s);
  bounded.until = at(1030ms);
  Workload none = open_loop(Distribution::constant(1ms), 0);
  Workload late = open_loop(Distribution::constant(1ms), 5);
  late.from = late.until = at(2s);
  Clients clients = make({once, bounded, none, late});
  FakeControl control(3);
  answer_all(control, clients, 1ms);
  control.run(clients, at(10s));
  CHECK(times(control) == Times{at(10ms), at(1s), at(1010ms), at(1020ms)});
  CHECK(control.sent[0].request.operation == once.operation);
  CHECK(control.pending() == 0);
}

TEST_CASE("clients: serials are dense per client over its lines; keys and values come from them") {
  Workload reads = open_loop(Distribution::constant(10ms), 2);
  reads.operation.verb = Text("get");
  reads.from = at(5ms);
  Clients clients = make({open_loop(Distribution::constant(10ms), 10), reads, puts(1)}, 2);
  FakeControl control(3);
  answer_all(control, clients, 1ms);
  control.run(clients, at(10s));
  std::vector<std::uint64_t> serials;
  for (const HistoryEntry& entry : clients.history()) {
    if (entry.client == ClientId{0}) serials.push_back(entry.serial);
  }
  CHECK(serials == std::vector<std::uint64_t>{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12});
  CHECK(clients.history()[1].client == ClientId{1});
  CHECK(clients.history()[1].serial == 1);
  CHECK(clients.history()[0].operation == Operation{Text("put"), Text("k2"), Text("v1")});
  CHECK(clients.history()[2].operation == Operation{Text("get"), Text("k3"), Text("")});
  CHECK(clients.history()[9].operation == Operation{Text("put"), Text("k1"), Text("v9")});
}

TEST_CASE("clients: a retry carries the same serial and operation, and is no new operation") {
  Workload line = puts();
  line.timeout = 100ms;
  Clients clients = make({line});
  FakeControl control(3);
  control.run(clients, at(350ms));
  CHECK(times(control) == Times{at(0ms), at(100ms), at(200ms), at(300ms)});
  CHECK(targets(control) == Nodes{n1, n2, n3, n1});
  for (const FakeControl::Sent& sent : control.sent) {
    CHECK(sent.request == control.sent[0].request);
    CHECK(sent.cause == 0);  // the op line
  }
  CHECK(control.lines.size() == 1);
  CHECK(clients.issued() == 1);
  CHECK(clients.history()[0].tries == 4);
}

TEST_CASE("clients: an answer of an earlier try counts") {
  Workload line = puts();
  line.timeout = 100ms;
  Clients clients = make({line});
  FakeControl control(3);
  answer_all(control, clients, 150ms);
  control.run(clients, at(10s));
  CHECK(control.sent.size() == 2);
  CHECK(clients.history()[0].completed == at(150ms));
}

TEST_CASE("clients: repeated, unknown and foreign answers change nothing") {
  Clients clients = make({puts(0), puts(1)}, 2);
  FakeControl control(3);
  control.run(clients, at(10ms));
  const Reply reply{1, Text("first")};
  clients.on_reply(ClientId{0}, n1, reply, 50, control);
  clients.on_reply(ClientId{0}, n1, {1, Text("second")}, 51, control);
  clients.on_reply(ClientId{0}, n1, {2, Text("never asked")}, 52, control);
  clients.on_reply(ClientId{0}, n1, {0, Text("no serial")}, 53, control);
  clients.on_redirect(ClientId{0}, n1, {1, n2}, 54, control);
  CHECK(clients.acked() == 1);
  CHECK(clients.history()[0].result == Text("first"));
  CHECK_FALSE(clients.history()[1].completed.has_value());
  CHECK(control.lines.size() == 3);  // two op, one ack
  CHECK(control.lines[2].step == ClientStep::answered);
  CHECK(control.lines[2].cause == 50);
  CHECK(control.sent.size() == 2);
}

TEST_CASE("clients: in a closed loop the answer causes the next operation") {
  Clients clients = make({closed_loop(0ms, 2)});
  FakeControl control(3);
  answer_all(control, clients, 1ms);
  control.run(clients, at(10s));
  REQUIRE(control.lines.size() == 4);
  CHECK(control.lines[0].cause == no_cause);
  CHECK(control.lines[1].cause == 1001);
  CHECK(control.lines[2].cause == 1);
}

// ---- targets ----------------------------------------------------------------------------------

TEST_CASE("clients: sticky stays with a node that answers and leaves one that does not") {
  Workload line = closed_loop(0ms, 4);
  line.timeout = 100ms;
  Clients clients = make({line});
  FakeControl control(3);
  control.server = [&](const FakeControl::Sent& sent) {
    if (sent.node == n1) return;
    control.in(1ms, [&, sent] {
      clients.on_reply(sent.client, sent.node, {sent.request.serial, Text("ok")}, 0, control);
    });
  };
  control.run(clients, at(10s));
  CHECK(targets(control) == Nodes{n1, n2, n2, n2, n2});
}

TEST_CASE("clients: sticky returns to a node that answered late") {
  Workload line = closed_loop(0ms, 2);
  line.timeout = 100ms;
  Clients clients = make({line});
  FakeControl control(3);
  control.run(clients, at(150ms));
  clients.on_reply(ClientId{0}, n1, {1, Text("ok")}, 0, control);
  control.run(clients, at(160ms));
  CHECK(targets(control) == Nodes{n1, n2, n1});
}

TEST_CASE("clients: operations that fail together move a sticky client on once") {
  Workload line = open_loop(Distribution::constant(10ms), 3);
  line.timeout = 100ms;
  Clients clients = make({line});
  FakeControl control(5);
  control.run(clients, at(125ms));
  CHECK(targets(control) == Nodes{n1, n1, n1, n2, n2, n2});
}

TEST_CASE("clients: sticky clients start at different nodes") {
  Clients clients = make({puts(0), puts(1), puts(2), puts(3)}, 4);
  FakeControl control(3);
  control.run(clients, at(1ms));
  CHECK(targets(control) == Nodes{n1, n2, n3, n1});
}

TEST_CASE("clients: round robin asks everybody in turn") {
  Workload line = open_loop(Distribution::constant(10ms), 5);
  line.target = TargetPolicy::round_robin;
  Clients clients = make({line});
  FakeControl control(3);
  answer_all(control, clients, 1ms);
  control.run(clients, at(10s));
  CHECK(targets(control) == Nodes{n1, n2, n3, n1, n2});
}

TEST_CASE("clients: random targets come from the client's own stream") {
  Workload line = open_loop(Distribution::constant(10ms), 50);
  line.target = TargetPolicy::random;
  Workload other = line;
  other.client = ClientId{1};
  const auto run = [&](std::vector<Workload> lines) {
    Clients clients = make(std::move(lines), 2);
    FakeControl control(3);
    answer_all(control, clients, 1ms);
    control.run(clients, at(10s));
    Nodes asked;
    for (const FakeControl::Sent& sent : control.sent) {
      if (sent.client == ClientId{0}) asked.push_back(sent.node);
    }
    return asked;
  };
  const Nodes alone = run({line});
  CHECK(std::set<NodeId>(alone.begin(), alone.end()).size() == 3);
  CHECK(run({line, other}) == alone);
  Stream stream = make_stream(7, Purpose::client, 0);
  for (const NodeId node : alone) CHECK(node.value == stream.below(3));
}

TEST_CASE("clients: `leader` asks the node elected last, and looks for one before that") {
  Workload line = open_loop(Distribution::constant(10ms), 4);
  line.target = TargetPolicy::leader;
  Clients clients = make({line});
  FakeControl control(3);
  answer_all(control, clients, 1ms);
  control.run(clients, at(5ms));
  clients.on_elected(n3);
  control.run(clients, at(15ms));
  clients.on_elected(n2);
  control.run(clients, at(10s));
  CHECK(targets(control) == Nodes{n1, n3, n2, n2});
}

TEST_CASE("clients: a line bound to a node asks no other") {
  Workload line = puts();
  line.node = n2;
  line.timeout = 100ms;
  Clients clients = make({line});
  FakeControl control(3);
  control.server = [&](const FakeControl::Sent& sent) {
    if (control.sent.size() == 1) return;  // the first request is lost
    control.in(1ms, [&, sent] {
      clients.on_redirect(sent.client, sent.node, {sent.request.serial, n3}, 9, control);
    });
  };
  control.run(clients, at(115ms));
  CHECK(targets(control) == Nodes{n2, n2, n2});
  CHECK(times(control) == Times{at(0ms), at(100ms), at(111ms)});
}

// ---- redirects --------------------------------------------------------------------------------

TEST_CASE("clients: a redirect is followed at once, within the same try") {
  Clients clients = make({closed_loop(0ms, 2)});
  FakeControl control(3);
  control.server = [&](const FakeControl::Sent& sent) {
    control.in(1ms, [&, sent] {
      const std::uint64_t serial = sent.request.serial;
      if (sent.node == n3) {
        clients.on_reply(sent.client, sent.node, {serial, Text("ok")}, 77, control);
      } else {
        clients.on_redirect(sent.client, sent.node, {serial, n3}, 76, control);
      }
    });
  };
  control.run(clients, at(10s));
  CHECK(targets(control) == Nodes{n1, n3, n3});  // sticky learns from the redirect
  CHECK(times(control) == Times{at(0ms), at(1ms), at(2ms)});
  CHECK(control.sent[1].cause == 76);
  CHECK(control.sent[1].request == control.sent[0].request);
  CHECK(clients.history()[0].tries == 1);
  CHECK(clients.history()[0].completed == at(2ms));
}

TEST_CASE("clients: nodes that name each other cost as many redirects as there are nodes") {
  Workload line = puts();
  line.timeout = 100ms;
  Clients clients = make({line});
  FakeControl control(3);
  control.server = [&](const FakeControl::Sent& sent) {
    control.in(1ms, [&, sent] {
      const NodeId other = sent.node == n1 ? n2 : n1;
      clients.on_redirect(sent.client, sent.node, {sent.request.serial, other}, 0, control);
    });
  };
  control.run(clients, at(99ms));
  CHECK(targets(control) == Nodes{n1, n2, n1, n2});
  control.run(clients, at(100ms));
  CHECK(targets(control).back() == n3);  // the next try looks elsewhere
  control.run(clients, at(199ms));
  CHECK(control.sent.size() == 8);
}

TEST_CASE("clients: a redirect to nobody asks the next node after a pause") {
  Workload line = puts();
  line.timeout = 100ms;
  Clients clients = make({line});
  FakeControl control(3);
  control.server = [&](const FakeControl::Sent& sent) {
    control.in(1ms, [&, sent] {
      const Redirect redirect{sent.request.serial, no_node};
      clients.on_redirect(sent.client, sent.node, redirect, 0, control);
      clients.on_redirect(sent.client, sent.node, redirect, 0, control);  // a duplicate
    });
  };
  control.run(clients, at(60ms));
  CHECK(targets(control) == Nodes{n1, n2, n3, n1});
  CHECK(times(control) == Times{at(0ms), at(11ms), at(22ms), at(33ms)});
  CHECK(clients.history()[0].tries == 1);
}

TEST_CASE("clients: a pause cut short by an answer or a timeout asks nobody") {
  Workload line = puts();
  line.timeout = 100ms;
  Clients clients = make({line});
  FakeControl control(3);
  control.run(clients, at(1ms));
  clients.on_redirect(ClientId{0}, n1, {1, no_node}, 0, control);
  SUBCASE("answer") {
    clients.on_reply(ClientId{0}, n2, {1, Text("ok")}, 0, control);
    control.run(clients, at(10s));
    CHECK(control.sent.size() == 1);
    CHECK(control.pending() == 0);
  }
  SUBCASE("timeout") {
    control.run(clients, at(95ms));
    REQUIRE(control.sent.size() == 2);
    clients.on_redirect(ClientId{0}, n2, {1, no_node}, 0, control);
    control.run(clients, at(150ms));  // the second try began at 100 ms, within the pause
    CHECK(times(control) == Times{at(0ms), at(11ms), at(100ms)});
    clients.on_redirect(ClientId{0}, n3, {1, n1}, 0, control);  // it follows redirects again
    CHECK(targets(control) == Nodes{n1, n2, n3, n1});
  }
}

TEST_CASE("clients: redirects by a node not asked, or to one that is not there, lead nowhere") {
  Workload line = puts();
  line.timeout = 100ms;
  Clients clients = make({line});
  FakeControl control(3);
  control.run(clients, at(1ms));
  clients.on_redirect(ClientId{0}, n2, {1, n3}, 0, control);
  CHECK(control.sent.size() == 1);
  clients.on_redirect(ClientId{0}, n1, {1, NodeId{17}}, 0, control);
  CHECK(control.sent.size() == 1);
  control.run(clients, at(20ms));
  CHECK(targets(control) == Nodes{n1, n2});  // as if nobody had been named
}

// ---- streams, copies, cost --------------------------------------------------------------------

TEST_CASE("clients: each line draws its gaps from a stream of its own position") {
  const Workload line = open_loop(Distribution::uniform(1ms, 9ms), 20);
  Workload second = line;
  second.client = ClientId{1};
  const auto issue_times = [](std::vector<Workload> lines, std::uint32_t client) {
    Clients clients = make(std::move(lines), 2);
    FakeControl control(3);
    answer_all(control, clients, 1ms);
    control.run(clients, at(10s));
    Times result;
    for (const HistoryEntry& entry : clients.history()) {
      if (entry.client.value == client) result.push_back(entry.invoked);
    }
    return result;
  };
  const Times alone = issue_times({line}, 0);
  CHECK(issue_times({line, second}, 0) == alone);
  CHECK(issue_times({line, second}, 1) != alone);
  Stream stream = make_stream(7, Purpose::workload, 0);
  for (std::size_t i = 1; i < alone.size(); ++i) {
    CHECK(alone[i] - alone[i - 1] == sample(*line.every, stream));
  }
}

TEST_CASE("clients: a copy goes its own way to the same end") {
  Workload line = open_loop(Distribution::uniform(1ms, 9ms), 30);
  line.target = TargetPolicy::random;
  line.timeout = 20ms;
  Clients clients = make({line});
  FakeControl control(3);
  control.run(clients, at(50ms));
  Clients copy = clients;
  FakeControl second(3);
  const std::size_t before = control.sent.size();
  control.run(clients, at(51ms));
  CHECK(copy.history().size() <= clients.history().size());
  CHECK(control.sent.size() >= before);
  copy.on_reply(ClientId{0}, n1, {1, Text("ok")}, 0, second);
  CHECK(copy.acked() == 1);
  CHECK(clients.acked() == 0);
}

TEST_CASE("clients: outstanding operations share one pending timeout") {
  Clients clients = make({open_loop(Distribution::constant(1ms), 10'000)});
  FakeControl control(3);
  answer_all(control, clients, 10ms);
  control.run(clients, at(20s));
  CHECK(clients.acked() == 10'000);
  CHECK(control.sent.size() == 10'000);
  CHECK(control.wakes < 10'000 + 20);  // an issue each, and hardly more than one timeout a second
  CHECK(control.pending() == 0);
}

}  // namespace quorate
