#include "sim/net/topology.hpp"

#include <doctest/doctest.h>

#include "tests/net/ids.hpp"

using namespace quorate;
using quorate::testing::ids;

namespace {

const Probability always = parse_probability("100%").value;

LinkChange between(std::vector<NodeId> from, std::vector<NodeId> to) {
  LinkChange change;
  change.from = std::move(from);
  change.to = std::move(to);
  return change;
}

LinkChange lost(std::vector<NodeId> from, std::vector<NodeId> to) {
  LinkChange change = between(std::move(from), std::move(to));
  change.loss = always;
  return change;
}

NetworkConfig built(Topology topology) {
  NetworkConfig network;
  topology.move_to(network);
  return network;
}

}  // namespace

TEST_CASE("topology: a large cluster of equal links stores none") {
  LinkConfig link;
  link.delay = Distribution::constant(5ms);
  Topology topology(10'000, link);
  CHECK_FALSE(topology.unreachable().has_value());
  const NetworkConfig network = built(std::move(topology));
  CHECK(network.links.empty());
  CHECK(network.link.delay == Distribution::constant(5ms));
}

TEST_CASE("topology: later changes win, and leave alone what they do not name") {
  Topology topology(3, {});
  LinkChange delay;
  delay.from_all = true;
  delay.to = ids({1});
  delay.delay = Distribution::constant(1ms);
  topology.change(delay);
  LinkChange fifo = between(ids({0}), ids({1, 2}));
  fifo.fifo = true;
  topology.change(fifo);
  LinkChange slower = between(ids({0}), ids({1}));
  slower.delay = Distribution::constant(9ms);
  topology.change(slower);
  const NetworkConfig network = built(std::move(topology));
  REQUIRE(network.links.size() == 3);
  const LinkConfig& first = network.links.at({NodeId{0}, NodeId{1}});
  CHECK(first.delay == Distribution::constant(9ms));
  CHECK(first.fifo);
  CHECK(network.links.at({NodeId{2}, NodeId{1}}).delay == Distribution::constant(1ms));
  CHECK_FALSE(network.links.at({NodeId{2}, NodeId{1}}).fifo);
}

TEST_CASE("topology: a change of all links reaches those that differ already") {
  Topology topology(4, {});
  topology.change(lost(ids({0}), ids({1})));
  LinkChange all;
  all.from_all = all.to_all = true;
  all.delay = Distribution::constant(2ms);
  topology.change(all);
  const NetworkConfig network = built(std::move(topology));
  CHECK(network.links.size() == 1);
  CHECK(network.link.delay == Distribution::constant(2ms));
  CHECK(network.links.at({NodeId{0}, NodeId{1}}).delay == Distribution::constant(2ms));
  CHECK(network.links.at({NodeId{0}, NodeId{1}}).loss == always);
}

TEST_CASE("topology: nodes without a region keep their delay") {
  LinkConfig link;
  link.delay = Distribution::constant(7ms);
  Topology topology(3, link);
  Regions regions;
  regions.of_node = {0, 1, Regions::none};
  regions.latency = {{{0, 1}, Distribution::constant(40ms)},
                     {{1, 0}, Distribution::constant(50ms)}};
  topology.place(regions);
  const NetworkConfig network = built(std::move(topology));
  REQUIRE(network.links.size() == 2);
  CHECK(network.links.at({NodeId{0}, NodeId{1}}).delay == Distribution::constant(40ms));
  CHECK(network.links.at({NodeId{1}, NodeId{0}}).delay == Distribution::constant(50ms));
}

TEST_CASE("topology: who can never be reached is found") {
  Topology mute(4, {});
  mute.change(lost(ids({2}), ids({0, 1, 3})));
  REQUIRE(mute.unreachable().has_value());
  CHECK(mute.unreachable()->first == NodeId{2});

  Topology deaf(4, {});
  deaf.change(lost(ids({0, 1, 3}), ids({2})));
  REQUIRE(deaf.unreachable().has_value());
  CHECK(deaf.unreachable()->second == NodeId{2});

  Topology detour(4, {});
  detour.change(lost(ids({2}), ids({0, 1})));
  CHECK_FALSE(detour.unreachable().has_value());
}

TEST_CASE("topology: a ring whose other links are closed is whole, a line is not") {
  LinkConfig closed;
  closed.loss = always;
  Topology ring(5, closed);
  Topology line(5, closed);
  for (std::uint32_t i = 0; i < 5; ++i) {
    LinkChange open = between(ids({i}), ids({(i + 1) % 5}));
    open.loss = Probability{};
    ring.change(open);
    if (i < 4) line.change(open);
  }
  CHECK_FALSE(ring.unreachable().has_value());
  REQUIRE(line.unreachable().has_value());
  CHECK(line.unreachable()->first == NodeId{4});
}

TEST_CASE("topology: too many links that differ are refused, not stored") {
  Topology topology(3'000, {});
  Regions regions;
  regions.of_node.assign(3'000, 0);
  regions.latency = {{{0, 0}, Distribution::constant(1ms)}};
  topology.place(regions);
  CHECK(topology.overflowed());
  CHECK(built(std::move(topology)).links.size() == Topology::max_links);
}

TEST_CASE("topology: changing the same links again and again ends") {
  Topology topology(1'000, {});
  LinkChange change;
  change.from_all = true;
  change.to = ids({0});
  change.fifo = true;
  std::uint32_t rounds = 0;
  while (!topology.overflowed() && rounds < 20'000) {
    topology.change(change);
    ++rounds;
  }
  CHECK(rounds == 10'011);  // ten million changes of 999 links each
}

TEST_CASE("topology: settings reach only links there are") {
  Topology topology(4, {}, ring(4));
  CHECK_FALSE(topology.change(lost(ids({0}), ids({2}))));
  LinkChange from_first = between(ids({0}), {});
  from_first.to_all = true;
  from_first.fifo = true;
  CHECK(topology.change(from_first));
  const NetworkConfig network = built(std::move(topology));
  CHECK(network.links.size() == 2);
  CHECK(network.links.contains({NodeId{0}, NodeId{1}}));
  CHECK(network.links.contains({NodeId{0}, NodeId{3}}));
  CHECK(network.neighbours == ring(4));
}

TEST_CASE("topology: a line is broken by one link that loses everything, a ring is not") {
  for (const bool closed : {false, true}) {
    Topology topology(5, {}, closed ? ring(5) : line(5));
    topology.change(lost(ids({2}), ids({3})));
    const auto gap = topology.unreachable();
    CHECK(gap.has_value() == !closed);
    if (gap) CHECK(gap->second.value >= 3);
  }
}
