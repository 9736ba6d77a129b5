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

}  // namespace quorate
