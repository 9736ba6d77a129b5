// A short text stored in place (at most 15 bytes): trivially copyable, so a message or log entry
// that holds one is copied without touching the heap.
#pragma once

#include <array>
#include <bit>
#include <compare>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <type_traits>

#include "sim/base/assert.hpp"

namespace quorate {

class Text {
 public:
  static constexpr std::size_t capacity = 15;

  constexpr Text() = default;
  // Implicit, since a literal is a Text.
  constexpr Text(std::string_view text) {  // NOLINT(google-explicit-constructor)
    QUORATE_ASSERT(text.size() <= capacity, "A Text holds at most 15 bytes.");
    for (std::size_t i = 0; i < text.size(); ++i) bytes_[i] = text[i];
    bytes_[capacity] = static_cast<char>(text.size());
  }
  constexpr Text(const char* text) : Text(std::string_view(text)) {}  // NOLINT(*-explicit-*)

  constexpr std::string_view view() const {
    return {bytes_.data(), static_cast<std::size_t>(bytes_[capacity])};
  }
  constexpr bool empty() const { return bytes_[capacity] == 0; }
  friend constexpr bool operator==(const Text&, const Text&) = default;
  friend constexpr auto operator<=>(const Text& a, const Text& b) { return a.view() <=> b.view(); }

  // The 16 bytes as two words, little-endian by definition, for hashing.
  constexpr std::uint64_t word(std::size_t half) const {
    if (std::is_constant_evaluated() || std::endian::native != std::endian::little)
      return packed(half);
    std::uint64_t result = 0;
    std::memcpy(&result, bytes_.data() + half * 8, sizeof result);
    return result;
  }

 private:
  constexpr std::uint64_t packed(std::size_t half) const {
    std::uint64_t result = 0;
    for (std::size_t i = 0; i < 8; ++i) {
      result |= std::uint64_t{static_cast<std::uint8_t>(bytes_[half * 8 + i])} << (8 * i);
    }
    return result;
  }
  std::array<char, capacity + 1> bytes_{};  // the last byte is the length
};

}  // namespace quorate
