// What a handler changed in a node's roles, as the `set` of a trace line shows it.
#pragma once

#include "sim/base/fields.hpp"
#include "sim/engine/traits.hpp"
#include "sim/trace/observer.hpp"

namespace quorate {

// Compares two states of a node, both borrowed for one call.
template <class P>
class RolesChange final : public StateChange {
 public:
  using Roles = typename Traits<P>::Roles;
  RolesChange(const Roles& before, const Roles& after, NodeNames names)
      : before_(before), after_(after), names_(names) {}
  bool any() const override { return !(before_ == after_); }
  void print(JsonWriter& out) const override {
    out.open_object();
    std::apply(
        [&](const auto&... after) {
          std::apply([&](const auto&... before) { (print_role(out, before, after), ...); },
                     before_);
        },
        after_);
    out.close_object();
  }

 private:
  // The fields of a protocol's only role stand alone; those of one among several under the role's
  // name.
  template <class R>
  void print_role(JsonWriter& out, const R& before, const R& after) const {
    if (before == after) return;
    if constexpr (Traits<P>::roles > 1) {
      out.key(snake_case(R::type_name()));
      out.open_object();
    }
    const auto changed = fields(after);
    const auto original = fields(before);
    [&]<std::size_t... I>(std::index_sequence<I...>) {
      (print_field(out, field_name<R>(I), std::get<I>(original), std::get<I>(changed)), ...);
    }
    (std::make_index_sequence<field_count<R>>{});
    if constexpr (Traits<P>::roles > 1) out.close_object();
  }
  template <class T>
  void print_field(JsonWriter& out, std::string_view name, const T& before, const T& after) const {
    if (before == after) return;
    out.key(name);
    print_change(out, before, after);
  }

  const Roles& before_;
  const Roles& after_;
  NodeNames names_;
};

}  // namespace quorate
