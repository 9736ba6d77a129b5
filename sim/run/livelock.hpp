// Much ado: nodes that keep each other from ever getting anywhere.
//
// Events that mean progress: elected, chosen, applied, committed, aborted, delivered. If since
// the last of them the other events, told apart by node and name but not by numbers, repeat one
// cycle in which two nodes or more take part and something is tried (proposed, epoch, role), the
// run is in a livelock. This sees what runs in step: a duel of proposers with fixed delays, votes
// split by equal timers. It does not see a livelock whose steps come in an order that changes, as
// with random delays, nor states; a node that tries alone is in no livelock, it waits for others.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "sim/trace/event.hpp"
#include "sim/trace/record.hpp"

namespace quorate {

// A copyable value.
class CycleWatch {
 public:
  void on(const Record& record) {
    if (record.kind == Kind::event) note(record);
  }
  // "since 0.066 s p1 and p2 repeat: p1 overtaken, p1 preparing, …"; empty where nothing repeats.
  std::string cycle(NodeNames names) const;
  NodeSet nodes_of_cycle() const;
  bool progressed() const { return progressed_; }
  // Who was elected and has not changed its role since.
  const NodeSet& elected() const { return elected_; }

 private:
  struct Step {
    NodeId node;
    const TypeInfo* type{};
    Time at;
  };
  void note(const Record& record);
  void note_leader(const Record& record);
  bool repeats(std::size_t period, std::size_t times) const;
  // Of the shortest cycle; 0 where there is none.
  std::size_t period() const;

  std::vector<Step> steps_;  // since the last progress, at most the last of them
  bool progressed_{};
  NodeSet elected_;
  std::map<NodeId, std::uint64_t> elected_by_;  // the handler that said so
};

}  // namespace quorate
