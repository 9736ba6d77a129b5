// What was broken from when to when, in whatever order it became known.
#include <doctest/doctest.h>

#include "sim/run/breaches.hpp"

namespace quorate::breaches_of_a_run {
namespace {

Time at(Duration since) { return Time{} + since; }

}  // namespace

TEST_CASE("breaches: what became known late and began early comes first") {
  Breaches breaches;
  breaches.add(Assumption::bounded_delay, at(5ms), at(9ms));
  breaches.add(Assumption::bounded_delay, at(2ms), at(10ms));
  breaches.add(Assumption::bounded_delay, at(7ms), at(11ms));
  breaches.until(at(6ms));
  const BreachList& list = breaches.of(Assumption::bounded_delay);
  CHECK(seen_with_first(Assumption::bounded_delay, list, {"writes", {}}) ==
        "2 messages were late, first at 0.002 s");
}

TEST_CASE("breaches: what holds of a cluster from the start has no moment") {
  Breaches breaches;
  breaches.add(Assumption::distinct_ids, {}, Time::never());
  breaches.until(at(1s));
  CHECK(seen_with_first(Assumption::distinct_ids, breaches.of(Assumption::distinct_ids), {}) ==
        "some have");
}

TEST_CASE("breaches: what lasted is felt from its end on for as long as recovery takes") {
  const BreachList list{{at(1s), at(5s)}, {at(4s), at(4s)}, {at(6s), Time::never()}};
  const auto felt = [&](Duration moment, std::optional<Duration> recovers) {
    return still_felt(list, at(moment), recovers).size();
  };
  CHECK(felt(5500ms, 1s) == 2);
  CHECK(felt(5500ms, 2s) == 3);
  CHECK(felt(6s, 1s) == 1);  // the second has not to be made up for any more, nor the first
  CHECK(felt(60s, 1s) == 1);
  CHECK(felt(60s, std::nullopt) == 3);
}

}  // namespace quorate::breaches_of_a_run
