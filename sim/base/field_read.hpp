// Sets anything that lists its fields from what a user wrote (parameters, initial states) or a
// trace tells: the way back from what field_print.hpp prints.
#pragma once

#include <limits>

#include "sim/base/distribution.hpp"
#include "sim/base/field_list.hpp"
#include "sim/base/id.hpp"
#include "sim/base/text.hpp"
#include "sim/base/time.hpp"
#include "sim/base/value.hpp"

namespace quorate {

// Sets `target` from what a user wrote. Empty on success, else one English sentence. A bare scalar
// given for a struct sets its first field.
template <class T>
std::string read_from(const Value& source, T& target, NodeNames names);

// The same for the field of this name; where `target` has no such field, nothing happens.
template <FieldStruct T>
std::string read_field(const Value& source, std::string_view name, T& target, NodeNames names) {
  std::string error;
  for_each_field(target, [&](std::string_view candidate, auto& field) {
    if (candidate == name) error = read_from(source, field, names);
  });
  return error;
}

// Changes `target` by what print_change printed of it: logs and per-node tables as deltas, the rest
// whole. Empty on success, else one English sentence. A type with a print_change of its own has a
// member read_change(const Value&, NodeNames).
template <class T>
std::string read_change(const Value& change, T& target, NodeNames names);

namespace detail {

std::string wrong_kind(const Value& source, std::string_view wanted);
std::string read_integer(const Value& source, std::int64_t min, std::int64_t max,
                         std::int64_t& target);
std::string read_node(const Value& source, NodeId& target, NodeNames names);
std::string unknown_choice(std::string_view found, std::string_view list);

// The integers a user may write for a T; those beyond int64 have no JSON form here.
template <class T>
inline constexpr std::int64_t least =
    std::is_unsigned_v<T> ? 0 : std::int64_t{std::numeric_limits<T>::min()};
template <class T>
inline constexpr std::int64_t most = sizeof(T) == 8
                                         ? std::numeric_limits<std::int64_t>::max()
                                         : static_cast<std::int64_t>(std::numeric_limits<T>::max());

template <class T>
std::string read_struct(const Value& source, T& target, NodeNames names) {
  std::string error;
  if (source.kind != Value::Kind::object) {
    if constexpr ((field_count<T>) > 0)
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

// Names, numbers, texts and everything written as one JSON scalar.
template <class T>
std::string read_scalar(const Value& source, T& target) {
  if constexpr (std::same_as<T, bool>) {
    if (source.kind != Value::Kind::boolean) return wrong_kind(source, "true or false");
    target = source.boolean;
    return {};
  } else if constexpr (NamedEnum<T>) {
    if (source.kind != Value::Kind::string) return wrong_kind(source, "a name");
    const auto value = enum_value<T>(source.text);
    if (!value) return unknown_choice(source.text, enum_list(T{}));
    target = *value;
    return {};
  } else if constexpr (std::integral<T>) {
    std::int64_t number = 0;
    std::string error = read_integer(source, least<T>, most<T>, number);
    if (error.empty()) target = static_cast<T>(number);
    return error;
  } else if constexpr (std::same_as<T, Time>) {
    return read_integer(source, 0, Time::never().ns, target.ns);
  } else if constexpr (std::same_as<T, Duration>) {
    return read_parsed(source, target, parse_duration(source.text));
  } else if constexpr (std::same_as<T, Distribution>) {
    return read_parsed(source, target, parse_distribution(source.text));
  } else if constexpr (std::same_as<T, Probability>) {
    return read_parsed(source, target, parse_probability(source.text));
  } else {
    if (source.kind != Value::Kind::string) return wrong_kind(source, "a string");
    if constexpr (std::same_as<T, Text>) {
      if (source.text.size() > Text::capacity) return "at most 15 bytes fit here";
    }
    target = T(source.text);
    return {};
  }
}

template <class T>
inline constexpr bool is_scalar =
    NamedEnum<T> || std::integral<T> || std::same_as<T, Time> || std::same_as<T, Duration> ||
    std::same_as<T, Distribution> || std::same_as<T, Probability> || std::same_as<T, Text> ||
    std::same_as<T, std::string>;

template <class T>
std::string read_optional(const Value& source, T& target, NodeNames names) {
  target.reset();
  if (source.kind == Value::Kind::null) return {};
  return read_from(source, target.emplace(), names);
}

std::string read_node_set(const Value& source, NodeSet& target, NodeNames names);

}  // namespace detail

template <class T>
std::string read_from(const Value& source, T& target, NodeNames names) {
  if constexpr (requires { target.read_from(source, names); })
    return target.read_from(source, names);
  else if constexpr (FieldStruct<T>)
    return detail::read_struct(source, target, names);
  else if constexpr (detail::is_scalar<T>)
    return detail::read_scalar(source, target);
  else if constexpr (std::same_as<T, NodeId>)
    return detail::read_node(source, target, names);
  else if constexpr (std::same_as<T, NodeSet>)
    return detail::read_node_set(source, target, names);
  else if constexpr (detail::OptionalLike<T>)
    return detail::read_optional(source, target, names);
  else if constexpr (detail::MapLike<T>)
    return detail::read_map(source, target, names);
  else if constexpr (requires { detail::read_per_node(source, target, names); })
    return detail::read_per_node(source, target, names);
  else
    return detail::read_sequence(source, target, names);
}

template <class T>
std::string read_change(const Value& change, T& target, NodeNames names) {
  if constexpr (requires { target.read_change(change, names); }) {
    return target.read_change(change, names);
  } else {
    // A table that changed and now has nothing to show is empty.
    if constexpr (requires { detail::read_per_node(change, target, names); }) {
      if (change.members.empty()) target.clear();
    }
    return read_from(change, target, names);
  }
}

}  // namespace quorate
