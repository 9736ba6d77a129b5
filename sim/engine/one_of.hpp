// One value of a closed list of types, or nothing: what a std::variant is, for bodies that are
// taken, looked at and given back millions of times a second. Its address is known without asking
// which type it holds, and the types that need no destructor cost none.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <utility>

#include "sim/engine/types.hpp"

namespace quorate {

template <class List>
class OneOf;

// A value type: copies, compares and moves as what it holds. Two that hold nothing are equal.
template <class... T>
class OneOf<Types<T...>> {
 public:
  OneOf() = default;
  template <class U>
  requires(position_of<U, Types<T...>> < sizeof...(T)) explicit OneOf(const U& value) {
    hold(value);
  }
  OneOf(const OneOf& other) { hold_same(other); }
  OneOf(OneOf&& other) noexcept { hold_same(std::move(other)); }
  OneOf& operator=(const OneOf& other) {
    if (this == &other) return *this;
    clear();
    hold_same(other);
    return *this;
  }
  OneOf& operator=(OneOf&& other) noexcept {
    if (this == &other) return *this;
    clear();
    hold_same(std::move(other));
    return *this;
  }
  ~OneOf() { clear(); }

  // Holds a copy of `value`, or what was moved out of it. `value` must not lie inside the old one.
  template <class U>
  void emplace(U&& value) {
    if (index_ != 0) clear();
    hold(std::forward<U>(value));
  }
  // Holds a value-initialised value of the type that index() then names.
  void become(std::size_t index) {
    clear();
    (void)((index == index_of<T> ? (hold(T{}), true) : false) || ...);
  }
  void clear() {
    (destroy<T>(), ...);
    index_ = 0;
  }

  // 0 for nothing, else 1 + the type's position in the list.
  std::size_t index() const { return index_; }
  // Where the value is, whatever it is; meaningless while index() is 0.
  const void* address() const { return storage_; }
  void* address() { return storage_; }
  // The value; null if it is of another type.
  template <class U>
  const U* get_if() const {
    return holds<U>() ? &get<U>() : nullptr;
  }
  // Calls f(value) with the value as what it is, if that is a type of `List`.
  template <class List = Types<T...>, class F>
  void visit(F&& f) const {
    visit_as(List{}, f);
  }
  friend bool operator==(const OneOf& a, const OneOf& b) {
    if (a.index_ != b.index_) return false;
    bool equal = true;
    a.visit([&]<class U>(const U& value) { equal = value == b.get<U>(); });
    return equal;
  }

 private:
  static constexpr std::size_t size = std::max({std::size_t{1}, sizeof(T)...});
  static constexpr std::size_t alignment = std::max({std::size_t{1}, alignof(T)...});
  static_assert(sizeof...(T) < 255, "The list is too long for its index.");

  template <class U>
  static constexpr auto index_of = static_cast<std::uint8_t>(position_of<U, Types<T...>> + 1);

  template <class... U, class F>
  void visit_as(Types<U...>, [[maybe_unused]] F& f) const {
    (void)((holds<U>() ? (f(get<U>()), true) : false) || ...);
  }
  template <class U>
  bool holds() const {
    return index_ == index_of<U>;
  }
  template <class U>
  const U& get() const {
    return *std::launder(reinterpret_cast<const U*>(storage_));
  }
  template <class U>
  U& get() {
    return *std::launder(reinterpret_cast<U*>(storage_));
  }
  // REQUIRES that it holds nothing, here and below.
  template <class U>
  void hold(U&& value) {
    using Held = std::remove_cvref_t<U>;
    std::construct_at(reinterpret_cast<Held*>(storage_), std::forward<U>(value));
    index_ = index_of<Held>;
  }
  void hold_same(const OneOf& other) {
    other.visit([&](const auto& value) { hold(value); });
  }
  void hold_same(OneOf&& other) {
    (void)((other.template holds<T>() ? (hold(std::move(other.template get<T>())), true) : false) ||
           ...);
  }
  template <class U>
  void destroy() {
    if constexpr (!std::is_trivially_destructible_v<U>) {
      if (holds<U>()) std::destroy_at(&get<U>());
    }
  }

  alignas(alignment) std::byte storage_[size];
  std::uint8_t index_{};
};

}  // namespace quorate
