// Field lists: a struct names its fields once, and equality, hash, printing, JSON, wire size and
// writing by name all come from that list. A field forgotten in the list does not compile.
//
//   struct RequestVote {
//     Term term{};
//     Index last_log_index{};
//     QUORATE_FIELDS(RequestVote, term, last_log_index)
//   };
//
// What is done with a list stands in fields.hpp (hash, print, wire size, borrowing without the
// type) and field_read.hpp (set from what a user wrote).
#pragma once

#include <array>
#include <concepts>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

// Lists the fields of `Type`, all of them and in order.
// With no field after the name, the type must be empty.
#define QUORATE_FIELDS(Type, ...)                                                      \
  [[maybe_unused]] friend constexpr auto fields([[maybe_unused]] const Type& value_) { \
    static_assert(sizeof(#__VA_ARGS__) > 1 || std::is_empty_v<Type>);                  \
    __VA_OPT__(const auto& [__VA_ARGS__] = value_;)                                    \
    return ::quorate::refer_to(__VA_ARGS__);                                           \
  }                                                                                    \
  [[maybe_unused]] friend constexpr auto fields([[maybe_unused]] Type& value_) {       \
    __VA_OPT__(auto& [__VA_ARGS__] = value_;)                                          \
    return ::quorate::refer_to(__VA_ARGS__);                                           \
  }                                                                                    \
  static constexpr std::string_view type_name() { return #Type; }                      \
  static constexpr std::string_view field_list() { return #__VA_ARGS__; }              \
  [[maybe_unused]] friend bool operator==(const Type&, const Type&) = default;

// A message, timer, choice or event that says nothing but its name: QUORATE_SIGNAL(Heartbeat);
#define QUORATE_SIGNAL(Type) \
  struct Type {              \
    QUORATE_FIELDS(Type)     \
  }

// An enumeration whose values print and read as their names. At namespace scope.
#define QUORATE_ENUM(Type, ...)                   \
  enum class Type : std::uint8_t { __VA_ARGS__ }; \
  constexpr std::string_view enum_list(Type) { return #__VA_ARGS__; }

namespace quorate {

using NodeNames = std::span<const std::string>;

// References to fields, in their order: what fields(value) returns. A std::tuple could do the same
// and is one of the dearest templates there are; every struct that lists its fields would pay it.
template <std::size_t I, class T>
struct FieldRef {
  T& field;
};
template <class Positions, class... T>
struct FieldRefsAt;
template <std::size_t... I, class... T>
struct FieldRefsAt<std::index_sequence<I...>, T...> : FieldRef<I, T>... {};
template <class... T>
using FieldRefs = FieldRefsAt<std::index_sequence_for<T...>, T...>;

template <class... T>
constexpr FieldRefs<T...> refer_to(T&... field) {
  return {{field}...};
}
template <std::size_t I, class T>
constexpr T& get(const FieldRef<I, T>& ref) {
  return ref.field;
}

template <class T>
concept FieldStruct = requires(const T& value) {
  { T::type_name() } -> std::same_as<std::string_view>;
  fields(value);
};
template <class T>
concept NamedEnum = std::is_enum_v<T> && requires(T value) {
  enum_list(value);
};

namespace detail {

// The index-th name of "a, b, c".
constexpr std::string_view list_item(std::string_view list, std::size_t index) {
  while (index > 0) {
    const std::size_t comma = list.find(',');
    if (comma == std::string_view::npos) return {};
    list.remove_prefix(comma + 1);
    while (!list.empty() && list.front() == ' ') list.remove_prefix(1);
    --index;
  }
  return list.substr(0, list.find(','));
}

constexpr std::size_t list_size(std::string_view list) {
  if (list.empty()) return 0;
  std::size_t count = 1;
  for (const char c : list) count += c == ',' ? 1 : 0;
  return count;
}

template <class T>
concept OptionalLike = requires(T t) {
  t.has_value();
  t.reset();
  t.value();
};
template <class T>
concept MapLike = requires(T t) {
  typename T::mapped_type;
  t.begin();
};
template <class T>
concept RangeLike = !MapLike<T> && requires(const T t) {
  typename T::value_type;
  t.begin();
  t.size();
};

}  // namespace detail

template <FieldStruct T>
inline constexpr std::size_t field_count = detail::list_size(T::field_list());

namespace detail {

// The names of a list, taken apart by the compiler: printing looks them up for every field.
template <std::size_t size>
constexpr std::array<std::string_view, size> list_items(std::string_view list) {
  std::array<std::string_view, size> items{};
  for (std::size_t i = 0; i < size; ++i) items[i] = list_item(list, i);
  return items;
}
template <FieldStruct T>
inline constexpr auto field_names = list_items<field_count<T>>(T::field_list());

}  // namespace detail

template <NamedEnum E>
inline constexpr std::size_t enum_count = detail::list_size(enum_list(E{}));
// The names of all values, each at the position that is its value.
template <NamedEnum E>
inline constexpr auto enum_names = detail::list_items<enum_count<E>>(enum_list(E{}));

template <FieldStruct T>
constexpr std::string_view field_name(std::size_t index) {
  return detail::field_names<T>[index];
}

// Empty for a value that is no enumerator.
template <NamedEnum E>
constexpr std::string_view enum_name(E value) {
  const auto index = static_cast<std::size_t>(value);
  return index < enum_count<E> ? enum_names<E>[index] : std::string_view{};
}

template <NamedEnum E>
constexpr std::optional<E> enum_value(std::string_view name) {
  for (std::size_t i = 0; i < enum_count<E>; ++i) {
    if (enum_names<E>[i] == name) return static_cast<E>(i);
  }
  return std::nullopt;
}

// Calls f(name, field) for every field, in order. `value` may be const.
template <class T, class F>
constexpr void for_each_field(T& value, F&& f) {
  using Struct = std::remove_const_t<T>;
  [&]<std::size_t... I>(std::index_sequence<I...>) {
    [[maybe_unused]] const auto refs = fields(value);
    (f(field_name<Struct>(I), get<I>(refs)), ...);
  }
  (std::make_index_sequence<field_count<Struct>>{});
}

// The field of this name if it is a Field, else null.
template <class Field, FieldStruct T>
constexpr const Field* find_field(const T& value, std::string_view name) {
  const Field* found = nullptr;
  for_each_field(value, [&]<class Candidate>(std::string_view candidate, const Candidate& field) {
    if constexpr (std::same_as<Candidate, Field>) {
      if (candidate == name) found = &field;
    }
  });
  return found;
}

// The name of `field`, which is one of the fields of `value`.
template <FieldStruct T, class Field>
constexpr std::string_view name_of_field(const T& value, const Field& field) {
  std::string_view result;
  for_each_field(value, [&](std::string_view name, const auto& candidate) {
    if (static_cast<const void*>(&candidate) == static_cast<const void*>(&field)) result = name;
  });
  return result;
}

}  // namespace quorate

// How many fields are referred to, as for a std::tuple.
template <class Positions, class... T>
struct std::tuple_size<quorate::FieldRefsAt<Positions, T...>>
    : std::integral_constant<std::size_t, sizeof...(T)> {};
