#include "protocols/raft/properties.hpp"

#include <algorithm>

namespace quorate::raft {

namespace {

const Server& server(const RaftCluster& cluster, NodeId node) { return cluster.role<Server>(node); }

// Whether `whole` still begins with all of `prefix`, which is not discarded.
bool begins_with(const EntryLog& whole, const EntryLog& prefix) {
  return whole.size() >= prefix.size() && whole.start() <= prefix.size() &&
         whole.prefix_hash(prefix.size()) == prefix.hash();
}

// A mistake may commit what is not there, or discard what is not committed.
bool committed_is_there(const Server& server) {
  return server.commit_index >= server.log.start() && server.commit_index <= server.log.size();
}
EntryLog committed_entries(const Server& server) {
  EntryLog result = server.log;
  result.truncate(server.commit_index);
  return result;
}

// Where some do, a read that stands in the log may be answered by who knows a newer state.
bool some_read_past_log(const RaftCluster& cluster) {
  return std::ranges::any_of(cluster.members(),
                             [&](NodeId node) { return cluster.params(node).reads != Reads::log; });
}

}  // namespace

bool Lives::goes_on(const RaftCluster& cluster, NodeId node) {
  const std::uint32_t now = cluster.incarnation(node);
  return std::exchange(incarnations_[node], now) == now;
}

// Where the server applied what the history does not know, and has discarded it already, there is
// nothing to learn.
void History::learn_more(const Server& server) {
  if (server.log.start() > size()) return;
  const Index end = std::min(server.last_applied, server.log.size());
  while (size() < end) prefixes_.push_back(server.log.prefix_hash(size() + 1));
}

bool History::begins_with(const EntryLog& whole, const EntryLog& prefix) const {
  const Index start = whole.start();
  if (start <= prefix.size()) return raft::begins_with(whole, prefix);
  return start <= size() && whole.prefix_hash(start) == prefix_hash(start) &&
         prefix.hash() == prefix_hash(prefix.size());
}

void ElectionSafety::check(const RaftCluster& cluster, const Step& step, Check& check) {
  const Server& now = server(cluster, step.node);
  if (now.role != RoleName::leader || last_led[step.node] == now.current_term) return;
  last_led[step.node] = now.current_term;
  check.armed();
  const auto [entry, first] = leader_of.emplace(now.current_term, step.node);
  if (leader_of.size() > 1) check.exercised();
  if (first || entry->second == step.node) return;
  check.violated({entry->second, step.node}, cluster.name(entry->second) + " and " +
                                                 cluster.name(step.node) + " are both leaders of " +
                                                 term_text(now.current_term) + ".");
}

void VoteOnce::check(const RaftCluster& cluster, const Step& step, Check& check) {
  const auto [term, candidate] = binding_vote(cluster, step.node);
  if (candidate == no_node || last_seen[step.node] == std::pair{term, candidate}) return;
  last_seen[step.node] = {term, candidate};
  check.armed();
  const auto [entry, first] = vote.emplace(std::pair{step.node, term}, candidate);
  if (candidate != step.node) check.exercised();
  if (first || entry->second == candidate) return;
  check.violated({step.node}, cluster.name(step.node) + " voted for " +
                                  cluster.name(entry->second) + " and then for " +
                                  cluster.name(candidate) + " in " + term_text(term) + ".");
}

// A vote counts once it is on disk, for only then may anybody have heard of it; a candidate that
// asks for votes has voted for itself, whatever it wrote down.
std::pair<Term, NodeId> VoteOnce::binding_vote(const RaftCluster& cluster, NodeId node) {
  const auto& [term, voted_for, log, snapshot] = std::get<0>(cluster.world().synced(node));
  const Server& now = server(cluster, node);
  if (now.role == RoleName::candidate && now.current_term == term) return {term, node};
  return {term, voted_for.value_or(no_node)};
}

void LeaderAppendOnly::check(const RaftCluster& cluster, const Step& step, Check& check) {
  const Server& now = server(cluster, step.node);
  const bool same_life = lives.goes_on(cluster, step.node);
  EntryLog& was = before[step.node];
  if (now.role == RoleName::leader && same_life) {
    check.armed();
    if (now.log.size() > was.size()) check.exercised();
    if (!begins_with(now.log, was)) {
      check.violated({step.node},
                     "Leader " + cluster.name(step.node) + " of " + term_text(now.current_term) +
                         " changed its log before entry " + std::to_string(was.size() + 1) + ".");
    }
  }
  if (!(was == now.log)) was = now.log;
}

void LogMatching::check(const RaftCluster& cluster, const Step& step, Check& check) {
  const Server& now = server(cluster, step.node);
  if (before[step.node] == now.log) return;
  before[step.node] = now.log;
  for (const NodeId other : cluster.members()) {
    if (other == step.node) continue;
    const EntryLog& theirs = server(cluster, other).log;
    const Index shorter = std::min(now.log.size(), theirs.size());
    if (shorter == 0) continue;
    check.armed();
    const Index common = now.log.common_prefix(theirs);
    if (common < shorter) check.exercised();
    const Server& other_server = server(cluster, other);
    const Index start = std::max({Index{1}, now.log.start(), theirs.start()});
    for (Index index = std::max(common + 1, start); index <= shorter; ++index) {
      if (now.term_at(index) != other_server.term_at(index)) continue;
      check.violated({step.node, other}, cluster.name(step.node) + " and " + cluster.name(other) +
                                             " hold an entry of " + term_text(now.term_at(index)) +
                                             " at index " + std::to_string(index) +
                                             " but differ from index " +
                                             std::to_string(common + 1) + ".");
      return;
    }
  }
}

void LeaderCompleteness::check(const RaftCluster& cluster, const Step& step, Check& check) {
  const Server& now = server(cluster, step.node);
  history.learn(now);
  if (now.role != RoleName::leader) return;
  if (last_led[step.node] != now.current_term) elected(cluster, step.node, check);
  if (now.commit_index == 0 || !committed_is_there(now)) return;
  EntryLog& known = committed[now.current_term];
  if (now.commit_index <= known.size()) return;
  known = committed_entries(now);
  // A leader that has not heard of its successors may still commit; they must hold that, too.
  for (auto later = won.upper_bound(now.current_term); later != won.end(); ++later) {
    compare(cluster, now.current_term, known, later->first, later->second, check);
  }
}

void LeaderCompleteness::elected(const RaftCluster& cluster, NodeId leader, Check& check) {
  const Server& now = server(cluster, leader);
  last_led[leader] = now.current_term;
  const auto& elected = won[now.current_term] = {leader, now.log};
  for (const auto& [term, prefix] : committed) {
    if (term >= now.current_term) break;
    compare(cluster, term, prefix, now.current_term, elected, check);
  }
}

void LeaderCompleteness::compare(const RaftCluster& cluster, Term term, const EntryLog& prefix,
                                 Term later, const std::pair<NodeId, EntryLog>& leader,
                                 Check& check) const {
  const auto& [node, log] = leader;
  check.armed();
  if (!prefix.empty()) check.exercised();
  if (history.begins_with(log, prefix)) return;
  check.violated({node}, "Leader " + cluster.name(node) + " of " + term_text(later) +
                             " lacks entry " + std::to_string(log.common_prefix(prefix) + 1) +
                             ", committed in " + term_text(term) + ".");
}

void StateMachineSafety::check(const RaftCluster& cluster, const Step& step, Check& check) {
  const Server& now = server(cluster, step.node);
  history.learn(now);
  Index& last = seen[step.node];
  if (now.last_applied < last) last = now.last_applied;  // restarted: it will apply all again
  if (last < now.log.start()) {
    last = now.log.start();
    compare_snapshot(cluster, step.node, check);
  }
  while (last < std::min(now.last_applied, now.log.size())) {
    const std::uint64_t hash = hash_of(now.log[++last]);
    check.armed();
    if (last > applied.size()) {
      applied.push_back(hash);
      first.push_back(step.node);
      continue;
    }
    check.exercised();
    if (applied[last - 1] == hash) continue;
    check.violated({first[last - 1], step.node},
                   cluster.name(first[last - 1]) + " and " + cluster.name(step.node) +
                       " applied different entries at index " + std::to_string(last) + ".");
    return;
  }
}

// What a snapshot stands for has been applied by somebody before, entry by entry.
void StateMachineSafety::compare_snapshot(const RaftCluster& cluster, NodeId node,
                                          Check& check) const {
  const Snapshot& snapshot = *server(cluster, node).snapshot;
  check.armed();
  check.exercised();
  const bool applied_before = snapshot.last_index <= history.size();
  if (applied_before && history.prefix_hash(snapshot.last_index) == snapshot.log_hash.value())
    return;
  check.violated({node}, cluster.name(node) + " has a snapshot of the entries up to " +
                             std::to_string(snapshot.last_index) +
                             ", which are not those that were applied.");
}

void TermMonotone::check(const RaftCluster& cluster, const Step& step, Check& check) {
  const Server& now = server(cluster, step.node);
  const Term on_disk = std::get<0>(std::get<0>(cluster.world().synced(step.node)));
  const bool same_life = lives.goes_on(cluster, step.node);
  // A term seen but not yet on disk may be lost in a crash, for nobody has heard of it.
  const Term was = same_life ? last[step.node] : synced[step.node];
  check.armed();
  if (now.current_term > was) check.exercised();
  if (now.current_term < was) {
    check.violated({step.node}, cluster.name(step.node) + " went back from " + term_text(was) +
                                    " to " + term_text(now.current_term) + ".");
  }
  last[step.node] = now.current_term;
  synced[step.node] = on_disk;
}

void CommitMonotone::check(const RaftCluster& cluster, const Step& step, Check& check) {
  const Server& now = server(cluster, step.node);
  Index& was = last[step.node];
  if (!lives.goes_on(cluster, step.node)) was = 0;
  check.armed();
  if (now.commit_index > was) check.exercised();
  if (now.commit_index < was || now.last_applied > now.commit_index ||
      now.commit_index > now.log.size()) {
    check.violated({step.node}, cluster.name(step.node) + " has applied " +
                                    std::to_string(now.last_applied) + ", committed " +
                                    std::to_string(now.commit_index) + " (was " +
                                    std::to_string(was) + ") of " + std::to_string(now.log.size()) +
                                    " entries.");
  }
  was = now.commit_index;
}

void CommittedNeverTruncated::check(const RaftCluster& cluster, const Step& step, Check& check) {
  const Server& now = server(cluster, step.node);
  history.learn(now);
  EntryLog& known = committed[step.node];
  if (!lives.goes_on(cluster, step.node)) known.clear();
  if (!known.empty()) {
    check.armed();
    if (now.commit_index > known.size()) check.exercised();
    if (!history.begins_with(now.log, known)) {
      check.violated({step.node}, cluster.name(step.node) + " lost entry " +
                                      std::to_string(now.log.common_prefix(known) + 1) +
                                      ", which it knew as committed.");
    }
  }
  if (now.commit_index > known.size() && committed_is_there(now)) {
    known = committed_entries(now);
  }
}

void AnsweredIsApplied::check(const RaftCluster& cluster, const Step& step, Check&) {
  const Server& now = server(cluster, step.node);
  commands.resize(cluster.world().setup().clients);
  const Request* request = step.record.body.get_if<Request>();
  const bool past_the_log = cluster.params(step.node).reads != Reads::log;
  if (request != nullptr && past_the_log && StateMachine::only_reads(request->operation)) {
    note(*request);  // a read, which read_freshness looks after
  }
  last = std::max(last, now.log.start());
  while (last < now.last_applied && last < now.log.size()) {
    note(now.log[++last].command);
  }
}

void AnsweredIsApplied::note(const Request& command) {
  if (command.client.value >= commands.size()) return;  // the scenario's own: nobody asked
  commands[command.client.value].add(command.serial);
}

void AnsweredIsApplied::answered(const RaftCluster& cluster, ClientId client, const Reply& reply,
                                 Check& check) {
  check.armed();
  check.exercised();
  if (commands[client.value].has(reply.serial)) return;
  check.violated({}, name_of(cluster, client) + " was told that its operation " +
                         std::to_string(reply.serial) + " is done, and no server has applied it.");
}

// Only what clients ask can be asked twice.
void ExactlyOnce::learn(const Server& server) {
  if (server.log.start() > operations.commands()) return;
  const Index end = std::min(server.last_applied, server.log.size());
  while (operations.commands() < end) {
    operations.add(server.log[operations.commands() + 1].command);
  }
}

void ExactlyOnce::check(const RaftCluster& cluster, const Step& step, Check& check) {
  const Server& now = server(cluster, step.node);
  learn(now);
  Index& last = seen[step.node];
  if (!lives.goes_on(cluster, step.node)) last = 0;
  last = std::max(last, now.log.start());
  const Index end = std::min({now.last_applied, now.log.size(), operations.commands()});
  Index again = 0;
  while (last < end) {
    ++last;
    check.armed();
    if (operations.among(last) > operations.among(last - 1)) continue;
    check.exercised();
    again = last;
  }
  if (again == 0 || now.executed == operations.among(last)) return;
  const Request& command = now.log[again].command;
  const std::vector<std::string>& names = cluster.world().setup().names;
  const std::size_t client = cluster.size() + command.client.value;
  check.violated({step.node}, cluster.name(step.node) + " executed operation " +
                                  std::to_string(command.serial) + " of " +
                                  (client < names.size() ? names[client] : "nobody") +
                                  " again, at index " + std::to_string(again) + ".");
}

void AnsweredAsExecuted::check(const RaftCluster& cluster, const Step& step, Check&) {
  const Server& now = server(cluster, step.node);
  const MachineKind kind = cluster.params(step.node).state_machine;
  last = std::max(last, now.log.start());
  while (last < now.last_applied && last < now.log.size()) {
    const Request& command = now.log[++last].command;
    if (StateMachine::only_reads(command.operation) && some_read_past_log(cluster)) continue;
    results.execute(kind, command);
  }
}

void AnsweredAsExecuted::answered(const RaftCluster& cluster, ClientId client, const Reply& reply,
                                  Check& check) {
  const auto* result = results.find(client, reply.serial);
  if (result == nullptr) return;  // not executed, or not by the log
  check.armed();
  if (result->times > 1 || result->first != Text("ok")) check.exercised();
  if (reply.result == result->first) return;
  check.violated({}, told_otherwise(name_of(cluster, client), reply, result->first));
}

void Witnesses::look(const RaftCluster& cluster, const Step& step) {
  const Server& now = server(cluster, step.node);
  if (now.role == RoleName::leader && now.current_term > led) {
    if (led != 0) saw(Situation::leader_changed);
    led = now.current_term;
  }
  look_at_log(cluster, step.node);
  look_at_election(now, step.node);
  if (now.role == RoleName::leader && now.commit_index > committed[step.node]) {
    const Index first_new = std::max(committed[step.node], now.log.start()) + 1;
    if (first_new <= now.log.size() && now.log[first_new].term < now.current_term)
      saw(Situation::old_term_committed);
  }
  committed[step.node] = now.commit_index;
}

// A log that only became shorter, or lost its end in a restart, had no conflict.
void Witnesses::look_at_log(const RaftCluster& cluster, NodeId node) {
  const Server& now = server(cluster, node);
  const bool same_life = lives.goes_on(cluster, node);
  EntryLog& was = logs[node];
  if (was == now.log) return;
  const bool replaced = was.common_prefix(now.log) < std::min(was.size(), now.log.size());
  if (same_life && replaced && now.role == RoleName::follower) saw(Situation::log_repaired);
  was = now.log;
}

void Witnesses::look_at_election(const Server& now, NodeId node) {
  Term& stood_in = candidate_in[node];
  if (now.role == RoleName::leader && stood_in != 0) races[stood_in].won = true;
  if (now.role == RoleName::pre_candidate) return;  // between two elections, it may be
  if (now.role != RoleName::candidate) {
    stood_in = 0;
  } else if (now.current_term != stood_in) {
    const Race& last = races[stood_in];
    if (stood_in != 0 && last.candidates.size() > 1 && !last.won) saw(Situation::vote_split);
    stood_in = now.current_term;
    races[stood_in].candidates.insert(node);
  }
}

}  // namespace quorate::raft
