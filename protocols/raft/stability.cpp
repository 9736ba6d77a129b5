// What the dissertation adds to keep the peace: Pre-Vote, so that a server which cannot win does
// not depose who leads (9.6), and CheckQuorum, so that a leader which cannot lead goes (6.2).
#include "protocols/raft/server.hpp"

namespace quorate::raft {

// ---- Pre-Vote (dissertation, 9.6) ---------------------------------------------------------------

// "…a candidate only increments its term if it first learns from a majority of the cluster that
// they would be willing to grant the candidate their votes."
void Server::ask_before_standing(Out& out) {
  if (role == RoleName::candidate) give_up_election(out);
  enter(RoleName::pre_candidate, out);
  leader.reset();
  leader_alive = false;
  votes.clear();
  votes.insert(out.self());
  out.set_timer(Election{}, out.params().election_timeout);
  if (is_majority(votes, out)) return start_election(out);
  for_each_other_server(out, [&](NodeId node) {
    out.send(node, PreVote{current_term + 1, last_log_index(), last_log_term()});
  });
}

// "…(if the candidate's log is sufficiently up-to-date, and the voters have not received heartbeats
// from a valid leader for at least a baseline election timeout)." A promise binds nobody: no term,
// no vote and no timer moves.
void Server::on(NodeId from, const PreVote& m, Out& out) {
  const bool promised = m.term > current_term && !trusts_leader() &&
                        log_is_current(m.last_log_index, m.last_log_term, out);
  out.send(from, PreVoteReply{current_term, m.term, promised});
}

void Server::on(NodeId from, const PreVoteReply& m, Out& out) {
  observe_term(m.term, out);
  const bool current = role == RoleName::pre_candidate && m.asked == current_term + 1;
  if (!current || !m.vote_promised) return out.persist();  // of a newer term, if there is one
  votes.insert(from);
  if (is_majority(votes, out)) start_election(out);
}

// ---- who trusts whom ----------------------------------------------------------------------------

void Server::trust_leader(Out& out) {
  leader_alive = true;
  out.set_timer(LeaderSilent{}, baseline(out.params()));
}

void Server::on(const LeaderSilent&, Out&) { leader_alive = false; }

bool Server::trusts_leader() const { return leader_alive || role == RoleName::leader; }

// ---- CheckQuorum (dissertation, 6.2) ------------------------------------------------------------

// "…a leader in Raft steps down if an election timeout elapses without a successful round of
// heartbeats to a majority of its cluster; this allows clients to retry their requests with another
// server."
void Server::on(const CheckQuorum&, Out& out) {
  if (is_majority(heard, out)) return count_anew(out);
  const Tally all = tally(heard, out);
  if (all.old_servers == 0) {
    out.emit(QuorumLost{all.found, all.servers});
  } else {
    out.emit(QuorumOfBothLost{all.old_found, all.old_servers, all.found, all.servers});
  }
  leader.reset();
  convert_to_follower(out);
}

void Server::count_anew(Out& out) {
  heard.clear();
  heard.insert(out.self());
  out.set_timer(CheckQuorum{}, baseline(out.params()));
}

}  // namespace quorate::raft
