// One Raft server without a cluster.
#pragma once

#include "protocols/raft/server.hpp"
#include "tests/support/lone_node.hpp"

namespace quorate::testing {

// Entries of these terms; the entry at index i carries the command "v<i>".
inline raft::EntryLog log_of(const std::vector<raft::Term>& terms) {
  raft::EntryLog log;
  for (const raft::Term term : terms) {
    const std::uint64_t serial = log.size() + 1;
    const Text value("v" + std::to_string(serial));
    log.append({term, Request{ClientId{0}, serial, {Text("put"), Text("k"), value}}});
  }
  return log;
}
inline std::vector<raft::Term> terms_of(const raft::EntryLog& log) {
  std::vector<raft::Term> terms;
  for (raft::Index index = 1; index <= log.last_index(); ++index) terms.push_back(log[index].term);
  return terms;
}

class LoneServer : public LoneNode<Raft, raft::Server> {
 public:
  using LoneNode::LoneNode;

  // Stands in `term` and gets the votes of all others.
  void lead(raft::Term term) {
    state().current_term = term - 1;
    expire(raft::Election{});
    for (std::uint32_t i = 2; i <= nodes(); ++i) {
      hear(node(i), raft::RequestVoteReply{term, true});
    }
    sync_disk();
    if (nodes() == 1) hear(node(1), raft::RequestVoteReply{term, true});  // its own vote
  }
};

inline LoneServer with(raft::Bug bug, std::uint32_t nodes = 3) {
  return LoneServer({nodes, {}, {bug}});
}

// What a follower answers in term 9 when its log agrees with the leader's up to `index`.
inline raft::AppendEntriesReply success(raft::Index index) { return {9, true, index, 0, 0}; }

// The disk of n1, which leads term 9, and these followers have its whole log.
inline void stored(LoneServer& leader, std::initializer_list<std::uint32_t> followers) {
  const raft::Index last = leader.state().last_log_index();
  leader.sync_disk();
  leader.hear(node(1), raft::Stored{leader.state().current_term, last});
  for (const std::uint32_t follower : followers) leader.hear(node(follower), success(last));
}

}  // namespace quorate::testing
