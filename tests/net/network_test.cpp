// Links: loss, delay, duplication, order, and that each draws from a stream of its own.
#include <doctest/doctest.h>

#include <cmath>

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
  constexpr int messages = 1'000'000;
  Network net = network(link);
  int lost = 0;
  int duplicated = 0;
  int both = 0;
  for (int i = 0; i < messages; ++i) {
    const Fate fate = net.fate(a, b, Time{} + i * 1ms, {});
    lost += fate.lost ? 1 : 0;
    duplicated += fate.duplicated ? 1 : 0;
    both += fate.lost && fate.duplicated ? 1 : 0;
  }
  CHECK(std::abs(lost - messages * 0.2) < 4 * std::sqrt(messages * 0.2 * 0.8));
  // A tenth of those that are not lost.
  CHECK(std::abs(duplicated - messages * 0.08) < 4 * std::sqrt(messages * 0.08 * 0.92));
  CHECK(both == 0);
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

TEST_CASE("network: the chances of bursts give loss and length, to the last bits") {
  const BurstChances four = burst_chances(chance("20%"), 4).value();
  CHECK(four.end == ~std::uint64_t{0} / 4);
  CHECK(four.begin == 0x1000'0000'0000'0000U - 1);  // 0.2 / 0.8 / 4 = 1/16; 20% is rounded down
  CHECK(burst_chances(chance("0%"), 4)->begin == 0);
  CHECK(burst_chances(chance("75%"), 4).has_value());
  CHECK_FALSE(burst_chances(chance("75%"), 3).has_value());  // it would never be good
  CHECK_FALSE(burst_chances(chance("50%"), 1).has_value());
  CHECK_FALSE(burst_chances(chance("100%"), 9).has_value());
}

TEST_CASE("network: losses in bursts have the mean and the run lengths asked for") {
  struct Case {
    const char* loss;
    std::uint32_t length;
  };
  for (const Case& one : {Case{"5%", 4}, Case{"20%", 10}, Case{"60%", 3}, {"1%", 1}}) {
    CAPTURE(one.loss);
    LinkConfig link;
    link.loss = chance(one.loss);
    link.burst = one.length;
    Network net = network(link, 3);
    constexpr int messages = 1'000'000;
    int lost = 0;
    int runs = 0;
    bool was = false;
    for (int i = 0; i < messages; ++i) {
      const bool is = net.fate(a, b, Time{}, Duration{0}).lost;
      lost += is ? 1 : 0;
      runs += is && !was ? 1 : 0;
      was = is;
    }
    // Of a chain with steps p and r: variance of the share of losses, and of a geometric
    // one.length.
    const double share = static_cast<double>(link.loss.threshold) / 18446744073709551616.0;
    const double end = 1.0 / one.length;
    const double begin = share / (1 - share) * end;
    const double sigma =
        std::sqrt(share * (1 - share) * (2 - begin - end) / (begin + end) / messages);
    CHECK(std::abs(static_cast<double>(lost) / messages - share) < 4 * sigma);
    const double spread = std::sqrt((1 - end) / (end * end) / runs);
    CHECK(std::abs(static_cast<double>(lost) / runs - one.length) <= 4 * spread + 1e-9);
  }
}

TEST_CASE("network: bursts draw once a message and move neither delays nor copies") {
  LinkConfig single = spread;
  single.loss = chance("20%");
  single.duplicate = chance("30%");
  LinkConfig bursts = single;
  bursts.burst = 5;
  const std::vector<Fate> alone = fates(network(single), 2000);
  const std::vector<Fate> runs = fates(network(bursts), 2000);
  int both = 0;
  for (std::size_t i = 0; i < alone.size(); ++i) {
    if (alone[i].lost || runs[i].lost) continue;
    CHECK(alone[i].arrival == runs[i].arrival);
    CHECK(alone[i].duplicated == runs[i].duplicated);
    ++both;
  }
  CHECK(both > 1000);
  LinkConfig none = bursts;
  none.loss = {};
  CHECK(count(fates(network(none), 500), [](const Fate& fate) { return fate.lost; }) == 0);
  none.loss = chance("100%");
  CHECK(count(fates(network(none), 500), [](const Fate& fate) { return fate.lost; }) == 500);
}

TEST_CASE("network: a limited link takes messages in one after the other, exactly") {
  LinkConfig link;
  link.delay = Distribution::constant(1ms);
  link.bytes_per_second = 3'000'000;  // a byte takes a third of a microsecond
  Network net = network(link);
  CHECK(net.limited());
  const auto ns = [&](Time now, std::uint64_t bytes) {
    return (net.fate(a, b, now, Duration{0}, bytes).arrival - Time{} - 1ms).count();
  };
  CHECK(ns(Time{}, 1) == 334);  // rounded up for each, but no rounding adds up
  CHECK(ns(Time{}, 1) == 667);
  CHECK(ns(Time{}, 1) == 1000);
  CHECK(ns(Time{}, 3000) == 1'001'000);
  CHECK(ns(Time{2'000'000}, 3) == 2'001'000);                                // free again
  CHECK(net.fate(b, a, Time{}, Duration{0}, 3).arrival == Time{1'001'000});  // a link of its own
  CHECK(ns(Time{3'000'000}, ~std::uint64_t{0}) > 1'000'000'000'000'000);     // saturates, no wrap
  CHECK(net.fate(a, b, Time{4'000'000}, Duration{0}, ~std::uint64_t{0}).arrival == Time::never());
}

TEST_CASE("network: a full queue refuses, and has room again as soon as bytes are in") {
  LinkConfig link;
  link.bytes_per_second = 1000;  // a byte a millisecond
  link.queue = 10;
  Network net = network(link);
  const auto refused = [&](Duration now, std::uint64_t bytes) {
    return net.fate(a, b, Time{} + now, Duration{0}, bytes).refused;
  };
  CHECK(refused(0ms, 11));
  CHECK_FALSE(refused(0ms, 6));
  CHECK_FALSE(refused(0ms, 4));
  CHECK(refused(0ms, 1));
  CHECK(refused(999us, 1));
  CHECK_FALSE(refused(1ms, 1));
  CHECK(refused(1ms, 1));
  CHECK_FALSE(refused(1s, 10));
}

TEST_CASE("network: what a link has taken on at another bandwidth stays as it was") {
  LinkConfig link;
  link.bytes_per_second = 1000;
  link.queue = 10;
  Network net = network(link);
  const auto arrival = [&](Duration now, std::uint64_t bytes) {
    const Fate fate = net.fate(a, b, Time{} + now, Duration{0}, bytes);
    return fate.refused ? Duration{-1} : fate.arrival.since_start();
  };
  const auto bandwidth = [&](std::uint32_t number, std::uint64_t bytes) {
    LinkSettings settings;
    settings.bandwidth = Rate{bytes};
    net.change(number, a, b, std::make_shared<const LinkSettings>(settings));
  };
  CHECK(arrival(0ms, 8) == 8ms);
  bandwidth(1, 2'000'000);                 // half a microsecond a byte
  CHECK(arrival(0ms, 3) == Duration{-1});  // 8 bytes are left, and not 16,000
  CHECK(arrival(0ms, 2) == 8ms + 1us);
  CHECK(arrival(0ms, 1) == Duration{-1});
  CHECK(arrival(1ms, 1) == 8ms + 1us + 500ns);
  bandwidth(2, 3'000);
  CHECK(arrival(1ms, 1) == Duration{-1});  // 7 of the first rate, 3 of the second
  CHECK(arrival(7ms, 6) == 10ms + 1us + 500ns);
  net.take_back(2);
  net.take_back(1);
  CHECK(arrival(10ms, 9) == 19ms + 1us + 500ns);
}

TEST_CASE("network: a refused message shifts no draw of those that follow") {
  LinkConfig narrow = spread;
  narrow.loss = chance("20%");
  narrow.bytes_per_second = 100'000;  // 10 us a byte
  LinkConfig tight = narrow;
  tight.queue = 100;
  Network all = network(narrow);
  Network some = network(tight);
  int refused = 0;
  for (int i = 0; i < 1000; ++i) {
    const Time now = Time{} + i * 1ms;
    const std::uint64_t bytes = i % 3 == 0 ? 101 : 50;  // only the 50 ever fit
    const Fate free = all.fate(a, b, now, Duration{0}, bytes);
    const Fate held = some.fate(a, b, now, Duration{0}, bytes);
    CHECK(free.lost == held.lost);
    refused += held.refused ? 1 : 0;
  }
  CHECK(refused >= 334);
}

// Arrivals at random (Poisson), one size: Pollaczek and Khinchine say how long they wait on
// average.
TEST_CASE("network: the mean wait before a limited link is that of an M/D/1 queue") {
  for (const double load : {0.3, 0.6, 0.8}) {
    CAPTURE(load);
    constexpr std::int64_t service = 1'000'000;  // 1000 bytes at 1 MB/s
    const auto gap = Distribution::exponential(Duration{static_cast<std::int64_t>(service / load)});
    std::vector<double> means;  // of independent runs
    for (std::uint64_t seed = 1; seed <= 60; ++seed) {
      LinkConfig link;
      link.bytes_per_second = 1'000'000;
      Network net = network(link, seed);
      Stream arrivals = make_stream(seed, Purpose::workload);
      Time now;
      double waited = 0;
      constexpr int warm_up = 500;
      constexpr int messages = 5000;
      for (int i = 0; i < warm_up + messages; ++i) {
        now = now + sample(gap, arrivals);
        const Time at = net.fate(a, b, now, Duration{0}, 1000).arrival;
        if (i >= warm_up) waited += static_cast<double>((at - now).count() - service);
      }
      means.push_back(waited / messages);
    }
    double mean = 0;
    for (const double value : means) mean += value / static_cast<double>(means.size());
    double variance = 0;
    for (const double value : means) variance += (value - mean) * (value - mean);
    variance /= static_cast<double>(means.size() - 1);
    const double sigma = std::sqrt(variance / static_cast<double>(means.size()));
    const double expected = load * service / (2 * (1 - load));
    CHECK(std::abs(mean - expected) < 4 * sigma);
    CHECK(4 * sigma < 0.1 * expected);  // or the line above would say little
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
