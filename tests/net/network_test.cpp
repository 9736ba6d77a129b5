// Links: loss, delay, duplication, order, and that each draws from a stream of its own.
#include <doctest/doctest.h>

#include "sim/net/network.hpp"

namespace quorate {
namespace {

constexpr NodeId a{0};
constexpr NodeId b{1};
constexpr NodeId client{2};

Probability chance(std::string_view text) { return parse_probability(text).value; }

Network network(const LinkConfig& link, std::uint64_t seed = 1) {
  auto config = std::make_shared<NetworkConfig>();
  config->link = link;
  config->nodes = 2;
  config->clients = 1;
  return Network(config, seed, Engine::xoshiro256pp);
}

std::vector<Fate> fates(Network net, int messages, NodeId from = a, NodeId to = b,
                        Duration tie_gap = {}) {
  std::vector<Fate> result;
  for (int i = 0; i < messages; ++i) {
    result.push_back(net.fate(from, to, Time{} + i * 1ms, tie_gap));
  }
  return result;
}

template <class Test>
int count(const std::vector<Fate>& fates, Test test) {
  return static_cast<int>(std::count_if(fates.begin(), fates.end(), test));
}

const LinkConfig spread{.delay = Distribution::uniform(1ms, 50ms), .loss = {}, .duplicate = {}};

}  // namespace

TEST_CASE("network: a link without settings delivers at once, once") {
  for (const Fate& fate : fates(network({}), 10)) {
    CHECK_FALSE(fate.lost);
    CHECK_FALSE(fate.duplicated);
  }
  Network net = network({});
  CHECK(net.fate(a, b, Time{7}, Duration{0}).arrival == Time{7});
}

TEST_CASE("network: loss and duplication come as often as asked") {
  LinkConfig link = spread;
  link.loss = chance("20%");
  link.duplicate = chance("10%");
  const std::vector<Fate> drawn = fates(network(link), 10000);
  const int lost = count(drawn, [](const Fate& fate) { return fate.lost; });
  CHECK(lost > 1840);  // 4 sigma = 160
  CHECK(lost < 2160);
  const int duplicated = count(drawn, [](const Fate& fate) { return fate.duplicated; });
  CHECK(duplicated > 692);  // a tenth of those that are not lost; 4 sigma = 108
  CHECK(duplicated < 908);
  CHECK(count(drawn, [](const Fate& fate) { return fate.lost && fate.duplicated; }) == 0);
  link.loss = chance("100%");
  CHECK(count(fates(network(link), 50), [](const Fate& fate) { return fate.lost; }) == 50);
}

TEST_CASE("network: turning loss or duplication on moves no delay of what arrives") {
  LinkConfig noisy = spread;
  noisy.loss = chance("30%");
  noisy.duplicate = chance("30%");
  const std::vector<Fate> quiet = fates(network(spread), 1000);
  const std::vector<Fate> loud = fates(network(noisy), 1000);
  int compared = 0;
  for (std::size_t i = 0; i < quiet.size(); ++i) {
    if (loud[i].lost) continue;
    CHECK(loud[i].arrival == quiet[i].arrival);
    ++compared;
  }
  CHECK(compared > 600);
}

TEST_CASE("network: turning duplication on moves no loss, and loss no copy") {
  LinkConfig both = spread;
  both.loss = chance("30%");
  both.duplicate = chance("30%");
  LinkConfig lossy = both;
  lossy.duplicate = {};
  LinkConfig copying = both;
  copying.loss = {};
  const std::vector<Fate> all = fates(network(both), 1000);
  const std::vector<Fate> losses = fates(network(lossy), 1000);
  const std::vector<Fate> copies = fates(network(copying), 1000);
  for (std::size_t i = 0; i < all.size(); ++i) {
    CHECK(all[i].lost == losses[i].lost);
    if (!all[i].lost) CHECK(all[i].duplicated == copies[i].duplicated);
    if (all[i].duplicated) CHECK(all[i].copy_arrival == copies[i].copy_arrival);
  }
}

TEST_CASE("network: traffic of one link does not shift another, nor one direction the other") {
  Network busy = network(spread);
  for (int i = 0; i < 100; ++i) busy.fate(b, a, Time{}, Duration{0});
  const std::vector<Fate> alone = fates(network(spread), 20);
  const std::vector<Fate> beside = fates(busy, 20);
  const std::vector<Fate> back = fates(network(spread), 20, b, a);
  bool differs = false;
  for (std::size_t i = 0; i < alone.size(); ++i) {
    CHECK(alone[i].arrival == beside[i].arrival);
    differs = differs || alone[i].arrival != back[i].arrival;
  }
  CHECK(differs);
}

TEST_CASE("network: links overtake unless they are FIFO") {
  LinkConfig fifo = spread;
  fifo.fifo = true;
  fifo.duplicate = chance("20%");
  LinkConfig free = fifo;
  free.fifo = false;
  const auto overtakes = [](const LinkConfig& link) {
    int result = 0;
    Time last;
    for (const Fate& fate : fates(network(link), 500)) {
      if (fate.arrival < last) ++result;
      last = std::max(last, fate.arrival);
      if (!fate.duplicated) continue;
      if (fate.copy_arrival < last) ++result;
      last = std::max(last, fate.copy_arrival);
    }
    return result;
  };
  CHECK(overtakes(free) > 50);
  CHECK(overtakes(fifo) == 0);
}

TEST_CASE("network: a lost message holds nobody up on a FIFO link") {
  LinkConfig fifo = spread;
  fifo.fifo = true;
  fifo.loss = chance("100%");
  Network net = network(fifo);
  for (int i = 0; i < 10; ++i) net.fate(a, b, Time{}, Duration{0});
  Network first = network(spread);
  LinkConfig once = spread;
  once.fifo = true;
  Network fresh = network(once);
  const Time unhindered = first.fate(a, b, Time{}, Duration{0}).arrival;
  CHECK(fresh.fate(a, b, Time{}, Duration{0}).arrival == unhindered);
}

TEST_CASE("network: under seeded ties a FIFO link keeps the gap between deliveries") {
  LinkConfig fifo;
  fifo.delay = Distribution::constant(5ms);
  fifo.fifo = true;
  Network net = network(fifo);
  CHECK(net.fate(a, b, Time{}, Duration{1}).arrival == Time{5'000'000});
  CHECK(net.fate(a, b, Time{}, Duration{1}).arrival == Time{5'000'001});
  CHECK(net.fate(a, b, Time{}, Duration{1}).arrival == Time{5'000'002});
  CHECK(net.fate(b, a, Time{}, Duration{1}).arrival == Time{5'000'000});
}

TEST_CASE("network: named links and client links have settings of their own") {
  auto config = std::make_shared<NetworkConfig>();
  config->nodes = 2;
  config->clients = 1;
  config->link.delay = Distribution::constant(1ms);
  config->client_link.delay = Distribution::constant(2ms);
  config->links[{b, a}].delay = Distribution::constant(3ms);
  config->links[{a, client}].delay = Distribution::constant(4ms);
  Network net(config, 1, Engine::xoshiro256pp);
  const auto delay = [&](NodeId from, NodeId to) {
    return net.fate(from, to, Time{}, Duration{0}).arrival.since_start();
  };
  CHECK(delay(a, b) == 1ms);
  CHECK(delay(b, a) == 3ms);
  CHECK(delay(client, a) == 2ms);
  CHECK(delay(a, client) == 4ms);
}

TEST_CASE("network: a copy draws what the original draws") {
  LinkConfig link = spread;
  link.loss = chance("10%");
  Network net = network(link);
  for (int i = 0; i < 10; ++i) net.fate(a, b, Time{}, Duration{0});
  Network copy = net;
  for (int i = 0; i < 10; ++i) {
    CHECK(copy.fate(a, b, Time{}, Duration{0}).arrival ==
          net.fate(a, b, Time{}, Duration{0}).arrival);
  }
}

TEST_CASE("network: links between neighbours draw what the same links of a complete graph draw") {
  const auto line_of = [](Neighbours neighbours) {
    auto config = std::make_shared<NetworkConfig>();
    config->nodes = 3;
    config->clients = 2;
    config->link = config->client_link = spread;
    config->neighbours = std::move(neighbours);
    return Network(config, 1, Engine::xoshiro256pp);
  };
  const std::pair<std::uint32_t, std::uint32_t> used[] = {{0, 1}, {1, 0}, {1, 2}, {2, 1}, {0, 3},
                                                          {2, 4}, {1, 3}, {3, 2}, {4, 0}};
  Network complete = line_of({});
  Network routed = line_of(line(3));
  CHECK_FALSE(complete.routed());
  CHECK(routed.routed());
  for (int round = 0; round < 3; ++round) {
    for (const auto& [from, to] : used) {
      CHECK(routed.fate(NodeId{from}, NodeId{to}, Time{}, Duration{0}).arrival ==
            complete.fate(NodeId{from}, NodeId{to}, Time{}, Duration{0}).arrival);
    }
  }
}

TEST_CASE("network: nodes pass on along the line, clients are next to everybody") {
  auto config = std::make_shared<NetworkConfig>();
  config->nodes = 3;
  config->clients = 1;
  CHECK(Network(config, 1, Engine::xoshiro256pp).next_hop(NodeId{0}, NodeId{2}) == NodeId{2});
  config->neighbours = line(3);
  Network net(config, 1, Engine::xoshiro256pp);
  CHECK(net.next_hop(NodeId{0}, NodeId{2}) == NodeId{1});
  CHECK(net.next_hop(NodeId{1}, NodeId{2}) == NodeId{2});
  CHECK(net.next_hop(NodeId{2}, NodeId{0}) == NodeId{1});
  CHECK(net.next_hop(NodeId{0}, NodeId{3}) == NodeId{3});
  CHECK(net.next_hop(NodeId{3}, NodeId{2}) == NodeId{2});
}

TEST_CASE("cuts: a pair opens when every cut over it is undone") {
  Cuts cuts(3);
  cuts.cut(a, b);
  cuts.cut(a, b);
  CHECK(cuts.severed(a, b));
  CHECK_FALSE(cuts.severed(b, a));
  cuts.undo(a, b);
  CHECK(cuts.severed(a, b));
  cuts.undo(a, b);
  CHECK_FALSE(cuts.severed(a, b));
  cuts.undo(a, b);  // more often than cut
  cuts.cut(a, b);
  CHECK(cuts.severed(a, b));
  cuts.cut(b, client);
  CHECK(cuts.severed(b, client));
  CHECK_FALSE(cuts.severed(client, b));
}

}  // namespace quorate
