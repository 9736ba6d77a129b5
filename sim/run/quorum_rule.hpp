// Quorums of given sizes (flexible Paxos): what a scenario may ask for.
#pragma once

#include <algorithm>
#include <array>

#include "sim/run/param_rules.hpp"

namespace quorate {

// Who counts promises, and who acceptances. What a parameter is at others does not matter.
struct QuorumTakers {
  std::vector<NodeId> promises;
  std::vector<NodeId> acceptances;
};

// Every set of promises must share an acceptor with every set of acceptances, and no more acceptors
// can answer than there are. `nodes`: the parameters of each.
template <class Params>
class QuorumRule {
 public:
  QuorumRule(std::span<const Params> nodes, QuorumTakers takers, std::uint64_t acceptors)
      : nodes_(nodes),
        kinds_{{{"prepare_quorum", &Params::prepare_quorum, std::move(takers.promises)},
                {"accept_quorum", &Params::accept_quorum, std::move(takers.acceptances)}}},
        acceptors_(acceptors) {}

  std::optional<ParamConflict> broken() const {
    if (acceptors_ == 0) return std::nullopt;
    for (const Kind& kind : kinds_) {
      const auto node = std::ranges::find_if(
          kind.takers, [&](NodeId one) { return taken(kind, one) > acceptors_; });
      if (node != kind.takers.end()) return out_of_reach(kind, *node);
    }
    return apart();
  }

 private:
  struct Kind {
    const char* name;
    std::uint32_t Params::*asked;
    std::vector<NodeId> takers;
  };

  std::uint64_t taken(const Kind& kind, NodeId node) const {
    const std::uint32_t asked = nodes_[node.value].*kind.asked;
    return asked == 0 ? majority() : asked;
  }
  std::uint64_t majority() const { return acceptors_ / 2 + 1; }
  NodeId least(const Kind& kind) const {
    return *std::ranges::min_element(kind.takers, {}, [&](NodeId one) { return taken(kind, one); });
  }

  ParamConflict out_of_reach(const Kind& kind, NodeId node) const {
    return {node, kind.name,
            std::to_string(taken(kind, node)) + " acceptors will never answer: there are " +
                std::to_string(acceptors_),
            "0 stands for a majority, " + std::to_string(majority())};
  }

  std::optional<ParamConflict> apart() const {
    const auto& [promising, accepting] = kinds_;
    if (promising.takers.empty() || accepting.takers.empty()) return std::nullopt;
    const NodeId where[] = {least(promising), least(accepting)};
    const std::uint64_t promises = taken(promising, where[0]);
    const std::uint64_t acceptances = taken(accepting, where[1]);
    if (promises + acceptances > acceptors_) return std::nullopt;
    const std::size_t blamed = nodes_[where[1].value].accept_quorum != 0 ? 1 : 0;
    const std::string all = std::to_string(acceptors_);
    return ParamConflict{
        where[blamed], kinds_[blamed].name,
        std::to_string(promises) + (promises == 1 ? " promise" : " promises") + " and " +
            std::to_string(acceptances) + (acceptances == 1 ? " acceptance" : " acceptances") +
            " of " + all + " acceptors need not meet, so that two values can be chosen",
        "let both together be more than " + all +
            "; what comes of it otherwise, the mistake \"quorum_too_small\" shows"};
  }

  std::span<const Params> nodes_;
  std::array<Kind, 2> kinds_;
  std::uint64_t acceptors_;
};

}  // namespace quorate
