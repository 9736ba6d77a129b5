// Trace Event JSON, for Perfetto and chrome://tracing: a track per node and client, whose roles and
// down times are slices, whose events are instants, and whose messages are arrows from send to
// arrival. Times are microseconds with three decimals, so nothing is rounded.
#include <map>
#include <set>

#include "analysis/event_text.hpp"
#include "analysis/exporters/exporter.hpp"

namespace quorate {
namespace {

std::string microseconds(Time time) {
  const std::string rest = std::to_string(1000 + time.ns % 1000).substr(1);
  return std::to_string(time.ns / 1000) + "." + rest;
}

class TraceEventExporter final : public Exporter {
 public:
  std::string begin(const TraceHeader& header, const std::vector<std::string>& names) override {
    std::string text = "{\"displayTimeUnit\":\"ms\",\"traceEvents\":[\n" +
                       named("process_name", 0, header.protocol);
    for (std::size_t i = 0; i < names.size(); ++i) {
      tracks_[names[i]] = i + 1;
      text += named("thread_name", i + 1, names[i]);
    }
    return text;
  }

  std::string event(const TraceLine& event) override {
    const std::string host = host_of(event);
    const auto track = tracks_.find(host);
    last_ = event.time;
    if (track == tracks_.end()) return instant(event, 0, "g");
    return slices(event, track->second) + instant(event, track->second, "t") +
           arrow(event, track->second);
  }

  std::string end() override {
    std::string text;
    for (const std::size_t track : open_) text += entry("E", track, last_, "");
    text += named("thread_name", 0, "faults");
    return text.erase(text.size() - 2) + "\n]}\n";  // no comma behind the last
  }

 private:
  // `more` holds further members, each with its comma in front.
  static std::string entry(std::string_view phase, std::size_t track, Time time,
                           const std::string& more) {
    return "{\"ph\":\"" + std::string(phase) + "\",\"pid\":1,\"tid\":" + std::to_string(track) +
           ",\"ts\":" + microseconds(time) + more + "},\n";
  }
  static std::string named(std::string_view what, std::size_t track, const std::string& name) {
    return "{\"ph\":\"M\",\"pid\":1,\"tid\":" + std::to_string(track) + ",\"name\":\"" +
           std::string(what) + "\",\"args\":{\"name\":" + json_string(name) + "}},\n";
  }

  std::string instant(const TraceLine& event, std::size_t track, std::string_view scope) const {
    return entry("i", track, event.time,
                 ",\"s\":\"" + std::string(scope) +
                     "\",\"name\":" + json_string(event_text(event, 60, {})) + ",\"cat\":\"" +
                     std::string(enum_name(event.kind)) +
                     "\",\"args\":{\"event\":" + std::to_string(event.index) +
                     ",\"text\":" + json_string(event_text(event, 0, {})) + "}");
  }

  // What a node is, from now on: its role, or down.
  std::string slices(const TraceLine& event, std::size_t track) {
    const auto role = role_of(event);
    const bool down = event.kind == Kind::crash;
    if (!role && !down && event.kind != Kind::restart) return {};
    std::string text;
    if (open_.erase(track) != 0) text += entry("E", track, event.time, "");
    if (event.kind == Kind::restart) return text;
    open_.insert(track);
    return text + entry("B", track, event.time,
                        ",\"cat\":\"role\",\"name\":" + json_string(down ? "down" : *role));
  }

  // A send begins a flow, each arrival ends one; those that never arrive end nowhere.
  static std::string arrow(const TraceLine& event, std::size_t track) {
    const auto message = message_of(event);
    if (!message || (event.kind != Kind::send && event.kind != Kind::recv)) return {};
    const std::string more =
        ",\"cat\":\"message\",\"name\":" + json_string(event.members.text("type").value_or("")) +
        ",\"id\":" + std::to_string(*message);
    if (event.kind == Kind::send) return entry("s", track, event.time, more);
    return entry("f", track, event.time, ",\"bp\":\"e\"" + more);
  }

  std::map<std::string, std::size_t> tracks_;
  std::set<std::size_t> open_;  // tracks with a slice that has not ended
  Time last_;
};

}  // namespace

std::unique_ptr<Exporter> make_trace_event_exporter() {
  return std::make_unique<TraceEventExporter>();
}

}  // namespace quorate
