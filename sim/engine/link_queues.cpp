#include "sim/engine/link_queues.hpp"

namespace quorate {

namespace {

Departure dropped(Network& network, LinkEnds link, const Queued& message, Time now, Duration gap) {
  return {message.slot, network.fate(link, message, {now, false}, gap), std::nullopt};
}

Departure taken_in(Network& network, LinkEnds link, const Queued& message, Time in, Duration gap) {
  return {message.slot, network.fate(link, message, {in, true}, gap), in};
}

}  // namespace

Departures LinkQueues::send(Network& network, LinkEnds link, const Queued& message, Time now,
                            Duration tie_gap) {
  if (!network.has_room(link, now, message.bytes)) {
    return {dropped(network, link, message, now, tie_gap)};
  }
  const auto [place, idle] = queues_.try_emplace(link);
  if (idle) {
    const Time in = network.take_in(link, now, message, false);
    return {taken_in(network, link, message, in, tie_gap)};
  }
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
  const Queued message = take_first(place->second);
  const Time in = network.take_in(link, now, message, true);
  return {taken_in(network, link, message, in, tie_gap)};
}

Queued LinkQueues::take_first(Queue& queue) {
  const Queued first = queue.waiting.front();
  queue.waiting.pop_front();
  queue.bytes -= first.bytes;
  --size_;
  return first;
}

}  // namespace quorate
