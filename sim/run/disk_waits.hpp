// Since when nodes' disks hold back what handlers have put out, as records tell.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <utility>
#include <vector>

#include "sim/trace/record.hpp"

namespace quorate {

// A copyable value.
class DiskWaits {
 public:
  // A record that may change a node, with whether its disk then holds all that the node knows.
  void on(const Record& record, bool synced);
  // When the handler ran that sent this.
  Time handled_at(const Record& send);
  // Of each node whose disk holds something back: when the first handler of that ran. What a write
  // lets go at this very moment may not have left yet.
  std::vector<Time> held_since(Time now) const;

 private:
  // What a node's handlers put out while its disk lags behind waits for a write.
  struct Waiting {
    std::deque<std::pair<std::uint64_t, Time>> handlers;  // by record, in order
    std::uint64_t left{};    // of handlers before this record everything has left
    Time let_go;             // when what a write held last left
    std::uint64_t held{};    // until then, of handlers before this record everything had left
    std::uint64_t covers{};  // the write under way has what was written before this record
    bool synced{true};
  };

  std::map<NodeId, Waiting> waiting_;
};

}  // namespace quorate
