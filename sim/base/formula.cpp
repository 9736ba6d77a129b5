#include "sim/base/formula.hpp"

#include <algorithm>
#include <limits>
#include <numeric>

#include "sim/base/decimal.hpp"

namespace quorate {
namespace {

// More than any table of costs needs, and few enough to try them all.
constexpr std::int64_t most_choices = 100'000;
constexpr std::size_t longest_text = std::size_t{1} << 20;

// Why a formula has no value. Thrown and caught in this file.
struct Refusal {
  std::string sentence;
};

// In lowest terms, the denominator above zero.
struct Fraction {
  std::int64_t over{};
  std::int64_t under{1};
};

std::int64_t times(std::int64_t a, std::int64_t b) {
  std::int64_t result{};
  if (__builtin_mul_overflow(a, b, &result)) throw Refusal{"it does not fit 64 bits"};
  return result;
}
std::int64_t plus(std::int64_t a, std::int64_t b) {
  std::int64_t result{};
  if (__builtin_add_overflow(a, b, &result)) throw Refusal{"it does not fit 64 bits"};
  return result;
}

Fraction fraction(std::int64_t over, std::int64_t under) {
  if (under == 0) throw Refusal{"it divides by zero"};
  constexpr std::int64_t least = std::numeric_limits<std::int64_t>::min();  // has no opposite
  if (over == least || under == least) throw Refusal{"it does not fit 64 bits"};
  const std::int64_t sign = under < 0 ? -1 : 1;
  const std::int64_t common = std::gcd(over, under);
  return {times(sign, over / common), times(sign, under / common)};
}
Fraction operator+(Fraction a, Fraction b) {
  return fraction(plus(times(a.over, b.under), times(b.over, a.under)), times(a.under, b.under));
}
Fraction operator*(Fraction a, Fraction b) {
  return fraction(times(a.over, b.over), times(a.under, b.under));
}
Fraction operator/(Fraction a, Fraction b) {
  return fraction(times(a.over, b.under), times(a.under, b.over));
}

std::int64_t rounded_down(Fraction a) {
  const std::int64_t quotient = a.over / a.under;
  return a.over % a.under < 0 ? quotient - 1 : quotient;
}

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

class Reader {
 public:
  Reader(std::string_view text, const Letters& letters) : text_(text), letters_(letters) {}

  std::int64_t whole() {
    const Fraction value = sum();
    if (!at_end()) throw Refusal{"nothing is known of " + quoted(text_.substr(at_))};
    if (value.under != 1) throw Refusal{"its value is not a whole number"};
    return value.over;
  }

 private:
  Fraction sum() {
    const Nesting here(depth_);
    Fraction value = product(take('-'));
    for (;;) {
      if (take('+'))
        value = value + product(false);
      else if (take('-'))
        value = value + product(true);
      else
        return value;
    }
  }
  Fraction product(bool negative) {
    Fraction value = power();
    if (negative) value = value * Fraction{-1};
    for (;;) {
      if (take('/'))
        value = value / power();
      else if (take('*') || begins_factor())
        value = value * power();
      else
        return value;
    }
  }
  Fraction power() {
    const Fraction base = factor();
    if (!take('^')) return base;
    const Nesting here(depth_);
    const Fraction exponent = power();
    if (exponent.under != 1 || exponent.over < 0 || exponent.over > 64) {
      throw Refusal{"an exponent is a whole number from 0 to 64"};
    }
    Fraction value{1};
    for (std::int64_t i = 0; i < exponent.over; ++i) value = value * base;
    return value;
  }
  Fraction factor() {
    if (take('(')) return closed();
    if (rest().starts_with("floor(")) {
      at_ += 6;
      return {rounded_down(closed())};
    }
    if (is_digit(peek())) return {number()};
    const auto letter = letters_.find(peek());
    if (letter != letters_.end()) {
      ++at_;
      return {letter->second};
    }
    if (is_letter(peek())) throw Refusal{quoted(rest().substr(0, 1)) + " has no value"};
    throw Refusal{at_end() ? "it ends too early" : "nothing is known of " + quoted(rest())};
  }
  Fraction closed() {
    const Fraction value = sum();
    if (!take(')')) throw Refusal{"a ) is missing"};
    return value;
  }
  std::int64_t number() {
    std::int64_t value = 0;
    while (is_digit(peek())) value = plus(times(value, 10), text_[at_++] - '0');
    return value;
  }

  bool begins_factor() { return peek() == '(' || is_digit(peek()) || is_letter(peek()); }
  bool take(char c) {
    if (peek() != c) return false;
    ++at_;
    return true;
  }
  // The next character that is no space; '\0' at the end.
  char peek() {
    while (at_ < text_.size() && text_[at_] == ' ') ++at_;
    return at_ < text_.size() ? text_[at_] : '\0';
  }
  bool at_end() { return peek() == '\0'; }
  std::string_view rest() { return text_.substr(at_); }

