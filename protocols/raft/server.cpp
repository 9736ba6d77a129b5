// The handlers of Figure 2. A quoted sentence is the paper's; `out.bug(...)` marks a known
// mistake that a scenario may switch on, and reads as `false` otherwise.
#include "protocols/raft/server.hpp"

#include "protocols/common/quorum.hpp"

namespace quorate::raft {

// "When servers start up, they begin as followers." (5.2)
void Server::start(Out& out) {
  out.emit(Role{"follower"});
  if (!may_stand(out)) return;  // its own vote would count among the servers'
  out.set_timer(Election{}, out.params().election_timeout);
}

void Server::restart(Out& out) {
  reset_to_snapshot();
  read_configurations(out);
  start(out);
  keep_old_promises(out);  // with leases (6.4.1)
}

// ---- rules for servers --------------------------------------------------------------------------

// "If RPC request or response contains term T > currentTerm:
// set currentTerm = T, convert to follower." (5.1)
void Server::observe_term(Term term, Out& out) {
  if (term <= current_term) return;
  if (role == RoleName::candidate) give_up_election(out);
  current_term = term;
  voted_for.reset();
  leader.reset();
  out.emit(Epoch{term});
  convert_to_follower(out);
}

void Server::convert_to_follower(Out& out) {
  if (out.bug(Bug::step_down_clears_vote)) voted_for.reset();
  if (role == RoleName::leader) stop_leading(out);
  enter(RoleName::follower, out);
}

// Nothing that options had under way is the next leader's.
void Server::stop_leading(Out& out) {
  out.cancel_timer(Heartbeat{});
  out.cancel_timer(CheckQuorum{});
  out.set_timer(Election{}, out.params().election_timeout);
  end_transfer(out);
  forget_joining(out);
  end_batch(out);
}

// "If commitIndex > lastApplied: increment lastApplied,
// apply log[lastApplied] to state machine." (5.3) All that is committed stands in the log; where a
// mistake has cut it off, properties say so.
void Server::apply_committed(Out& out) {
  const Index end = last_log_index();
  const Index limit = out.bug(Bug::applies_on_append) ? end : std::min(commit_index, end);
  while (last_applied < limit) {
    ++last_applied;
    const Request& command = log[last_applied].command;
    const Text answer = apply(command, out);
    // "…respond after entry applied to state machine." (Figure 2, Leaders)
    if (role == RoleName::leader) out.reply(command, answer);
  }
  snapshot_if_long(out);
}

void Server::enter(RoleName next, Out& out) {
  if (role == next) return;
  role = next;
  out.emit(Role{enum_name(next)});
}

// ---- leader election (5.2, 5.4.1) ---------------------------------------------------------------

// "If election timeout elapses without receiving AppendEntries RPC from current leader or granting
// vote to candidate: convert to candidate." / "If election timeout elapses: start new election."
void Server::on(const Election&, Out& out) {
  if (!may_stand(out)) return;
  if (out.params().pre_vote) return ask_before_standing(out);
  start_election(out);
}

// "On conversion to candidate, start election: increment currentTerm, vote for self,
// reset election timer, send RequestVote RPCs to all other servers."
void Server::start_election(Out& out, Permission permission) {
  if (role == RoleName::candidate) give_up_election(out);
  ++current_term;
  out.emit(Epoch{current_term});
  enter(RoleName::candidate, out);
  leader.reset();
  leader_alive = false;
  voted_for = out.self();
  if (out.bug(Bug::own_vote_unrecorded)) voted_for.reset();
  votes.clear();
  votes.insert(out.self());
  out.set_timer(Election{}, out.params().election_timeout);
  out.persist();
  // Whoever decides alone has won when its own vote is on disk, and not before.
  if (is_majority(votes, out)) return out.send(out.self(), RequestVoteReply{current_term, true});
  for_each_other_server(out, [&](NodeId node) {
    out.send(node, RequestVote{current_term, last_log_index(), last_log_term(), permission});
  });
}

// "The third possible outcome is that a candidate neither wins nor loses the election." (5.2)
void Server::give_up_election(Out& out) {
  const Tally all = tally(votes, out);
  if (all.old_servers == 0) return out.emit(Unelected{current_term, all.found, all.servers});
  out.emit(UnelectedByBoth{current_term, all.old_found, all.old_servers, all.found, all.servers});
}

// RequestVote RPC, receiver implementation.
void Server::on(NodeId from, const RequestVote& m, Out& out) {
  // "…if a server receives a RequestVote request within the minimum election timeout of hearing
  // from a current leader, it does not update its term or grant its vote." (dissertation, 4.2.3)
  if (out.params().check_quorum && trusts_leader() && !m.permission.granted) return;
  observe_term(m.term, out);
  // "1. Reply false if term < currentTerm."
  // "2. If votedFor is null or candidateId, and candidate's log is at least as up-to-date
  //  as receiver's log, grant vote."
  const bool free_to_vote = !voted_for || voted_for == from || out.bug(Bug::vote_ignored);
  const bool grant = m.term == current_term && free_to_vote &&
                     log_is_current(m.last_log_index, m.last_log_term, out);
  if (grant) {
    voted_for = from;
    out.set_timer(Election{}, out.params().election_timeout);
  }
  // "Updated on stable storage before responding to RPCs."
  out.persist();
  out.send(from, RequestVoteReply{current_term, grant});
}

// "Raft determines which of two logs is more up-to-date by comparing the index and term of the last
// entries in the logs. If the logs have last entries with different terms, then the log with the
// later term is more up-to-date. If the logs end with the same term, then whichever log is longer
// is more up-to-date." (5.4.1)
bool Server::log_is_current(Index last_index, Term last_term, const Out& out) const {
  if (out.bug(Bug::no_log_check)) return true;
  if (out.bug(Bug::log_check_by_length)) return last_index >= last_log_index();
  if (out.bug(Bug::log_check_by_last_term)) return last_term >= last_log_term();
  if (last_term != last_log_term()) return last_term > last_log_term();
  return last_index >= last_log_index();
}

// "If votes received from majority of servers: become leader."
void Server::on(NodeId from, const RequestVoteReply& m, Out& out) {
  observe_term(m.term, out);
  const bool current = m.term == current_term || out.bug(Bug::old_vote_replies_count);
  if (role != RoleName::candidate || !current || !m.vote_granted) {
    return out.persist();  // of a newer term, if that is what the reply brought
  }
  const bool again = !votes.insert(from);
  // A careless counter takes a duplicated reply for one more voter.
  if (again && out.bug(Bug::votes_counted_twice)) count_once_more(votes);
  if (is_majority(votes, out)) become_leader(out);
}

std::uint64_t Server::quorum_of(const std::vector<NodeId>& servers, const Out& out) const {
  const std::uint64_t n = servers.size();
  return out.bug(Bug::quorum_too_small) ? n / 2 : majority(n);
}

// "Upon election: send initial empty AppendEntries RPCs (heartbeat) to each server." (5.2)
void Server::become_leader(Out& out) {
  enter(RoleName::leader, out);
  leader = out.self();
  out.emit(Elected{current_term});
  if (out.bug(Bug::new_leader_drops_tail)) log.truncate(commit_index);
  take_over_configuration(out);
  reinitialize(out);
  out.cancel_timer(Election{});
  out.persist();
  begin_term(out);
  replicate_to_all(out.params().max_entries, out);
  out.set_timer(Heartbeat{}, out.params().heartbeat);
}

// "When a leader first comes to power, it initializes all nextIndex values to the index just after
// the last one in its log." (5.3) What it knew of followers in an earlier term it knows no more.
void Server::reinitialize(const Out& out) {
  next_index.clear();
  if (!out.bug(Bug::match_index_kept)) match_index.clear();
  for (const NodeId node : servers(out)) next_index[node] = last_log_index() + 1;
  for (const NodeId node : old_servers()) next_index[node] = last_log_index() + 1;
  match_index[out.self()] = last_log_index();
  unanswered.clear();
  pipelined.clear();
  refused.clear();
  installing = Installing{};
}

// What options have a leader do before it says that it leads.
void Server::begin_term(Out& out) {
  if (out.params().no_op) append_no_op(out);
  append_new_servers(out);
  if (out.params().check_quorum) count_anew(out);
  forget_reads(out);
}

// "…each leader commit a blank no-op entry into the log at the start of its term." (8)
void Server::append_no_op(Out& out) {
  append(no_op(), out);
  out.send(out.self(), Stored{current_term, last_log_index()});
}

// ---- log replication (5.3) ----------------------------------------------------------------------

// "If command received from client: append entry to local log,
// respond after entry applied to state machine." (5.3)
// "If a client contacts a follower, the follower redirects it to the leader." (5.1)
void Server::on(const Request& request, Out& out) {
  if (serve_otherwise(request, out)) return;
  if (role != RoleName::leader) return out.redirect(request, leader.value_or(no_node));
  // "If a server receives a command whose serial number has already been executed, it responds
  // immediately without re-executing the request." (dissertation, 6.3)
  if (is_executed(request, out)) return out.reply(request, answer_again(request, out));
  append(request, out);
  if (out.bug(Bug::answers_on_append)) out.reply(request, "ok");
  out.send(out.self(), Stored{current_term, last_log_index()});
  replicate_gathered(out);
}

// What options serve that is no command for the log. Whether the request is one of these.
bool Server::serve_otherwise(const Request& request, Out& out) {
  if (asks_for_transfer(request)) {
    begin_transfer(request, out);
  } else if (is_change(request)) {
    begin_change(request, out);
  } else if (transfer.heir) {
    // "The prior leader stops accepting new client requests." (dissertation, 3.10)
    out.redirect(request, no_node);
  } else {
    return read(request, out);  // (6.4)
  }
  return true;
}

void Server::append(const Request& command, Out& out) {
  log.append({current_term, command});
  follow_configurations(last_log_index(), out);
  out.emit(Proposed{last_log_index(), command.operation});
  out.persist();
}

// "Repeat during idle periods to prevent election timeouts." (5.2)
void Server::on(const Heartbeat&, Out& out) {
  const bool empty = out.params().empty_heartbeats;
  if (empty) for_each_follower(out, [&](NodeId node) { unanswered.insert(node); });
  if (out.params().reads == Reads::lease) begin_round(out);
  replicate_to_all(empty ? 0 : out.params().max_entries, out);
  out.set_timer(Heartbeat{}, out.params().heartbeat);
}

// Entries of a batch go along, and their own message is spared.
void Server::replicate_to_all(Index most, Out& out) {
  if (most > 0) end_batch(out);
  for_each_follower(out, [&](NodeId node) { replicate(node, most, out); });
}

// "If last log index >= nextIndex for a follower: send AppendEntries RPC with log entries
// starting at nextIndex." Without entries it is a heartbeat.
void Server::replicate(NodeId to, Index most, Out& out) {
  const Index prev = next_index[to] - 1;
  if (prev < log.start()) return send_snapshot(to, out);
  const Index last = is_searched(to) ? prev : std::min(last_log_index(), prev + most);
  out.send(to, AppendEntries{current_term, prev, term_at(prev), log.slice(prev + 1, last),
                             commit_index, Round{reading.round}});
  // "…the leader can update nextIndex immediately each time it sends an RPC, rather than waiting
  // for an acknowledgment." (dissertation, 10.2.1)
  if (pipelined.contains(to)) next_index[to] = last + 1;
}

// AppendEntries RPC, receiver implementation.
void Server::on(NodeId from, const AppendEntries& m, Out& out) {
  observe_term(m.term, out);
  // "1. Reply false if term < currentTerm."
  if (m.term < current_term) return refuse_old_term(from, out);
  hear_leader(from, out);
  // "2. Reply false if log doesn't contain an entry at prevLogIndex
  //  whose term matches prevLogTerm."
  if (!matches(m, out)) return refuse(from, m, out);
  store(m, out);
  follow_commit(m, out);
  out.persist();
  apply_committed(out);
  out.send(from, AppendEntriesReply{current_term, true, m.prev_log_index + m.entries.size(), 0, 0,
                                    m.round});
}

// "If AppendEntries RPC received from new leader: convert to follower." (5.2) A leader hears of no
// other of its term; that is election_safety's to say, and it says so when the second is elected.
void Server::hear_leader(NodeId from, Out& out) {
  convert_to_follower(out);
  leader = from;
  if (out.params().pre_vote || out.params().check_quorum) trust_leader(out);
  out.set_timer(Election{}, out.params().election_timeout);
}

// The sender may lead again by now, and must not take this for an answer about its log.
void Server::refuse_old_term(NodeId from, Out& out) {
  out.send(from, AppendEntriesReply{current_term, false, 0, 0, 0});
}

bool Server::matches(const AppendEntries& m, const Out& out) const {
  if (m.prev_log_index > last_log_index()) return false;
  if (m.prev_log_index < log.start()) return true;  // all that is committed matches
  if (m.prev_log_index == 0) return true;           // nothing is before the first entry
  return term_at(m.prev_log_index) == m.prev_log_term || out.bug(Bug::prev_term_unchecked);
}

// "3. If an existing entry conflicts with a new one (same index but different terms), delete
//  the existing entry and all that follow it. 4. Append any new entries not already in the log."
void Server::store(const AppendEntries& m, Out& out) {
  if (out.bug(Bug::truncates_without_conflict))
    log.truncate(std::max(m.prev_log_index, log.start()));
  const bool purged = m.prev_log_index < log.start();
  if (purged && out.bug(Bug::purged_entries_conflict)) log.truncate(log.start());
  if (const Index conflict = first_conflict(m); conflict != 0) {
    if (out.bug(Bug::conflict_tail_kept)) return overwrite(m, conflict);
    out.emit(LogCut{conflict, last_log_index()});
    log.truncate(conflict - 1);
  }
  const Index first_new = last_log_index() + 1;
  log.append(m.entries);
  follow_configurations(first_new, out);
}

// The existing entry that conflicts with a new one; 0: there is none. What the snapshot stands for
// is committed and the same.
Index Server::first_conflict(const AppendEntries& m) const {
  const Index last = std::min(m.prev_log_index + m.entries.size(), last_log_index());
  Index same = std::max(m.prev_log_index, log.start());
  if (same < last) same = std::max(same, log.shared_with(m.entries));
  for (Index index = same + 1; index <= last; ++index) {
    if (term_at(index) != m.entries[index].term) return index;
  }
  return 0;
}

// The mistake of rule 3: the entries behind the overwritten ones stay.
void Server::overwrite(const AppendEntries& m, Index first) {
  const EntryLog old = log;
  log.truncate(first - 1);
  const Index last_new = m.prev_log_index + m.entries.size();
  for (Index index = first; index <= last_new; ++index) log.append(m.entries[index]);
  for (Index index = last_new + 1; index <= old.last_index(); ++index) log.append(old[index]);
}

// "5. If leaderCommit > commitIndex, set commitIndex = min(leaderCommit, index of last new entry)."
void Server::follow_commit(const AppendEntries& m, const Out& out) {
  const Index last_new = m.prev_log_index + m.entries.size();
  const Index limit = out.bug(Bug::commit_past_match) ? last_log_index() : last_new;
  const Index least = out.bug(Bug::commit_goes_back) ? 0 : commit_index;
  commit_index = std::max(least, std::min(m.leader_commit, limit));
  if (out.bug(Bug::config_on_commit)) put_in_force(out);
}

void Server::on(NodeId from, const AppendEntriesReply& m, Out& out) {
  observe_term(m.term, out);
  const bool current = m.term == current_term || out.bug(Bug::old_append_replies_count);
  if (role != RoleName::leader || !current) return out.persist();
  if (out.params().check_quorum) heard.insert(from);
  count_round(from, m.round.number, out);
  if (m.success) {
    acknowledge(from, m, out);
    follow_catch_up(from, out);
    return hand_over(out);
  }
  // "If AppendEntries fails because of log inconsistency: decrement nextIndex and retry."
  if (answered_already(from, m)) return;
  back_up(from, m, out);
  replicate(from, out.params().max_entries, out);
}

// "If successful: update nextIndex and matchIndex for follower."
void Server::acknowledge(NodeId from, const AppendEntriesReply& m, Out& out) {
  const Index match = out.bug(Bug::match_is_last_index) ? last_log_index() : m.index;
  const bool news = match > match_index[from];
  if (news) match_index[from] = match;
  if (match + 1 > next_index[from]) next_index[from] = match + 1;
  if (news) installing.unanswered.erase(from);
  if (out.params().pipelining && !is_searched(from)) pipelined.insert(from);
  const bool beyond = match > commit_index;  // what is not can complete no majority
  const bool told = beyond && advance_commit_index(out);
  if (is_searched(from)) return search_on(from, news, out);
  const bool asks = unanswered.erase(from) || news;
  if (asks && !told) send_rest(from, out);  // who was told has been sent what it lacks
}

// A follower that lacks more than one message can carry need not wait for the next heartbeat, and
// an empty heartbeat brings it nothing. A second answer to the same entries asks for nothing: if it
// did, every copy of a message would beget messages as long as the follower lags.
void Server::send_rest(NodeId to, Out& out) {
  const Index most = out.params().max_entries;
  const Index lacks = last_log_index() + 1 - next_index[to];
  if (lacks >= (out.params().empty_heartbeats ? 1 : most)) replicate(to, most, out);
}

// The leader's own disk has caught up: it may count itself.
void Server::on(NodeId, const Stored& m, Out& out) {
  if (role != RoleName::leader || m.term != current_term) return;
  if (m.index > match_index[out.self()]) match_index[out.self()] = m.index;
  advance_commit_index(out);
}

// "If there exists an N such that N > commitIndex, a majority of matchIndex[i] >= N,
// and log[N].term == currentTerm: set commitIndex = N." (5.3, 5.4)
// Whether everybody was told of it at once.
bool Server::advance_commit_index(Out& out) {
  const Index n = reached_by_majority(match_index, commit_index, out);
  if (n <= commit_index) return false;
  if (term_at(n) != current_term && !out.bug(Bug::commits_old_terms)) return false;
  for (Index index = std::max(commit_index, log.start()) + 1; index <= n; ++index) {
    out.emit(Chosen{index, log[index].command.operation});
  }
  const Index before = std::exchange(commit_index, n);
  tell_members(before, out);
  if (out.bug(Bug::config_on_commit)) put_in_force(out);
  apply_committed(out);
  return go_on_after_commit(out);
}

// What options had waiting for it.
bool Server::go_on_after_commit(Out& out) {
  read_after_round(out);
  const bool tell = append_new_servers(out) || out.params().push_commit;
  if (tell) replicate_to_all(out.params().max_entries, out);
  leave_if_removed(out);
  return tell;
}

}  // namespace quorate::raft
