// What reads past the log promise: ReadFreshness and LeaseDisjoint.
#include <algorithm>

#include "protocols/raft/properties.hpp"

namespace quorate::raft {

void ReadFreshness::advance(const RaftCluster& cluster, NodeId node) {
  const Server& now = cluster.role<Server>(node);
  const Params& params = cluster.params(node);
  last = std::max(last, now.log.start());
  while (last < now.commit_index && last < now.log.size()) {
    const Request& command = now.log[++last].command;
    const bool again = params.sessions && is_of_client(command) &&
                       !sessions[command.client.value].add(command.serial);
    if (again || StateMachine::only_reads(command.operation)) continue;
    machine.apply(params.state_machine, command.operation);
    committed.push_back({cluster.now(), command.operation});
    for (auto& [read, told] : answers) {
      const Text answer = machine.apply(params.state_machine, {read.first, read.second, {}});
      if (answer != told.back().answer) told.push_back({cluster.now(), answer});
    }
  }
}

// Of a read that nobody has asked before, what it would have been told all along.
std::vector<ReadFreshness::Told>& ReadFreshness::told_of(const Operation& read, MachineKind kind) {
  std::vector<Told>& told = answers[{read.verb, read.key}];
  if (!told.empty()) return told;
  StateMachine replay;
  told.push_back({{}, replay.apply(kind, read)});
  for (const Committed& change : committed) {
    replay.apply(kind, change.operation);
    const Text answer = replay.apply(kind, read);
    if (answer != told.back().answer) told.push_back({change.at, answer});
  }
  return told;
}

void ReadFreshness::check(const RaftCluster& cluster, const Step& step, Check&) {
  advance(cluster, step.node);
  const Request* request = step.record.body.get_if<Request>();
  if (request == nullptr || !StateMachine::only_reads(request->operation)) return;
  if (request->client.value >= cluster.world().setup().clients) return;  // nobody is told
  if (closed[request->client.value].has(request->serial)) return;
  open.try_emplace({request->client.value, request->serial}, request->operation);
  told_of(request->operation, cluster.params(step.node).state_machine);
}

void ReadFreshness::answered(const RaftCluster& cluster, ClientId client, const Reply& reply,
                             Check& check) {
  const auto found = open.find({client.value, reply.serial});
  if (found == open.end()) return;  // no read
  const Operation read = found->second;
  open.erase(found);
  closed[client.value].add(reply.serial);
  check.armed();
  if (last > 0) check.exercised();
  const Time asked = cluster.world().askings().first(client, reply.serial, cluster.now());
  const std::vector<Told>& told = answers.at({read.verb, read.key});
  auto then = told.end() - 1;
  while (then->since >= asked && then != told.begin()) --then;
  if (std::any_of(then, told.end(), [&](const Told& one) { return one.answer == reply.result; })) {
    return;
  }
  check.violated({}, name_of(cluster, client) + " was told \"" + std::string(reply.result.view()) +
                         "\" by " + to_text(read) + ", and \"" + std::string(then->answer.view()) +
                         "\" had been committed before it asked.");
}

void LeaseDisjoint::note_rounds(const RaftCluster& cluster, const Step& step) {
  const Reading& reading = cluster.role<Server>(step.node).reading;
  Rounds& mine = rounds[step.node];
  if (reading.round < mine.seen) mine = {};  // restarted
  while (mine.seen < reading.round) {
    mine.ends[++mine.seen] = cluster.now() + cluster.params(step.node).lease;
  }
  mine.ends.erase(mine.ends.begin(), mine.ends.upper_bound(reading.expired));
  if (step.record.kind == Kind::resume) mine.before_resume = reading.round;
}

// Who stands still, or has not yet caught up with what it missed, or has handlers that take time,
// in which a timer waits, need not know that its lease is over.
bool LeaseDisjoint::has_lease(const RaftCluster& cluster, NodeId node) {
  const Server& leader = cluster.role<Server>(node);
  if (!leader.holds_lease()) return false;
  const Rounds& mine = rounds[node];
  const std::uint64_t round = leader.reading.confirmed;
  const bool behind = cluster.world().paused(node) || cluster.world().setup().handlers_take_time;
  const bool knows = !behind && round > mine.before_resume;
  const auto end = mine.ends.find(round);
  return knows || end == mine.ends.end() || end->second > cluster.now();
}

void LeaseDisjoint::check(const RaftCluster& cluster, const Step& step, Check& check) {
  const Server& now = cluster.role<Server>(step.node);
  note_rounds(cluster, step);
  if (!cluster.up(step.node) || now.role != RoleName::leader) return;
  check.armed();
  if (!leased.empty() && leased.begin()->first < now.current_term) check.exercised();
  if (has_lease(cluster, step.node)) leased[now.current_term] = step.node;
  for (const NodeId other : cluster.members()) {
    const Server& theirs = cluster.role<Server>(other);
    if (!cluster.up(other) || theirs.role != RoleName::leader) continue;
    if (theirs.current_term == now.current_term) continue;
    const bool mine_is_older = now.current_term < theirs.current_term;
    const NodeId old = mine_is_older ? step.node : other;
    const NodeId next = mine_is_older ? other : step.node;
    if (!has_lease(cluster, old)) continue;
    const Server& leader = cluster.role<Server>(next);
    check.violated({old, next}, cluster.name(next) + " leads " + term_text(leader.current_term) +
                                    " while " + cluster.name(old) + " has a lease in " +
                                    term_text(cluster.role<Server>(old).current_term) + ".");
    return;
  }
}

}  // namespace quorate::raft
