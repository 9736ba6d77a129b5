// Comma-separated values (RFC 4180): a row per event. `what` is the message's type, or the timer's,
// event's or fault's name; `detail` tells the whole event in words.
#include "analysis/event_text.hpp"
#include "analysis/exporters/exporter.hpp"

namespace quorate {
namespace {

std::string cell(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + "\"";
}

class CsvExporter final : public Exporter {
 public:
  std::string begin(const TraceHeader&, const std::vector<std::string>&) override {
    return "index,time_ns,kind,place,from,to,message,what,cause,detail\n";
  }

  std::string event(const TraceLine& event) override {
    const auto text = [&](std::string_view key) { return event.members.text(key).value_or(""); };
    std::string what = text("type");
    for (const std::string_view key : {"name", "id", "property"}) {
      if (what.empty()) what = text(key);
    }
    const auto message = message_of(event);
    std::string row = std::to_string(event.index) + "," + std::to_string(event.time.ns) + "," +
                      std::string(enum_name(event.kind)) + ",";
    for (const std::string& part : {host_of(event), text("from"), text("to")}) {
      row += cell(part) + ",";
    }
    row += (message ? std::to_string(*message) : "") + "," + cell(what) + ",";
    row += (event.cause == no_cause ? "" : std::to_string(event.cause)) + ",";
    return row + cell(event_text(event, 0, {})) + "\n";
  }

  std::string end() override { return {}; }
};

}  // namespace

std::unique_ptr<Exporter> make_csv_exporter() { return std::make_unique<CsvExporter>(); }

}  // namespace quorate
