// Sentences for people.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace quorate {

// "p1, p2 and p3", where `last` is "and".
std::string in_a_list(const std::vector<std::string>& words, std::string_view last);

// "1st", "22nd", "113th".
std::string ordinal(std::uint64_t number);

}  // namespace quorate
