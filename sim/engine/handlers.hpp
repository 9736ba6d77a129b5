// Finds and calls the handler a role has for what arrived. Which handlers exist is known at compile
// time; which role a message is for, and what it holds, only at run time.
#pragma once

#include "sim/engine/out.hpp"

namespace quorate {

template <class P>
struct Handlers {
  using Payload = typename Traits<P>::Payload;
  using Timer = typename Traits<P>::Timer;

  static bool plays(const Machine<P>& machine, std::size_t role) {
    return (machine.config->plays >> role & 1) != 0;
  }

  // Calls f(role, out) for every role the node plays, in the protocol's order.
  template <class F>
  static void every_role(Kernel<P>& kernel, Machine<P>& machine, std::uint64_t handler, F&& f) {
    for (std::uint8_t role = 0; role < Traits<P>::roles; ++role) {
      one_role(kernel, machine, role, handler, f);
    }
  }

  // A role without start() has nothing to do then. One without restart() begins anew: of its former
  // life it has nothing but its durable fields.
  template <class R>
  static void start(R& role, [[maybe_unused]] Out<P>& out) {
    if constexpr (requires { &R::start; }) role.start(out);
  }
  template <class R>
  static void restart(R& role, Out<P>& out) {
    if constexpr (requires { &R::restart; })
      role.restart(out);
    else
      start(role, out);
  }

  // on(from, message, out), or on(request, out) for a client's. False when the role has neither, or
  // the node does not play it. `body` stays in place while the handler runs.
  static bool message(Kernel<P>& kernel, Machine<P>& machine, std::uint8_t role,
                      std::uint64_t handler, NodeId from, const Payload& body) {
    bool handled = false;
    one_role(kernel, machine, role, handler, [&]<class R>(R& target, Out<P>& out) {
      body.template visit<typename Traits<P>::WireTypes>([&]<class M>(const M& value) {
        if constexpr (HandlesMessage<R, M, P>)
          target.on(from, value, out);
        else if constexpr (HandlesEvent<R, M, P>)
          target.on(value, out);
        handled = HandlesMessage<R, M, P> || HandlesEvent<R, M, P>;
      });
    });
    return handled;
  }

  // on(timer, out).
  static bool timer(Kernel<P>& kernel, Machine<P>& machine, std::uint8_t role,
                    std::uint64_t handler, const Timer& fired) {
    bool handled = false;
    one_role(kernel, machine, role, handler, [&]<class R>(R& target, Out<P>& out) {
      fired.visit([&]<class T>(const T& value) {
        some_role_handles_timer<P, T>(typename P::Roles{});
        if constexpr (HandlesEvent<R, T, P>) target.on(value, out);
        handled = HandlesEvent<R, T, P>;
      });
    });
    return handled;
  }

  // on(tag, picked, out): the answer to out.choose.
  static bool choice(Kernel<P>& kernel, Machine<P>& machine, std::uint8_t role,
                     std::uint64_t handler, const Payload& tag, std::uint32_t picked) {
    bool handled = false;
    one_role(kernel, machine, role, handler, [&]<class R>(R& target, Out<P>& out) {
      tag.template visit<typename Traits<P>::Choices>([&]<class C>(const C& value) {
        some_role_handles_choice<P, C>(typename P::Roles{});
        if constexpr (HandlesChoice<R, C, P>) target.on(value, picked, out);
        handled = HandlesChoice<R, C, P>;
      });
    });
    return handled;
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
  // Calls f(role, out) for one role, if there is such a role and the node plays it.
  template <class F>
  static void one_role(Kernel<P>& kernel, Machine<P>& machine, std::uint8_t role,
                       std::uint64_t handler, F&& f) {
    if (!plays(machine, role)) return;
    Out<P> out(kernel, machine, role, handler);
    const auto call = [&]<std::size_t... I>(std::index_sequence<I...>) {
      (void)((I == role ? (f(std::get<I>(machine.roles), out), true) : false) || ...);
    };
    call(std::make_index_sequence<Traits<P>::roles>{});
  }
};

}  // namespace quorate
