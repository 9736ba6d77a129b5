#include "cli/new_scenario.hpp"

#include <algorithm>

#include "sim/base/json_writer.hpp"
#include "sim/scenario/format.hpp"

namespace quorate {
namespace {

std::string json_text(const std::string& text) {
  JsonWriter out;
  out.string(text);
  return out.buffer();
}

bool elects(const ProtocolInfo& protocol) {
  return !protocol.leader_status.empty() &&
         std::ranges::find(protocol.emits, "elected") != protocol.emits.end();
}

std::string head(const ProtocolInfo& protocol, const std::string& title) {
  return "// `quorate describe " + protocol.name + R"(` lists all that this file can name,
// scenarios/GRAMMAR.md all keys. `quorate validate FILE` finds every mistake at once.
{
  "quorate": 1,
  "title": )" +
         json_text(title) + R"(,
  "teaches": [],  // the ideas it is about: ["election", "term"]
  "lesson": "",  // two short paragraphs for somebody who has heard the lecture

  "protocol": {
    "use": ")" +
         protocol.name + R"j(",
    "nodes": 3,  // n1, n2 and n3
    "params": {}  // what differs from the defaults
  },
  "seed": 1,  // --seed tries another
  "stop": { "at": "5s" },
  "network": { "delay": "uniform(1ms, 5ms)" },  // "loss": "1%" makes it interesting
)j";
}

constexpr std::string_view workload = R"(
  // c1 puts something every 20 ms and tries again until it is answered.
  "workload": [
    { "client": "c1", "op": "put", "every": "20ms", "from": "500ms", "count": 100 }
  ],
)";

constexpr std::string_view leader_fault = R"(
  // Whoever leads then is down for a second.
  "faults": [
    {
      "id": "kill",
      "at": "1s",
      "for": "1s",  // then it restarts
      "do": { "crash": "$leader" }
    }
  ],
)";

constexpr std::string_view node_fault = R"(
  // One node is down for a while.
  "faults": [
    {
      "id": "kill",
      "at": "1s",
      "for": "500ms",  // then it restarts
      "do": { "crash": "n3" }
    }
  ],
)";

}  // namespace

std::string new_scenario(const ProtocolInfo& protocol, const std::string& title) {
  std::string text = head(protocol, title);
  if (protocol.takes_requests) text += workload;
  text += elects(protocol) ? leader_fault : node_fault;
  text += "\n  // The protocol's own properties are always checked. What else must come of it?\n";
  text += "  \"expect\": [\n";
  if (elects(protocol)) text += R"({ "within": "2s", "of": "kill", "event": "elected" })";
  if (elects(protocol) && protocol.takes_requests) text += ",";
  if (protocol.takes_requests) text += R"({ "metric": "ops.acked", "is": 100 })";
  return formatted(text + "\n]\n}\n");
}

}  // namespace quorate
