// Finds and calls the handler a role has for what arrived. Which handlers exist is known at compile
// time; which role a message is for, and what it holds, only at run time.
#pragma once

#include "sim/engine/out.hpp"

namespace quorate {

template <class P>
struct Handlers {
  using Payload = typename Traits<P>::Payload;
  using Timer = typename Traits<P>::Timer;
  using RoleIndices = std::make_index_sequence<Traits<P>::roles>;

  static bool plays(const Kernel<P>& kernel, NodeId node, std::size_t role) {
    return (kernel.setup->nodes[node.value].plays >> role & 1) != 0;
  }

  // Calls f(role, out) for every role the node plays, in the protocol's order.
  template <class F>
  static void every_role(Kernel<P>& kernel, NodeId node, std::uint64_t handler, F&& f) {
    const auto call = [&](auto& role, std::uint8_t index) {
      if (!plays(kernel, node, index)) return;
      Out<P> out(kernel, node, index, handler);
      f(role, out);
    };
    [&]<std::size_t... I>(std::index_sequence<I...>) {
      (call(std::get<I>(kernel.machines[node.value].roles), static_cast<std::uint8_t>(I)), ...);
    }
    (RoleIndices{});
  }

  // on(from, message, out), or on(request, out) for a client's. False when the role has neither, or
  // the node does not play it. `body` stays in place while the handler runs.
  static bool message(Kernel<P>& kernel, NodeId node, std::uint8_t role, std::uint64_t handler,
                      NodeId from, const Payload& body) {
    return one_role(kernel, node, role, handler, [&](auto& target, Out<P>& out) {
      return std::visit(
          [&](const auto& value) {
            using R = std::remove_cvref_t<decltype(target)>;
            using M = std::remove_cvref_t<decltype(value)>;
            if constexpr (HandlesMessage<R, M, P>)
              target.on(from, value, out);
            else if constexpr (HandlesEvent<R, M, P>)
              target.on(value, out);
            return HandlesMessage<R, M, P> || HandlesEvent<R, M, P>;
          },
          body);
    });
  }

  // on(timer, out).
  static bool timer(Kernel<P>& kernel, NodeId node, std::uint8_t role, std::uint64_t handler,
                    const Timer& fired) {
    return one_role(kernel, node, role, handler, [&](auto& target, Out<P>& out) {
      return std::visit(
          [&](const auto& value) {
            using R = std::remove_cvref_t<decltype(target)>;
            using T = std::remove_cvref_t<decltype(value)>;
            if constexpr (HandlesEvent<R, T, P>) target.on(value, out);
            return HandlesEvent<R, T, P>;
          },
          fired);
    });
  }

  // on(tag, picked, out): the answer to out.choose.
  static bool choice(Kernel<P>& kernel, NodeId node, std::uint8_t role, std::uint64_t handler,
                     const Payload& tag, std::uint32_t picked) {
    return one_role(kernel, node, role, handler, [&](auto& target, Out<P>& out) {
      return std::visit(
          [&](const auto& value) {
            if constexpr (requires { target.on(value, picked, out); }) {
              target.on(value, picked, out);
              return true;
            } else {
              return false;
            }
          },
          tag);
    });
  }

  // The role that answers clients; Traits<P>::roles where none does.
  static constexpr std::uint8_t request_role() {
    return []<class... R>(Types<R...>) {
      constexpr bool handles[] = {HandlesEvent<R, Request, P>..., true};
      std::size_t found = 0;
      while (!handles[found]) ++found;
      return static_cast<std::uint8_t>(found);
    }(typename P::Roles{});
  }

 private:
  template <class F>
  static bool one_role(Kernel<P>& kernel, NodeId node, std::uint8_t role, std::uint64_t handler,
                       F&& f) {
    if (!plays(kernel, node, role)) return false;
    auto& roles = kernel.machines[node.value].roles;
    Out<P> out(kernel, node, role, handler);
    bool handled = false;
    [&]<std::size_t... I>(std::index_sequence<I...>) {
      ((I == role ? void(handled = f(std::get<I>(roles), out)) : void()), ...);
    }
    (RoleIndices{});
    return handled;
  }
};

}  // namespace quorate
