#include "sim/base/words.hpp"

namespace quorate {

std::string in_a_list(const std::vector<std::string>& words, std::string_view last) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const bool final = i + 1 == words.size();
    text += i == 0 ? "" : final ? " " + std::string(last) + " " : ", ";
    text += words[i];
  }
  return text;
}

std::string ordinal(std::uint64_t number) {
  const std::uint64_t tens = number / 10 % 10;
  const std::uint64_t ones = tens == 1 ? 0 : number % 10;
  constexpr std::string_view endings[] = {"th", "st", "nd", "rd"};
  return std::to_string(number) + std::string(endings[ones < 4 ? ones : 0]);
}

}  // namespace quorate
