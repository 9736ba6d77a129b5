// A log for ShiViz: two lines per event, its host with a vector clock, then its words. Clocks are
// Mattern's (1989): a host counts its own events, and learns of others' with each message. Events
// that happen at no host (faults, notes) are left out: they have no place in the order.
#include <algorithm>
#include <map>

#include "analysis/event_text.hpp"
#include "analysis/exporters/exporter.hpp"

namespace quorate {
namespace {

using VectorClock = std::map<std::string, std::uint64_t>;

void merge(VectorClock& clock, const VectorClock& other) {
  for (const auto& [host, count] : other) clock[host] = std::max(clock[host], count);
}

// ShiViz takes a host's name up to the first blank.
std::string without_blanks(std::string name) {
  for (char& c : name) c = c == ' ' || c == '\t' ? '_' : c;
  return name;
}

class ShivizExporter final : public Exporter {
 public:
  // Two lines that ShiViz reads from the head of a file: the expression by which it parses the
  // rest, and one that would part several executions.
  std::string begin(const TraceHeader&, const std::vector<std::string>&) override {
    return "(?<host>\\S*) (?<clock>{.*})\\n(?<event>.*)\n\n";
  }

  std::string event(const TraceLine& event) override {
    const auto message = message_of(event);
    constexpr std::uint32_t in_the_network = bit(Kind::dup) | bit(Kind::drop) | bit(Kind::alter);
    if ((in_the_network & bit(event.kind)) != 0) return {};
    const std::string host = without_blanks(host_of(event));
    if (host.empty()) return {};
    VectorClock& clock = clocks_[host];
    if (event.kind == Kind::recv && message) merge(clock, sent_[*message]);
    ++clock[host];
    if (event.kind == Kind::send && message) sent_[*message] = clock;
    return line(host, clock, event);
  }

  std::string end() override { return {}; }

 private:
  static std::string line(const std::string& host, const VectorClock& clock,
                          const TraceLine& event) {
    std::string counts;
    for (const auto& [name, count] : clock) {
      counts += (counts.empty() ? "" : ",") + json_string(name) + ":" + std::to_string(count);
    }
    return host + " {" + counts + "}\n" + event_text(event, 0, {.colour = false, .ascii = true}) +
           "\n";
  }

  std::map<std::string, VectorClock> clocks_;
  std::map<std::uint64_t, VectorClock> sent_;  // by message; a copy bears the same number
};

}  // namespace

std::unique_ptr<Exporter> make_shiviz_exporter() { return std::make_unique<ShivizExporter>(); }

}  // namespace quorate
