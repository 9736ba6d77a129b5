// Scripts that do a sweep in parts, on one machine or on many.
#pragma once

#include <string>

#include "cli/sweep_identity.hpp"

namespace quorate {

// slurm: an array of jobs, and one behind it that puts the parts together. parallel: GNU parallel
// does the parts, as many at a time as there are processors.
QUORATE_ENUM(ScriptKind, slurm, parallel)

// A script of bash. Every part has a directory in `out`; the whole sweep gets one, "all".
std::string sweep_script(ScriptKind kind, const SweepIdentity& identity, std::uint64_t runs,
                         std::uint64_t parts, const std::string& out);

}  // namespace quorate
