// The total order of events, against a reference that sorts.
#include <doctest/doctest.h>

#include <map>
#include <set>

#include "sim/base/random.hpp"
#include "sim/engine/event_queue.hpp"
#include "sim/engine/slab.hpp"

namespace quorate::testing {

namespace {

struct Body {
  int number{};
  void clear() { number = 0; }
};

}  // namespace

TEST_CASE("events leave by time, and at one instant in the order they were scheduled") {
  Stream stream = make_stream(3, Purpose::search);
  for (int round = 0; round < 200; ++round) {
    EventQueue queue;
    std::multimap<std::int64_t, Slot> reference;  // equal keys keep their order of insertion
    Slot next = 0;
    for (int i = 0; i < 300; ++i) {
      if (reference.empty() || stream.below(3) != 0) {
        const auto at = static_cast<std::int64_t>(stream.below(20));
        queue.push(queue.make_key(Time{at}, next));
        reference.emplace(at, next++);
      } else {
        const Key key = queue.pop();
        CHECK(key.at().ns == reference.begin()->first);
        CHECK(key.slot() == reference.begin()->second);
        reference.erase(reference.begin());
      }
      REQUIRE(queue.size() == reference.size());
    }
  }
}

TEST_CASE("what comes at this instant follows what was pending then, and all pending are told of") {
  Stream stream = make_stream(4, Purpose::search);
  for (const std::uint64_t tie_key : {0, 7}) {
    EventQueue queue(tie_key);
    std::set<std::pair<std::uint64_t, std::uint64_t>> reference;
    std::int64_t now = 0;
    for (Slot next = 0; next < 20'000; ++next) {
      const auto ahead = static_cast<std::int64_t>(stream.below(4));  // a quarter of them at once
      const Key key = queue.make_key(Time{now + ahead}, next);
      queue.push(key);
      reference.emplace(key.time, key.order_slot);
      while (!reference.empty() && stream.below(20) < 9) {
        const auto [time, order_slot] = *reference.begin();
        REQUIRE(queue.top() == Key{time, order_slot});
        REQUIRE(queue.pop() == Key{time, order_slot});
        now = static_cast<std::int64_t>(time);
        reference.erase(reference.begin());
      }
      REQUIRE(queue.size() == reference.size());
      REQUIRE(queue.empty() == reference.empty());
      if (next % 1000 != 0) continue;
      std::set<std::pair<std::uint64_t, std::uint64_t>> pending;
      queue.for_each([&](const Key& each) { pending.emplace(each.time, each.order_slot); });
      CHECK(pending == reference);
    }
  }
}

TEST_CASE("seeded ties are a permutation of one instant, another for every seed") {
  const auto order = [](std::uint64_t tie_key) {
    EventQueue queue(tie_key);
    for (Slot slot = 0; slot < 1000; ++slot) queue.push(queue.make_key(Time{5}, slot));
    std::vector<Slot> slots;
    while (!queue.empty()) slots.push_back(queue.pop().slot());
    return slots;
  };
  const std::vector<Slot> one = order(1);
  CHECK(std::set<Slot>(one.begin(), one.end()).size() == 1000);
  CHECK(one == order(1));
  CHECK(one != order(2));
  CHECK(one != order(0));
}

TEST_CASE("seeded ties never reorder different times") {
  EventQueue queue(77);
  for (Slot slot = 0; slot < 1000; ++slot) queue.push(queue.make_key(Time{slot / 10}, slot));
  Time last{};
  while (!queue.empty()) {
    const Time at = queue.pop().at();
    CHECK(last <= at);
    last = at;
  }
}

TEST_CASE("a slab reuses what was given back and keeps addresses") {
  Slab<Body> slab;
  const Slot first = slab.take();
  slab[first].number = 1;
  const Body* address = &slab[first];
  for (int i = 0; i < 1000; ++i) slab[slab.take()].number = i;
  CHECK(&slab[first] == address);
  CHECK(slab[first].number == 1);
  slab.give_back(first);
  CHECK(slab.live() == 1000);
  CHECK(slab.take() == first);
  CHECK(slab[first].number == 0);  // cleared
}

TEST_CASE("a copied slab shares nothing with the original") {
  Slab<Body> slab;
  const Slot slot = slab.take();
  slab[slot].number = 1;
  Slab<Body> copy = slab;
  copy[slot].number = 2;
  CHECK(slab[slot].number == 1);
  CHECK(copy.take() == slab.take());
}

}  // namespace quorate::testing
