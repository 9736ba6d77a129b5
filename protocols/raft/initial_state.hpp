// Which states servers may begin in (`initial` of a scenario): those that runs can come to.
#pragma once

#include <span>
#include <string>
#include <utility>

#include "protocols/raft/server.hpp"

namespace quorate::raft {

using Starts = std::span<const std::pair<NodeId, Server>>;

// A server whose state is wrong at the start, and what is wrong with it.
struct ImpossibleStart {
  NodeId node{no_node};
  std::string why;  // "" = nothing
};

// What is wrong with a server's log and numbers by themselves.
ImpossibleStart impossible_alone(Starts starts);
// What several of `members` servers say that contradicts each other, those that are not named
// having nothing yet. Known mistakes may bring servers to that.
ImpossibleStart impossible_together(Starts starts, std::size_t members, NodeNames names);

}  // namespace quorate::raft
