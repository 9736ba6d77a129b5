// Trace Event JSON, for Perfetto and speedscope: a track per node and client with its events,
// and one with its roles and down times as slices. Arrows go from slice to slice, never from one
// moment to another, so sends and arrivals are slices of one nanosecond, on a track where nothing
// else begins or ends. Times are microseconds with three decimals, so nothing is rounded.
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
      tracks_[names[i]] = 2 * i + 1;
      text += named("thread_name", 2 * i + 1, names[i]);
    }
    return text;
  }

  std::string event(const TraceLine& event) override {
    const std::string host = host_of(event);
    const auto track = tracks_.find(host);
    last_ = event.time;
    if (track == tracks_.end()) return moment(event, 0, "g");
    return slices(event, host, track->second + 1) + moment(event, track->second, "t") +
           arrow(event, track->second);
  }

  std::string end() override {
    std::string text;
    for (const auto& [track, name] : open_) text += entry("E", track, last_, name);
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

  static bool is_slice(const TraceLine& event) {
    return event.kind == Kind::send || event.kind == Kind::recv;
  }

  static std::string moment(const TraceLine& event, std::size_t track, std::string_view scope) {
    const std::string kind =
        is_slice(event) ? ",\"dur\":0.001" : ",\"s\":\"" + std::string(scope) + "\"";
    return entry(is_slice(event) ? "X" : "i", track, event.time,
                 kind + ",\"name\":" + json_string(event_text(event, 60, {})) + ",\"cat\":\"" +
                     std::string(enum_name(event.kind)) +
                     "\",\"args\":{\"event\":" + std::to_string(event.index) +
                     ",\"text\":" + json_string(event_text(event, 0, {})) + "}");
  }

  // What a node is, from now on: its role, or down. Its name stands at both ends, by which some
  // readers tell what ends.
  std::string slices(const TraceLine& event, const std::string& host, std::size_t track) {
    const auto role = role_of(event);
    const bool down = event.kind == Kind::crash;
    if (!role && !down && event.kind != Kind::restart) return {};
    std::string text;
    if (const auto before = open_.extract(track)) {
      text += entry("E", track, event.time, before.mapped());
    }
    if (event.kind == Kind::restart) return text;
    if (named_.insert(track).second) text += named("thread_name", track, host + " role");
    open_[track] = ",\"cat\":\"role\",\"name\":" + json_string(down ? "down" : *role);
    return text + entry("B", track, event.time, open_[track]);
  }

  // A send begins a flow, each arrival ends one; those that never arrive end nowhere.
  static std::string arrow(const TraceLine& event, std::size_t track) {
    const auto message = message_of(event);
    if (!message || !is_slice(event)) return {};
    const std::string more =
        ",\"cat\":\"message\",\"name\":" + json_string(event.members.text("type").value_or("")) +
        ",\"id\":" + std::to_string(*message);
    if (event.kind == Kind::send) return entry("s", track, event.time, more);
    return entry("f", track, event.time, ",\"bp\":\"e\"" + more);
  }

  std::map<std::string, std::size_t> tracks_;
  std::set<std::size_t> named_;              // tracks of roles
  std::map<std::size_t, std::string> open_;  // and the slice on each that has not ended
  Time last_;
};

}  // namespace

std::unique_ptr<Exporter> make_trace_event_exporter() {
  return std::make_unique<TraceEventExporter>();
}

}  // namespace quorate
