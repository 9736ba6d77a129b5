// Log compaction (section 7): a server replaces the entries it has applied by the state they led
// to, and a leader sends that state to whoever lacks entries it has no more (Figure 13).
#include "protocols/raft/server.hpp"

namespace quorate::raft {

// "One simple strategy is to take a snapshot when the log reaches a fixed size in bytes." Here the
// size is the number of entries that it would replace. A timer of no delay takes it, so that
// observers see the applied entries before the log discards them.
void Server::snapshot_if_long(Out& out) {
  const Index threshold = out.params().snapshot_threshold;
  if (threshold == 0 || last_applied - snapshot->last_index < threshold) return;
  out.set_timer(TakeSnapshot{}, Duration{0});
}

// "Once a server completes writing a snapshot, it may delete all log entries up through the last
// included index, as well as any prior snapshot." Both are one write here.
void Server::on(const TakeSnapshot&, Out& out) {
  if (last_applied > last_log_index()) return;  // by a mistake, cut off since
  Snapshot taken{last_applied,
                 term_at(last_applied),
                 LogHash::of(log.prefix_hash(last_applied)),
                 executed,
                 sessions,
                 machine,
                 answers,
                 configuration_at(last_applied)};
  if (out.bug(Bug::snapshot_without_sessions)) taken.sessions.clear();
  snapshot = Frozen(std::move(taken));
  log.discard(last_applied);
  out.emit(Snapshotted{last_applied});
  out.persist();
}

// "…the leader must occasionally send snapshots to followers that lag behind": those whose next
// entry it has discarded. Until the snapshot is answered they get heartbeats, of nothing that any
// log could refuse.
void Server::send_snapshot(NodeId to, Out& out) {
  if (!installing.unanswered.insert(to)) {
    return out.send(to, AppendEntries{current_term, 0, 0, {}, commit_index, Round{reading.round}});
  }
  out.send(to, InstallSnapshot{current_term, snapshot, Round{reading.round}});
  out.set_timer(SnapshotLate{to}, baseline(out.params()));
}

// "…servers retry RPCs if they do not receive a response in a timely manner" (5.1): with the next
// heartbeat.
void Server::on(const SnapshotLate& late, Out&) { installing.unanswered.erase(late.to); }

// InstallSnapshot RPC, receiver implementation.
void Server::on(NodeId from, const InstallSnapshot& m, Out& out) {
  observe_term(m.term, out);
  // "1. Reply immediately if term < currentTerm." Rules 2 to 4 join chunks; here a snapshot is one
  // message.
  if (m.term < current_term) return refuse_old_term(from, out);
  hear_leader(from, out);
  // "5. Save snapshot file, discard any existing or partial snapshot with a smaller index." One
  // that was overtaken says less than what this server knows already.
  if (m.snapshot->last_index > commit_index || out.bug(Bug::old_snapshot_installed)) {
    install(m.snapshot, out);
  }
  out.persist();
  out.send(from, AppendEntriesReply{current_term, true, m.snapshot->last_index, 0, 0, m.round});
}

// Unlike the paper's, rule 6 goes on to rule 8: entries not yet applied go with the log's
// beginning.
void Server::install(const Frozen<Snapshot>& news, Out& out) {
  const bool reaches = news->last_index <= last_log_index();
  const bool same = reaches && term_at(news->last_index) == news->last_term;
  if (same || (reaches && out.bug(Bug::snapshot_keeps_log))) {
    // "6. If existing log entry has same index and term as snapshot's last included entry, retain
    // log entries following it and reply."
    log.discard(news->last_index);
  } else {
    // "7. Discard the entire log."
    log = EntryLog(news->last_index, news->log_hash.value());
  }
  snapshot = news;
  out.emit(Installed{news->last_index});
  // "8. Reset state machine using snapshot contents (and load snapshot's cluster configuration)."
  reset_to_snapshot();
  read_configurations(out);
}

// After a restart, too: what was committed up to the snapshot need not be learned again.
void Server::reset_to_snapshot() {
  if (snapshot->last_index == 0) return;
  commit_index = last_applied = snapshot->last_index;
  executed = snapshot->executed;
  sessions = snapshot->sessions;
  machine = snapshot->machine;
  answers = snapshot->answers;
}

}  // namespace quorate::raft
