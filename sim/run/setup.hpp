// Builds a run's constant part from a scenario: parameters, roles, disks,
// bugs and initial state per node. REQUIRES a scenario that the loader accepted for this protocol;
// what it checked is not checked again.
#pragma once

#include <array>
#include <span>

#include "sim/base/field_read.hpp"
#include "sim/run/describe.hpp"
#include "sim/scenario/scenario.hpp"

namespace quorate {

namespace detail {

// How the fields of every payload are reached, wire types first.
template <class... T>
constexpr auto readers_of(Types<T...>) {
  return std::array{&readable_fields<T>...};
}
template <class P>
inline constexpr auto body_readers = readers_of(typename Traits<P>::PayloadTypes{});

// What of a node is of the protocol's own types, or counted by them.
struct OwnParts {
  Settable params;
  std::span<const Settable> roles;                             // their initial fields
  std::span<const std::span<const std::string_view>> durable;  // the names of each role's
  std::span<std::uint32_t> forgotten;                          // of each role, as bits
  std::string_view bugs;                                       // the protocol's, as a list
};
void set_up_node(const Scenario& scenario, NodeId id, NodeNames names,
                 const std::vector<DurabilityBug>& durability, NodeConfig& node,
                 const OwnParts& own);
void set_up_run(const Scenario& scenario, std::uint64_t seed, SetupBase& setup);

template <class P>
void set_up_node(const Scenario& scenario, NodeId id, NodeNames names,
                 const std::vector<DurabilityBug>& durability, typename Setup<P>::Node& node) {
  std::apply(
      [&]<class... R>(R&... role) {
        const std::array initial{Settable::of(role)...};
        const std::array durable{durable_names<R>()...};
        set_up_node(scenario, id, names, durability, node,
                    {Settable::of(node.params), initial, durable, node.forgotten,
                     enum_list(typename Traits<P>::Bug{})});
      },
      node.initial);
}

}  // namespace detail

template <class P>
std::shared_ptr<const Setup<P>> make_setup(const Scenario& scenario, std::uint64_t seed,
                                           const std::vector<DurabilityBug>& durability) {
  auto setup = std::make_shared<Setup<P>>();
  detail::set_up_run(scenario, seed, *setup);
  setup->nodes = std::vector<typename Setup<P>::Node>(scenario.nodes.size());
  for (std::uint32_t i = 0; i < scenario.nodes.size(); ++i) {
    detail::set_up_node<P>(scenario, NodeId{i}, setup->names, durability, setup->nodes[i]);
  }
  setup->set_members(scenario.initial_members());
  setup->wire_fields = std::span(detail::body_readers<P>).first(Traits<P>::WireTypes::size);
  return setup;
}

}  // namespace quorate
