// The hash and the wire size of anything that lists its fields. A type with another shape inside (a
// log) joins in with members hash_to(Hasher&) and wire_size().
#pragma once

#include "sim/base/distribution.hpp"
#include "sim/base/field_list.hpp"
#include "sim/base/hash.hpp"
#include "sim/base/id.hpp"
#include "sim/base/text.hpp"
#include "sim/base/time.hpp"

namespace quorate {

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

// Bytes the value would take on a wire: fixed-width integers,
// one byte for a bool or enum, four for a count.
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

}  // namespace quorate
