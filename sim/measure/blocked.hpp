// Who is blocked, and for how long: what a run's diagnosis and its metrics say of it is taken from
// here.
#pragma once

#include <cstdint>

#include "sim/trace/event.hpp"
#include "sim/trace/record.hpp"

namespace quorate {

// A node is blocked from when it says so until it decides, chooses, applies, delivers, elects or
// crashes. A copyable value.
class BlockedWatch {
 public:
  void on(const Record& record) {
    if (record.kind == Kind::event || record.kind == Kind::crash) note(record);
  }
  bool says(NodeId node) const { return blocked_.contains(node); }
  std::uint64_t nodes() const { return blocked_.size(); }  // that are now
  // How long nodes were, all of theirs added up, until a time that no record is later than.
  Duration time(Time until) const;

 private:
  void note(const Record& record);

  NodeSet blocked_;
  PerNode<Time> since_;  // of those blocked now
  Duration over_{};      // what has ended
};

}  // namespace quorate
