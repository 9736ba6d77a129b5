// Partitions that come and go: "every" with a "for" in percent.
#include <doctest/doctest.h>

#include <cstdlib>

#include "tests/fault/fake_control.hpp"

namespace quorate::testing {

TEST_CASE("fault action: a share of the time is how long a flapping partition lasts each time") {
  Fault flap = fault("flap", every(Distribution::constant(8ms)),
                     shaped(PartitionShape::isolate, node_list({1})));
  flap.share = parse_probability("25%").value;
  FakeControl control(2, {flap});
  control.start();
  for (std::int64_t ms = 1; ms < 80; ++ms) {
    control.run_until(at(ms * 1ms));
    CAPTURE(ms);
    CHECK(control.severed().empty() == (ms < 8 || ms % 8 >= 2));
  }
}

TEST_CASE("fault action: the share of a drawn gap is of that gap, also of the last one") {
  Fault flap = fault("flap", every(Distribution::uniform(10ms, 100ms)),
                     shaped(PartitionShape::isolate, node_list({1})));
  flap.share = parse_probability("50%").value;
  flap.times = 40;
  FakeControl control(2, {flap});
  control.start();
  std::vector<std::int64_t> changes;  // in units of 10 us: it begins, ends, begins
  bool was = false;
  for (std::int64_t tick = 1; tick < 500'000; ++tick) {
    control.run_until(at(tick * 10us));
    const bool is = !control.severed().empty();
    if (is != was) changes.push_back(tick);
    was = is;
  }
  REQUIRE(changes.size() == 80);
  for (std::size_t i = 0; i + 2 < changes.size(); i += 2) {
    const std::int64_t down = changes[i + 1] - changes[i];
    const std::int64_t up = changes[i + 2] - changes[i + 1];
    CHECK(std::abs(down - up) <= 2);
    CHECK(down >= 499);
  }
}

}  // namespace quorate::testing
