// A trace in the format of another tool, written as it is read.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/trace_reader.hpp"

namespace quorate {

class Exporter {
 public:
  virtual ~Exporter() = default;
  // Each returns what is to be written. `names`: nodes, then clients.
  virtual std::string begin(const TraceHeader& header, const std::vector<std::string>& names) = 0;
  virtual std::string event(const TraceLine& event) = 0;  // in order
  virtual std::string end() = 0;
};

struct ExportFormat {
  std::string_view name;     // "trace-event", as --to takes it
  std::string_view ending;   // of its files: ".json"
  std::string_view meaning;  // one line
  std::size_t most{};        // events it bears; 0: any number
  std::unique_ptr<Exporter> (*make)();
};

// In alphabetical order.
std::span<const ExportFormat> export_formats();

// Defined in the files of their names.
std::unique_ptr<Exporter> make_csv_exporter();
std::unique_ptr<Exporter> make_dot_exporter();
std::unique_ptr<Exporter> make_mermaid_exporter();
std::unique_ptr<Exporter> make_shiviz_exporter();
std::unique_ptr<Exporter> make_trace_event_exporter();

// ---- what several of them need ------------------------------------------------------------------

// As a JSON string.
std::string json_string(std::string_view text);
// "n3"; empty where the event happened at no node or client.
std::string host_of(const TraceLine& event);
// Its message's number, of sends, arrivals, copies and losses.
std::optional<std::uint64_t> message_of(const TraceLine& event);
// The role that the event says its node plays from now on; nothing for any other event.
std::optional<std::string> role_of(const TraceLine& event);
// Whether something happened: no timer, no write that reached a disk, no message to oneself.
bool is_news(Kind kind);

}  // namespace quorate
