// A node's two clocks, which need not agree with the true time that orders events.
//
// The local clock is monotonic: it begins at 0 with the run, runs at a rate of its own, goes on
// while the node is down and never steps. Timers run on it. The wall clock is the local one plus an
// offset, and may be set forward or back at any moment; no timer notices.
//
//   local = (time - since) * (10^9 + drift) / 10^9 + local at `since`, rounded down
//   wall  = local + offset + all steps + what each smear has given
//
// The network, disks, clients and faults know true time only.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sim/base/distribution.hpp"
#include "sim/base/fields.hpp"
#include "sim/base/parsed.hpp"
#include "sim/base/random.hpp"
#include "sim/base/time.hpp"

namespace quorate {

// How much faster than true time a clock runs, in parts per billion: from -90% to +900%, so that a
// rate is at least a tenth and at most ten. Or -100%, which nobody writes so: it stands still.
struct Drift {
  std::int64_t ppb{};
  QUORATE_FIELDS(Drift, ppb)
};

inline constexpr Drift frozen{-1'000'000'000};

// "+200ppm", "-0.5ppm", "10%": a decimal number, exact to the billionth.
Parsed<Drift> parse_drift(std::string_view text);
// What parse_drift reads back: "+200ppm", "-10%", "0ppm".
std::string to_text(Drift drift);

// "+250ms", "-30ms", "1s": a duration with or without a sign, at most max_duration either way.
Parsed<Duration> parse_shift(std::string_view text);
// "+250ms", "-30ms", "0s".
std::string shift_text(Duration shift);

// A value, or one drawn for every run: from `low` on, `high` itself never; equal ends give `low`.
struct Between {
  std::int64_t low{};
  std::int64_t high{};

  std::int64_t draw(Stream& stream) const;  // one draw, none for equal ends
  friend bool operator==(Between, Between) = default;
};

// "-30ms" or "uniform(-30ms, 30ms)", and the same for drifts: nanoseconds, parts per billion.
Parsed<Between> parse_shift_between(std::string_view text);
Parsed<Between> parse_drift_between(std::string_view text);

struct ClockConfig {
  Between drift;         // ppb
  Between offset;        // ns; of the wall clock
  Probability jitter{};  // of its timers
  friend bool operator==(const ClockConfig&, const ClockConfig&) = default;
};

// How far timers go off early or late: each delay becomes another that is off by up to this share
// of it, every length between being equally likely. One draw a timer, none for no delay.
struct Jitter {
  Probability share;
  Stream stream;
  bool on{};  // the share is above 0

  Duration of(Duration delay);
};

// The wall clock is moved not at once, but evenly while the local one gets so far: of `by` it has
// given by * elapsed / over, rounded towards 0, and all of it at the end. So a clock that is not to
// go further than it takes for that never turns back, whatever its rate.
struct Smear {
  Duration by{};
  Duration over{};         // above 0
  std::uint32_t number{};  // by which it can be taken back; 0: by none
  friend bool operator==(const Smear&, const Smear&) = default;
};

class NodeClock {
 public:
  NodeClock() = default;
  NodeClock(Drift own, Duration offset) : own_(own), drift_(own), wall_ahead_(offset) {}

  Time local(Time now) const { return local_since_ + elapsed(now - since_); }
  // May be before 0.
  Time wall(Time now) const {
    const Time shown = local(now);
    const Duration ahead = smears_.empty() ? wall_ahead_ : smeared(shown);
    return ahead < Duration{} ? Time{shown.ns + ahead.count()} : shown + ahead;
  }
  // The first moment at which the local clock shows `local` or more, at its present rate: of one
  // that stands still never. Where it did so before it took that rate: the moment when it took it.
  Time moment_of(Time local) const {
    if (local == Time::never()) return local;
    return local <= local_since_ ? since_ : since_ + needed(local - local_since_);
  }

  Drift drift() const { return drift_; }
  Drift own_drift() const { return own_; }  // without any fault
  // From `now` on; what the clock shows goes on from where it is.
  void run_at(Drift drift, Time now);
  // All steps together and the offset stay within max_duration either way.
  void step(Duration by) {
    wall_ahead_ = std::clamp(wall_ahead_ + by, -max_duration, max_duration);
  }
  // From `now` on. Each gives what it has to give at its own pace, however many there are.
  void smear(const Smear& smear, Time now);
  // What it has given is taken back at once, and what it has yet to give is not given.
  void take_back(const Smear& smear);

 private:
  Duration elapsed(Duration real) const { return drift_.ppb == 0 ? real : stretched(real); }
  Duration needed(Duration local) const { return drift_.ppb == 0 ? local : shrunk(local); }
  Duration stretched(Duration real) const;  // how far the clock gets in so much true time
  Duration shrunk(Duration local) const;    // how much true time it takes to get so far
  Duration smeared(Time local) const;       // how far ahead the wall clock is

  Drift own_;
  Drift drift_;
  Time since_;        // when it took its present rate
  Time local_since_;  // what it showed then
  Duration wall_ahead_{};
  struct Running {
    Smear smear;
    Time since;  // what the local clock showed when it began
  };
  std::vector<Running> smears_;  // those that may have something to give
};

}  // namespace quorate
