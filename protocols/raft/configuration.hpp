// Who is in the cluster, where that may change (dissertation, chapter 4; option `membership`).
#pragma once

#include <optional>
#include <vector>

#include "protocols/common/command.hpp"

namespace quorate::raft {

// "…cluster configurations are stored and communicated using special entries in the replicated
// log." (4.1)
struct Configuration {
  std::uint64_t index{};        // of the entry that brought it
  std::vector<NodeId> servers;  // ascending
  QUORATE_FIELDS(Configuration, index, servers)
};

// What the log says, and the snapshot of its beginning. Volatile: read again after a restart.
struct Configurations {
  std::vector<Configuration> brought;
  std::vector<NodeId> in_force;  // none: the scenario's members
  QUORATE_FIELDS(Configurations, brought, in_force)
};

// A server that is brought up to date before it is added (4.2.1). Volatile, and the leader's alone.
struct Joining {
  std::optional<NodeId> server;
  std::uint64_t round_end{};  // the last index it must hold when this round ends
  std::uint64_t rounds{};     // begun so far
  bool late{};                // this one has taken longer than an election timeout
  QUORATE_FIELDS(Joining, server, round_end, rounds, late)
};

// AddServer and RemoveServer RPC (Figure 4.1), as an operator's requests and, with the same words,
// as the entries they lead to. The value is the server's name.
inline bool is_change(const Request& request) {
  return request.client == no_client && (request.operation.verb == Text("add_server") ||
                                         request.operation.verb == Text("remove_server"));
}

}  // namespace quorate::raft
