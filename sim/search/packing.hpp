// Values as printable text of one line and back: what worker processes answer, and what the journal
// of a sweep keeps. No byte of it needs escaping in a JSON string.
#pragma once

#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>

#include "sim/base/assert.hpp"

namespace quorate {

class Packer {
 public:
  template <class Integer>
  void number(Integer value) {
    char digits[24];
    const auto wide = static_cast<std::uint64_t>(value);
    bytes_.append(digits, std::to_chars(digits, digits + sizeof digits, wide).ptr);
    bytes_ += ' ';
  }
  // Its length, then itself: quotes, backslashes, percent signs and control characters as %XX.
  void text(std::string_view text);
  const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_;
};

// Reads in the order of packing. What is missing or no number fails an assertion.
class Unpacker {
 public:
  explicit Unpacker(std::string_view bytes) : rest_(bytes) {}

  template <class Integer = std::uint64_t>
  Integer number() {
    std::uint64_t wide = 0;
    const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), wide);
    const auto used = static_cast<std::size_t>(end - rest_.data());
    QUORATE_ASSERT(error == std::errc{} && used < rest_.size(), "A number was packed here.");
    rest_.remove_prefix(used + 1);
    return static_cast<Integer>(wide);
  }
  std::string text();
  bool empty() const { return rest_.empty(); }

 private:
  std::string_view rest_;
};

}  // namespace quorate
