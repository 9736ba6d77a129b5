#include "sim/engine/link_queues.hpp"

namespace quorate {

namespace {

Departure dropped(Network& network, LinkEnds link, const Queued& message, Time now, Duration gap) {
  return {message.slot, network.fate(link, message, {now, now, false}, gap), std::nullopt};
}

Departure taken_in(Network& network, LinkEnds link, const Queued& message, Time now, bool behind,
                   Duration gap) {
  const Time in = network.take_in(link, now, message, behind);
  return {message.slot, network.fate(link, message, {now, in, true}, gap), in};
}

}  // namespace

Departures LinkQueues::send(Network& network, LinkEnds link, const Queued& message, Time now,
                            Duration tie_gap) {
  const std::uint64_t that_stay = network.drops_head(link) ? 0 : bytes_at(link);
  if (!network.has_room(link, now, that_stay + message.bytes)) {
    return {dropped(network, link, message, now, tie_gap)};
  }
  const auto [place, idle] = queues_.try_emplace(link);
  if (idle) return {taken_in(network, link, message, now, false, tie_gap)};
  Queue& queue = place->second;
  queue.waiting.push_back(message);
  queue.bytes += message.bytes;
  ++size_;
  Departures departures;
  while (!network.has_room(link, now, queue.bytes)) {
    departures.push_back(dropped(network, link, take_first(queue), now, tie_gap));
  }
  return departures;
}

Departures LinkQueues::go_on(Network& network, LinkEnds link, Time now, Duration tie_gap) {
  const auto place = queues_.find(link);
  if (place->second.waiting.empty()) {
    queues_.erase(place);
    return {};
  }
  return {taken_in(network, link, take_first(place->second), now, true, tie_gap)};
}

std::uint64_t LinkQueues::bytes_at(LinkEnds link) const {
  const auto place = queues_.find(link);
  return place == queues_.end() ? 0 : place->second.bytes;
}

Queued LinkQueues::take_first(Queue& queue) {
  const Queued first = queue.waiting.front();
  queue.waiting.pop_front();
  queue.bytes -= first.bytes;
  --size_;
  return first;
}

}  // namespace quorate
