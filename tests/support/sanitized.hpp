// Whether a sanitizer is built in. Its shadow takes more address space than any limit worth
// testing, and it keeps freed memory for a while.
#pragma once

#include <cstdint>

namespace quorate::testing {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool sanitized = true;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
inline constexpr bool sanitized = true;
#else
inline constexpr bool sanitized = false;
#endif
#else
inline constexpr bool sanitized = false;
#endif

// So many of these seeds: under a sanitizer a run costs ten times as much, and what a sanitizer can
// find shows in the first of them.
constexpr std::uint64_t seeds_here(std::uint64_t seeds) {
  return sanitized ? (seeds + 9) / 10 : seeds;
}

}  // namespace quorate::testing
