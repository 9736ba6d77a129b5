// Who is in the cluster, where that may change (dissertation, chapter 4; option `membership`).
#pragma once

#include <algorithm>
#include <optional>
#include <vector>

#include "protocols/common/command.hpp"
#include "protocols/common/later.hpp"

namespace quorate::raft {

// Of a joint configuration, "C_old,new", what makes it one (section 6 of the paper).
struct Joint {
  std::vector<NodeId> old_servers;  // of C_old, ascending; none: it is not joint
  Text new_servers;                 // C_new in the operator's words
  QUORATE_FIELDS(Joint, old_servers, new_servers)
};

// "…cluster configurations are stored and communicated using special entries in the replicated
// log." (4.1)
struct Configuration {
  std::uint64_t index{};        // of the entry that brought it
  std::vector<NodeId> servers;  // ascending; of a joint configuration those of C_new
  Later<Joint> joint;
  QUORATE_FIELDS(Configuration, index, servers, joint)
  bool is_joint() const { return !joint.old_servers.empty(); }
};

// How many of some nodes are servers: of a joint configuration's C_new and, apart, of its C_old.
struct Tally {
  std::uint64_t found{};
  std::uint64_t servers{};
  std::uint64_t old_found{};
  std::uint64_t old_servers{};  // 0: it is not joint
};

// What the log says, and the snapshot of its beginning. Volatile: read again after a restart.
struct Configurations {
  std::vector<Configuration> brought;
  std::vector<NodeId> in_force;  // none: the scenario's members
  Later<Joint> joint;            // while a joint configuration is in force, whose C_new that is
  QUORATE_FIELDS(Configurations, brought, in_force, joint)
};

// A change to a set of servers of which some are new.
struct Newcomers {
  std::vector<NodeId> servers;  // who must catch up before it begins
  Text new_servers;             // the whole set, in the operator's words
  QUORATE_FIELDS(Newcomers, servers, new_servers)
};

// Who is brought up to date before being added (4.2.1): one server, or newcomers to a whole set.
// Volatile, and the leader's alone.
struct Joining {
  std::optional<NodeId> server;
  std::uint64_t round_end{};  // the last index it must hold when this round ends
  std::uint64_t rounds{};     // begun so far
  bool late{};                // this one has taken longer than an election timeout
  Later<Newcomers> newcomers;
  QUORATE_FIELDS(Joining, server, round_end, rounds, late, newcomers)
  bool is_under_way() const { return server || !newcomers.servers.empty(); }
};

// AddServer and RemoveServer RPC (Figure 4.1), as an operator's requests and, with the same words,
// as the entries they lead to. The value is the server's name.
inline bool is_step(const Operation& operation) {
  return operation.verb == Text("add_server") || operation.verb == Text("remove_server");
}

// What joint consensus does instead: an operator names the whole new set, "n1 n4..n6", and two
// entries lead to it.
inline constexpr Text change_servers{"change_servers"};
inline constexpr Text c_old_new{"C_old,new"};
inline constexpr Text c_new{"C_new"};

inline bool is_change(const Request& request) {
  const Operation& operation = request.operation;
  return request.client == no_client && (is_step(operation) || operation.verb == change_servers ||
                                         operation.verb == c_old_new || operation.verb == c_new);
}

inline bool contains(const std::vector<NodeId>& servers, NodeId node) {
  return std::binary_search(servers.begin(), servers.end(), node);
}

// How many of these servers are among the nodes.
inline std::uint64_t number_of(const NodeSet& nodes, const std::vector<NodeId>& servers) {
  const auto is_in = [&](NodeId node) { return nodes.contains(node); };
  return static_cast<std::uint64_t>(std::ranges::count_if(servers, is_in));
}

}  // namespace quorate::raft
