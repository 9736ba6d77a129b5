// Cluster membership changes, one server at a time (dissertation, chapter 4).
#include "protocols/common/quorum.hpp"
#include "protocols/raft/server.hpp"

namespace quorate::raft {

namespace {

// With the server that the entry adds, or without the one it removes.
std::vector<NodeId> changed(std::vector<NodeId> servers, const Operation& change, NodeId server) {
  const auto place = std::lower_bound(servers.begin(), servers.end(), server);
  const bool present = place != servers.end() && *place == server;
  const bool adds = change.verb == Text("add_server");
  if (adds && !present) servers.insert(place, server);
  if (!adds && present) servers.erase(place);
  return servers;
}

}  // namespace

// ---- which configuration is in force ------------------------------------------------------------

const std::vector<NodeId>& Server::servers(const Out& out) const {
  return configurations.in_force.empty() ? out.nodes() : configurations.in_force;
}

// "…each server always uses the latest configuration found in its log." (4.1)
void Server::put_in_force(const Out& out) {
  const bool late = out.bug(Bug::config_on_commit);
  const Configuration* latest = nullptr;
  for (const Configuration& one : configurations.brought) {
    if (!late || one.index <= commit_index) latest = &one;
  }
  configurations.in_force = latest != nullptr ? latest->servers : std::vector<NodeId>{};
  configurations.joint = latest != nullptr ? latest->joint : Later<Joint>{};
  if (role != RoleName::leader) return;
  for (const NodeId node : configurations.in_force) {  // whom it has not sent anything yet
    if (next_index[node] == 0) next_index[node] = last_log_index() + 1;
  }
}

bool Server::is_server(NodeId node, const Out& out) const {
  return contains(servers(out), node) || contains(old_servers(), node);
}

// How many of these are servers of the cluster; in a joint configuration, of each of both. Until it
// changes nobody else is heard.
Tally Server::tally(const NodeSet& nodes, const Out& out) const {
  if (configurations.in_force.empty()) return {nodes.size(), out.nodes().size(), 0, 0};
  return {number_of(nodes, servers(out)), servers(out).size(), number_of(nodes, old_servers()),
          old_servers().size()};
}

// "The new configuration takes effect on each server as soon as it is added to that server's log…
// a log entry for a configuration change can be removed (if leadership changes); in this case, a
// server must be prepared to fall back to the previous configuration in its log." (4.1) The entries
// from `first` on are new there, in place of whatever was.
void Server::follow_configurations(Index first, Out& out) {
  if (out.params().membership == Membership::fixed) return;
  auto& brought = configurations.brought;
  if (!out.bug(Bug::config_kept_on_truncation)) {
    std::erase_if(brought, [&](const Configuration& one) { return one.index >= first; });
  }
  for (Index index = first; index <= last_log_index(); ++index) {
    const Request& command = log[index].command;
    if (!is_change(command)) continue;
    bring_configuration(index, command.operation, out);
  }
  put_in_force(out);
  const bool news = !brought.empty() && brought.back().index >= first;
  if (news && role == RoleName::leader) tell_in_force(out);
}

// What an entry makes of the configuration before it.
void Server::bring_configuration(Index index, const Operation& change, Out& out) {
  auto& brought = configurations.brought;
  const std::vector<NodeId> before = brought.empty() ? out.nodes() : brought.back().servers;
  if (is_step(change)) {
    const auto server = out.node_named(change.value.view());
    if (!server) return;
    brought.push_back({index, changed(before, change, *server), {}});
  } else {
    brought.push_back({index, out.nodes_named(change.value.view()), {}});
    if (change.verb == c_old_new) {
      brought.back().joint = Joint{before, change.value};
      return out.emit(BecameJoint{index, before.size(), brought.back().servers.size()});
    }
  }
  out.emit(Reconfigured{index, brought.back().servers.size()});
}

// "…the snapshot also includes the latest configuration in the log as of last included index."
// (section 7 of the paper) Absent while that is the scenario's.
Configuration Server::configuration_at(Index index) const {
  Configuration result;
  for (const Configuration& one : configurations.brought) {
    if (one.index <= index) result = one;
  }
  return result;
}

void Server::read_configurations(Out& out) {
  configurations.brought.clear();
  if (!snapshot->configuration.is_absent()) {
    configurations.brought.push_back(snapshot->configuration);
  }
  follow_configurations(log.start() + 1, out);
}

// "…a server that is not part of its own latest configuration should still start new elections, as
// it might still be needed until the C_new entry is committed" (4.2.2).
bool Server::may_stand(const Out& out) const {
  if (is_server(out.self(), out)) return true;
  const auto& brought = configurations.brought;
  const bool pending = !brought.empty() && brought.back().index > commit_index;
  if (!pending || out.bug(Bug::outside_never_stands)) return false;
  if (brought.size() == 1) return contains(out.nodes(), out.self());
  const Configuration& before = brought[brought.size() - 2];
  return contains(before.servers, out.self()) || contains(before.joint.old_servers, out.self());
}

// ---- changes ------------------------------------------------------------------------------------

// "3. Wait until previous configuration in log is committed" (Figure 4.1): here the operator is
// told to ask again. And a leader first commits an entry of its own term, as the author amended the
// algorithm in 2015: else what an earlier leader left undecided might be decided beside it. Joint
// consensus needs no such thing, for whatever it changes to, it is decided by the old servers too.
// Nor does it begin any while it makes way for another (3.10).
bool Server::may_change(const Out& out) const {
  const auto& brought = configurations.brought;
  const bool decided = brought.empty() || brought.back().index <= commit_index;
  const bool own = term_at(commit_index) == current_term ||
                   out.params().membership == Membership::joint ||
                   out.bug(Bug::changes_before_own_commit);
  const bool free = !joining.is_under_way() && !transfer.heir;
  return role == RoleName::leader && free && decided && own;
}

void Server::begin_change(const Request& request, Out& out) {
  if (!is_step(request.operation)) return begin_joint_change(request, out);
  const auto server = out.node_named(request.operation.value.view());
  if (!server) return;
  const bool adds = request.operation.verb == Text("add_server");
  const bool last = !adds && servers(out).size() == 1;
  const bool stepwise = out.params().membership == Membership::single_server;
  if (!stepwise || !may_change(out) || last || adds == is_server(*server, out)) {
    return out.emit(ChangeRefused{*server});
  }
  if (!adds || server == out.self()) return append_change(request.operation, out);
  joining.server = server;
  let_catch_up({*server}, out);
}

// "4. Append new configuration entry to log, commit using majority of new configuration".
void Server::append_change(const Operation& change, Out& out) {
  append({no_client, 0, change}, out);
  out.send(out.self(), Stored{current_term, last_log_index()});
  replicate_to_all(out.params().max_entries, out);
}

// ---- catching up (4.2.1) ------------------------------------------------------------------------

void Server::let_catch_up(const std::vector<NodeId>& newcomers, Out& out) {
  for (const NodeId node : newcomers) {
    match_index[node] = 0;
    next_index[node] = last_log_index() + 1;
    unanswered.erase(node);
  }
  begin_catch_up_round(out);
  for (const NodeId node : newcomers) replicate(node, out.params().max_entries, out);
}

// "Each round replicates all the log entries present in the leader's log at the start of the round
// to the new server's log."
void Server::begin_catch_up_round(Out& out) {
  joining.round_end = last_log_index();
  joining.late = false;
  ++joining.rounds;
  out.set_timer(RoundLate{}, baseline(out.params()));
}

// "If the last round lasts less than an election timeout, then the leader adds the new server to
// the cluster… Otherwise, the leader aborts the configuration change with an error." The first
// round that short is the last; the tenth is, however long. While the leader makes way for another
// it adds nobody: that waits for what comes of the transfer.
void Server::follow_catch_up(NodeId from, Out& out) {
  if (!joining.is_under_way()) return;
  const auto& newcomers = joining.newcomers.servers;
  const auto lacks = [&](NodeId node) { return match_index[node] < joining.round_end; };
  if (joining.server != from && !contains(newcomers, from)) return;
  if (transfer.heir || lacks(from) || std::ranges::any_of(newcomers, lacks)) return;
  constexpr std::uint64_t most_rounds = 10;
  if (joining.late && joining.rounds == most_rounds) return give_up_joining(out);
  if (joining.late) return begin_catch_up_round(out);
  const Operation change = newcomers.empty()
                               ? Operation{"add_server", {}, Text(out.name_of(from))}
                               : Operation{c_old_new, {}, joining.newcomers.new_servers};
  joining = Joining{};
  out.cancel_timer(RoundLate{});
  append_change(change, out);
}

// "The leader should also abort the change if the new server is unavailable or is so slow that it
// will never catch up": if a round has taken two election timeouts.
void Server::on(const RoundLate&, Out& out) {
  if (joining.late) return give_up_joining(out);
  joining.late = true;
  out.set_timer(RoundLate{}, baseline(out.params()));
}

void Server::give_up_joining(Out& out) {
  if (joining.server) out.emit(ChangeRefused{*joining.server});
  if (!joining.newcomers.servers.empty()) {
    out.emit(ServersRefused{joining.newcomers.new_servers});
  }
  forget_joining(out);
}

void Server::forget_joining(Out& out) {
  joining = Joining{};
  out.cancel_timer(RoundLate{});
}

// Who belongs to the cluster, as it has just decided; half-way, in a joint configuration, that is
// not decided yet.
void Server::tell_members(Index before, Out& out) const {
  const Configuration* decided = nullptr;
  for (const Configuration& one : configurations.brought) {
    if (one.index > before && one.index <= commit_index) decided = &one;
  }
  if (decided == nullptr || decided->is_joint()) return;
  out.emit(MembersChanged{current_term, decided->servers});
}

// A leader goes by its log, and tells of it.
void Server::take_over_configuration(Out& out) {
  follow_configurations(last_log_index() + 1, out);
  tell_in_force(out);
}

// What it takes a majority of from now on, and in a joint configuration of whom besides.
void Server::tell_in_force(Out& out) const {
  if (out.params().membership == Membership::fixed) return;
  out.emit(MembersInForce{current_term, servers(out), old_servers()});
}

// "…a leader that is removed from the configuration steps down once the C_new entry is committed."
// (4.2.2)
void Server::leave_if_removed(Out& out) {
  const auto& brought = configurations.brought;
  if (brought.empty() || brought.back().index > commit_index) return;
  if (role != RoleName::leader || is_server(out.self(), out)) return;
  leader.reset();
  convert_to_follower(out);
}

}  // namespace quorate::raft
