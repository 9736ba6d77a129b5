// Leadership transfer (dissertation, 3.10): an operator asks the leader to make way for a server it
// names.
#include "protocols/raft/server.hpp"

namespace quorate::raft {

// "1. The prior leader stops accepting new client requests. 2. The prior leader fully updates the
// target server's log to match its own, using the normal log replication mechanism." Nor does it
// accept changes of the cluster meanwhile (may_change, follow_catch_up), so that the heir remains a
// server; one that C_new leaves out would have to step down as soon as it leads (4.2.2), and is
// none. What was begun before goes on: C_new follows C_old,new.
void Server::begin_transfer(const Request& request, Out& out) {
  const std::optional<NodeId> heir = out.node_named(request.operation.value.view());
  if (!heir) return;
  const bool may = role == RoleName::leader && heir != out.self() && contains(servers(out), *heir);
  if (!may || transfer.heir) return out.emit(TransferRefused{*heir});  // one at a time
  transfer = Transfer{heir};
  out.set_timer(TransferLate{}, baseline(out.params()));
  if (match_index[*heir] < last_log_index()) replicate(*heir, out.params().max_entries, out);
  hand_over(out);
}

// "3. The prior leader sends a TimeoutNow request to the target server." Nobody may count on its
// lease from then on, for the voters will not wait for its end; nor for the rest of the term, for
// the request may take that long to arrive (6.4.1).
void Server::hand_over(Out& out) {
  if (!transfer.heir || transfer.told) return;
  if (match_index[*transfer.heir] < last_log_index()) return;
  transfer.told = true;
  if (out.params().reads == Reads::lease && !out.bug(Bug::lease_kept_in_transfer)) {
    reading.given_up = true;
  }
  out.emit(HandedOver{*transfer.heir});
  out.send(*transfer.heir, TimeoutNow{current_term});
}

// "This request has the same effect as the target server's election timer firing: the target server
// starts a new election". It need not ask the others whether it may; and who has been removed since
// the request left does not stand, as when its timer fires.
void Server::on(NodeId, const TimeoutNow& m, Out& out) {
  observe_term(m.term, out);
  if (m.term < current_term || role == RoleName::leader || !may_stand(out)) return out.persist();
  start_election(out, Permission{true});
}

// "If leadership transfer does not complete after about an election timeout, the prior leader
// aborts the transfer and resumes accepting client requests."
void Server::on(const TransferLate&, Out& out) {
  if (transfer.heir) out.emit(TransferAborted{*transfer.heir});
  end_transfer(out);
}

void Server::end_transfer(Out& out) {
  transfer = Transfer{};
  out.cancel_timer(TransferLate{});
}

}  // namespace quorate::raft
