// Quorums of given sizes (flexible Paxos): what a scenario may ask for.
#pragma once

#include <algorithm>

#include "sim/run/param_rules.hpp"

namespace quorate {

template <class Params>
struct QuorumSize {
  const char* name;
  std::uint32_t Params::*asked;
};

// Every set of promises must share an acceptor with every set of acceptances, and no more acceptors
// can answer than there are. `nodes`: the parameters of each; `members`: who of them takes part.
template <class Params>
std::optional<ParamConflict> quorums_apart(std::span<const Params> nodes,
                                           const std::vector<NodeId>& members,
                                           std::uint64_t acceptors) {
  const QuorumSize<Params> sizes[] = {{"prepare_quorum", &Params::prepare_quorum},
                                      {"accept_quorum", &Params::accept_quorum}};
  if (acceptors == 0) return std::nullopt;
  const std::uint64_t majority = acceptors / 2 + 1;
  NodeId where[] = {members.front(), members.front()};  // the least of each
  const auto taken = [&](std::size_t kind, NodeId node) {
    const std::uint32_t asked = nodes[node.value].*sizes[kind].asked;
    return asked == 0 ? majority : asked;
  };
  const std::string all = std::to_string(acceptors);
  for (const std::size_t kind : {0U, 1U}) {
    for (const NodeId node : members) {
      if (taken(kind, node) > acceptors) {
        return ParamConflict{
            node, sizes[kind].name,
            std::to_string(taken(kind, node)) + " acceptors will never answer: there are " + all,
            "0 stands for a majority, " + std::to_string(majority)};
      }
      if (taken(kind, node) < taken(kind, where[kind])) where[kind] = node;
    }
  }
  const std::uint64_t promises = taken(0, where[0]);
  const std::uint64_t acceptances = taken(1, where[1]);
  if (promises + acceptances > acceptors) return std::nullopt;
  const std::size_t kind = nodes[where[1].value].accept_quorum != 0 ? 1 : 0;
  return ParamConflict{where[kind], sizes[kind].name,
                       std::to_string(promises) + " promises and " + std::to_string(acceptances) +
                           " acceptances of " + all +
                           " acceptors need share none, so that two values can be chosen",
                       "let both together be more than " + all +
                           "; what comes of it otherwise, the mistake \"quorum_too_small\" shows"};
}

}  // namespace quorate
