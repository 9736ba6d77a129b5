// What lies on the way to a decision, one after the other: how many messages, which theory calls
// message delays, and how many durable writes, in a run where both take what they take.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include "sim/base/id.hpp"
#include "sim/trace/record.hpp"

namespace quorate {

// The way to an event begins at the last thing that waited for no message: a timer, a client's
// request, a fault, the start. Messages are the protocol's; a write counts where it was completed
// at a node between an event and what the node put out after it, which had to wait for it. A
// copyable value; four bytes for every event of the run.
class CausalDepth {
 public:
  struct Way {
    std::uint16_t messages{};
    std::uint16_t writes{};
  };

  // Every record, in order.
  void on(const Record& record) {
    Way way;
    if (record.cause < ways_.size() && (roots & bit(record.kind)) == 0) {
      way = ways_[static_cast<std::size_t>(record.cause)];
      if (record.kind == Kind::recv) {
        if (!record.client && way.messages != most) ++way.messages;
      } else if ((outputs & bit(record.kind)) != 0 && record.cause < last_write_) {
        way.writes = static_cast<std::uint16_t>(
            std::min<std::uint32_t>(way.writes + writes_behind(record), most));
      }
    }
    if (record.index == ways_.size()) {
      ways_.push_back(way);
    } else {
      put_far(record.index, way);
    }
    if (record.kind == Kind::persist) note(record);
  }
  Way of(std::uint64_t index) const { return ways_[static_cast<std::size_t>(index)]; }

 private:
  struct Write {
    std::uint64_t index{};  // 0: none, for nothing is written before something happens
    std::uint64_t cause{no_cause};
  };
  static constexpr std::uint16_t most = 0xFFFF;
  static constexpr std::uint32_t roots =
      bit(Kind::timer) | bit(Kind::op) | bit(Kind::fault) | bit(Kind::restart);
  static constexpr std::uint32_t outputs = bit(Kind::send) | bit(Kind::event) | bit(Kind::local);

  // A message to oneself is told of when it arrives, at this instant, so another handler's write
  // may stand between: it waits for none but its own handler's.
  std::uint32_t writes_behind(const Record& record) const {
    std::uint32_t count = 0;
    if (record.node.value >= writes_.items().size()) return count;
    for (const Write& write : writes_.items()[record.node.value]) {
      const bool own = record.kind != Kind::local || write.cause == record.cause;
      if (write.index > record.cause && own) ++count;
    }
    return count;
  }
  // A trace may leave records out.
  [[gnu::noinline]] void put_far(std::uint64_t index, Way way) {
    if (index >= ways_.size()) ways_.resize(static_cast<std::size_t>(index) + 1);
    ways_[static_cast<std::size_t>(index)] = way;
  }
  void note(const Record& record) {
    auto& writes = writes_[record.node];
    writes = {writes[1], {record.index, record.cause}};
    last_write_ = record.index;
  }

  std::vector<Way> ways_;
  // Of each node the last two: an output waits for the write under way and for the one that holds
  // its own.
  PerNode<std::array<Write, 2>> writes_;
  std::uint64_t last_write_{};  // of any node
};

}  // namespace quorate
