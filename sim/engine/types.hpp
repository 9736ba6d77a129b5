// Type lists: how a protocol names its roles, messages, timers, choices and events.
#pragma once

#include <cstddef>
#include <type_traits>

namespace quorate {

template <class... T>
struct Types {
  static constexpr std::size_t size = sizeof...(T);
};

namespace detail {

template <class T, class... U>
constexpr std::size_t position(Types<U...>) {
  constexpr bool same[] = {std::is_same_v<T, U>..., false};
  std::size_t index = 0;
  while (index < sizeof...(U) && !same[index]) ++index;
  return index;
}

template <class... Lists>
struct Concat;
template <class... A>
struct Concat<Types<A...>> {
  using type = Types<A...>;
};
template <class... A, class... B, class... Rest>
struct Concat<Types<A...>, Types<B...>, Rest...> {
  using type = typename Concat<Types<A..., B...>, Rest...>::type;
};

}  // namespace detail

// Position of T in a list; the list's size where it is absent.
template <class T, class List>
inline constexpr std::size_t position_of = detail::position<T>(List{});

template <class... Lists>
using Join = typename detail::Concat<Lists...>::type;

}  // namespace quorate
