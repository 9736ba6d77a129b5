// Everything a field list (field_list.hpp) gives on the simulation path: equality, hash, printing,
// wire size, and a way to pass a value on without its type.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "sim/base/field_hash.hpp"
#include "sim/base/field_list.hpp"
#include "sim/base/field_print.hpp"

namespace quorate {

namespace detail {

// Whether every {name} in `sentence` is closed and an item of `list`.
constexpr bool names_fields_of(std::string_view sentence, std::string_view list) {
  for (std::size_t open = sentence.find('{'); open != std::string_view::npos;
       open = sentence.find('{', open + 1)) {
    const std::size_t close = sentence.find('}', open);
    if (close == std::string_view::npos) return false;
    bool found = false;
    for (std::size_t i = 0; i < list_size(list); ++i) {
      found = found || list_item(list, i) == sentence.substr(open + 1, close - open - 1);
    }
    if (!found) return false;
  }
  return true;
}

template <class T>
constexpr std::string_view sentence_of() {
  if constexpr (requires { T::sentence; }) {
    static_assert(names_fields_of(T::sentence, T::field_list()),
                  "a sentence names a {field} that the type does not have");
    return T::sentence;
  } else {
    return {};
  }
}

}  // namespace detail

// The operations of a field struct behind one pointer each:
// how a record carries any message or event.
struct TypeInfo {
  std::string_view name;  // as in the source: "RequestVote"
  void (*print)(const void* value, JsonWriter& out);
  std::uint64_t (*hash)(const void* value);
  std::string_view field_list;  // "term, last_log_index"; empty when it has none
  std::uint64_t name_hash;
  // An event's words for people, "removes entries {first} to {last}": T::sentence, empty if none.
  std::string_view sentence;
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
    detail::sentence_of<T>(),
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

// What the types of a list are called and made of, for code that need not know them.
using TypeInfos = std::span<const TypeInfo* const>;
// As they are written: "RequestVote".
std::vector<std::string> type_names(TypeInfos types);

// "RequestVote" -> "request_vote": how events and timers are named in scenarios and traces.
std::string snake_case(std::string_view type_name);

}  // namespace quorate
