// What is demanded of a protocol while everything goes wrong at once, over many seeds: no promise
// breaks, every run ends as its scenario expects, and the runs are hard enough for their green to
// mean something.
#pragma once

#include <map>
#include <string>

#include "tests/support/run_text.hpp"

namespace quorate::testing {

// What the runs of a soak went through, all added up.
struct Hardships {
  std::map<std::string, std::uint64_t> witnesses;  // how often each situation was met
  std::map<std::string, std::uint64_t> exercised;  // how often each property was
};

// The scenario breaks nothing under any seed from 1 to `seeds`, and passes where it expects
// anything. `observer`, if there is one, sees all runs.
Hardships soak(const std::string& file, std::uint64_t seeds, const Settings& settings = {},
               Observer* observer = nullptr);

struct Soak {
  std::string file;
  std::map<std::string, std::uint64_t> situations;  // to be met so often in a hundred runs
  std::size_t properties{};                         // so many are promised
  std::uint64_t exercised{100};                     // each of them so often in a hundred runs
};

// That, and the hardships are as great as said. Under a sanitizer a tenth of the seeds.
void check_soak(const Soak& soak, std::uint64_t seeds, const Settings& settings = {});

}  // namespace quorate::testing
