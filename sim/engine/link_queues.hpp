// Messages that wait for a link which takes in one after the other and whose queue, when it is
// full, drops those that have waited longest. They are not in the event queue: the engine asks
// when a message is sent over such a link and whenever the link has taken one in.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <vector>

#include "sim/engine/event_queue.hpp"
#include "sim/net/network.hpp"

namespace quorate {

struct Queued : Passage {
  Slot slot{};  // of the message
};

// One that leaves its queue: taken in by `in`, when the link is free again; or dropped.
struct Departure {
  Slot slot{};
  Fate fate;
  std::optional<Time> in;
};
using Departures = std::vector<Departure>;

// The queues of all links. Who leaves is told in the order in which they leave; at most one of them
// is taken in, the last, so the network still knows of its further copies.
class LinkQueues {
 public:
  // Whether the link is taking a message in, so that the next waits here, whatever its settings
  // have become.
  bool busy(LinkEnds link) const { return queues_.contains(link); }
  // The message waits, unless the link is free. Where that is too much for the queue, those that
  // have waited longest go; but what would not fit even then goes alone, as it does from a queue
  // that drops its tail by now.
  Departures send(Network& network, LinkEnds link, const Queued& message, Time now,
                  Duration tie_gap);
  // The link has taken a message in, and goes on with the next.
  Departures go_on(Network& network, LinkEnds link, Time now, Duration tie_gap);
  std::size_t size() const { return size_; }  // messages that wait, in all queues
  // Calls f(slot) for each of them.
  template <class F>
  void for_each(F&& f) const {
    for (const auto& [link, queue] : queues_) {
      for (const Queued& message : queue.waiting) f(message.slot);
    }
  }

 private:
  // Of a link that is taking a message in: what waits behind that, in the order sent.
  struct Queue {
    std::deque<Queued> waiting;
    std::uint64_t bytes{};  // of all that wait
  };
  Queued take_first(Queue& queue);
  std::uint64_t bytes_at(LinkEnds link) const;  // that wait

  std::map<LinkEnds, Queue> queues_;
  std::size_t size_{};
};

}  // namespace quorate
