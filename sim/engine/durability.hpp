// What a node keeps over a crash: the durable fields of its roles, as its disk holds them.
#pragma once

#include "sim/engine/kernel.hpp"

namespace quorate {

template <class P>
struct Durability {
  using Roles = typename Traits<P>::Roles;
  using Image = typename Traits<P>::Image;
  using RoleIndices = std::make_index_sequence<Traits<P>::roles>;

  static Image image_of(const Roles& roles) {
    Image image{};
    copy(roles, image, RoleIndices{});
    return image;
  }

  // Value-initialises the roles, then brings back what the disk has synced, but for the fields that
  // a durability bug forgets (`forgotten[i]`, bit per durable field of role i).
  template <class Forgotten>
  static void restore(Machine<P>& machine, const Forgotten& forgotten) {
    machine.roles = {};
    [&]<std::size_t... I>(std::index_sequence<I...>) {
      (restore_role(std::get<I>(machine.roles), std::get<I>(machine.disk.synced()), forgotten[I]),
       ...);
    }
    (RoleIndices{});
    machine.disk.format(image_of(machine.roles));
  }

  // Whether the image holds every durable field as the roles have it.
  static bool is_image_of(const Image& image, const Roles& roles) {
    return [&]<std::size_t... I>(std::index_sequence<I...>) {
      return ((std::get<I>(image) == detail::durable_fields(std::get<I>(roles))) && ...);
    }
    (RoleIndices{});
  }
  // True when every durable field equals what was last issued to the disk: no handler forgot
  // persist().
  static bool all_issued(const Machine<P>& machine) {
    return is_image_of(machine.disk.latest(), machine.roles);
  }

 private:
  template <std::size_t... I>
  static void copy(const Roles& roles, Image& image, std::index_sequence<I...>) {
    ((std::get<I>(image) = detail::durable_fields(std::get<I>(roles))), ...);
  }
  template <class R, class RoleImage>
  static void restore_role(R& role, const RoleImage& image, std::uint32_t forgotten) {
    [&]<std::size_t... I>(std::index_sequence<I...>) {
      [[maybe_unused]] auto target = detail::durable_fields(role);
      [[maybe_unused]] const auto keep = [&](std::size_t field, auto& to, const auto& from) {
        if ((forgotten >> field & 1) == 0) to = from;
      };
      (keep(I, std::get<I>(target), std::get<I>(image)), ...);
    }
    (std::make_index_sequence<std::tuple_size_v<RoleImage>>{});
  }
};

}  // namespace quorate
