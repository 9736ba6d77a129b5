// Sentences for people.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace quorate {

// "p1, p2 and p3", where `last` is "and".
std::string in_a_list(const std::vector<std::string>& words, std::string_view last);

}  // namespace quorate
