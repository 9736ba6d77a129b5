// Writes a trace as one HTML page that needs nothing else: the page's program, and the events as
// columns. README.md beside this file is the layout of the data.
#pragma once

#include <array>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/trace_reader.hpp"
#include "analysis/viewer/window.hpp"
#include "sim/base/json_writer.hpp"

namespace quorate {

// What the page is told beside the trace.
struct ViewFacts {
  std::string replay;  // the command that replays the trace; " --until e56" is put behind it
  TimeWindow window;
  std::string epoch_word{};  // what the protocol calls an epoch: "term"
};

// The text with every '<' as JSON writes it in a string, \u003c: nothing in a trace can then end
// the script element it stands in, nor open another.
std::string without_markup(std::string_view json);

// Events in blocks of a few thousand, written as they come: memory does not grow with the trace
// beyond the names of its types.
class ViewWriter {
 public:
  static constexpr std::size_t block_events = 4096;

  // `sink` and `reader` must outlive it; the reader has read its header.
  ViewWriter(TraceSink& sink, const TraceReader& reader, const ViewFacts& facts);
  ViewWriter(const ViewWriter&) = delete;
  ViewWriter& operator=(const ViewWriter&) = delete;

  void event(const TraceLine& event);
  // Every node's fields as JSON, as they were just before the first event of the window; where they
  // are not known, the page shows only fields that a line set.
  void states(const std::vector<std::string>& states);
  // The footer, if the reader came to one, and the rest of the page. Call once, last. False if the
  // sink ever refused.
  bool finish();
  bool failed() const { return failed_; }
  std::uint64_t events() const { return events_; }

 private:
  // One array per property of an event. Those behind `cause` hold an element only for messages.
  enum Column : std::uint8_t { index, time, kind, node, name, detail, cause, message, from, to };
  static constexpr std::array<std::string_view, 10> column_names{
      "index", "time", "kind", "node", "name", "detail", "cause", "message", "from", "to"};

  void header(const ViewFacts& facts);
  void element(std::string_view kind, std::string_view json);
  void write(std::string_view text);
  void clear_block();
  void finish_block();
  void put(Column column, std::int64_t value) { columns_[column].number(value); }
  std::int64_t place(const TraceLine& event, std::string_view key) const;
  std::int64_t name_of(const TraceLine& event);
  std::int64_t detail_of(const TraceLine& event);
  void message_of(const TraceLine& event);

  TraceSink& sink_;
  const TraceReader& reader_;
  std::uint64_t events_{};
  bool failed_{};

  std::map<std::string, std::int64_t, std::less<>> names_;  // of types, timers, faults, ...
  std::array<JsonWriter, column_names.size()> columns_;
  JsonWriter new_names_;
  std::size_t in_block_{};
  std::map<std::string, std::int64_t, std::less<>> details_;  // of the block
  std::string detail_lines_;
  std::string scratch_;
  std::uint64_t last_index_{};
  std::int64_t last_time_{};
  std::uint64_t last_message_{};
};

// Reads the trace to its end and writes the page of it. Check the reader's error afterwards.
// `states_before` is asked for the states before that event, once, near the end.
bool write_view(TraceReader& reader, TraceSink& sink, const ViewFacts& facts,
                const std::function<std::vector<std::string>(std::uint64_t)>& states_before,
                std::uint64_t* events = nullptr);

}  // namespace quorate
