#include "analysis/exporters/exporter.hpp"

#include <array>

#include "analysis/event_text.hpp"
#include "sim/base/json_writer.hpp"

namespace quorate {

std::span<const ExportFormat> export_formats() {
  static constexpr std::array formats{
      ExportFormat{"csv", ".csv", "one row per event", 0, make_csv_exporter},
      ExportFormat{"dot", ".dot", "a Graphviz graph of what happened before what", 5000,
                   make_dot_exporter},
      ExportFormat{"mermaid", ".mmd", "a sequence diagram", 500, make_mermaid_exporter},
      ExportFormat{"shiviz", ".log", "a log with vector clocks", 0, make_shiviz_exporter},
      ExportFormat{"trace-event", ".json", "tracks and arrows, for Perfetto", 0,
                   make_trace_event_exporter},
  };
  return formats;
}

std::string json_string(std::string_view text) {
  JsonWriter out;
  out.string(text);
  return out.buffer();
}

std::string host_of(const TraceLine& event) { return event_place(event); }

std::optional<std::uint64_t> message_of(const TraceLine& event) {
  constexpr std::uint32_t carriers =
      bit(Kind::send) | bit(Kind::recv) | bit(Kind::drop) | bit(Kind::dup);
  if ((carriers & bit(event.kind)) == 0) return std::nullopt;
  return event.members.number("m");
}

std::optional<std::string> role_of(const TraceLine& event) {
  if (event.kind != Kind::event || event.members.text("name") != "role") return std::nullopt;
  return event.members.text("role");
}

bool is_news(Kind kind) {
  constexpr std::uint32_t inner = bit(Kind::timer) | bit(Kind::persist) | bit(Kind::local);
  return (inner & bit(kind)) == 0;
}

}  // namespace quorate
