// How a leader finds where a follower's log departs from its own (5.3): entry by entry, as Figure 2
// has it, term by term, or by halves (option repair).
#include "protocols/raft/server.hpp"

namespace quorate::raft {

// "…the follower can include the term of the conflicting entry and the first
// index it stores for that term."
void Server::refuse(NodeId from, const AppendEntries& m, Out& out) {
  AppendEntriesReply reply{current_term, false, m.prev_log_index, 0, last_log_index() + 1, m.round};
  if (m.prev_log_index <= last_log_index()) {
    reply.conflict_term = term_at(m.prev_log_index);
    reply.conflict_index = m.prev_log_index;
    while (term_at(reply.conflict_index - 1) == reply.conflict_term) --reply.conflict_index;
  }
  out.persist();
  out.send(from, reply);
}

// A refusal of an earlier term's message, or of an earlier try. In a pipeline many tries are under
// way, and the first refusal that comes back answers them all.
bool Server::answered_already(NodeId from, const AppendEntriesReply& m) const {
  if (m.index == 0) return true;
  if (pipelined.contains(from)) return m.index <= match_index[from];
  return m.index + 1 != next_index[from];
}

void Server::back_up(NodeId from, const AppendEntriesReply& m, const Out& out) {
  pipelined.erase(from);
  switch (out.params().repair) {
    case Repair::decrement:
      next_index[from] = m.index;  // prevLogIndex of what was refused
      return;
    case Repair::conflict_term:
      next_index[from] = behind_conflict(m);
      return;
    case Repair::binary:
      refused[from] = m.index;
      return halve(from);
  }
}

// "With this information, the leader can decrement nextIndex to bypass all of the conflicting
// entries in that term." It may hold that term, too; then the logs part at its end, not at its
// start.
Index Server::behind_conflict(const AppendEntriesReply& m) const {
  Index last = m.index;
  while (last >= m.conflict_index && term_at(last) > m.conflict_term) --last;
  const bool holds_term = last >= m.conflict_index && term_at(last) == m.conflict_term;
  return holds_term ? last + 1 : m.conflict_index;
}

// "Alternatively, the leader can use a binary search approach to find the first entry where the
// follower's log differs from its own." (dissertation, 3.5) It lies behind what matches and not
// behind what was refused; until it is found, messages carry no entries.
void Server::halve(NodeId node) {
  const Index match = match_index[node];
  if (refused[node] <= match + 1) refused[node] = 0;
  next_index[node] = (is_searched(node) ? (match + refused[node]) / 2 : match) + 1;
}

// It goes on with what the last answer has told; a second one to the same message tells nothing.
void Server::search_on(NodeId node, bool news, Out& out) {
  if (!news) return;
  halve(node);
  replicate(node, out.params().max_entries, out);
}

}  // namespace quorate::raft
