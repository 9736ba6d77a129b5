// Joint consensus (section 6 of the paper): the cluster becomes any other set of servers in two
// entries. "C_old,new" is both configurations together, "C_new" the one that was asked for.
#include "protocols/common/quorum.hpp"
#include "protocols/raft/server.hpp"

namespace quorate::raft {

// ---- deciding by both ---------------------------------------------------------------------------

// "Agreement (for elections and entry commitment) requires separate majorities from both the old
// and new configurations." (section 6)
bool Server::is_majority(const NodeSet& nodes, const Out& out) const {
  const auto decides = [&](const std::vector<NodeId>& servers) {
    return number_of(nodes, servers) >= quorum_of(servers, out);
  };
  // Until the cluster changes nobody else is heard, and all are counted.
  if (configurations.in_force.empty()) return nodes.size() >= quorum_of(out.nodes(), out);
  return decides(servers(out)) && (old_servers().empty() || decides(old_servers()));
}

// The greatest value that a majority has reached, of each of both; no less than what is known.
std::uint64_t Server::reached_by_majority(const PerNode<std::uint64_t>& values, std::uint64_t known,
                                          const Out& out) const {
  const auto reached = [&](const std::vector<NodeId>& servers) {
    return reached_by(quorum_of(servers, out), values, servers, known);
  };
  const std::uint64_t result = reached(servers(out));
  return old_servers().empty() ? result : std::min(result, reached(old_servers()));
}

// ---- changing -----------------------------------------------------------------------------------

// "When the leader receives a request to change the configuration from C_old to C_new, it stores
// the configuration for joint consensus (C_old,new) as a log entry and replicates that entry."
// Before, "the new servers join the cluster as non-voting members (the leader replicates log
// entries to them, but they are not considered for majorities)", all of them at once.
void Server::begin_joint_change(const Request& request, Out& out) {
  const Text names = request.operation.value;
  const std::vector<NodeId> wanted = out.nodes_named(names.view());
  const bool asked =
      out.params().membership == Membership::joint && request.operation.verb == change_servers;
  if (!asked || !may_change(out) || wanted.empty() || wanted == servers(out)) {
    return out.emit(ServersRefused{names});
  }
  Newcomers newcomers{{}, names};
  std::ranges::set_difference(wanted, servers(out), std::back_inserter(newcomers.servers));
  std::erase(newcomers.servers, out.self());  // nobody has more of the log than its leader
  if (newcomers.servers.empty()) return append_change({c_old_new, {}, names}, out);
  joining.newcomers = newcomers;
  let_catch_up(newcomers.servers, out);
}

// "Once C_old,new has been committed, neither C_old nor C_new can make decisions without approval
// of the other … It is now safe for the leader to create a log entry describing C_new and replicate
// it to the cluster." A leader that finds C_old,new in its log goes on from there, whoever began.
// Whether there is something to replicate now.
bool Server::append_new_servers(Out& out) {
  const auto& brought = configurations.brought;
  if (brought.empty() || !brought.back().is_joint()) return false;
  const bool committed = brought.back().index <= commit_index;
  if (!committed && !out.bug(Bug::leaves_joint_early)) return false;
  append({no_client, 0, {c_new, {}, brought.back().joint.new_servers}}, out);
  out.send(out.self(), Stored{current_term, last_log_index()});
  return true;
}

}  // namespace quorate::raft
