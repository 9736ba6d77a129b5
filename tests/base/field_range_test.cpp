#include "sim/base/field_range.hpp"

#include <doctest/doctest.h>

using namespace quorate;

namespace {

struct Dials {
  Duration wait{10ms};
  Distribution gap{Distribution::constant(10ms)};
  std::uint32_t fanout{3};
  bool eager{};
  QUORATE_FIELDS(Dials, wait, gap, fanout, eager)
  static constexpr auto ranges = std::tuple(
      at_least(&Dials::fanout, 1), between(&Dials::wait, 1us, 2s), between(&Dials::gap, 1ms, 1s));
};

bool gap_fits(const Distribution& gap) { return in_range(Dials{.gap = gap}, "gap"); }

}  // namespace

TEST_CASE("a range holds its ends and nothing beyond them") {
  CHECK(in_range(Dials{.wait = 1us}, "wait"));
  CHECK(in_range(Dials{.wait = 2s}, "wait"));
  CHECK_FALSE(in_range(Dials{.wait = 999ns}, "wait"));
  CHECK_FALSE(in_range(Dials{.wait = 2s + 1ns}, "wait"));
  CHECK_FALSE(in_range(Dials{.fanout = 0}, "fanout"));
  CHECK(in_range(Dials{.fanout = ~std::uint32_t{0}}, "fanout"));
}

TEST_CASE("a range binds its own field, and a field without one is free") {
  CHECK(in_range(Dials{.wait = 0ms, .fanout = 0}, "gap"));
  CHECK(in_range(Dials{}, "eager"));
}

TEST_CASE("a distribution lies in a range with both its ends, or with its mean or median") {
  CHECK(gap_fits(Distribution::uniform(1ms, 1s)));
  CHECK_FALSE(gap_fits(Distribution::uniform(0ms, 1s)));
  CHECK_FALSE(gap_fits(Distribution::uniform(1ms, 2s)));
  CHECK(gap_fits(Distribution::uniform(0ms, 2s).clamped(1ms, 1s)));
  CHECK(gap_fits(Distribution::exponential(20ms)));
  CHECK_FALSE(gap_fits(Distribution::exponential(2s)));
  CHECK_FALSE(gap_fits(Distribution::constant(0ms)));
}

TEST_CASE("a range is told in words") {
  CHECK(range_text<Dials>("fanout") == "at least 1");
  CHECK(range_text<Dials>("wait") == "from 1us to 2s");
  CHECK(range_text<Dials>("eager").empty());
}
