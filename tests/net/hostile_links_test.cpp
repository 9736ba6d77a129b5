// Links that do more than lose, delay and double: copies, corruption, reordering within a window,
// slowness, partial synchrony, and settings that change while a run is under way.
#include <doctest/doctest.h>

#include <cmath>

#include "sim/net/network.hpp"

namespace quorate::hostile_links {
namespace {

constexpr NodeId a{0};
constexpr NodeId b{1};
constexpr int million = 1'000'000;

Probability chance(std::string_view text) { return parse_probability(text).value; }
Time at(Duration since_start) { return Time{} + since_start; }

LinkConfig spread() {
  return {.delay = Distribution::uniform(1ms, 50ms), .loss = {}, .duplicate = {}};
}

Network network(const LinkConfig& link, Time gst = Time::never(), Duration within = {}) {
  auto config = std::make_shared<NetworkConfig>();
  config->link = config->client_link = link;
  config->nodes = 3;
  config->clients = 1;
  config->gst = gst;
  config->within = within;
  return Network(config, 1, Engine::xoshiro256pp);
}

// When every copy of a message arrives, in the order they entered the link; none of one lost.
std::vector<Time> arrivals(Network& net, Time now, Duration tie_gap = {}) {
  const Fate fate = net.fate(a, b, now, tie_gap);
  if (fate.lost) return {};
  std::vector<Time> all{fate.arrival};
  if (fate.duplicated) all.push_back(fate.copy_arrival);
  for (const CopyFate& copy : net.more_copies()) all.push_back(copy.arrival);
  return all;
}

// How far `count` of so many is from a share, in standard deviations.
double sigmas(int count, double share, int of) {
  return std::abs(count - share * of) / std::sqrt(share * (1 - share) * of);
}

std::shared_ptr<const LinkSettings> settings(const LinkSettings& some) {
  return std::make_shared<const LinkSettings>(some);
}

}  // namespace

// ---- copies -------------------------------------------------------------------------------------

TEST_CASE("copies: a doubled message has 1 to so many, each number as likely") {
  LinkConfig link;
  link.duplicate = chance("20%");
  link.set({.copies = 4});
  Network net = network(link);
  std::array<int, 6> times{};
  for (int i = 0; i < million; ++i) ++times.at(arrivals(net, Time{}).size());
  CHECK(times[0] == 0);
  CHECK(sigmas(times[1], 0.8, million) < 4);
  for (std::size_t all = 2; all <= 5; ++all) CHECK(sigmas(times[all], 0.05, million) < 4);
}

TEST_CASE("copies: each comes so much later than the link's own delay would have it") {
  LinkConfig link{.delay = Distribution::constant(5ms), .loss = {}, .duplicate = chance("100%")};
  link.set({.copies = 3, .copy_delay = Distribution::constant(1s)});
  Network net = network(link);
  for (int i = 0; i < 100; ++i) {
    const std::vector<Time> all = arrivals(net, at(10ms));
    CHECK(all.at(0) == at(15ms));
    for (std::size_t copy = 1; copy < all.size(); ++copy) CHECK(all[copy] == at(1015ms));
  }
}

TEST_CASE("copies: their number moves no delay and no loss") {
  LinkConfig one = spread();
  one.loss = chance("30%");
  one.duplicate = chance("50%");
  LinkConfig many = one;
  many.set({.copies = 7, .copy_delay = Distribution::uniform(0ms, 1s)});
  Network few = network(one);
  Network more = network(many);
  for (int i = 0; i < 2000; ++i) {
    const Fate first = few.fate(a, b, Time{}, Duration{});
    const Fate second = more.fate(a, b, Time{}, Duration{});
    CHECK(first.lost == second.lost);
    CHECK(first.arrival == second.arrival);
  }
}

TEST_CASE("copies: those of one link are not those of the next message on another") {
  auto config = std::make_shared<NetworkConfig>();
  config->nodes = 3;
  config->link.duplicate = chance("100%");
  LinkConfig many = config->link;
  many.set({.copies = 9});
  config->links[{a, b}] = many;
  Network net(config, 1, Engine::xoshiro256pp);
  while (arrivals(net, Time{}).size() == 2) continue;
  CHECK(net.fate(b, a, Time{}, {}).duplicated);
  CHECK(net.more_copies().empty());
}

TEST_CASE("copies: of a lost message there are none, and it draws as if it had them") {
  LinkConfig kept = spread();
  kept.duplicate = chance("50%");
  kept.set({.copies = 5});
  LinkConfig lossy = kept;
  lossy.loss = chance("50%");
  Network all = network(kept);
  Network some = network(lossy);
  int compared = 0;
  for (int i = 0; i < 2000; ++i) {
    const std::vector<Time> expected = arrivals(all, Time{});
    const std::vector<Time> found = arrivals(some, Time{});
    if (found.empty()) continue;
    CHECK(found == expected);
    ++compared;
  }
  CHECK(compared > 900);
}

// ---- corruption ---------------------------------------------------------------------------------

TEST_CASE("corruption: comes as often as asked, for each copy by itself") {
  LinkConfig link;
  link.duplicate = chance("100%");
  link.set({.copies = 2, .corrupt = chance("3%")});
  Network net = network(link);
  int copies = 0;
  int spoilt = 0;
  int both = 0;
  for (int i = 0; i < million; ++i) {
    const Fate fate = net.fate(a, b, Time{}, Duration{});
    copies += 2;
    spoilt += (fate.spoilt ? 1 : 0) + (fate.copy_spoilt ? 1 : 0);
    both += fate.spoilt && fate.copy_spoilt ? 1 : 0;
    for (const CopyFate& copy : net.more_copies()) {
      ++copies;
      spoilt += copy.spoilt ? 1 : 0;
    }
  }
  CHECK(sigmas(spoilt, 0.03, copies) < 4);
  CHECK(sigmas(both, 0.03 * 0.03, million) < 4);
}

TEST_CASE("corruption: moves no draw of another kind, and what is lost moves none of its own") {
  LinkConfig clean = spread();
  clean.loss = chance("30%");
  clean.duplicate = chance("30%");
  LinkConfig noisy = clean;
  noisy.set({.corrupt = chance("40%")});
  LinkConfig safe = noisy;
  safe.loss = {};
  Network quiet = network(clean);
  Network loud = network(noisy);
  Network whole = network(safe);
  for (int i = 0; i < 2000; ++i) {
    const Fate one = quiet.fate(a, b, Time{}, Duration{});
    const Fate other = loud.fate(a, b, Time{}, Duration{});
    const Fate third = whole.fate(a, b, Time{}, Duration{});
    CHECK(one.lost == other.lost);
    CHECK(one.arrival == other.arrival);
    CHECK(one.copy_arrival == other.copy_arrival);
    if (!other.lost) CHECK(other.spoilt == third.spoilt);
  }
}

// ---- order and delay ----------------------------------------------------------------------------

TEST_CASE("reorder: a message is overtaken by at most so many sent later, and by that many") {
  for (const std::uint32_t window : {1U, 3U, 10U}) {
    for (const Duration gap : {0ns, 1ns}) {
      CAPTURE(window);
      LinkConfig link = spread();
      link.duplicate = chance("10%");
      link.set({.reorder = window});
      Network net = network(link);
      std::vector<Time> there;
      for (int i = 0; i < 2000; ++i) {
        for (const Time moment : arrivals(net, at(i * 100us), gap)) there.push_back(moment);
      }
      std::uint32_t most = 0;
      for (std::size_t i = 0; i < there.size(); ++i) {
        std::uint32_t overtaken = 0;
        for (std::size_t j = i + 1; j < there.size(); ++j) overtaken += there[j] < there[i] ? 1 : 0;
        most = std::max(most, overtaken);
      }
      CHECK(most == window);
    }
  }
}

TEST_CASE("reorder: who waits, waits for the latest of those it may not overtake") {
  LinkConfig link = spread();
  link.set({.reorder = 2});
  Network net = network(link);
  Network free = network(spread());
  std::vector<Time> there;
  for (std::size_t i = 0; i < 500; ++i) {
    const Time drawn = free.fate(a, b, Time{}, Duration{}).arrival;
    Time expected = drawn;
    for (std::size_t j = 0; j + 2 < i; ++j) expected = std::max(expected, there[j]);
    there.push_back(net.fate(a, b, Time{}, Duration{}).arrival);
    CHECK(there.back() == expected);
  }
}

TEST_CASE("slow: a message and its copy take so many times their delay, without wrapping") {
  LinkConfig link = spread();
  link.duplicate = chance("100%");
  LinkConfig tenfold = link;
  tenfold.set({.slow = 10});
  Network fast = network(link);
  Network slow = network(tenfold);
  for (int i = 0; i < 100; ++i) {
    const Fate once = fast.fate(a, b, Time{}, Duration{});
    const Fate ten = slow.fate(a, b, Time{}, Duration{});
    CHECK(ten.arrival.ns == 10 * once.arrival.ns);
    CHECK(ten.copy_arrival.ns == 10 * once.copy_arrival.ns);
  }
  LinkConfig endless{.delay = Distribution::constant(max_duration), .loss = {}, .duplicate = {}};
  endless.set({.slow = 1'000'000});
  CHECK(network(endless).fate(a, b, at(1s), Duration{}).arrival == Time::never());
}

// ---- partial synchrony --------------------------------------------------------------------------

TEST_CASE("gst: before it anything, from it on nothing is lost and all is there in time") {
  LinkConfig link;
  link.delay = Distribution::constant(1s);
  link.loss = chance("100%");
  Network net = network(link, at(3s), 20ms);
  CHECK(net.fate(a, b, at(3s - 1ns), Duration{}).lost);
  const Fate first = net.fate(a, b, at(3s), Duration{});
  CHECK_FALSE(first.lost);
  CHECK(first.arrival == at(3020ms));
}

TEST_CASE("gst: what is under way then is there so long after it, what is faster stays so") {
  LinkConfig link{.delay = Distribution::constant(2s), .loss = {}, .duplicate = {}};
  Network net = network(link, at(3s), 20ms);
  CHECK(net.fate(a, b, at(500ms), Duration{}).arrival == at(2500ms));
  CHECK(net.fate(a, b, at(1015ms), Duration{}).arrival == at(3015ms));
  CHECK(net.fate(a, b, at(2900ms), Duration{}).arrival == at(3020ms));
  LinkConfig quick{.delay = Distribution::constant(5ms), .loss = {}, .duplicate = {}};
  CHECK(network(quick, at(3s), 20ms).fate(a, b, at(4s), Duration{}).arrival == at(4005ms));
}

TEST_CASE("gst: queues refuse nothing, checksums fit, and copies keep to the time too") {
  LinkConfig link;
  link.delay = Distribution::constant(10ms);
  link.bytes_per_second = 1'000;
  link.queue = 100;
  link.duplicate = chance("100%");
  link.set({.copy_delay = Distribution::constant(1s), .corrupt = chance("100%")});
  Network net = network(link, at(1s), 50ms);
  CHECK(net.fate(a, b, Time{}, Duration{}, 200).refused);
  CHECK(net.fate(a, b, Time{}, Duration{}, 100).spoilt);
  for (int i = 0; i < 3; ++i) {
    const Fate fate = net.fate(a, b, at(1s), Duration{}, 100);
    CHECK_FALSE(fate.refused);
    CHECK_FALSE(fate.spoilt);
    CHECK_FALSE(fate.copy_spoilt);
    CHECK(fate.arrival <= at(1050ms));
    CHECK(fate.copy_arrival == at(1050ms));
  }
}

TEST_CASE("gst: draws are those of a network without it") {
  LinkConfig link = spread();
  link.loss = chance("40%");
  Network never = network(link);
  Network early = network(link, Time{}, 1h);
  for (int i = 0; i < 1000; ++i) {
    const Fate one = never.fate(a, b, Time{}, Duration{});
    const Fate other = early.fate(a, b, Time{}, Duration{});
    CHECK_FALSE(other.lost);
    if (!one.lost) CHECK(one.arrival == other.arrival);
  }
}

// ---- links that change --------------------------------------------------------------------------

TEST_CASE("change: settings of one direction, from now on, until they are taken back") {
  LinkConfig link{.delay = Distribution::constant(5ms), .loss = {}, .duplicate = {}};
  Network net = network(link);
  LinkSettings dead;
  dead.loss = chance("100%");
  net.change(1, a, b, settings(dead));
  CHECK(net.fate(a, b, Time{}, Duration{}).lost);
  CHECK_FALSE(net.fate(b, a, Time{}, Duration{}).lost);
  net.take_back(1);
  CHECK(net.fate(a, b, Time{}, Duration{}).arrival == at(5ms));
}

TEST_CASE("change: the later one wins, key by key, whichever ends first") {
  LinkConfig link{.delay = Distribution::constant(5ms), .loss = {}, .duplicate = {}};
  LinkSettings later;
  later.delay = Distribution::constant(50ms);
  LinkSettings both;
  both.delay = Distribution::constant(9ms);
  both.slow = 2;
  const auto arrival = [](Network& net) { return net.fate(a, b, Time{}, Duration{}).arrival; };
  for (const bool first_ends : {true, false}) {
    Network net = network(link);
    net.change(1, a, b, settings(both));
    CHECK(arrival(net) == at(18ms));
    net.change(2, a, b, settings(later));
    CHECK(arrival(net) == at(100ms));
    net.take_back(first_ends ? 1 : 2);
    CHECK(arrival(net) == (first_ends ? at(50ms) : at(18ms)));
    net.take_back(first_ends ? 2 : 1);
    CHECK(arrival(net) == at(5ms));
  }
}

TEST_CASE("change: a link that was changed and is itself again draws as if it never had been") {
  LinkConfig link = spread();
  link.loss = link.duplicate = chance("20%");
  Network plain = network(link);
  Network changed = network(link);
  LinkSettings odd;
  odd.corrupt = chance("50%");
  odd.reorder = 3;
  odd.bandwidth = Rate{1'000};
  for (int i = 0; i < 100; ++i) {
    plain.fate(a, b, at(1s * i), Duration{});
    if (i == 40) changed.change(1, a, b, settings(odd));
    if (i == 60) changed.take_back(1);
    changed.fate(a, b, at(1s * i), Duration{}, 10);
  }
  for (int i = 0; i < 500; ++i) {
    const Fate one = plain.fate(a, b, at(200s), Duration{});
    const Fate other = changed.fate(a, b, at(200s), Duration{});
    CHECK(one.lost == other.lost);
    CHECK(one.arrival == other.arrival);
    CHECK(one.copy_arrival == other.copy_arrival);
    CHECK_FALSE(other.spoilt);
  }
}

TEST_CASE("change: only of links that there are") {
  auto config = std::make_shared<NetworkConfig>();
  config->nodes = 3;
  config->clients = 2;
  config->neighbours = line(3);
  Network net(config, 1, Engine::xoshiro256pp);
  CHECK(net.has_link(NodeId{0}, NodeId{1}));
  CHECK_FALSE(net.has_link(NodeId{0}, NodeId{2}));
  CHECK_FALSE(net.has_link(NodeId{1}, NodeId{1}));
  CHECK(net.has_link(NodeId{3}, NodeId{2}));        // of a client, to every node
  CHECK_FALSE(net.has_link(NodeId{3}, NodeId{4}));  // not to another
  LinkSettings dead;
  dead.loss = chance("100%");
  net.change(1, NodeId{0}, NodeId{2}, settings(dead));
  CHECK_FALSE(net.fate(NodeId{0}, NodeId{1}, Time{}, Duration{}).lost);
}

TEST_CASE("change: a copy of the network changes by itself") {
  LinkConfig link{.delay = Distribution::constant(5ms), .loss = {}, .duplicate = {}};
  LinkSettings slow;
  slow.slow = 3;
  std::optional<Network> original = network(link);
  original->change(1, a, b, settings(slow));
  Network copy = *original;
  original->take_back(1);
  CHECK(original->fate(a, b, Time{}, Duration{}).arrival == at(5ms));
  original.reset();
  CHECK(copy.fate(a, b, Time{}, Duration{}).arrival == at(15ms));
}

TEST_CASE("change: in words, as a scenario would write it") {
  LinkSettings some;
  some.loss = chance("30%");
  some.slow = 10;
  some.fifo = false;
  some.burst = 0;
  some.bandwidth = Rate{64'000};
  CHECK(to_text(some) == "slow 10, loss 30%, no burst, no fifo, bandwidth 64000B/s");
  LinkSettings taken_back;
  taken_back.delay = Distribution{};
  taken_back.loss = Probability{};
  CHECK(to_text(taken_back) == "no delay, no loss");
}

// ---- what is in flight at a cut -----------------------------------------------------------------

TEST_CASE("cuts: one that keeps what is in flight severs and swallows nothing") {
  Cuts cuts(2);
  cuts.cut(a, b, InFlight::keep);
  CHECK(cuts.severed(a, b));
  CHECK_FALSE(cuts.swallows(a, b));
  cuts.cut(a, b);  // over it one that does not
  CHECK(cuts.swallows(a, b));
  cuts.undo(a, b);
  CHECK(cuts.severed(a, b));
  CHECK_FALSE(cuts.swallows(a, b));
  cuts.undo(a, b, InFlight::keep);
  CHECK_FALSE(cuts.severed(a, b));
}

// ---- no checksum
// ---------------------------------------------------------------------------------

TEST_CASE("no checksum: what is spoilt, and nothing else, has two draws more to be altered by") {
  LinkConfig checked = spread();
  checked.duplicate = chance("50%");
  checked.set({.copies = 3, .corrupt = chance("40%")});
  LinkConfig blind = checked;
  blind.set({.copies = 3, .corrupt = chance("40%"), .unchecked = true});
  Network seeing = network(checked);
  Network unseeing = network(blind);
  Stream corrupt = make_stream(1, Purpose::corrupt, 0, 1, Engine::xoshiro256pp);
  for (int i = 0; i < 2000; ++i) {
    const Fate one = seeing.fate(a, b, Time{}, Duration{});
    const Fate other = unseeing.fate(a, b, Time{}, Duration{});
    CHECK(one.arrival == other.arrival);
    CHECK(one.duplicated == other.duplicated);
    CHECK(one.copy_arrival == other.copy_arrival);
    if (one.spoilt) CHECK(seeing.alteration(0) == nullptr);
    const std::size_t copies = other.duplicated ? 2 + unseeing.more_copies().size() : 1;
    for (std::size_t copy = 0; copy < copies; ++copy) {
      const bool spoilt = chance("40%").hit(corrupt);
      const bool told = copy == 0   ? other.spoilt
                        : copy == 1 ? other.copy_spoilt
                                    : unseeing.more_copies()[copy - 2].spoilt;
      CHECK(told == spoilt);
      const Alteration* drawn = unseeing.alteration(copy);
      REQUIRE(drawn != nullptr);
      CHECK(drawn->field == (spoilt ? corrupt.next() : 0));
      CHECK(drawn->value == (spoilt ? corrupt.next() : 0));
    }
    CHECK(unseeing.alteration(copies) == nullptr);
  }
}

TEST_CASE("no checksum: comes as often as asked, and nothing is altered from gst on") {
  LinkConfig link;
  link.set({.corrupt = chance("7%"), .unchecked = true});
  Network net = network(link, at(1s), 50ms);
  int spoilt = 0;
  for (int i = 0; i < million; ++i) spoilt += net.fate(a, b, Time{}, Duration{}).spoilt ? 1 : 0;
  CHECK(sigmas(spoilt, 0.07, million) < 4);
  for (int i = 0; i < 1000; ++i) CHECK_FALSE(net.fate(a, b, at(1s), Duration{}).spoilt);
}

TEST_CASE("no checksum: a link may lose its checksum for a while") {
  LinkConfig link;
  link.set({.corrupt = chance("100%")});
  Network net = network(link);
  LinkSettings blind;
  blind.checksum = false;
  CHECK(to_text(blind) == "no checksum");
  net.change(1, a, b, settings(blind));
  CHECK(net.fate(a, b, Time{}, Duration{}).spoilt);
  CHECK(net.alteration(0) != nullptr);
  net.take_back(1);
  CHECK(net.fate(a, b, Time{}, Duration{}).spoilt);
  CHECK(net.alteration(0) == nullptr);
}

}  // namespace quorate::hostile_links
