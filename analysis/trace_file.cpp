#include "analysis/trace_file.hpp"

#include <algorithm>

namespace quorate {

TraceFile::TraceFile(std::string_view text) : text_(text), reader_(text) {
  if (!reader_.error().empty()) return;
  while (const std::optional<TraceLine> event = reader_.next()) {
    places_.push_back(
        {event->index, event->offset, event->time, event->cause, event->node, event->kind});
  }
}

std::optional<TraceLine> TraceFile::find(std::uint64_t index) const {
  const auto place = std::ranges::lower_bound(places_, index, {}, &Place::index);
  if (place == places_.end() || place->index != index) return std::nullopt;
  return line_at(*place);
}

std::optional<TraceLine> TraceFile::first(Kind kind) const {
  const auto place = std::ranges::find(places_, kind, &Place::kind);
  if (place == places_.end()) return std::nullopt;
  return line_at(*place);
}

std::optional<TraceLine> TraceFile::last() const {
  if (places_.empty()) return std::nullopt;
  return line_at(places_.back());
}

std::optional<TraceLine> TraceFile::last_until(Time moment) const {
  const auto behind = std::ranges::upper_bound(places_, moment, {}, &Place::time);
  if (behind == places_.begin()) return std::nullopt;
  return line_at(*(behind - 1));
}

std::vector<TraceLine> TraceFile::chain(const TraceLine& event, std::size_t most) const {
  std::vector<TraceLine> events;
  std::optional<TraceLine> next = event;
  while (next && events.size() < most) {
    events.push_back(*next);
    const std::uint64_t cause = next->cause;
    next = cause == no_cause ? std::nullopt : find(cause);
  }
  return events;
}

TraceLine TraceFile::line_at(const Place& place) const {
  TraceLine event;
  event.index = place.index;
  event.time = place.time;
  event.kind = place.kind;
  event.node = place.node;
  event.cause = place.cause;
  event.offset = place.offset;
  event.line = text_.substr(place.offset, text_.find('\n', place.offset) - place.offset);
  event.members.scan(event.line);
  return event;
}

}  // namespace quorate
