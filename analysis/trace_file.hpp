// A whole trace in memory, its events found by their index. Borrows the text.
#pragma once

#include <vector>

#include "analysis/trace_reader.hpp"

namespace quorate {

class TraceFile {
 public:
  // Reads the trace to its end. Check reader().error() before anything else; where the trace is
  // truncated, the events before the break are there all the same.
  explicit TraceFile(std::string_view text);

  const TraceReader& reader() const { return reader_; }  // at its end, or at what is wrong
  const TraceHeader& header() const { return reader_.header(); }

  // The event of that index, or nothing: indices are missing in a trace of a lower level.
  std::optional<TraceLine> find(std::uint64_t index) const;
  std::optional<TraceLine> first(Kind kind) const;  // of that kind
  std::optional<TraceLine> last() const;
  std::optional<TraceLine> last_until(Time moment) const;  // at or before it

  // `use(event)` for each, in their order.
  template <class Use>
  void for_each(Use&& use) const {
    for (const Place& place : places_) use(line_at(place));
  }

  // The event, what caused it, and so on to what had no cause, or whose cause was not written down.
  // At most `most` events. Causes always lie before what they cause, so this ends.
  std::vector<TraceLine> chain(const TraceLine& event, std::size_t most) const;

 private:
  struct Place {
    std::uint64_t index;
    std::size_t offset;
    Time time;
    std::uint64_t cause;
    NodeId node;
    Kind kind;
  };
  TraceLine line_at(const Place& place) const;

  std::string_view text_;
  TraceReader reader_;
  std::vector<Place> places_;  // by index
};

}  // namespace quorate
