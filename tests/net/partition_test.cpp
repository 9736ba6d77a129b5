// Shapes of a partition, as arithmetic on sides.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "sim/net/partition.hpp"

namespace quorate {
namespace {

using Groups = std::vector<std::vector<NodeId>>;

}  // namespace

TEST_CASE("partition: groups, loners, and clients that take no side unless named") {
  const Sides sides = group_sides({4, 2}, {{NodeId{0}, NodeId{1}}, {NodeId{3}, NodeId{5}}});
  CHECK(sides == Sides{0, 0, 2, 1, every_side, 1});
  CHECK(groups_of(sides) == Groups{{NodeId{0}, NodeId{1}}, {NodeId{3}, NodeId{5}}, {NodeId{2}}});
  const std::vector<Direction> pairs = severed_pairs(sides, false);
  const auto severed = [&](std::uint32_t from, std::uint32_t to) {
    return std::find(pairs.begin(), pairs.end(), Direction{NodeId{from}, NodeId{to}}) !=
           pairs.end();
  };
  CHECK(severed(0, 3));
  CHECK(severed(3, 0));
  CHECK(severed(2, 1));
  CHECK(severed(5, 0));
  CHECK_FALSE(severed(5, 3));
  CHECK_FALSE(severed(0, 1));
  CHECK_FALSE(severed(4, 0));
  CHECK(pairs.size() == 16);
}

TEST_CASE("partition: one way severs only what leaves the first side") {
  CHECK(severed_pairs(group_sides({3, 0}, {{NodeId{1}}, {NodeId{0}}}), true) ==
        std::vector<Direction>{{NodeId{1}, NodeId{0}}, {NodeId{1}, NodeId{2}}});
}

TEST_CASE("partition: the odd node of a bridged cluster is on the first side") {
  CHECK(bridged_sides({4, 1}, {NodeId{1}}) == Sides{0, every_side, 0, 1, every_side});
  CHECK(severed_pairs(bridged_sides({2, 0}, {NodeId{0}}), false).empty());
}

TEST_CASE("partition: isolated nodes do not see each other") {
  CHECK(isolated_sides({4, 0}, {NodeId{2}, NodeId{0}}) == Sides{1, 2, 0, 2});
}

TEST_CASE("partition: random halves take every split alike, the odd node on either side") {
  Stream stream(42);
  std::map<Sides, int> seen;
  constexpr int draws = 1'000'000;
  for (int i = 0; i < draws; ++i) ++seen[random_halves({5, 0}, stream)];
  CHECK(seen.size() == 20);  // 5 choose 2, and 5 choose 3
  for (const auto& [sides, times] : seen) {
    const auto zeros = std::count(sides.begin(), sides.end(), 0U);
    CHECK((zeros == 2 || zeros == 3));
    CHECK(std::abs(times - draws * 0.05) < 4 * std::sqrt(draws * 0.05 * 0.95));
  }
}

TEST_CASE("partition: in a ring of majorities everybody sees one, no two the same") {
  for (std::uint32_t n = 4; n <= 33; ++n) {
    CAPTURE(n);
    const std::vector<Direction> pairs = outside_majorities({n, 2});
    std::vector<std::set<std::uint32_t>> hears(n);
    for (std::uint32_t i = 0; i < n; ++i) {
      for (std::uint32_t j = 0; j < n; ++j) hears[i].insert(j);
    }
    for (const auto& [from, to] : pairs) {
      CHECK(from.value < n);  // no client
      CHECK(to.value < n);
      CHECK(hears[to.value].erase(from.value) == 1);
    }
    for (std::uint32_t i = 0; i < n; ++i) {
      CHECK(hears[i].contains(i));
      CHECK(hears[i].size() > n / 2);
      CHECK(hears[i].size() < n);
      for (std::uint32_t j = 0; j < n; ++j) {
        if (i != j) CHECK(hears[i] != hears[j]);
        CHECK(hears[i].contains(j) == hears[j].contains(i));
      }
    }
  }
  CHECK(outside_majorities({5, 0}).size() == 10);  // each hears its two neighbours
  CHECK(outside_majorities({4, 0}) == std::vector<Direction>{{NodeId{0}, NodeId{2}},
                                                             {NodeId{1}, NodeId{3}},
                                                             {NodeId{2}, NodeId{0}},
                                                             {NodeId{3}, NodeId{1}}});
  CHECK(outside_majorities({3, 0}).empty());
}

TEST_CASE("partition: the smallest clusters") {
  Stream stream(1);
  CHECK(severed_pairs(random_halves({1, 0}, stream), false).empty());
  CHECK(severed_pairs(random_halves({2, 0}, stream), false).size() == 2);
  CHECK(severed_pairs(group_sides({2, 0}, {}), false).size() == 2);
}

TEST_CASE(
    "partition: who swizzles leaves in the first half of the time and is back in the second") {
  for (const Duration length : {Duration{0}, Duration{1}, Duration{2}, Duration{3}, Duration{1s}}) {
    const std::int64_t all = std::max<std::int64_t>(length.count(), 2);
    Stream stream(7);
    for (const Absence& absence : swizzled(1000, length, stream)) {
      CHECK(absence.from >= Duration{0});
      CHECK(absence.from.count() < all / 2);
      CHECK(absence.to.count() >= all / 2);
      CHECK(absence.to.count() < all);
    }
  }
  Stream stream(7);
  Stream other(7);
  const std::vector<Absence> three = swizzled(3, 1s, stream);
  const std::vector<Absence> five = swizzled(5, 1s, other);
  CHECK(std::equal(three.begin(), three.end(), five.begin()));  // two draws each, in their order
}

TEST_CASE("partition: both moments of who swizzles are uniform, and neither tells the other") {
  constexpr std::size_t nodes = 500'000;  // a million draws
  constexpr double length = 1e9;
  Stream stream(11);
  double from = 0;
  double to = 0;
  double together = 0;
  std::array<std::array<int, 10>, 2> tenths{};
  for (const Absence& absence : swizzled(nodes, Duration{1s}, stream)) {
    const double left = static_cast<double>(absence.from.count()) / length * 2;
    const double back = static_cast<double>(absence.to.count()) / length * 2 - 1;
    from += left;
    to += back;
    together += (left - 0.5) * (back - 0.5);
    ++tenths[0].at(static_cast<std::size_t>(left * 10));
    ++tenths[1].at(static_cast<std::size_t>(back * 10));
  }
  const double many = std::sqrt(static_cast<double>(nodes));
  CHECK(std::abs(from / nodes - 0.5) * many < 4 * std::sqrt(1.0 / 12));
  CHECK(std::abs(to / nodes - 0.5) * many < 4 * std::sqrt(1.0 / 12));
  CHECK(std::abs(together / nodes) * many < 4.0 / 12);
  for (const auto& moments : tenths) {
    for (const int count : moments) CHECK(std::abs(count - nodes * 0.1) < 4 * many * 0.3);
  }
}

}  // namespace quorate
