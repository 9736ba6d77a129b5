// A field that an option brought, later than the protocol. While it is as it began, the digest of a
// run passes over it, and so do a message's size and print: runs without the option keep the
// digests and traces they had before.
#pragma once

#include "sim/base/fields.hpp"

namespace quorate {

// Otherwise a T, which lists its fields or is a log.
template <class T>
struct Later : T {
  using T::T;
  Later() = default;
  Later(const T& value) : T(value) {}  // NOLINT(google-explicit-constructor)

  void hash_to(Hasher& hasher) const {
    if (!is_absent()) quorate::hash_to(hasher, static_cast<const T&>(*this));
  }
  std::uint64_t wire_size() const {
    return is_absent() ? 0 : quorate::wire_size(static_cast<const T&>(*this));
  }
  bool is_absent() const { return static_cast<const T&>(*this) == T{}; }
};

// Prints a message without its later fields that are absent: the print_to of one that has some.
template <FieldStruct T>
void print_present(JsonWriter& out, const T& message) {
  out.open_object();
  for_each_field(message, [&](std::string_view name, const auto& field) {
    if constexpr (requires { field.is_absent(); }) {
      if (field.is_absent()) return;
    }
    print_member(out, name, field);
  });
  out.close_object();
}

}  // namespace quorate
