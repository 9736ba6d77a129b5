#include "sim/engine/link_queues.hpp"

namespace quorate {

void LinkQueue::add(const Queued& message) {
  waiting_.push_back(message);
  bytes_ += message.bytes;
}

Queued LinkQueue::take_first() {
  const Queued first = waiting_.front();
  waiting_.pop_front();
  bytes_ -= first.bytes;
  return first;
}

}  // namespace quorate
