// What changed in a node's roles and on its disk, as `set` and `disk` of a trace line show it.
#pragma once

#include "sim/base/fields.hpp"
#include "sim/engine/durability.hpp"
#include "sim/run/describe.hpp"
#include "sim/trace/observer.hpp"

namespace quorate {

// Compares two states of a node, all borrowed for one call.
template <class P>
class NodeChange final : public StateChange {
 public:
  struct View {
    const typename Traits<P>::Roles& roles;
    const typename Traits<P>::Image& disk;
  };
  NodeChange(View before, View after, bool lost_write)
      : before_(before),
        after_(after),
        any_(differ(before.roles, after.roles)),
        any_on_disk_(differ(before.disk, after.disk)),
        lost_write_(lost_write) {}
  bool any() const override { return any_; }
  void print(JsonWriter& out) const override {
    print_roles(out, [&]<class R, std::size_t I>() {
      print_role<R>(out, fields(std::get<I>(before_.roles)), fields(std::get<I>(after_.roles)),
                    [](std::size_t field) { return field_name<R>(field); });
    });
  }
  bool any_on_disk() const override { return any_on_disk_; }
  // True where the disk has caught up with the roles, as it has after most writes.
  void print_disk(JsonWriter& out) const override {
    if (Durability<P>::is_image_of(after_.disk, after_.roles)) return out.boolean(true);
    print_roles(out, [&]<class R, std::size_t I>() {
      static const std::vector<std::string> names = detail::durable_names<R>();
      print_role<R>(out, std::get<I>(before_.disk), std::get<I>(after_.disk),
                    [](std::size_t field) { return std::string_view(names[field]); });
    });
  }
  bool lost_write() const override { return lost_write_; }

 private:
  template <class T>
  static bool differ(const T& before, const T& after) {
    return &before != &after && !(before == after);
  }
  template <class F>
  void print_roles(JsonWriter& out, F&& role) const {
    out.open_object();
    [&]<class... R>(Types<R...>) {
      (role.template operator()<R, position_of<R, Types<R...>>>(), ...);
    }(typename P::Roles{});
    out.close_object();
  }
  // The fields of a protocol's only role stand alone; those of one among several under the role's
  // name.
  template <class R, class Fields, class Name>
  void print_role(JsonWriter& out, const Fields& before, const Fields& after, Name name) const {
    if constexpr (Traits<P>::roles > 1) {
      if (before == after) return;
      out.key(snake_case(R::type_name()));
      out.open_object();
    }
    [&]<std::size_t... I>(std::index_sequence<I...>) {
      (print_field(out, name(I), std::get<I>(before), std::get<I>(after)), ...);
    }
    (std::make_index_sequence<std::tuple_size_v<Fields>>{});
    if constexpr (Traits<P>::roles > 1) out.close_object();
  }
  template <class T>
  void print_field(JsonWriter& out, std::string_view name, const T& before, const T& after) const {
    if (before == after) return;
    out.key(name);
    print_change(out, before, after);
  }

  View before_;
  View after_;
  bool any_;
  bool any_on_disk_;
  bool lost_write_;
};

}  // namespace quorate
