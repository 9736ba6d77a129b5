// What a node keeps over a crash: the durable fields of its roles, as its disk holds them.
#pragma once

#include "sim/engine/kernel.hpp"

namespace quorate {

// Which of two lists of fields differ, as bits.
template <class Fields>
std::uint64_t differing(const Fields& before, const Fields& after) {
  using std::get;  // of a disk's image
  static_assert(std::tuple_size_v<Fields> <= 64, "a role has more than 64 fields");
  return [&]<std::size_t... I>(std::index_sequence<I...>) {
    return (std::uint64_t{0} | ... |
            (std::uint64_t{get<I>(before) == get<I>(after) ? 0U : 1U} << I));
  }
  (std::make_index_sequence<std::tuple_size_v<Fields>>{});
}

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

  // Value-initialises the roles, then brings back what is on the disk, or is read of it, but for
  // the fields that a durability bug forgets (`forgotten[i]`, bit per durable field of role i).
  template <class Forgotten>
  static void restore(Machine<P>& machine, const Forgotten& forgotten) {
    machine.roles = {};
    restore(machine.roles, machine.disk.synced(), forgotten, every_field);
    machine.disk.format(image_of(machine.roles));
    if (machine.misread != nullptr) [[unlikely]]
      believe_misread(machine, forgotten);
  }

  // Power is gone at this machine: its disk holds what is left.
  static CrashLoss lose_unsynced(Machine<P>& machine) {
    machine.misread = nullptr;
    return machine.disk.cache().empty() ? machine.disk.lose_unsynced() : lose_some(machine.disk);
  }
  [[gnu::cold, gnu::noinline]] static CrashLoss lose_some(Disk<Image>& disk) {
    const Image* before = &disk.synced();
    for (CachedWrite& write : disk.cache().writes()) {
      const Image* const after = &image_at(write.image);
      write.changed = changed(*before, *after, RoleIndices{});
      write.fields = of_the_same_role(write.changed);
      before = after;
    }
    const CrashLoss loss = disk.lose_unsynced();
    Roles left = roles_of(disk.synced());
    for (const CachedWrite& write : disk.cache().writes()) {
      restore(left, image_at(write.image), remembers_all, write.kept);
    }
    disk.format(image_of(left));
    return loss;
  }

  // Does this to the disk of a node that is down, which it shows when it comes back; a snapshot may
  // be taken of any. `alter` changes the durable fields of the roles it is given. False where
  // nothing is another than before.
  template <class Alter>
  [[gnu::cold, gnu::noinline]] static bool harm(Kernel<P>& kernel, NodeId node,
                                                const DiskHarm& harm, Alter&& alter) {
    Machine<P>& machine = kernel.machines[node.value];
    if (harm.act == DiskAct::snapshot) {
      machine.snapshot = std::make_shared<const Image>(next_image(machine));
      return true;
    }
    if (machine.up) return false;
    if (harm.act == DiskAct::read_error) return !std::exchange(machine.unreadable, true);
    if (harm.act == DiskAct::swap) return swap(machine, kernel.machines[harm.other.value]);
    if (harm.act == DiskAct::restore) {
      if (machine.snapshot == nullptr) return false;
      const bool mended = std::exchange(machine.unreadable, false);
      return put_on_disk(machine, roles_of(image_at(machine.snapshot))) || mended;
    }
    if (harm.undone) return std::exchange(machine.misread, nullptr) != nullptr;
    if (is_of_reading(harm.act)) return alter_reading(machine, alter);
    Roles after = roles_of(next_image(machine));
    return alter(after) && put_on_disk(machine, after);
  }
  // A node that starts again finds what was done to its disk since the crash; with `amnesia` it has
  // another, empty one.
  template <class S>
  static void find_harm(Kernel<P>& kernel, Machine<P>& machine, bool amnesia, S& sink) {
    const std::shared_ptr<const void> found = std::move(machine.harmed);
    if (amnesia) {
      machine.misread = nullptr;
      return machine.disk.format(image_of({}));
    }
    if (found != nullptr) {
      machine.disk.format(image_at(found));
      kernel.tell_loss(machine.node, {}, sink);
    }
    if (machine.misread != nullptr) kernel.tell_misread(machine.node, sink);
  }

  // Whether the image holds every durable field as the roles have it.
  static bool is_image_of(const Image& image, const Roles& roles) {
    return [&]<std::size_t... I>(std::index_sequence<I...>) {
      return ((std::get<I>(image) == detail::durable_fields(std::get<I>(roles))) && ...);
    }
    (RoleIndices{});
  }
  // True when every durable field equals what was last issued to the disk: no handler forgot
  // persist(). What a role has read amiss is as if it were issued, also if it comes back to that.
  static bool all_issued(const Machine<P>& machine) {
    if (machine.misread != nullptr) [[unlikely]]
      return all_issued_or_misread(machine, RoleIndices{});
    return is_image_of(machine.disk.latest(), machine.roles);
  }

