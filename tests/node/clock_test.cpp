// What sim/node/clock.hpp promises, in exact numbers.
#include "sim/node/clock.hpp"

#include <doctest/doctest.h>

#include <cmath>

namespace quorate {
namespace {

constexpr Drift tenth_slow{-100'000'000};
constexpr Drift twice_as_fast{1'000'000'000};
constexpr Time at(Duration moment) { return Time{} + moment; }

std::string read_back(std::string_view text) {
  const Parsed<Drift> drift = parse_drift(text);
  return drift ? to_text(drift.value) : drift.error;
}

}  // namespace

TEST_CASE("clock: a true one shows the time and needs what it shows") {
  const NodeClock clock;
  CHECK(clock.local(Time{123}) == Time{123});
  CHECK(clock.wall(Time{123}) == Time{123});
  CHECK(clock.moment_of(Time{123}) == Time{123});
  CHECK(clock.moment_of(Time::never()) == Time::never());
}

TEST_CASE("clock: local time is the exact product, rounded down") {
  const NodeClock slow(tenth_slow, {});
  CHECK(slow.local(Time{9}) == Time{8});  // 8.1
  CHECK(slow.local(at(1s)) == at(900ms));
  const NodeClock fast(Drift{200'000}, {});
  CHECK(fast.local(at(1s)) == at(1'000'200'000ns));
  const NodeClock third(Drift{-500'000'001}, {});  // rate 0.499999999
  CHECK(third.local(Time{3'000'000'000'000'000'001}) == Time{1'499'999'997'000'000'000});
}

TEST_CASE("clock: a moment is the first one that shows the local time") {
  const NodeClock slow(tenth_slow, {});
  CHECK(slow.moment_of(at(150ms)) == Time{166'666'667});  // 166,666,666.67
  for (const std::int64_t ppb : {-900'000'000, -333'333'333, -1, 1, 7, 200'000, 123'456'789}) {
    const NodeClock clock(Drift{ppb}, {});
    for (std::int64_t local = 1; local < 2'000'000'000'000'000'000; local = local * 3 + 1) {
      const Time moment = clock.moment_of(Time{local});
      CAPTURE(ppb);
      CAPTURE(local);
      CHECK(clock.local(moment) >= Time{local});
      CHECK(clock.local(Time{moment.ns - 1}) < Time{local});
    }
  }
}

TEST_CASE("clock: what it shows goes on from where it is when its rate changes") {
  NodeClock clock(tenth_slow, {});
  clock.run_at(twice_as_fast, at(1s));
  CHECK(clock.local(at(1s)) == at(900ms));
  CHECK(clock.local(at(2s)) == at(2900ms));
  CHECK(clock.moment_of(at(500ms)) == at(1s));  // long past
  CHECK(clock.moment_of(at(1900ms)) == at(1500ms));
  CHECK(clock.own_drift() == tenth_slow);
}

TEST_CASE("clock: steps and the offset move the wall clock alone") {
  NodeClock clock(twice_as_fast, -30ms);
  CHECK(clock.wall(Time{}) == Time{-30'000'000});
  clock.step(250ms);
  clock.step(-100ms);
  CHECK(clock.wall(at(1s)) == at(2s + 120ms));
  CHECK(clock.local(at(1s)) == at(2s));
  for (int i = 0; i < 200; ++i) clock.step(max_duration);
  CHECK(clock.wall(Time{}) == at(max_duration));
}

TEST_CASE("clock: beyond the end of time nothing wraps") {
  const Time late{Time::never().ns - 1};
  CHECK(NodeClock(twice_as_fast, {}).local(late) == Time::never());
  CHECK(NodeClock(tenth_slow, {}).moment_of(late) == Time::never());
  CHECK(NodeClock(tenth_slow, 1s).wall(Time::never()) >
        NodeClock(tenth_slow, {}).wall(Time::never()));
}

TEST_CASE("clock: drifts are read exactly and written so that they can be read again") {
  for (const char* same : {"+200ppm", "-0.5ppm", "+0.001ppm", "-10%", "+900%", "-90%", "0ppm"}) {
    CHECK(read_back(same) == same);
  }
  CHECK(read_back("200ppm") == "+200ppm");
  CHECK(read_back("-0%") == "0ppm");
  CHECK(read_back("100000ppm") == "+10%");
  CHECK(parse_drift("0.0000001%").value == Drift{1});
  for (const char* bad : {"", "+", "fast", "200", "200 ppm", "0.0001ppm", "--5%", "901%", "-91%"}) {
    CAPTURE(bad);
    CHECK_FALSE(parse_drift(bad));
  }
}

TEST_CASE("clock: shifts carry a sign or none") {
  CHECK(parse_shift("+250ms").value == 250ms);
  CHECK(parse_shift("250ms").value == 250ms);
  CHECK(parse_shift("-1.5s").value == -1500ms);
  CHECK_FALSE(parse_shift("+-1s"));
  CHECK_FALSE(parse_shift("-"));
  CHECK(shift_text(250ms) == "+250ms");
  CHECK(shift_text(-30ms) == "-30ms");
}

TEST_CASE("clock: a range is drawn anew for every run, its upper end never") {
  const Between range = parse_shift_between("uniform(-2ns, 2ns)").value;
  CHECK(range == Between{-2, 2});
  std::array<int, 5> seen{};
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    Stream stream = make_stream(seed, Purpose::clock, 0, 0);
    ++seen.at(static_cast<std::size_t>(range.draw(stream) + 2));
  }
  for (std::size_t i = 0; i < 4; ++i) CHECK(seen.at(i) > 0);
  CHECK(seen.at(4) == 0);
}

TEST_CASE("clock: one that is frozen shows the same time until it runs again") {
  NodeClock clock(twice_as_fast, -30ms);
  clock.run_at(frozen, at(1s));
  CHECK(clock.local(at(1s)) == at(2s));
  CHECK(clock.local(at(1h)) == at(2s));
  CHECK(clock.wall(at(1h)) == at(1970ms));
  CHECK(clock.moment_of(at(2s)) == at(1s));
  CHECK(clock.moment_of(at(2s) + Duration{1}) == Time::never());
  clock.run_at(clock.own_drift(), at(5s));
  CHECK(clock.local(at(6s)) == at(4s));
  CHECK(clock.moment_of(at(4s)) == at(6s));
}

TEST_CASE("clock: a smear gives its share, rounded towards 0, and all of it at the end") {
  NodeClock ahead;
  ahead.smear({1s, 10s}, at(1s));
  CHECK(ahead.wall(at(1s)) == at(1s));
  CHECK(ahead.wall(at(6s)) == at(6500ms));
  CHECK(ahead.wall(at(1s) + Duration{9}) == at(1s) + Duration{9});  // 0.9
  CHECK(ahead.wall(at(1s) + Duration{19}) == at(1s) + Duration{20});
  CHECK(ahead.wall(at(11s - 1ns)) == at(12s - 2ns));
  CHECK(ahead.wall(at(11s)) == at(12s));
  CHECK(ahead.wall(at(100s)) == at(101s));
  CHECK(ahead.local(at(6s)) == at(6s));
  CHECK(ahead.moment_of(at(6s)) == at(6s));
  NodeClock back;
  back.smear({Duration{-2}, Duration{3}}, {});
  CHECK(back.wall(Time{1}) == Time{1});  // -0.67
  CHECK(back.wall(Time{2}) == Time{1});  // -1.33
  CHECK(back.wall(Time{3}) == Time{1});
  CHECK(back.wall(Time{4}) == Time{2});
}

TEST_CASE("clock: a smear is exact however long, as no product of 64 bits would be") {
  NodeClock clock;
  clock.smear({max_duration, max_duration}, {});
  for (std::int64_t moment = 1; moment < max_duration.count() / 3; moment = moment * 3 + 1) {
    CHECK(clock.wall(Time{moment}) == Time{2 * moment});
  }
  NodeClock third;
  third.smear({max_duration / 3, max_duration}, {});
  const std::int64_t moment = max_duration.count() / 7 * 5 + 1;
  REQUIRE(max_duration.count() % 3 == 0);
  CHECK(third.wall(Time{moment}) == Time{moment + moment / 3});
}

TEST_CASE("clock: smears add up, each at its own pace, and one taken back was never there") {
  NodeClock clock;
  clock.smear({1s, 10s}, at(0s));
  clock.smear({2s, 4s, 7}, at(5s));
  CHECK(clock.wall(at(7s)) == at(8700ms));  // 0.7 and 1
  clock.take_back({2s, 4s, 7});
  CHECK(clock.wall(at(7s)) == at(7700ms));
  CHECK(clock.wall(at(20s)) == at(21s));
  clock.smear({2s, 4s, 8}, at(20s));
  clock.smear({-1s, 1s}, at(30s));  // what is over is a step by now
  CHECK(clock.wall(at(40s)) == at(42s));
  clock.take_back({2s, 4s, 8});
  CHECK(clock.wall(at(40s)) == at(40s));
}

TEST_CASE("clock: a smear is by the local clock, so one that is slow or stands takes it along") {
  NodeClock slow(tenth_slow, {});
  slow.smear({1s, 9s}, {});
  CHECK(slow.wall(at(5s)) == at(5s));  // half of 9 s, and half of 1 s
  slow.run_at(frozen, at(5s));
  CHECK(slow.wall(at(50s)) == at(5s));
  NodeClock clock;
  clock.smear({-1s, 1s}, {});  // as far back as it may without turning
  Time shown;
  Time now;
  for (const std::int64_t ppb :
       std::initializer_list<std::int64_t>{0, -900'000'000, 9'000'000'000, -1, 7}) {
    clock.run_at(Drift{ppb}, now);
    for (int i = 0; i < 1000; ++i) {
      now = now + Duration{54'321};
      CHECK(clock.wall(now) >= shown);
      shown = clock.wall(now);
    }
  }
}

TEST_CASE("clock: with jitter a delay is uniform over it more or less the share") {
  constexpr int million = 1'000'000;
  Jitter jitter{parse_probability("20%").value, Stream(3), true};
  CHECK(jitter.of(Duration{}) == Duration{});
  double sum = 0;
  std::array<int, 4> quarters{};
  for (int i = 0; i < million; ++i) {
    const Duration delay = jitter.of(1s);
    CHECK(delay >= 800ms);
    CHECK(delay <= 1200ms);
    sum += static_cast<double>(delay.count()) - 1e9;
    ++quarters.at(std::min<std::size_t>(static_cast<std::size_t>((delay - 800ms) / 100ms), 3));
  }
  const double sigma = 4e8 / std::sqrt(12.0);
  CHECK(std::abs(sum / million) < 4 * sigma / std::sqrt(million));
  for (const int count : quarters) {
    CHECK(std::abs(count - million / 4) < 4 * std::sqrt(million * 0.25 * 0.75));
  }
}

TEST_CASE("clock: a jitter of all of it may make a timer go off at once, and nothing wraps") {
  Jitter all{parse_probability("100%").value, Stream(4), true};
  for (int i = 0; i < 1000; ++i) {
    const Duration delay = all.of(Duration{2});
    CHECK(delay >= Duration{});
    CHECK(delay <= Duration{4});
    CHECK(all.of(Duration::max()) > Duration{});
  }
}

}  // namespace quorate
