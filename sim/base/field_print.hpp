// JSON from anything that lists its fields, whole or as what changed. A type with another shape
// inside joins in with members print_to(JsonWriter&) and print_change(JsonWriter&, before).
#pragma once

#include "sim/base/distribution.hpp"
#include "sim/base/field_list.hpp"
#include "sim/base/id.hpp"
#include "sim/base/json_writer.hpp"
#include "sim/base/text.hpp"
#include "sim/base/time.hpp"

namespace quorate {

template <class T>
void print_per_node(JsonWriter& out, const PerNode<T>& value,
                    const std::type_identity_t<PerNode<T>>* before = nullptr);

template <class T>
void print_to(JsonWriter& out, const T& value) {
  if constexpr (requires { value.print_to(out); }) {
    value.print_to(out);
  } else if constexpr (FieldStruct<T>) {
    out.open_object();
    for_each_field(
        value, [&](std::string_view name, const auto& field) { print_member(out, name, field); });
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
    out.text(value);
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

// One member of an object. The key is one that needs no escaping.
template <class T>
[[gnu::always_inline]] inline void print_member(JsonWriter& out, std::string_view key,
                                                const T& value) {
  out.key(key);
  if constexpr (std::convertible_to<const T&, std::string_view>)
    out.string(value);
  else
    print_to(out, value);
}

// {"n1":…,"n3":…}: every node, or only those whose value is not that of `before`, or new.
template <class T>
void print_per_node(JsonWriter& out, const PerNode<T>& value,
                    const std::type_identity_t<PerNode<T>>* before) {
  out.open_object();
  for (std::uint32_t i = 0; i < value.items().size(); ++i) {
    const NodeId node{i};
    const bool known = before != nullptr && i < before->items().size();
    if (known && before->items()[i] == value.items()[i]) continue;
    out.key(out.name_of(node));
    print_to(out, value[node]);
  }
  out.close_object();
}

// How `value` differs from `before` (they differ):
// logs and per-node tables as deltas, the rest whole.
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

}  // namespace quorate
