// The one 64-bit hash of the simulator: words in, a word out,
// the same on every machine. Not for adversaries.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <type_traits>

namespace quorate {

// The first `count` bytes of a text as a number, the low byte first on every machine.
constexpr std::uint64_t low_first_bytes(std::string_view text, std::size_t count) {
  std::uint64_t packed = 0;
  while (count-- > 0) packed = packed << 8 | static_cast<std::uint8_t>(text[count]);
  return packed;
}
// The eight bytes at an address, in one load.
constexpr std::uint64_t low_first_word(const char* bytes) {
  if (std::is_constant_evaluated() || std::endian::native != std::endian::little) {
    return low_first_bytes({bytes, 8}, 8);
  }
  std::uint64_t word = 0;
  std::memcpy(&word, bytes, sizeof word);
  return word;
}

class Hasher {
 public:
  constexpr Hasher() = default;
  constexpr explicit Hasher(std::uint64_t start) : state_(start) {}

  constexpr void word(std::uint64_t value) {
    state_ = (std::rotl(state_, 27) ^ value) * 0x9E37'79B9'7F4A'7C15U;
  }
  constexpr void bytes(std::string_view text) {
    word(text.size());
    for (; text.size() >= 8; text.remove_prefix(8)) word(low_first_word(text.data()));
    if (!text.empty()) word(low_first_bytes(text, text.size()));
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
