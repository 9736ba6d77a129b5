// A part of a run, and what must be known of the time before it.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "analysis/trace_reader.hpp"

namespace quorate {

struct TimeWindow {
  Time from{};
  Time to{Time::never()};  // included
  bool whole() const { return from == Time{} && to == Time::never(); }
};

// The last lines before a window that still say what holds in it: every node's role and last
// record, who is down or paused, which faults are not over, which messages are under way.
class EarlierLines {
 public:
  void see(const TraceLine& event);
  std::vector<TraceLine> take();  // by index; leaves nothing

 private:
  std::map<std::pair<NodeId, std::string>, TraceLine> of_node_;
  std::map<std::string, TraceLine, std::less<>> faults_;
  std::map<std::uint64_t, TraceLine> under_way_;  // sends and copies, by their index
};

}  // namespace quorate
