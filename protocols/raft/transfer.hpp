// A leader that makes way for another (dissertation, 3.10).
#pragma once

#include <optional>

#include "protocols/common/command.hpp"

namespace quorate::raft {

// Volatile, and the leader's alone.
struct Transfer {
  std::optional<NodeId> heir;  // who is to lead next; none while no transfer is under way
  bool told{};                 // to stand for election
  QUORATE_FIELDS(Transfer, heir, told)
};

// An operator's request, `transfer_leader` with the heir's name as value; a client's is a command
// like any other.
inline bool asks_for_transfer(const Request& request) {
  return request.client == no_client && request.operation.verb == Text("transfer_leader");
}

}  // namespace quorate::raft
