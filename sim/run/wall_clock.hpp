// Drives a run under a budget of real time. The clock is looked at between events only and can do
// nothing but end the run as inconclusive: no reading of it enters state, trace or digest.
#pragma once

#include <functional>

#include "sim/run/run.hpp"

namespace quorate {

// Steps the run to its end. Every few thousand events it asks `go_on`, if there is one,
// and the clock: after `budget` (0 = none) the run gives up. False if `go_on` said no;
// the run is then not finished.
bool run_within(Run& run, Duration budget, const std::function<bool()>& go_on = {});

}  // namespace quorate
