// The one 64-bit hash of the simulator: words in, a word out,
// the same on every machine. Not for adversaries.
#pragma once

#include <bit>
#include <cstdint>
#include <string_view>

namespace quorate {

class Hasher {
 public:
  constexpr Hasher() = default;
  constexpr explicit Hasher(std::uint64_t start) : state_(start) {}

  constexpr void word(std::uint64_t value) {
    state_ = (std::rotl(state_, 27) ^ value) * 0x9E37'79B9'7F4A'7C15U;
  }
  constexpr void bytes(std::string_view text) {
    word(text.size());
    std::uint64_t packed = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
      packed |= std::uint64_t{static_cast<std::uint8_t>(text[i])} << (8 * (i % 8));
      if (i % 8 == 7 || i + 1 == text.size()) {
        word(packed);
        packed = 0;
      }
    }
  }
  // The words so far, mixed so that every bit of the input reaches every bit of the result.
  constexpr std::uint64_t result() const {
    std::uint64_t mixed = state_ ^ (state_ >> 32);
    mixed *= 0xD6E8'FEB8'6659'FD93U;
    return mixed ^ (mixed >> 32);
  }

 private:
  std::uint64_t state_{0x2545'F491'4F6C'DD1DU};
};

}  // namespace quorate