  // Keeps a text of a thousand parentheses off the stack.
  class Nesting {
   public:
    explicit Nesting(int& depth) : depth_(depth) {
      if (++depth_ > 100) throw Refusal{"its parentheses are nested too deeply"};
    }
    ~Nesting() { --depth_; }
    Nesting(const Nesting&) = delete;
    Nesting& operator=(const Nesting&) = delete;

   private:
    int& depth_;
  };

  std::string_view text_;
  const Letters& letters_;
  std::size_t at_{};
  int depth_{};
};

std::int64_t value_of(std::string_view formula, const Letters& letters) {
  try {
    return Reader(formula, letters).whole();
  } catch (const Refusal& refusal) {
    throw Refusal{"the formula " + quoted(formula) + ": " + refusal.sentence};
  }
}

// "k=1..n-1"
struct Bounds {
  char letter{};
  std::int64_t first{};
  std::int64_t last{};
};

Bounds read_bounds(std::string_view text, const Letters& letters) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  const std::size_t dots = text.find("..");
  if (text.size() < 3 || !is_letter(text[0]) || text[1] != '=' || dots == text.npos) {
    throw Refusal{quoted(text) + " is not like n=3..9"};
  }
  const Bounds range{text[0], value_of(text.substr(2, dots - 2), letters),
                     value_of(text.substr(dots + 2), letters)};
  if (range.last > range.first && plus(range.last, times(-1, range.first)) >= most_choices) {
    throw Refusal{quoted(text) + " is more than " + std::to_string(most_choices) + " values"};
  }
  return range;
}

void choose(std::string_view ranges, Letters& letters, std::vector<Letters>& choices) {
  if (ranges.empty()) return choices.push_back(letters);
  if (choices.size() >= most_choices) {
    throw Refusal{"the ranges have more than " + std::to_string(most_choices) + " choices"};
  }
  const std::size_t comma = std::min(ranges.find(','), ranges.size());
  const Bounds range = read_bounds(ranges.substr(0, comma), letters);
  const std::string_view others = ranges.substr(std::min(comma + 1, ranges.size()));
  for (std::int64_t value = range.first; value <= range.last; ++value) {
    letters[range.letter] = value;
    choose(others, letters, choices);
  }
  letters.erase(range.letter);
}

// What stands between the bracket at the start of `text` and its partner.
std::string_view enclosed(std::string_view text) {
  const char open = text[0];
  const char close = open == '(' ? ')' : ']';
  int depth = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == open) ++depth;
    if (text[i] == close && --depth == 0) return text.substr(1, i - 1);
  }
  throw Refusal{"a " + std::string(1, close) + " is missing behind " + quoted(text)};
}

std::string filled(std::string_view text, const Letters& letters);

// "i=1..n: p$(i)"
std::string repeated(std::string_view text, Letters letters) {
  const std::size_t colon = text.find(':');
  if (colon == text.npos) throw Refusal{"a : is missing in " + quoted(text)};
  const Bounds range = read_bounds(text.substr(0, colon), letters);
  std::string result;
  for (std::int64_t value = range.first; value <= range.last; ++value) {
    letters[range.letter] = value;
    if (value > range.first) result += ", ";
    std::string_view one = text.substr(colon + 1);
    while (one.starts_with(' ')) one.remove_prefix(1);
    result += filled(one, letters);
    if (result.size() > longest_text) throw Refusal{"its text is longer than 1 MiB"};
  }
  return result;
}

std::string filled(std::string_view text, const Letters& letters) {
  std::string result;
  while (!text.empty()) {
    const std::size_t mark = std::min(text.find("$("), text.find("$["));
    result += text.substr(0, mark);
    if (mark >= text.size()) break;
    text.remove_prefix(mark + 1);
    const std::string_view inner = enclosed(text);
    if (text[0] == '(')
      result += std::to_string(value_of(inner, letters));
    else
      result += repeated(inner, letters);
    text.remove_prefix(inner.size() + 2);
  }
  return result;
}

template <class Work>
auto parsed(const Work& work) -> Parsed<decltype(work())> {
  try {
    return {work(), {}};
  } catch (const Refusal& refusal) {
    return Parsed<decltype(work())>::failure(refusal.sentence);
  }
}

}  // namespace

Parsed<std::int64_t> evaluate(std::string_view formula, const Letters& letters) {
  return parsed([&] { return value_of(formula, letters); });
}

Parsed<std::vector<Letters>> letter_choices(std::string_view ranges) {
  return parsed([&] {
    std::vector<Letters> choices;
    Letters letters;
    choose(ranges, letters, choices);
    return choices;
  });
}

Parsed<std::string> fill_in(std::string_view text, const Letters& letters) {
  return parsed([&] { return filled(text, letters); });
}

}  // namespace quorate
