#include "sim/run/message_window.hpp"

#include <doctest/doctest.h>

#include <map>

#include "sim/base/random.hpp"

using namespace quorate;

// Old messages end seldom, so that the ring has to grow around them, and numbers are left out, as
// those of clients' messages are.
TEST_CASE("run: a window of messages knows what a map of them would") {
  Stream draw = make_stream(1, Purpose::fault);
  MessageWindow<std::uint64_t> window;
  std::map<std::uint64_t, std::uint64_t> known;
  std::uint64_t next = 0;
  std::size_t most = 0;
  for (std::uint64_t i = 0; i < 200'000; ++i) {
    const bool growing = i / 20'000 % 2 == 0;
    if (draw.below(100) < (growing ? 60u : 40u)) {
      next += 1 + draw.below(3);
      window.add(next, i);
      known.emplace(next, i);
    } else if (!known.empty()) {
      const std::uint64_t from = known.begin()->first;
      auto one = known.lower_bound(from + draw.below(next - from + 1));
      if (one == known.end()) one = known.begin();
      window.erase(one->first);
      known.erase(one);
    }
    const std::uint64_t asked = next - std::min(next, draw.below(2'000));
    const std::uint64_t* found = window.find(asked);
    const auto expected = known.find(asked);
    REQUIRE((found != nullptr) == (expected != known.end()));
    if (found != nullptr) REQUIRE(*found == expected->second);
    most = std::max(most, known.size());
  }
  CHECK(most > 1'000);
  std::vector<std::uint64_t> left;
  window.each([&](std::uint64_t value) { left.push_back(value); });
  std::vector<std::uint64_t> expected;
  for (const auto& [message, value] : known) expected.push_back(value);
  CHECK(left == expected);
}

TEST_CASE("run: a window of messages has no message twice") {
  MessageWindow<int> window;
  window.add(7, 1);
  window.add(7, 2);
  REQUIRE(window.find(7) != nullptr);
  CHECK(*window.find(7) == 1);
  window.erase(7);
  CHECK(window.find(7) == nullptr);
  window.add(7, 3);  // it is over
  CHECK(window.find(7) == nullptr);
}
