// A hash of text for finding out whether it was changed: fast, the same on every machine, and no
// help against somebody who recomputes it.
#pragma once

#include <string_view>

#include "sim/base/hash.hpp"

namespace quorate {

// Chained over lines: start with 0, give each result to the next call. About ten bytes a
// nanosecond.
constexpr std::uint64_t line_checksum(std::uint64_t before, std::string_view line) {
  // Words are dealt in turn, so that a processor works on four at once.
  Hasher first{before};
  Hasher second{2};
  Hasher third{3};
  Hasher fourth{4};
  for (; line.size() >= 32; line.remove_prefix(32)) {
    first.word(low_first_word(line.data()));
    second.word(low_first_word(line.data() + 8));
    third.word(low_first_word(line.data() + 16));
    fourth.word(low_first_word(line.data() + 24));
  }
  fourth.bytes(line);
  Hasher all;
  all.word(first.result());
  all.word(second.result());
  all.word(third.result());
  all.word(fourth.result());
  return all.result();
}

}  // namespace quorate
