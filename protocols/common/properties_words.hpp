// Ballots and commands as violations tell of them.
#pragma once

#include <string>

#include "protocols/common/ballot.hpp"
#include "sim/check/property.hpp"

namespace quorate {

// "3.n2": the round, and who began it.
template <class P>
std::string text(const Cluster<P>& cluster, const Ballot& n) {
  return std::to_string(n.round) + "." + cluster.name(n.proposer);
}

// What the client asked for, in quotes.
inline std::string text(const Request& command) { return "\"" + to_text(command.operation) + "\""; }

}  // namespace quorate
