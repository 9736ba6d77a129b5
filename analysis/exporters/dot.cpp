// Happens-before (Lamport 1978) as a Graphviz graph: a column per node, its events one after the
// other, and an edge from each send to its arrivals. Timers, writes and messages to oneself are
// left out; what they caused hangs on what caused them.
#include <map>

#include "analysis/event_text.hpp"
#include "analysis/exporters/exporter.hpp"

namespace quorate {
namespace {

std::string id_of(std::uint64_t index) { return "e" + std::to_string(index); }

class DotExporter final : public Exporter {
 public:
  std::string begin(const TraceHeader&, const std::vector<std::string>&) override {
    return "digraph happens_before {\n"
           "  rankdir=TB; newrank=true; node [shape=box, fontname=\"sans-serif\", fontsize=10];\n";
  }

  std::string event(const TraceLine& event) override {
    if (!is_news(event.kind)) return {};
    const std::string host = host_of(event);
    const std::string id = id_of(event.index);
    std::string text = "  " + id + " [label=" +
                       json_string("e" + std::to_string(event.index) + "  " + host + "\n" +
                                   event_text(event, 40, {})) +
                       ", group=" + json_string(host) + "];\n";
    if (!host.empty()) {
      if (const auto before = last_.find(host); before != last_.end()) {
        text += "  " + id_of(before->second) + " -> " + id + " [style=dotted, weight=10];\n";
      }
      last_[host] = event.index;
    }
    shown_[event.index] = host;
    if (const auto cause = shown_.find(event.cause);
        cause != shown_.end() && cause->second != host) {
      text += "  " + id_of(event.cause) + " -> " + id + " [color=\"#0072b2\"];\n";
    }
    return text;
  }

  std::string end() override { return "}\n"; }

 private:
  std::map<std::string, std::uint64_t> last_;   // by host
  std::map<std::uint64_t, std::string> shown_;  // and where
};

}  // namespace

std::unique_ptr<Exporter> make_dot_exporter() { return std::make_unique<DotExporter>(); }

}  // namespace quorate
