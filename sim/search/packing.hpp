// Values to bytes and back, between processes of one program on one machine.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "sim/base/assert.hpp"

namespace quorate {

class Packer {
 public:
  template <class Integer>
  void number(Integer value) {
    const auto wide = static_cast<std::uint64_t>(value);
    char raw[sizeof wide];
    std::memcpy(raw, &wide, sizeof wide);
    bytes_.append(raw, sizeof wide);
  }
  void text(std::string_view text) {
    number(text.size());
    bytes_ += text;
  }
  const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_;
};

// Reads in the order of packing. What is missing at the end fails an assertion.
class Unpacker {
 public:
  explicit Unpacker(std::string_view bytes) : rest_(bytes) {}

  template <class Integer = std::uint64_t>
  Integer number() {
    std::uint64_t wide = 0;
    std::memcpy(&wide, take(sizeof wide).data(), sizeof wide);
    return static_cast<Integer>(wide);
  }
  std::string text() { return std::string(take(number<std::size_t>())); }

 private:
  std::string_view take(std::size_t size) {
    QUORATE_ASSERT(size <= rest_.size(), "Packed bytes hold what is unpacked from them.");
    const std::string_view taken = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return taken;
  }

  std::string_view rest_;
};

}  // namespace quorate
