// What theory says something costs, as data of the protocol that it is about: the formula is shown
// as it stands, calculated, and held against what runs of its scenario do (sim/run/cost.hpp).
#pragma once

#include <string_view>

#include "sim/base/fields.hpp"
#include "sim/base/time.hpp"

namespace quorate {

// messages: handed to the network. delays: of a message, one after the other. writes: finished by
// all disks. writes_in_a_row: of which each waits for the one before. records: lines in logs.
QUORATE_ENUM(CostUnit, messages, delays, writes, writes_in_a_row, records)

// A message's delay, or a write's where those in a row are counted, in every scenario below.
inline constexpr Duration cost_step{std::chrono::milliseconds(10)};

struct CostSetting {
  std::string_view path;  // as in --set path=text
  std::string_view text;
};

// Texts live as long as the program: a table of these is constexpr.
struct Cost {
  std::string_view name;     // "election_delays"
  std::string_view when;     // under which circumstances, one sentence
  std::string_view formula;  // sim/base/formula.hpp: "2(n-1)"
  CostUnit unit{};
  std::string_view source;             // who says so
  std::string_view letters{"n=3..9"};  // for which the runs are made
  // A scenario with formulas in it, $(n), in which nothing but this happens from `since` until it
  // stops; settings on top, with formulas as well.
  std::string_view scenario;
  CostSetting with[4]{};
  // What of the run is the cost. Messages: these types, "Prepare, Promise"; all where empty.
  // Delays and writes in a row: until "first elected", "last chosen", the first or the last of an
  // event, or of an arrival: "last recv Decide". Records: this event, "logged".
  std::string_view counted{};
  Duration since{};  // what happened before does not count
  // Shown where protocols are set side by side: one decision or election when nothing fails.
  bool headline{};
};

}  // namespace quorate
