// What a client stops waiting for: what it asks anew under another serial, and what it had asked
// when it crashed.
#include <doctest/doctest.h>

#include "tests/client/fake_control.hpp"

namespace quorate::given_up {
namespace {

constexpr ClientId c1{0};
constexpr NodeId n1{0};
constexpr NodeId n2{1};
constexpr NodeId n3{2};
constexpr NodeId place_of_c1{3};

constexpr Time at(Duration since_start) { return Time{} + since_start; }

Workload line_of(std::uint64_t count, Retry retry) {
  Workload line;
  line.operation.verb = Text("put");
  line.count = count;
  line.think = Distribution::constant(5ms);
  line.timeout = 100ms;
  line.retry = retry;
  return line;
}

Workload open_line(std::uint64_t count) {
  Workload line = line_of(count, Retry::nothing);
  line.every = Distribution::constant(10ms);
  return line;
}

Clients make(std::vector<Workload> lines) {
  return Clients(std::make_shared<const std::vector<Workload>>(std::move(lines)), 1, 7,
                 Engine::xoshiro256pp);
}

// Those of the requests that left.
std::vector<std::uint64_t> serials(const FakeControl& control) {
  std::vector<std::uint64_t> result;
  for (const FakeControl::Sent& sent : control.sent) result.push_back(sent.request.serial);
  return result;
}

std::vector<Time> times(const FakeControl& control) {
  std::vector<Time> result;
  for (const FakeControl::Sent& sent : control.sent) result.push_back(sent.at);
  return result;
}

using Serials = std::vector<std::uint64_t>;
using Times = std::vector<Time>;

}  // namespace

TEST_CASE("clients: asked anew is the same operation of the next target under the next serial") {
  Clients clients = make({line_of(1, Retry::anew)});
  FakeControl control(3);
  control.run(clients, at(250ms));
  CHECK(times(control) == Times{at(0ms), at(100ms), at(200ms)});
  CHECK(serials(control) == Serials{1, 2, 3});
  const std::vector<NodeId> order{n1, n2, n3};
  REQUIRE(control.lines.size() == 3);
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(control.sent[i].node == order[i]);
    CHECK(control.sent[i].request.operation == control.sent[0].request.operation);
    CHECK(control.lines[i].step == (i == 0 ? ClientStep::asks : ClientStep::asks_anew));
    CHECK(control.lines[i].cause == (i == 0 ? no_cause : i - 1));  // what it asked before
    CHECK(clients.history()[i].tries == 1);
    CHECK_FALSE(clients.history()[i].completed.has_value());
  }
  CHECK(clients.issued() == 3);
  CHECK(clients.unanswered() == 1);  // of the earlier ones nobody waits for an answer
}

TEST_CASE("clients: what is asked anew uses up no `count`, and a late answer is for nobody") {
  Clients clients = make({line_of(2, Retry::anew)});
  FakeControl control(3);
  control.server = [&](const FakeControl::Sent& sent) {
    const Duration delay = sent.request.serial == 1 ? 150ms : 60ms;
    control.in(delay, [&, sent] {
      clients.on_reply(sent.client, sent.node, {sent.request.serial, Text("ok")}, 0, control);
    });
  };
  control.run(clients, at(10s));
  CHECK(times(control) == Times{at(0ms), at(100ms), at(165ms)});
  CHECK(serials(control) == Serials{1, 2, 3});
  CHECK_FALSE(clients.history()[0].completed.has_value());
  CHECK(clients.history()[1].completed == at(160ms));
  CHECK(clients.acked() == 2);
  CHECK(clients.unanswered() == 0);
  CHECK(control.pending() == 0);
}

TEST_CASE("clients: one that crashes asks and hears nothing, and leaves orphans") {
  Clients clients = make({line_of(2, Retry::same)});
  FakeControl control(3);
  control.run(clients, at(50ms));
  CHECK(clients.crash(c1, 9, control));
  CHECK_FALSE(clients.crash(c1, 9, control));
  CHECK_FALSE(clients.up(c1));
  CHECK(control.interference().deaf.contains(place_of_c1));
  CHECK(control.lines.back().step == ClientStep::crashes);
  CHECK(control.lines.back().cause == 9);
  CHECK(control.notes == std::vector<std::string>{
                             "an operation of c1 is an orphan: nobody waits for what comes of it"});
  clients.on_reply(c1, n1, {1, Text("ok")}, 0, control);
  control.run(clients, at(10s));
  CHECK(control.sent.size() == 1);  // no retry
  CHECK(clients.acked() == 0);
  CHECK(clients.unanswered() == 0);
  CHECK(control.pending() == 0);
}

TEST_CASE("clients: one that is back goes on, with further serials and where it began") {
  Clients clients = make({line_of(2, Retry::same)});
  FakeControl control(3);
  control.run(clients, at(150ms));  // two tries, the second at n2
  CHECK(clients.crash(c1, 9, control));
  control.run(clients, at(500ms));
  CHECK(clients.restart(c1, 8, control));
  CHECK_FALSE(clients.restart(c1, 8, control));
  CHECK_FALSE(control.interference().deaf.contains(place_of_c1));
  const std::uint64_t back = control.lines.size() - 1;
  CHECK(control.lines.back().cause == 8);
  clients.on_reply(c1, n1, {1, Text("ok")}, 0, control);  // it does not know what this is about
  CHECK(clients.acked() == 0);
  control.run(clients, at(550ms));
  CHECK(times(control) == Times{at(0ms), at(100ms), at(505ms)});
  CHECK(serials(control) == Serials{1, 1, 2});
  CHECK(control.sent.back().node == n1);
  CHECK(control.lines.back().cause == back);
  CHECK(clients.unanswered() == 1);
}

TEST_CASE("clients: what comes due while it is down is due when it is back, once for each line") {
  Workload once = line_of(1, Retry::nothing);
  once.at = at(35ms);
  Workload over = open_line(9);
  over.until = at(60ms);
  Clients clients = make({open_line(4), once, over});
  FakeControl control(3);
  control.run(clients, at(15ms));
  REQUIRE(control.sent.size() == 4);  // two of each open line
  CHECK(clients.crash(c1, 9, control));
  CHECK(control.notes.back() ==
        "4 operations of c1 are orphans: nobody waits for what comes of them");
  control.run(clients, at(75ms));
  CHECK(clients.restart(c1, 8, control));
  control.run(clients, at(100ms));
  CHECK(times(control) ==
        Times{at(0ms), at(0ms), at(10ms), at(10ms), at(75ms), at(75ms), at(85ms)});
  CHECK(clients.issued() == 7);
}

}  // namespace quorate::given_up
