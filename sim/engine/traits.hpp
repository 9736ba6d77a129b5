// What the engine derives from a protocol's declarations, so that a protocol states each thing
// once.
//
//   struct Echo {
//     static constexpr std::string_view name = "echo";
//     using Roles = Types<echo::Speaker>;  // plain copyable structs with handlers
//     // All others may be left out.
//     using Messages = Types<Ping, Pong>;
//     using Timers = Types<Tick>;
//     using Choices = Types<Dice>;         // tags for out.choose
//     using Events = Types<Answered>;      // events of its own, beyond the standard ones
//     using Params = echo::Params;         // a field struct with defaults, `texts` and `ranges`
//     using Bug = echo::Bug;               // QUORATE_ENUM of known mistakes
//     static constexpr int version = 1;    // of its behaviour; a trace of another is refused
//     static constexpr bool reads_clocks = true;  // may call out.local_time() and out.wall_clock()
//   };
//
// A role has `on` for whatever reaches it, start(Out&) if it does something at the beginning, and
// restart(Out&) if that is something else after a crash.
#pragma once

#include <array>
#include <tuple>
#include <type_traits>

#include "sim/base/field_range.hpp"
#include "sim/engine/one_of.hpp"
#include "sim/node/request.hpp"

namespace quorate {

QUORATE_ENUM(NoBug, none)
struct NoParams {
  QUORATE_FIELDS(NoParams)
  static constexpr std::array<std::string_view, 0> texts{};
};

template <class P>
class Out;

using StandardEvents = Types<Elected, Role, Epoch, Proposed, Chosen, Applied, Committed, Aborted,
                             Delivered, Suspected, Trusted, Blocked, Logged>;
using ClientMessages = Types<Request, Reply, Redirect>;

namespace detail {

template <class P>
using ParamsIn = typename P::Params;
template <class P>
using MessagesIn = typename P::Messages;
template <class P>
using TimersIn = typename P::Timers;
template <class P>
using ChoicesIn = typename P::Choices;
template <class P>
using EventsIn = typename P::Events;
template <class P>
using BugIn = typename P::Bug;

// In<P> where P declares that, else what stands for it.
template <template <class> class In, class P, class Otherwise>
struct Declared {
  using type = Otherwise;
};
template <template <class> class In, class P, class Otherwise>
requires requires { typename In<P>; }
struct Declared<In, P, Otherwise> {
  using type = In<P>;
};
template <template <class> class In, class P, class Otherwise>
using DeclaredOr = typename Declared<In, P, Otherwise>::type;

template <class P>
constexpr int version_of() {
  if constexpr (requires { P::version; })
    return P::version;
  else
    return 1;
}

template <class P>
constexpr bool reads_clocks() {
  if constexpr (requires { P::reads_clocks; })
    return P::reads_clocks;
  else
    return false;
}

// The durable fields of a role, as references; none where it declares none.
template <class R>
constexpr auto durable_fields(R& role) {
  if constexpr (requires { R::durable; }) {
    return std::apply([&](auto... field) { return std::tie(role.*field...); }, R::durable);
  } else {
    return std::tuple<>{};
  }
}

template <class R>
struct DurableImage {
  template <class... T>
  static std::tuple<std::remove_const_t<T>...> values(std::tuple<T&...>);
  using type = decltype(values(durable_fields(std::declval<R&>())));
};

template <class... R>
struct RoleStorage;
template <class... R>
struct RoleStorage<Types<R...>> {
  using Roles = std::tuple<R...>;
  using Image = std::tuple<typename DurableImage<R>::type...>;
};

template <class... T>
constexpr auto info_table(Types<T...>) {
  return std::array<const TypeInfo*, sizeof...(T) + 1>{nullptr, &type_info<T>...};
}
template <class List>
inline constexpr auto info_table_of = info_table(List{});

}  // namespace detail

template <class List>
constexpr TypeInfos infos_of(List = {}) {
  return TypeInfos(detail::info_table_of<List>).subspan(1);
}

template <class P>
struct Traits {
  static constexpr int version = detail::version_of<P>();
  static constexpr bool reads_clocks = detail::reads_clocks<P>();
  using Params = detail::DeclaredOr<detail::ParamsIn, P, NoParams>;
  using Messages = detail::DeclaredOr<detail::MessagesIn, P, Types<>>;
  using Timers = detail::DeclaredOr<detail::TimersIn, P, Types<>>;
  using Choices = detail::DeclaredOr<detail::ChoicesIn, P, Types<>>;
  using Events = Join<StandardEvents, detail::DeclaredOr<detail::EventsIn, P, Types<>>>;
  using Bug = detail::DeclaredOr<detail::BugIn, P, NoBug>;
  // Wire messages come first, so that a message type's number is its position here.
  using WireTypes = Join<Messages, ClientMessages>;
  using PayloadTypes = Join<WireTypes, Timers, Choices, Events>;
  using Payload = OneOf<PayloadTypes>;
  using Timer = OneOf<Timers>;
  using Roles = typename detail::RoleStorage<typename P::Roles>::Roles;
  using Image = typename detail::RoleStorage<typename P::Roles>::Image;
  static constexpr std::size_t roles = P::Roles::size;
  // Beside what a payload or timer holds: at 0 nothing.
  static constexpr auto payload_info = detail::info_table_of<PayloadTypes>;
  static constexpr auto timer_info = detail::info_table_of<Timers>;
};

// Borrows whatever a payload or timer holds.
template <class List, std::size_t N>
AnyRef any_ref(const OneOf<List>& value, const std::array<const TypeInfo*, N>& info) {
  return {value.address(), info[value.index()]};
}

template <class R, class M, class P>
concept HandlesMessage = requires(R role, NodeId from, const M& message, Out<P>& out) {
  role.on(from, message, out);
};
template <class R, class E, class P>
concept HandlesEvent = requires(R role, const E& event, Out<P>& out) {
  role.on(event, out);
};

template <class R, class C, class P>
concept HandlesChoice = requires(R role, const C& tag, Out<P>& out) {
  role.on(tag, std::uint32_t{}, out);
};

// What the compiler says of a handler that is missing or mistyped. It names the types where it
// refuses: `R` are the roles in full, so that one from the wrong namespace is seen.

// The one role that handles message M.
template <class P, class M, class... R>
constexpr std::uint8_t role_for_message(Types<R...>) {
  constexpr bool handles[] = {HandlesMessage<R, M, P>..., true};
  constexpr std::size_t roles = (std::size_t{0} + ... + (HandlesMessage<R, M, P> ? 1 : 0));
  static_assert(roles > 0, "no role has  void on(NodeId from, const M&, Out&);");
  static_assert(roles < 2,
                "several roles have  void on(NodeId from, const M&, Out&);  name one: send<Role>");
  std::size_t found = 0;
  while (!handles[found]) ++found;
  return static_cast<std::uint8_t>(found);
}
template <class P, class T, class... R>
constexpr void some_role_handles_timer(Types<R...>) {
  static_assert((HandlesEvent<R, T, P> || ...),
                "no role has  void on(const T&, Out&);  for timer T");
}
template <class P, class C, class... R>
constexpr void some_role_handles_choice(Types<R...>) {
  static_assert((HandlesChoice<R, C, P> || ...),
                "no role has  void on(const C&, std::uint32_t picked, Out&);  for choice C");
}

}  // namespace quorate
