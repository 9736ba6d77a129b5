// Large values that many copies of a node hold: the copies share them.
#pragma once

#include <cstdint>
#include <utility>

#include "sim/base/field_read.hpp"
#include "sim/base/fields.hpp"

namespace quorate {

namespace detail {

// A reference-counted pointer for one thread: shared_ptr pays for atomics that a run never needs.
template <class T>
class Shared {
 public:
  Shared() = default;
  Shared(const Shared& other) : node_(other.node_) {
    if (node_ != nullptr) ++node_->owners;
  }
  Shared(Shared&& other) noexcept : node_(std::exchange(other.node_, nullptr)) {}
  Shared& operator=(Shared other) noexcept {
    std::swap(node_, other.node_);
    return *this;
  }
  ~Shared() {
    if (node_ != nullptr && --node_->owners == 0) destroy(node_);
  }
  static Shared make(T value = {}) {
    Shared result;
    result.node_ = new Node{std::move(value), 1};
    return result;
  }
  explicit operator bool() const { return node_ != nullptr; }
  bool same(const Shared& other) const { return node_ == other.node_; }
  bool unique() const { return node_->owners == 1; }
  T& operator*() const { return node_->value; }
  T* operator->() const { return &node_->value; }

 private:
  struct Node {
    T value;
    std::uint32_t owners;
  };
  // A call of its own: inlined, GCC 12 loses count of owners and warns of use after the end.
  [[gnu::noinline]] static void destroy(Node* node) { delete node; }

  Node* node_{};
};

}  // namespace detail

// A value that lists its fields and is only ever replaced whole: a snapshot, say. Copied and, as a
// rule, compared in O(1), and as small as a pointer, so that a message can carry it and a disk keep
// it. As a field it looks like the T it holds.
template <class T>
class Frozen {
 public:
  // A T{}.
  Frozen() = default;
  Frozen(T value)  // NOLINT(google-explicit-constructor)
      : held_(detail::Shared<T>::make(std::move(value))) {}

  const T& operator*() const { return held_ ? *held_ : nothing; }
  const T* operator->() const { return &**this; }

  friend bool operator==(const Frozen& a, const Frozen& b) {
    return a.held_.same(b.held_) || *a == *b;
  }
  void hash_to(Hasher& hasher) const { quorate::hash_to(hasher, **this); }
  std::uint64_t wire_size() const { return quorate::wire_size(**this); }
  void print_to(JsonWriter& out) const { quorate::print_to(out, **this); }
  std::string read_from(const Value& source, NodeNames names) {
    T value;
    std::string error = quorate::read_from(source, value, names);
    if (error.empty()) *this = Frozen(std::move(value));
    return error;
  }

 private:
  static inline const T nothing{};

  detail::Shared<T> held_;
};

}  // namespace quorate
