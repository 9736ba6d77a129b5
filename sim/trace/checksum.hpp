// A hash of text for finding out whether it was changed: fast, the same on every machine, and no
// help against somebody who recomputes it.
#pragma once

#include <algorithm>
#include <array>
#include <string_view>

#include "sim/base/hash.hpp"

namespace quorate {

// Of bytes that come in pieces; where one ends and the next begins makes no difference. About ten
// bytes a nanosecond. A copyable value.
class Checksum {
 public:
  void add(std::string_view bytes) {
    if (held_ > 0) {
      const std::size_t taken = std::min(bytes.size(), stride - held_);
      hold(bytes.substr(0, taken));
      bytes.remove_prefix(taken);
      if (held_ < stride) return;
      fold({rest_.data(), stride});
      held_ = 0;
    }
    const std::size_t whole = bytes.size() / stride * stride;
    fold(bytes.substr(0, whole));
    hold(bytes.substr(whole));
  }
  // Of all so far.
  std::uint64_t value() const {
    Hasher all = words_[3];
    all.bytes(std::string_view(rest_.data(), held_));
    for (const Hasher& one : words_) all.word(one.result());
    return all.result();
  }

 private:
  static constexpr std::size_t stride = 32;

  // Whole strides. Words are dealt in turn, so that a processor works on four at once.
  void fold(std::string_view bytes) {
    auto [first, second, third, fourth] = words_;
    for (const char* at = bytes.data(); at != bytes.data() + bytes.size(); at += stride) {
      first.word(low_first_word(at));
      second.word(low_first_word(at + 8));
      third.word(low_first_word(at + 16));
      fourth.word(low_first_word(at + 24));
    }
    words_ = {first, second, third, fourth};
  }
  void hold(std::string_view bytes) {
    std::ranges::copy(bytes, rest_.begin() + static_cast<std::ptrdiff_t>(held_));
    held_ += bytes.size();
  }

  std::array<Hasher, 4> words_{Hasher{1}, Hasher{2}, Hasher{3}, Hasher{4}};
  std::array<char, stride> rest_{};  // its first held_ bytes wait for more
  std::size_t held_{};
};

}  // namespace quorate
