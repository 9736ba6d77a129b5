// Reads a trace back: strict about its structure, tolerant of fields it does not know. Lines are
// checked and cut into members in one pass; what a member holds is parsed only when asked for.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/base/value.hpp"
#include "sim/trace/writer.hpp"

namespace quorate {

// The members of one line, as text. Borrows the line.
class LineMembers {
 public:
  // Empty on success, else one sentence saying what is wrong with the line as a JSON object.
  std::string scan(std::string_view line);

  bool has(std::string_view key) const { return !raw(key).empty(); }
  std::string_view raw(std::string_view key) const;  // JSON text; empty if there is none
  // A whole number from 0 to 2^64 - 1, a string without its escapes, anything as a tree.
  std::optional<std::uint64_t> number(std::string_view key) const;
  std::optional<std::string> text(std::string_view key) const;
  std::optional<Value> value(std::string_view key) const;

  // `use(key, json)` for each member, in the order of the line.
  template <class Use>
  void for_each(Use&& use) const {
    for (const Item& item : items_) use(item.key, item.json);
  }

 private:
  std::string scan_member(std::string_view line, std::size_t& at);
  struct Item {
    std::string_view key;
    std::string_view json;
  };
  std::vector<Item> items_;
};

// A piece of a trace that lines stand in; null where they stand in a text that was given whole.
using TraceBlock = std::shared_ptr<const std::string>;

// One event as it stands in the file. Borrows the trace's text, or keeps the piece of it alive.
struct TraceLine {
  std::uint64_t index{};
  Time time;
  Kind kind{};
  NodeId node{no_node};  // nodes first, then clients, as in TraceReader::names()
  std::uint64_t cause{no_cause};
  std::string_view line;  // without its '\n'
  std::size_t offset{};   // of its first byte in the trace
  LineMembers members;
  TraceBlock block;
};

struct TraceEnd {
  std::uint64_t events{};
  std::string digest;  // 16 hexadecimal digits
  std::string verdict;
  std::vector<std::string> diagnosis;
  std::string_view line;
  LineMembers members;
  TraceBlock block;
};

// Where a trace comes from: puts up to `most` bytes at `target` and tells how many, 0 at the end.
using TraceSource = std::function<std::size_t(char* target, std::size_t most)>;

// Use: check error(), call next() until it returns nothing, check error() again. A trace of any
// length is read in constant memory from a source; no line may be longer than 64 MiB.
class TraceReader {
 public:
  // Borrows the text, which must outlive it and every line it hands out.
  explicit TraceReader(std::string_view text);
  explicit TraceReader(TraceSource source);

  // From the first line. `scenario` is its JSON text, the bytes that stood there.
  const TraceHeader& header() const { return header_; }
  const std::vector<std::string>& names() const { return names_; }  // nodes, then clients

  // The next event; nothing at the footer or at an error. Lines of a kind this version does not
  // know are skipped and counted.
  std::optional<TraceLine> next();
  // The footer, once next() has returned nothing and there was no error.
  const std::optional<TraceEnd>& end() const { return end_; }

  // One line saying what is wrong and where; names the last good record and its byte offset.
  const std::string& error() const { return error_; }
  // What may be done about it; empty where there is nothing to say.
  const std::string& advice() const { return advice_; }
  // The trace stops before its footer, inside a line or between two:
  // the events read so far are good.
  bool truncated() const { return truncated_; }
  // The first byte that is not good, where there is an error: of a line, or behind the footer.
  std::size_t bad_from() const { return line_offset_; }
  // The header could be read: whatever is wrong stands behind it.
  bool has_header() const { return has_header_; }
  std::uint64_t skipped() const { return skipped_; }
  // Of all lines read; at the end, of those before the footer: what the footer should say.
  std::uint64_t checksum() const { return (end_ ? checksum_before_line_ : checksum_).value(); }

 private:
  std::string_view rest() const { return window_.substr(offset_ - window_begin_); }
  bool read_on();
  std::optional<std::string_view> take_line();
  void read_header();
  bool refuse_foreign();
  std::string read_header_members(const LineMembers& members);
  void read_end(std::string_view line, LineMembers members);
  std::optional<TraceLine> read_event(std::string_view line, LineMembers members);
  std::string check_order(const TraceLine& event) const;
  std::string check_node(TraceLine& event) const;
  std::nullopt_t fail(std::string_view fault, std::string_view advice = {});

  TraceSource source_;
  TraceBlock block_;            // what window_ looks at, if it comes from a source
  std::string_view window_;     // the part of the trace at hand
  std::size_t window_begin_{};  // in the trace, as all offsets
  std::size_t offset_{};        // of the first byte not handed out yet
  std::size_t line_offset_{};   // of the line in hand
  TraceHeader header_;
  bool has_header_{};
  std::vector<std::string> names_;
  std::optional<std::uint64_t> last_index_;
  std::size_t last_offset_{};
  Time last_time_;
  std::optional<TraceEnd> end_;
  std::string error_;
  std::string advice_;
  bool truncated_{};
  Checksum checksum_;
  Checksum checksum_before_line_;  // in hand
  std::uint64_t skipped_{};
};

}  // namespace quorate
