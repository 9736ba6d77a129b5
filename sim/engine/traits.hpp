// What the engine derives from a protocol's declarations, so that a protocol states each thing
// once.
//
//   struct Echo {
//     static constexpr std::string_view name = "echo";
//     using Params = echo::Params;                 // a field struct with defaults
//     using Roles = Types<echo::Speaker>;          // plain copyable structs with handlers
//     using Messages = Types<Ping, Pong>;
//     using Timers = Types<Tick>;
//     using Choices = Types<>;                     // optional: tags for out.choose
//     using Events = Types<>;                      // optional: events beyond the standard ones
//     using Bug = echo::Bug;                       // optional: QUORATE_ENUM of known mistakes
//   };
#pragma once

#include <array>
#include <tuple>

#include "sim/engine/one_of.hpp"
#include "sim/node/request.hpp"

namespace quorate {

QUORATE_ENUM(NoBug, none)

template <class P>
class Out;

using StandardEvents = Types<Elected, Role, Epoch, Proposed, Chosen, Applied, Committed, Aborted,
                             Delivered, Suspected, Trusted, Blocked, Logged>;
using ClientMessages = Types<Request, Reply, Redirect>;

namespace detail {

template <class P>
struct ChoicesOf {
  using type = Types<>;
};
template <class P>
requires requires { typename P::Choices; }
struct ChoicesOf<P> {
  using type = typename P::Choices;
};
template <class P>
struct EventsOf {
  using type = Types<>;
};
template <class P>
requires requires { typename P::Events; }
struct EventsOf<P> {
  using type = typename P::Events;
};
template <class P>
struct BugOf {
  using type = NoBug;
};
template <class P>
requires requires { typename P::Bug; }
struct BugOf<P> {
  using type = typename P::Bug;
};

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

}  // namespace detail

template <class P>
struct Traits {
  using Choices = typename detail::ChoicesOf<P>::type;
  using Events = Join<StandardEvents, typename detail::EventsOf<P>::type>;
  using Bug = typename detail::BugOf<P>::type;
  // Wire messages come first, so that a message type's number is its position here.
  using WireTypes = Join<typename P::Messages, ClientMessages>;
  using PayloadTypes = Join<WireTypes, typename P::Timers, Choices, Events>;
  using Payload = OneOf<PayloadTypes>;
  using Timer = OneOf<typename P::Timers>;
  using Roles = typename detail::RoleStorage<typename P::Roles>::Roles;
  using Image = typename detail::RoleStorage<typename P::Roles>::Image;
  static constexpr std::size_t roles = P::Roles::size;
  static constexpr auto payload_info = detail::info_table(PayloadTypes{});
  static constexpr auto timer_info = detail::info_table(typename P::Timers{});
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

// The one role that handles M; P::Roles::size when it is none or several.
template <class P, class M>
constexpr std::size_t only_handler() {
  return []<class... R>(Types<R...>) {
    constexpr bool handles[] = {HandlesMessage<R, M, P>..., false};
    std::size_t found = sizeof...(R);
    for (std::size_t i = 0; i < sizeof...(R); ++i) {
      if (handles[i] && found != sizeof...(R)) return sizeof...(R);
      if (handles[i]) found = i;
    }
    return found;
  }(typename P::Roles{});
}

}  // namespace quorate
