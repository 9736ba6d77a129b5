// Formulas as papers print them, "2(n-1)" or "n(n+1)/2", which are also what is calculated. Exact:
// fractions on the way, a whole number at the end, never a rounded one.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "sim/base/parsed.hpp"

namespace quorate {

// What each letter of a formula stands for.
using Letters = std::map<char, std::int64_t>;

// Whole numbers, letters (one each: "kn" is k times n), + - * / ^, parentheses, floor(...). What
// stands side by side is multiplied, and as strongly as by "*"; "^" takes a whole exponent >= 0. An
// error sentence for anything else, for a letter without a value, for a result that is not whole or
// does not fit 64 bits.
Parsed<std::int64_t> evaluate(std::string_view formula, const Letters& letters);

// Every choice of letters that "n=3..9, k=1..n-1" allows, in order; bounds are formulas of the
// letters before. Empty text: one choice, of nothing. At most 100,000 choices in all.
Parsed<std::vector<Letters>> letter_choices(std::string_view ranges);

// A text with formulas in it: "$(n-1)" becomes its value, and "$[i=1..n: p$(i)]" becomes "p1, p2,
// p3" where n is 3. At most 1 MiB of text.
Parsed<std::string> fill_in(std::string_view text, const Letters& letters);

}  // namespace quorate
