// What became of one run of a sweep, and its way through a pipe or a file.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "sim/run/run.hpp"

namespace quorate {

// finished: the run has an outcome. broken: the engine failed an assertion or memory ran out.
// crashed: its process died, twice.
QUORATE_ENUM(RowEnd, finished, broken, crashed)

// What became of one run.
struct SweepRow {
  std::size_t point{};
  std::uint64_t seed{};
  RowEnd end{};
  // As of a run among many: a fault that did not fire under this seed alone fails nothing.
  Verdict verdict{Verdict::inconclusive};
  bool missed_faults{};  // nothing but faults that never fired kept the run from passing
  Outcome outcome;       // of a run that finished
  std::string trouble;   // of one that did not: one line
};

// "pass", "fail" or "inconclusive" where the run finished, else "broken" or "crashed".
std::string_view end_word(const SweepRow& row);
// The property whose violation failed the run; empty if something else or nothing did.
std::string violated_property(const SweepRow& row);
// One line of why the run did not pass, with the property in front that was violated.
std::string reason_of(const SweepRow& row);

// Names that both sides know, so that rows need not tell them.
using KnownNames = std::span<const std::string_view>;

// All of the row but its place in the sweep (point and seed), and of its outcome what a sweep
// tells: the expectations are left out. Printable text of one line, the same on every machine. Of
// metrics that are `known`, sorted, the values alone are told.
std::string packed(const SweepRow& row, KnownNames known = {});
// Fails an assertion where the text is none that packed() made.
SweepRow unpacked(std::string_view text, KnownNames known = {});

}  // namespace quorate
