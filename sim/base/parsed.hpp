// The result of reading a user's text: a value,
// or one English sentence saying what is wrong with it.
#pragma once

#include <string>
#include <utility>

namespace quorate {

template <class T>
struct Parsed {
  T value{};
  std::string error;  // empty when the value is good

  static Parsed failure(std::string sentence) { return Parsed{T{}, std::move(sentence)}; }
  explicit operator bool() const { return error.empty(); }
};

}  // namespace quorate
