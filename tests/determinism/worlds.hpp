// Another world to run a program in: what a run must not notice is different there.
#pragma once

#include "tests/support/process.hpp"

namespace quorate::testing {

// Another folder, time zone, home, language and user, and memory that is not clean. The time zone
// is spelled out, for a machine without a data base of names takes any name for UTC.
inline Command in_another_world(std::vector<std::string> words,
                                const std::filesystem::path& folder) {
  return {std::move(words),
          folder,
          {{"TZ", "<+1245>-12:45"},
           {"HOME", folder.string()},
           {"LC_ALL", "tr_TR.UTF-8"},
           {"LANG", "tr_TR.UTF-8"},
           {"USER", "somebody-else"},
           {"MALLOC_PERTURB_", "165"}}};
}

}  // namespace quorate::testing
