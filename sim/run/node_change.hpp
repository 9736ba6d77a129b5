// What changed in a node's roles and on its disk, as `set` and `disk` of a trace line show it.
#pragma once

#include <algorithm>
#include <array>

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
      : before_(before), after_(after), lost_write_(lost_write) {
    if (&before.roles != &after.roles) look_at_roles();
    if (&before.disk != &after.disk) look_at_disk();
  }
  bool any() const override { return any(roles_); }
  void print(JsonWriter& out) const override {
    print_roles(out, roles_, [&]<class R, std::size_t I>() {
      print_fields(out, roles_[I], fields(std::get<I>(before_.roles)),
                   fields(std::get<I>(after_.roles)),
                   []<std::size_t field>() { return detail::field_names<R>[field]; });
    });
  }
  bool any_on_disk() const override { return any(disk_); }
  // True where the disk has caught up with the roles, as it has after most writes.
  void print_disk(JsonWriter& out) const override {
    if (Durability<P>::is_image_of(after_.disk, after_.roles)) return out.boolean(true);
    print_roles(out, disk_, [&]<class R, std::size_t I>() {
      print_fields(out, disk_[I], std::get<I>(before_.disk), std::get<I>(after_.disk),
                   []<std::size_t field>() { return detail::durable_names<R>()[field]; });
    });
  }
  bool lost_write() const override { return lost_write_; }
  // Brings a copy of the roles as they were before up to date: its fields, and of them only those
  // that changed.
  void apply_to(typename Traits<P>::Roles& roles) const {
    [&]<std::size_t... I>(std::index_sequence<I...>) {
      (assign(roles_[I], fields(std::get<I>(roles)), fields(std::get<I>(after_.roles))), ...);
    }
    (std::make_index_sequence<Traits<P>::roles>{});
  }

 private:
  // Of each role the fields that differ, as bits: found once, asked several times.
  using Changed = std::array<std::uint64_t, Traits<P>::roles>;

  static bool any(const Changed& changed) {
    return std::ranges::any_of(changed, [](std::uint64_t fields) { return fields != 0; });
  }
  void look_at_roles() {
    [&]<std::size_t... I>(std::index_sequence<I...>) {
      ((roles_[I] =
            differing(fields(std::get<I>(before_.roles)), fields(std::get<I>(after_.roles)))),
       ...);
    }
    (std::make_index_sequence<Traits<P>::roles>{});
  }
  void look_at_disk() {
    [&]<std::size_t... I>(std::index_sequence<I...>) {
      ((disk_[I] = differing(std::get<I>(before_.disk), std::get<I>(after_.disk))), ...);
    }
    (std::make_index_sequence<Traits<P>::roles>{});
  }
  template <class Fields, class Source>
  static void assign(std::uint64_t changed, const Fields& to, const Source& from) {
    [&]<std::size_t... I>(std::index_sequence<I...>) {
      ((changed >> I & 1 ? void(get<I>(to) = get<I>(from)) : void()), ...);
    }
    (std::make_index_sequence<std::tuple_size_v<Fields>>{});
  }
  // The fields of a protocol's only role stand alone; those of one among several under the role's
  // name.
  template <class F>
  void print_roles(JsonWriter& out, const Changed& changed, F&& print) const {
    const auto one = [&]<class R, std::size_t I>() {
      if (changed[I] == 0) return;
      if constexpr (Traits<P>::roles > 1) {
        out.key(snake_case(R::type_name()));
        out.open_object();
      }
      print.template operator()<R, I>();
      if constexpr (Traits<P>::roles > 1) out.close_object();
    };
    out.open_object();
    [&]<class... R>(Types<R...>) {
      (one.template operator()<R, position_of<R, Types<R...>>>(), ...);
    }(typename P::Roles{});
    out.close_object();
  }
  // `name.operator()<I>()` is what field I is called: of a role the compiler knows it.
  template <class Fields, class Name>
  static void print_fields(JsonWriter& out, std::uint64_t changed, const Fields& before,
                           const Fields& after, Name name) {
    using std::get;  // of a disk's image
    [&]<std::size_t... I>(std::index_sequence<I...>) {
      ((changed >> I & 1
            ? print_field(out, name.template operator()<I>(), get<I>(before), get<I>(after))
            : void()),
       ...);
    }
    (std::make_index_sequence<std::tuple_size_v<Fields>>{});
  }
  template <class T>
  [[gnu::always_inline]] static void print_field(JsonWriter& out, std::string_view name,
                                                 const T& before, const T& after) {
    out.key(name);
    print_change(out, before, after);
  }

  View before_;
  View after_;
  Changed roles_{};
  Changed disk_{};
  bool lost_write_;
};

}  // namespace quorate
