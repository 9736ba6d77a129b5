// Reads that do not go through the log (dissertation, 6.4). Whoever answers one must know that it
// still led when it was asked: by a round of heartbeats, or by a lease that one has given it.
#include "protocols/raft/server.hpp"

namespace quorate::raft {

// Whether the request is a read that is answered here and not by the log.
bool Server::read(const Request& request, Out& out) {
  const Reads reads = out.params().reads;
  if (reads == Reads::log || !StateMachine::only_reads(request.operation)) return false;
  if (reads == Reads::local) {
    answer_read(request, out);
    return true;
  }
  if (role != RoleName::leader) return false;
  if (reads == Reads::lease && holds_lease() && knows_what_is_committed(out)) {
    answer_read(request, out);
    return true;
  }
  const bool first = reading.waiting.empty();
  reading.waiting.push_back(request);
  if (first && !knows_what_is_committed(out) && last_log_term() != current_term) {
    out.emit(ReadsWait{current_term});
  }
  read_after_round(out);
  return true;
}

void Server::answer_read(const Request& request, Out& out) {
  out.reply(request, machine.apply(out.params().state_machine, request.operation));
}

// "If the leader has not yet marked an entry from its current term committed, it waits until it has
// done so." (6.4, step 1) An entry of its own term is committed after all that were before.
bool Server::knows_what_is_committed(const Out& out) const {
  return term_at(commit_index) == current_term || out.bug(Bug::reads_before_own_commit);
}

// "The leader needs to make sure it has not been superseded by a newer leader of which it is
// unaware. It issues a new round of heartbeats and waits for their acknowledgments from a majority
// of the cluster." (6.4, step 3) "…a single round of heartbeats for any number of read-only queries
// that it has accumulated": who comes while one is under way waits for the next.
void Server::read_after_round(Out& out) {
  if (role != RoleName::leader || reading.waiting.empty() || !reading.under_way.empty()) return;
  if (!knows_what_is_committed(out)) return;
  reading.under_way.swap(reading.waiting);
  if (out.bug(Bug::read_unconfirmed)) return answer_under_way(out);
  begin_round(out);
  reading.needed = reading.round;
  replicate_to_all(0, out);
  count_round(out.self(), reading.round, out);  // whoever is alone has its majority
}

// Every AppendEntries from now on belongs to this round, and its answer says so.
void Server::begin_round(Out& out) {
  ++reading.round;
  if (out.params().reads != Reads::lease || out.bug(Bug::lease_from_receipt)) return;
  out.set_timer(LeaseOver{reading.round}, out.params().lease);
}

// A server of this term has answered a message of the round: it knew of no later term then.
void Server::count_round(NodeId from, std::uint64_t round, Out& out) {
  if (out.params().reads == Reads::log) return;
  if (round > reading.answered[from]) reading.answered[from] = round;
  reading.answered[out.self()] = reading.round;
  const std::uint64_t before = reading.confirmed;
  reading.confirmed = reached_by_majority(reading.answered, before, out);
  if (reading.confirmed > before && out.bug(Bug::lease_from_receipt)) {
    out.set_timer(LeaseOver{reading.confirmed}, out.params().lease);
  }
  if (reading.under_way.empty() || reading.confirmed < reading.needed) return;
  answer_under_way(out);
  read_after_round(out);
}

// "The leader waits for its state machine to advance at least as far as the readIndex." (6.4, step
// 4) This one applies what it knows as committed at once, and all of that before it looks here.
void Server::answer_under_way(Out& out) {
  for (const Request& request : reading.under_way) answer_read(request, out);
  reading.under_way.clear();
}

// What an earlier term has confirmed says nothing about this one. The number of a round is never
// used again, so that its timer means nothing to a later one.
void Server::forget_reads(Out& out) {
  if (out.params().reads == Reads::log) return;
  reading.waiting.clear();
  reading.under_way.clear();
  reading.answered.clear();
  reading.confirmed = reading.expired = reading.round;
  reading.given_up = false;
  begin_round(out);
}

// ---- leases (6.4.1) -----------------------------------------------------------------------------

// "Once the leader's heartbeats were acknowledged by a majority of the cluster, the leader would
// extend its lease to start + election timeout/clock drift bound", where start is when it sent
// them: the timer of a round runs from then on.
bool Server::holds_lease() const {
  return reading.confirmed > reading.expired && !reading.given_up;
}

void Server::on(const LeaseOver& over, Out&) {
  if (over.round > reading.expired) reading.expired = over.round;
}

// A follower has given its word for as long as its shortest election timeout, and may have crashed
// since: who cannot know what it promised waits for that long.
void Server::keep_old_promises(Out& out) {
  if (out.params().reads == Reads::lease) trust_leader(out);
}

}  // namespace quorate::raft
