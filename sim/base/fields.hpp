// Everything a field list (field_list.hpp) gives on the simulation path: equality, hash, printing,
// wire size, and a way to pass a value on without its type.
#pragma once

#include "sim/base/field_hash.hpp"
#include "sim/base/field_list.hpp"
#include "sim/base/field_print.hpp"

namespace quorate {

// The operations of a field struct behind one pointer each:
// how a record carries any message or event.
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
  // The value if it is a T, else null.
  template <FieldStruct T>
  const T* get_if() const {
    return type == &type_info<T> ? static_cast<const T*>(value) : nullptr;
  }
  std::string_view name() const { return type == nullptr ? std::string_view{} : type->name; }
};

// "RequestVote" -> "request_vote": how events and timers are named in scenarios and traces.
std::string snake_case(std::string_view type_name);

}  // namespace quorate