 private:
  template <std::size_t... I>
  static void copy(const Roles& roles, Image& image, std::index_sequence<I...>) {
    ((std::get<I>(image) = detail::durable_fields(std::get<I>(roles))), ...);
  }
  static constexpr std::array<std::uint32_t, Traits<P>::roles> remembers_all{};
  static constexpr std::uint64_t every_field = ~std::uint64_t{0};

  static const Image& image_at(const std::shared_ptr<const void>& image) {
    return *static_cast<const Image*>(image.get());
  }
  [[gnu::cold, gnu::noinline]] static Roles roles_of(const Image& image) {
    Roles roles{};
    restore(roles, image, remembers_all, every_field);
    return roles;
  }
  template <std::size_t... I>
  [[gnu::cold, gnu::noinline]] static bool all_issued_or_misread(const Machine<P>& machine,
                                                                 std::index_sequence<I...>) {
    const auto is_as = [&]<std::size_t role>(const Image& image) {
      return std::get<role>(image) == detail::durable_fields(std::get<role>(machine.roles));
    };
    return ((is_as.template operator()<I>(machine.disk.latest()) ||
             is_as.template operator()<I>(image_at(machine.misread))) &&
            ...);
  }
  // It believes what it has read. Its disk is as it was, until a role writes what it has.
  template <class Forgotten>
  [[gnu::cold, gnu::noinline]] static void believe_misread(Machine<P>& machine,
                                                           const Forgotten& forgotten) {
    machine.roles = {};
    restore(machine.roles, image_at(machine.misread), forgotten, every_field);
    machine.misread = std::make_shared<const Image>(image_of(machine.roles));
  }
  template <class Alter>
  [[gnu::cold, gnu::noinline]] static bool alter_reading(Machine<P>& machine, Alter&& alter) {
    const Image& before =
        machine.misread != nullptr ? image_at(machine.misread) : next_image(machine);
    Roles read = roles_of(before);
    if (!alter(read) || is_image_of(before, read)) return false;
    machine.misread = std::make_shared<const Image>(image_of(read));
    return true;
  }
  // What a node that is down would find.
  static const Image& next_image(const Machine<P>& machine) {
    return machine.harmed != nullptr ? image_at(machine.harmed) : machine.disk.synced();
  }
  [[gnu::cold, gnu::noinline]] static bool put_on_disk(Machine<P>& machine, const Roles& roles) {
    if (is_image_of(next_image(machine), roles)) return false;
    machine.harmed = std::make_shared<const Image>(image_of(roles));
    machine.misread = nullptr;
    return true;
  }
  [[gnu::cold, gnu::noinline]] static bool swap(Machine<P>& one, Machine<P>& other) {
    if (other.up) return false;
    const Roles roles = roles_of(next_image(one));
    const bool differ = one.unreadable != other.unreadable;
    std::swap(one.unreadable, other.unreadable);
    const bool others = put_on_disk(one, roles_of(next_image(other)));
    return (others && put_on_disk(other, roles)) || differ;
  }
  // Where the fields of each role begin among those of all.
  static constexpr auto first_fields = []<class... RoleImage>(std::tuple<RoleImage...>*) {
    std::array<std::size_t, sizeof...(RoleImage) + 1> first{};
    std::size_t role = 0;
    ((first[role + 1] = first[role] + std::tuple_size_v<RoleImage>, ++role), ...);
    return first;
  }(static_cast<Image*>(nullptr));
  static_assert(first_fields.back() < 64, "a protocol has more than 63 durable fields");

  template <std::size_t... I>
  static std::uint64_t changed(const Image& before, const Image& after, std::index_sequence<I...>) {
    return (std::uint64_t{0} | ... |
            (differing(std::get<I>(before), std::get<I>(after)) << first_fields[I]));
  }
  // All fields of the role of which these are some.
  static std::uint64_t of_the_same_role(std::uint64_t fields) {
    std::size_t role = 0;
    while (fields >> first_fields[role + 1] != 0) ++role;
    const auto below = [](std::size_t field) { return (std::uint64_t{1} << field) - 1; };
    return below(first_fields[role + 1]) & ~below(first_fields[role]);
  }
  // Those of `fields`, counted through all roles.
  template <class Forgotten>
  [[gnu::cold, gnu::noinline]] static void restore(Roles& roles, const Image& image,
                                                   const Forgotten& forgotten,
                                                   std::uint64_t fields) {
    [&]<std::size_t... I>(std::index_sequence<I...>) {
      (restore_role(std::get<I>(roles), std::get<I>(image),
                    forgotten[I] | static_cast<std::uint32_t>(~(fields >> first_fields[I]))),
       ...);
    }
    (RoleIndices{});
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
