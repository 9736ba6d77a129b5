// What all fuzz targets share; included once by each.
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>

// The sanitizer keeps what was freed, to notice its use: 256 MB of it unless told, which is all
// that a target's memory would ever be seen to be. An execution frees far less than this.
extern "C" const char* __asan_default_options() { return "quarantine_size_mb=16"; }

namespace quorate::fuzz {

inline void demand(bool condition, const char* sentence) {
  if (condition) return;
  std::fprintf(stderr, "%s\n", sentence);
  std::abort();
}

}  // namespace quorate::fuzz
