// Messages that wait for a link which takes in one after the other and whose queue, when it is
// full, drops those that have waited longest. They are not in the event queue.
#pragma once

#include <deque>
#include <map>

#include "sim/engine/event_queue.hpp"
#include "sim/net/network.hpp"

namespace quorate {

struct Queued : Passage {
  Slot slot{};  // of the message
};

// Of a link that is taking a message in: what waits behind that, in the order sent.
class LinkQueue {
 public:
  void add(const Queued& message);
  // The one that has waited longest. REQUIRES that some wait.
  Queued take_first();
  bool empty() const { return waiting_.empty(); }
  std::uint64_t bytes() const { return bytes_; }  // of all that wait
  // Calls f(slot) for each that waits.
  template <class F>
  void for_each(F&& f) const {
    for (const Queued& one : waiting_) f(one.slot);
  }

 private:
  std::deque<Queued> waiting_;
  std::uint64_t bytes_{};
};

using LinkQueues = std::map<LinkEnds, LinkQueue>;  // of the links that take one in

}  // namespace quorate
