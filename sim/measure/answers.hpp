// For how long clients waited and nobody was answered: how unavailable a service was.
#pragma once

#include <algorithm>
#include <cstdint>

#include "sim/trace/record.hpp"

namespace quorate {

// An operation waits from its beginning until its answer; one that is never answered waits until
// the end of the run, whether its client has given up or not, but not for longer than its client
// lives. What is asked anew waits as one operation. A copyable value.
class Unanswered {
 public:
  // An outage is a longer time in which an operation waits and none is answered. Shorter ones are
  // what answers take.
  static constexpr Duration patience = std::chrono::milliseconds(100);

  struct Outages {
    std::uint64_t count{};
    Duration time{};
  };

  // Of operations, answers, and crashes of clients.
  void on(const Record& record) {
    if (record.kind == Kind::op) {
      if (!record.detail.empty()) return;
      if (waiting_++ == 0) since_ = record.time;
      if (begun_++ == 0) first_ = record.time;
      ++waiting_of_[record.node];
    } else if (const std::uint64_t own = waiting_of_[record.node]; own != 0) {
      const bool answered = record.kind == Kind::ack;
      const std::uint64_t over = answered ? 1 : own;
      if (answered || over == waiting_) end_gap(record.time);
      waiting_ -= over;
      waiting_of_[record.node] -= over;
    }
  }
  // The longest time in which an operation waited and none was answered, until a time that no
  // record is later than.
  Duration longest(Time until) const { return std::max(longest_, gap(until)); }
  // The same for all outages, and for how long clients were at it: from the first operation to the
  // last answer, or until then if one waits.
  Outages outages(Time until) const {
    const Duration last = gap(until);
    if (last <= patience) return outages_;
    return {outages_.count + 1, outages_.time + last};
  }
  Duration service(Time until) const {
    return begun_ == 0 ? Duration{0} : (waiting_ == 0 ? since_ : until) - first_;
  }

 private:
  void end_gap(Time now) {
    longest_ = longest(now);
    outages_ = outages(now);
    since_ = now;
  }
  Duration gap(Time until) const { return waiting_ == 0 ? Duration{0} : until - since_; }

  std::uint64_t begun_{};
  std::uint64_t waiting_{};
  PerNode<std::uint64_t> waiting_of_;  // by the places of clients
  Time first_;                         // operation
  Time since_;  // the last answer or crash, or the first operation that waited when none did
  Duration longest_{};
  Outages outages_;
};

}  // namespace quorate
