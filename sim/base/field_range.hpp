// What the fields of a struct may be set to, declared beside the field list:
//
//   struct Params {
//     Duration resend{100ms};
//     std::uint32_t fanout{3};
//     QUORATE_FIELDS(Params, resend, fanout)
//     static constexpr auto ranges =
//         std::tuple(at_least(&Params::resend, 1us), between(&Params::fanout, 1, 64));
//   };
//
// A field without a range takes any value of its type. The ranges bind what a user writes; the code
// itself is not held to them.
#pragma once

#include <limits>
#include <string>
#include <tuple>

#include "sim/base/distribution.hpp"
#include "sim/base/field_list.hpp"

namespace quorate {

// Lengths of time bound durations and distributions, numbers bound numbers.
template <class Field>
using Bound = std::conditional_t<std::integral<Field>, Field, Duration>;

// From `least` to `most`, both included.
template <class Struct, class Field>
struct Range {
  Field Struct::*field;
  Bound<Field> least;
  Bound<Field> most;
};

template <class Struct, class Field>
constexpr Range<Struct, Field> between(Field Struct::*field,
                                       std::type_identity_t<Bound<Field>> least,
                                       std::type_identity_t<Bound<Field>> most) {
  return {field, least, most};
}

template <class Struct, class Field>
constexpr Range<Struct, Field> at_least(Field Struct::*field,
                                        std::type_identity_t<Bound<Field>> least) {
  if constexpr (std::integral<Field>)
    return {field, least, std::numeric_limits<Field>::max()};
  else
    return {field, least, Duration::max()};
}

namespace detail {

template <class T>
bool lies_between(const T& value, const T& least, const T& most) {
  return least <= value && value <= most;
}
// Of a curve its mean or median counts, not its tails.
inline bool lies_between(const Distribution& value, Duration least, Duration most) {
  const bool ranges =
      value.kind == Distribution::Kind::uniform || value.kind == Distribution::Kind::empirical;
  const Duration high = ranges ? value.b : value.a;
  return lies_between(std::clamp(value.a, value.min, value.max), least, most) &&
         lies_between(std::clamp(high, value.min, value.max), least, most);
}

inline std::string bound_text(Duration bound) { return to_text(bound); }
template <std::integral T>
std::string bound_text(T bound) {
  return std::to_string(bound);
}

// Calls f(range) for the range that Struct declares for the field of this name, if it does.
template <class Struct, class F>
void with_range(std::string_view name, F&& f) {
  if constexpr (requires { Struct::ranges; }) {
    const Struct value{};
    const auto one = [&](const auto& range) {
      if (name_of_field(value, value.*range.field) == name) f(range);
    };
    std::apply([&](const auto&... range) { (one(range), ...); }, Struct::ranges);
  }
}

}  // namespace detail

// Whether the field of this name, if it has a range, keeps to it.
template <FieldStruct T>
bool in_range(const T& value, std::string_view name) {
  bool result = true;
  detail::with_range<T>(name, [&](const auto& range) {
    result = detail::lies_between(value.*range.field, range.least, range.most);
  });
  return result;
}

// "at least 1us", "from 1 to 64"; empty for a field without a range.
template <FieldStruct T>
std::string range_text(std::string_view name) {
  std::string text;
  detail::with_range<T>(name, [&]<class Field>(const Range<T, Field>& range) {
    const bool open = range.most == at_least(range.field, range.least).most;
    const std::string least = detail::bound_text(range.least);
    text = open ? "at least " + least : "from " + least + " to " + detail::bound_text(range.most);
  });
  return text;
}

}  // namespace quorate
