// Field lists: a struct names its fields once, and equality, hash, printing, JSON, wire size and
// writing by name all come from that list. A field forgotten in the list does not compile.
//
//   struct RequestVote {
//     Term term{};
//     Index last_log_index{};
//     QUORATE_FIELDS(RequestVote, term, last_log_index)
//   };
//
// A type with another shape inside (a log) joins in with members of the same names:
// hash_to(Hasher&), print_to(JsonWriter&), print_change(JsonWriter&, before), wire_size(),
// read_from(Value, NodeNames).
#pragma once

#include <array>
#include <concepts>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

#include "sim/base/distribution.hpp"
#include "sim/base/hash.hpp"
#include "sim/base/id.hpp"
#include "sim/base/json_writer.hpp"
#include "sim/base/text.hpp"
#include "sim/base/time.hpp"
#include "sim/base/value.hpp"

// Lists the fields of `Type`, all of them and in order. With no field after the name, the type must
// be empty.
#define QUORATE_FIELDS(Type, ...)                                                      \
  [[maybe_unused]] friend constexpr auto fields([[maybe_unused]] const Type& value_) { \
    static_assert(sizeof(#__VA_ARGS__) > 1 || std::is_empty_v<Type>);                  \
    __VA_OPT__(const auto& [__VA_ARGS__] = value_;)                                    \
    return std::tie(__VA_ARGS__);                                                      \
  }                                                                                    \
  [[maybe_unused]] friend constexpr auto fields([[maybe_unused]] Type& value_) {       \
    __VA_OPT__(auto& [__VA_ARGS__] = value_;)                                          \
    return std::tie(__VA_ARGS__);                                                      \
  }                                                                                    \
  static constexpr std::string_view type_name() { return #Type; }                      \
  static constexpr std::string_view field_list() { return #__VA_ARGS__; }              \
  [[maybe_unused]] friend bool operator==(const Type&, const Type&) = default;

// An enumeration whose values print and read as their names. At namespace scope.
#define QUORATE_ENUM(Type, ...)                   \
  enum class Type : std::uint8_t { __VA_ARGS__ }; \
  constexpr std::string_view enum_list(Type) { return #__VA_ARGS__; }

namespace quorate {

using NodeNames = std::span<const std::string>;

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
concept RangeLike = requires(const T t) {
  typename T::value_type;
  t.begin();
  t.size();
}
&&!MapLike<T>;

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
template <NamedEnum E>
inline constexpr auto enum_names = list_items<list_size(enum_list(E{}))>(enum_list(E{}));

}  // namespace detail

template <FieldStruct T>
constexpr std::string_view field_name(std::size_t index) {
  return detail::field_names<T>[index];
}

// Empty for a value that is no enumerator.
template <NamedEnum E>
constexpr std::string_view enum_name(E value) {
  const auto index = static_cast<std::size_t>(value);
  return index < detail::enum_names<E>.size() ? detail::enum_names<E>[index] : std::string_view{};
}

template <NamedEnum E>
constexpr std::optional<E> enum_value(std::string_view name) {
  for (std::size_t i = 0; i < detail::list_size(enum_list(E{})); ++i) {
    if (detail::list_item(enum_list(E{}), i) == name) return static_cast<E>(i);
  }
  return std::nullopt;
}

// Calls f(name, field) for every field, in order. `value` may be const.
template <class T, class F>
constexpr void for_each_field(T& value, F&& f) {
  using Struct = std::remove_const_t<T>;
  [&]<std::size_t... I>(std::index_sequence<I...>) {
    [[maybe_unused]] auto tied = fields(value);
    (f(field_name<Struct>(I), std::get<I>(tied)), ...);
  }
  (std::make_index_sequence<field_count<Struct>>{});
}

// ---- hash
// -----------------------------------------------------------------------------------------------

template <class T>
constexpr void hash_to(Hasher& hasher, const T& value) {
  if constexpr (requires { value.hash_to(hasher); }) {
    value.hash_to(hasher);
  } else if constexpr (FieldStruct<T>) {
    for_each_field(value, [&](std::string_view, const auto& field) { hash_to(hasher, field); });
  } else if constexpr (std::is_enum_v<T> || std::integral<T>) {
    hasher.word(static_cast<std::uint64_t>(value));
  } else if constexpr (std::same_as<T, NodeId>) {
    hasher.word(value.value);
  } else if constexpr (std::same_as<T, Time>) {
    hasher.word(static_cast<std::uint64_t>(value.ns));
  } else if constexpr (std::same_as<T, Duration>) {
    hasher.word(static_cast<std::uint64_t>(value.count()));
  } else if constexpr (std::same_as<T, Text>) {
    hasher.word(value.word(0));
    hasher.word(value.word(1));
  } else if constexpr (std::same_as<T, std::string> || std::same_as<T, std::string_view>) {
    hasher.bytes(value);
  } else if constexpr (std::same_as<T, Distribution> || std::same_as<T, Probability>) {
    hasher.bytes(to_text(value));
  } else if constexpr (std::same_as<T, NodeSet>) {
    hasher.word(value.size());
    value.for_each([&](NodeId node) { hasher.word(node.value); });
  } else if constexpr (detail::OptionalLike<T>) {
    hasher.word(value.has_value() ? 1 : 0);
    if (value.has_value()) hash_to(hasher, *value);
  } else if constexpr (detail::MapLike<T>) {
    hasher.word(value.size());
    for (const auto& [key, item] : value) {
      hash_to(hasher, key);
      hash_to(hasher, item);
    }
  } else if constexpr (requires { value.items(); }) {
    hash_to(hasher, value.items());
  } else {
    static_assert(detail::RangeLike<T>,
                  "this type needs QUORATE_FIELDS or a member hash_to(Hasher&)");
    hasher.word(value.size());
    for (const auto& item : value) hash_to(hasher, item);
  }
}

template <class T>
constexpr std::uint64_t hash_of(const T& value) {
  Hasher hasher;
  hash_to(hasher, value);
  return hasher.result();
}

// ---- print
// ----------------------------------------------------------------------------------------------

template <class T>
void print_per_node(JsonWriter& out, const PerNode<T>& value,
                    const std::type_identity_t<PerNode<T>>* before = nullptr);

template <class T>
void print_to(JsonWriter& out, const T& value) {
  if constexpr (requires { value.print_to(out); }) {
    value.print_to(out);
  } else if constexpr (FieldStruct<T>) {
    out.open_object();
    for_each_field(value, [&](std::string_view name, const auto& field) {
      out.key(name);
      print_to(out, field);
    });
    out.close_object();
  } else if constexpr (std::same_as<T, bool>) {
    out.boolean(value);
  } else if constexpr (NamedEnum<T>) {
    out.word(enum_name(value));
  } else if constexpr (std::integral<T>) {
    out.number(value);
  } else if constexpr (std::same_as<T, NodeId>) {
    value == no_node ? out.null() : out.node(value);
  } else if constexpr (std::same_as<T, Time>) {
    out.number(value.ns);
  } else if constexpr (std::same_as<T, Duration> || std::same_as<T, Distribution> ||
                       std::same_as<T, Probability>) {
    out.word(to_text(value));
  } else if constexpr (std::same_as<T, Text>) {
    out.string(value.view());
  } else if constexpr (std::same_as<T, std::string> || std::same_as<T, std::string_view>) {
    out.string(value);
  } else if constexpr (std::same_as<T, NodeSet>) {
    out.open_array();
    value.for_each([&](NodeId node) { out.node(node); });
    out.close_array();
  } else if constexpr (detail::OptionalLike<T>) {
    value.has_value() ? print_to(out, *value) : out.null();
  } else if constexpr (detail::MapLike<T>) {
    out.open_array();
    for (const auto& [key, item] : value) {
      out.open_array();
      print_to(out, key);
      print_to(out, item);
      out.close_array();
    }
    out.close_array();
  } else if constexpr (requires { value.items(); }) {
    print_per_node(out, value);
  } else {
    static_assert(detail::RangeLike<T>,
                  "this type needs QUORATE_FIELDS or a member print_to(JsonWriter&)");
    out.open_array();
    for (const auto& item : value) print_to(out, item);
    out.close_array();
  }
}

// {"n1":…,"n3":…}: every node, or only those whose value differs from `before`.
template <class T>
void print_per_node(JsonWriter& out, const PerNode<T>& value,
                    const std::type_identity_t<PerNode<T>>* before) {
  out.open_object();
  for (std::uint32_t i = 0; i < value.items().size(); ++i) {
    const NodeId node{i};
    if (before != nullptr && (*before)[node] == value[node]) continue;
    out.key(out.name_of(node));
    print_to(out, value[node]);
  }
  out.close_object();
}

// How `value` differs from `before` (they differ): logs and per-node tables as deltas, the rest
// whole.
template <class T>
void print_change(JsonWriter& out, const T& before, const T& value) {
  if constexpr (requires { value.print_change(out, before); }) {
    value.print_change(out, before);
  } else if constexpr (requires { print_per_node(out, value, &before); }) {
    value.items().empty() ? print_per_node(out, value) : print_per_node(out, value, &before);
  } else {
    print_to(out, value);
  }
}

// ---- wire size
// ------------------------------------------------------------------------------------------

// Bytes the value would take on a wire: fixed-width integers, one byte for a bool or enum, four for
// a count.
template <class T>
constexpr std::uint64_t wire_size(const T& value) {
  if constexpr (requires { value.wire_size(); }) {
    return value.wire_size();
  } else if constexpr (FieldStruct<T>) {
    std::uint64_t sum = 0;
    for_each_field(value, [&](std::string_view, const auto& field) { sum += wire_size(field); });
    return sum;
  } else if constexpr (std::same_as<T, Text>) {
    return 1 + value.view().size();
  } else if constexpr (std::same_as<T, std::string>) {
    return 4 + value.size();
  } else if constexpr (std::same_as<T, NodeSet>) {
    return 4 + 4 * std::uint64_t{value.size()};
  } else if constexpr (detail::OptionalLike<T>) {
    return 1 + (value.has_value() ? wire_size(*value) : 0);
  } else if constexpr (detail::MapLike<T>) {
    std::uint64_t sum = 4;
    for (const auto& [key, item] : value) sum += wire_size(key) + wire_size(item);
    return sum;
  } else if constexpr (requires { value.items(); }) {
    return wire_size(value.items());
  } else if constexpr (detail::RangeLike<T>) {
    std::uint64_t sum = 4;
    for (const auto& item : value) sum += wire_size(item);
    return sum;
  } else {
    return sizeof(T);
  }
}

// ---- read
// -----------------------------------------------------------------------------------------------

// Sets `target` from what a user wrote. Empty on success, else one English sentence. A bare scalar
// given for a struct sets its first field.
template <class T>
std::string read_from(const Value& source, T& target, NodeNames names);

namespace detail {

std::string wrong_kind(const Value& source, std::string_view wanted);
std::string read_integer(const Value& source, std::int64_t min, std::int64_t max,
                         std::int64_t& target);
std::string read_node(const Value& source, NodeId& target, NodeNames names);
std::string unknown_choice(std::string_view found, std::string_view list);

template <class T>
std::string read_struct(const Value& source, T& target, NodeNames names) {
  std::string error;
  if (source.kind != Value::Kind::object) {
    if constexpr (field_count < T >> 0)
      return read_from(source, std::get<0>(fields(target)), names);
    return wrong_kind(source, "an object");
  }
  for (const Member& member : source.members) {
    bool known = false;
    for_each_field(target, [&](std::string_view name, auto& field) {
      if (name != member.key) return;
      known = true;
      if (error.empty()) error = read_from(member.value, field, names);
    });
    if (!known) return unknown_choice(member.key, T::field_list());
  }
  return error;
}

template <class T>
std::string read_parsed(const Value& source, T& target, Parsed<T> parsed) {
  if (source.kind != Value::Kind::string) return wrong_kind(source, "a string with a unit");
  if (parsed) target = parsed.value;
  return parsed.error;
}

template <class T>
std::string read_sequence(const Value& source, T& target, NodeNames names) {
  if (source.kind != Value::Kind::array) return wrong_kind(source, "an array");
  target.clear();
  for (const Value& item : source.items) {
    typename T::value_type element{};
    if (std::string error = read_from(item, element, names); !error.empty()) return error;
    if constexpr (requires { target.append(element); }) {
      target.append(element);
    } else if constexpr (requires { target.push_back(element); }) {
      target.push_back(std::move(element));
    } else {
      target.insert(std::move(element));
    }
  }
  return {};
}

// As it prints: an array of [key, value] pairs.
template <MapLike T>
std::string read_map(const Value& source, T& target, NodeNames names) {
  if (source.kind != Value::Kind::array)
    return wrong_kind(source, "an array of [key, value] pairs");
  target.clear();
  for (const Value& pair : source.items) {
    if (pair.items.size() != 2) return wrong_kind(pair, "a [key, value] pair");
    typename T::key_type key{};
    if (std::string error = read_from(pair.items[0], key, names); !error.empty()) return error;
    if (std::string error = read_from(pair.items[1], target[key], names); !error.empty())
      return error;
  }
  return {};
}

template <class T>
std::string read_per_node(const Value& source, PerNode<T>& target, NodeNames names) {
  if (source.kind != Value::Kind::object)
    return wrong_kind(source, "an object with node names as keys");
  for (const Member& member : source.members) {
    NodeId node;
    if (std::string error = read_node(Value::of(member.key), node, names); !error.empty())
      return error;
    if (std::string error = read_from(member.value, target[node], names); !error.empty())
      return error;
  }
  return {};
}

}  // namespace detail

template <class T>
std::string read_from(const Value& source, T& target, NodeNames names) {
  if constexpr (FieldStruct<T>) {
    return detail::read_struct(source, target, names);
  } else if constexpr (std::same_as<T, bool>) {
    if (source.kind != Value::Kind::boolean) return detail::wrong_kind(source, "true or false");
    target = source.boolean;
    return {};
  } else if constexpr (NamedEnum<T>) {
    if (source.kind != Value::Kind::string) return detail::wrong_kind(source, "a name");
    const auto value = enum_value<T>(source.text);
    if (!value) return detail::unknown_choice(source.text, enum_list(T{}));
    target = *value;
    return {};
  } else if constexpr (std::integral<T>) {
    constexpr bool wide = sizeof(T) == 8;
    constexpr std::int64_t min =
        std::is_unsigned_v<T> ? 0 : std::int64_t{std::numeric_limits<T>::min()};
    constexpr std::int64_t max = wide ? std::numeric_limits<std::int64_t>::max()
                                      : static_cast<std::int64_t>(std::numeric_limits<T>::max());
    std::int64_t number = 0;
    std::string error = detail::read_integer(source, min, max, number);
    if (error.empty()) target = static_cast<T>(number);
    return error;
  } else if constexpr (std::same_as<T, NodeId>) {
    return detail::read_node(source, target, names);
  } else if constexpr (std::same_as<T, Duration>) {
    return detail::read_parsed(source, target, parse_duration(source.text));
  } else if constexpr (std::same_as<T, Distribution>) {
    return detail::read_parsed(source, target, parse_distribution(source.text));
  } else if constexpr (std::same_as<T, Probability>) {
    return detail::read_parsed(source, target, parse_probability(source.text));
  } else if constexpr (std::same_as<T, Text>) {
    if (source.kind != Value::Kind::string) return detail::wrong_kind(source, "a string");
    if (source.text.size() > Text::capacity) return "at most 15 bytes fit here";
    target = Text(source.text);
    return {};
  } else if constexpr (std::same_as<T, std::string>) {
    if (source.kind != Value::Kind::string) return detail::wrong_kind(source, "a string");
    target = source.text;
    return {};
  } else if constexpr (detail::OptionalLike<T>) {
    target.reset();
    if (source.kind == Value::Kind::null) return {};
    return read_from(source, target.emplace(), names);
  } else if constexpr (std::same_as<T, NodeSet>) {
    if (source.kind != Value::Kind::array) return detail::wrong_kind(source, "an array of nodes");
    target.clear();
    for (const Value& item : source.items) {
      NodeId node;
      if (std::string error = detail::read_node(item, node, names); !error.empty()) return error;
      target.insert(node);
    }
    return {};
  } else if constexpr (detail::MapLike<T>) {
    return detail::read_map(source, target, names);
  } else if constexpr (requires { detail::read_per_node(source, target, names); }) {
    return detail::read_per_node(source, target, names);
  } else {
    return detail::read_sequence(source, target, names);
  }
}

// ---- what a type can do, without its type
// ------------------------------------------------------------------

// The operations of a field struct behind one pointer each: how a record carries any message or
// event.
struct TypeInfo {
  std::string_view name;  // as in the source: "RequestVote"
  void (*print)(const void* value, JsonWriter& out);
  std::uint64_t (*hash)(const void* value);
  std::string_view field_list;  // "term, last_log_index"; empty when it has none
  std::uint64_t name_hash;
};

constexpr std::uint64_t hash_name(std::string_view name) {
  Hasher hasher;
  hasher.bytes(name);
  return hasher.result();
}

template <FieldStruct T>
inline constexpr TypeInfo type_info{
    T::type_name(),
    [](const void* value, JsonWriter& out) { print_to(out, *static_cast<const T*>(value)); },
    [](const void* value) { return hash_of(*static_cast<const T*>(value)); },
    T::field_list(),
    hash_name(T::type_name()),
};

// A value of some field struct, borrowed. Empty when `type` is null.
struct AnyRef {
  const void* value{};
  const TypeInfo* type{};

  template <FieldStruct T>
  static constexpr AnyRef to(const T& value) {
    return {&value, &type_info<T>};
  }
  std::string_view name() const { return type == nullptr ? std::string_view{} : type->name; }
};

// "RequestVote" -> "request_vote": how events and timers are named in scenarios and traces.
std::string snake_case(std::string_view type_name);

}  // namespace quorate
