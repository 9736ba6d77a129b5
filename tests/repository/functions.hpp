// Finds function bodies by matching braces; knows no grammar beyond that.
#pragma once

#include <string_view>
#include <vector>

namespace quorate::repository {

struct Function {
  std::size_t first_line{};  // of the opening brace, counted from 1
  std::size_t lines{};       // from the opening brace to the closing one, both included
};

// Outermost functions in order of their ends. Lambdas count with the function they stand in.
std::vector<Function> functions_of(std::string_view text);

}  // namespace quorate::repository
