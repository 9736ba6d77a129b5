// Values as bytes and back: what worker processes answer, and what the journal of a sweep keeps.
// Numbers and texts are printable text of one line, of which no byte needs escaping in a JSON
// string.
#pragma once

#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

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
  // In place of a number that there is not.
  void none() { bytes_ += "- "; }
  // Its length, then itself: quotes, backslashes, percent signs and control characters as %XX.
  void text(std::string_view text);
  // Its length, then itself as it is: for pipes and not for files.
  void raw(std::string_view bytes) {
    number(bytes.size());
    bytes_ += bytes;
  }
  const std::string& bytes() const { return bytes_; }
  std::string take() { return std::exchange(bytes_, {}); }

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
  // Whether none() was packed here; it is then behind.
  bool none() {
    const bool is_none = rest_.starts_with("- ");
    if (is_none) rest_.remove_prefix(2);
    return is_none;
  }
  std::string text();
  std::string_view raw();  // lives as long as what is unpacked
  bool empty() const { return rest_.empty(); }

 private:
  std::string_view rest_;
};

}  // namespace quorate
