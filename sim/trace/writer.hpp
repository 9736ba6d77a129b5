// Writes a run as JSON Lines: a header, one line per event, a footer. The same run gives the same
// bytes on every machine; no wall time, host, path or build is inside. README.md beside this file
// is the format.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sim/base/atomic_file.hpp"
#include "sim/trace/checksum.hpp"
#include "sim/trace/observer.hpp"

namespace quorate {

inline constexpr int trace_version = 4;

// How much is written. Indices are the run's own, so at a lower level lines are missing, never
// renumbered.
//   all       every event, and what each handler changed
//   events    every event, without `set`
//   messages  what travelled and what the faults did: no timers, persists, operations
//             or events of the protocol
//   outline   the events of the protocol, clients and faults: no messages, timers and persists
QUORATE_ENUM(TraceLevel, all, events, messages, outline)

// Whether lines of this kind are written at this level.
bool traced(Kind kind, TraceLevel level);

struct TraceHeader {
  std::string protocol;
  int protocol_version{1};
  std::uint64_t seed{};
  std::vector<std::string> nodes;
  std::vector<std::string> clients;
  std::string scenario{"{}"};  // the document the run was made from, as compact JSON
  TraceLevel level{};
};

// Where all messages of one type went: sent + duplicated = delivered + drops + in_flight.
struct MessageTotals {
  std::string type;
  bool client{};  // client traffic, kept apart from the protocol's
  std::uint64_t sent{};
  std::uint64_t duplicated{};
  std::uint64_t delivered{};
  std::uint64_t in_flight{};
  std::array<std::uint64_t, enum_count<DropReason>> drops{};  // by reason
};

struct TraceFooter {
  std::uint64_t events{};
  std::uint64_t digest{};
  std::string verdict;
  std::vector<std::string> diagnosis;
  std::vector<MessageTotals> messages;  // types that were never used are left out of the line
  Time ended;
  std::string ending;                // what ended the run: "stop_time", ...
  std::vector<std::string> in_vain;  // faults that fired and caught no message
};

// 16 hexadecimal digits, as digests are written everywhere.
std::string digest_text(std::uint64_t digest);

// Where the bytes go.
class TraceSink {
 public:
  virtual ~TraceSink() = default;
  // Takes one or more whole lines, each with its '\n'. False when they could not be taken: the
  // writer then writes nothing more.
  virtual bool write(std::string_view lines) = 0;
};

class StringSink final : public TraceSink {
 public:
  bool write(std::string_view lines) override {
    text += lines;
    return true;
  }
  std::string text;
};

// `file` must outlive the sink; committing it is the owner's business.
class FileSink final : public TraceSink {
 public:
  explicit FileSink(AtomicFile& file) : file_(file) {}
  bool write(std::string_view lines) override { return file_.write(lines); }

 private:
  AtomicFile& file_;
};

// Costs about half a nanosecond a byte (140 ns for the 270-byte lines of a busy Raft run) and no
// allocation once warm; a run without a writer pays nothing.
class TraceWriter final : public Observer {
 public:
  static constexpr std::size_t default_block = std::size_t{512} << 10;

  // Lines are handed over in blocks of about `block_bytes`; with 0 each line on its own, as a
  // comparison needs that stops at the first difference. The header goes out at once. `sink` must
  // outlive the writer.
  TraceWriter(TraceSink& sink, TraceHeader header, std::size_t block_bytes = default_block);
  TraceWriter(const TraceWriter&) = delete;
  TraceWriter& operator=(const TraceWriter&) = delete;

  void on(const Record& record, const StateChange* change) override;
  void on_start(NodeId node, const StateChange* change) override;
  bool wants_state() const override { return header_.level == TraceLevel::all; }
  // Writes the footer and hands over what is left. Call once, last. False if the sink ever refused.
  bool finish(const TraceFooter& footer);
  bool failed() const { return failed_; }

 private:
  // What is known of an event or timer type after its first line.
  struct TypeName {
    const TypeInfo* type{};
    std::string quoted;  // "\"elected\""
    bool flat{};         // its fields may stand in the line itself
    bool empty{};        // it has no fields
  };

  void write_header();
  void begin_line(const Record& record);
  void changes(const StateChange& change);
  void starts();
  void particulars(const Record& record);
  void end_line(std::size_t block_bytes);
  void hand_over();
  void message(const Record& record);
  void message_ends(const Record& record);
  void named(const Record& record);
  void client_step(const Record& record);
  void remark(const Record& record);
  void violation(const Violation& violation);
  void type_of(const Record& record);
  void body_of(const Record& record);
  void flatten(AnyRef body);
  void totals(const std::vector<MessageTotals>& messages, bool client);
  std::string_view name_of(NodeId node) const;
  const TypeName& type_name(AnyRef body);

  TraceSink& sink_;
  TraceHeader header_;
  std::size_t block_bytes_;
  std::vector<std::string> names_;         // nodes, then clients
  std::vector<std::string> quoted_names_;  // the same as JSON
  std::vector<TypeName> type_names_;
  JsonWriter out_;
  JsonWriter scratch_;  // a body on its way to be flattened
  JsonWriter starts_;   // of nodes that have started since the last line: {"n1":…
  Checksum checksum_;   // of the lines handed over
  Time time_of_text_{-1};
  JsonWriter time_text_;  // of that time: most lines share it with the line before
  bool failed_{};
};

}  // namespace quorate
