// Good traces and ways to spoil them, for fuzz targets that read traces: whatever the fuzzer makes
// up, most of a trace stays one.
#pragma once

#include <algorithm>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/trace_parts.hpp"
#include "analysis/trace_reader.hpp"
#include "cli/registry.hpp"
#include "sim/scenario/loader.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace quorate::fuzz {

// The scenario of a trace as the commands load it, within bounds that keep an execution short.
inline std::shared_ptr<const Scenario> small_scenario(std::string_view text) {
  Diagnostics diagnostics;
  LoadOptions options;
  options.max_nodes = 20;
  const auto scenario =
      read_scenario(text, "fuzz", find_protocol_info, protocol_names(), options, diagnostics);
  if (scenario == nullptr) return nullptr;
  Scenario bounded = *scenario;
  Budgets& budgets = bounded.budgets;
  budgets.events = std::min<std::uint64_t>(budgets.events, 5'000);
  budgets.events_at_one_instant = std::min<std::uint64_t>(budgets.events_at_one_instant, 2'000);
  budgets.pending = std::min<std::uint64_t>(budgets.pending, 5'000);
  budgets.wire_bytes = std::min<std::uint64_t>(budgets.wire_bytes, 1 << 20);
  return std::make_shared<const Scenario>(std::move(bounded));
}

inline std::string trace_of(std::string_view text) {
  const auto scenario = small_scenario(text);
  demand(scenario != nullptr, "The scenarios below are good.");
  const ProtocolEntry& entry = *find_protocol(scenario->protocol);
  const auto run = entry.make(scenario, scenario->seed, {});
  StringSink sink;
  TraceWriter writer(sink, trace_header(*scenario, entry.info, scenario->seed));
  run->observe(writer);
  run->run();
  writer.finish(trace_footer(*run, entry.info));
  return sink.text;
}

// Messages of every fate, crashes, restarts, clients and disks; with one role a node and with more.
inline const std::vector<std::string>& good_traces() {
  static const std::vector<std::string> traces{
      trace_of(R"json({"quorate": 1, "protocol": {"use": "raft", "nodes": 3}, "seed": 7,
        "network": {"delay": "uniform(1ms, 9ms)", "loss": "5%", "duplicate": "5%"},
        "disk": {"sync": "1ms"},
        "workload": [{"op": "put", "every": "20ms", "count": 2, "timeout": "300ms"}],
        "faults": [{"id": "kill", "at": "350ms", "for": "50ms", "do": {"crash": "leader"}}],
        "stop": {"at": "450ms"}})json"),
      trace_of(R"json({"quorate": 1, "protocol": {"use": "echo", "nodes": 3}, "seed": 3,
        "network": {"delay": "uniform(1ms, 9ms)", "loss": "5%"},
        "workload": [{"client": "c1", "op": "say", "every": "10ms", "count": 5, "node": "n1"}],
        "stop": {"at": "300ms"}})json"),
      trace_of(R"json({"quorate": 1, "protocol": {"use": "bully", "nodes": 4}, "seed": 5,
        "network": {"delay": "uniform(1ms, 9ms)"},
        "faults": [{"at": "100ms", "for": "100ms", "do": {"crash": "n4"}}],
        "stop": {"at": "300ms"}})json")};
  return traces;
}

// Whether a line stands in one of them: what such lines say need not be looked at again and again.
inline bool is_good_line(std::string_view line) {
  static const std::set<std::string_view> lines = [] {
    std::set<std::string_view> all;
    for (std::string_view rest : good_traces()) {
      for (; !rest.empty(); rest.remove_prefix(rest.find('\n') + 1)) {
        all.insert(rest.substr(0, rest.find('\n')));
      }
    }
    return all;
  }();
  return lines.contains(line);
}

// Takes the fuzzer's bytes as a list of edits.
class Edits {
 public:
  Edits(const std::uint8_t* data, std::size_t size)
      : rest_(reinterpret_cast<const char*>(data), size) {}

  // A trace that is text of the fuzzer's own, or a good one with edits.
  std::string trace() {
    if (rest_.starts_with('{')) return std::string(rest_);
    const std::vector<std::string>& good = good_traces();
    std::string text = good[byte() % good.size()];
    while (!rest_.empty() && text.size() < most_bytes) edit(text);
    return text;
  }

 private:
  static constexpr std::size_t most_bytes = 256 << 10;

  std::size_t byte() {
    if (rest_.empty()) return 0;
    const auto value = static_cast<std::uint8_t>(rest_.front());
    rest_.remove_prefix(1);
    return value;
  }
  std::size_t place(std::size_t below) {
    const std::size_t low = byte();
    return below == 0 ? 0 : (low + 256 * byte()) % below;
  }
  std::string_view words() {
    const std::string_view taken = rest_.substr(0, byte() % 32);
    rest_.remove_prefix(std::min(rest_.size(), taken.size()));
    return taken;
  }
  void edit(std::string& text) {
    const std::size_t how = byte();
    const std::size_t at = place(text.size() + 1);
    const std::size_t line = std::min(text.rfind('\n', at), text.size() - 1) + 1;
    const std::size_t length = std::min(text.find('\n', line), text.size()) - line + 1;
    switch (how % 8) {
      case 0:
        text.resize(at);
        break;
      case 1:
        text.erase(at, byte() % 64);
        break;
      case 2:
        text.insert(at, words());
        break;
      case 3:  // another value for one of the next members
        replace_value(text, at, words());
        break;
      case 4:
        if (line < text.size()) text.erase(line, length);
        break;
      case 5:
        if (line < text.size()) text.insert(place(text.size()), text.substr(line, length));
        break;
      case 6: {  // a number counted up or down
        const std::size_t digit = text.find_first_of("0123456789", at);
        if (digit != text.npos) text[digit] = static_cast<char>('0' + byte() % 10);
        break;
      }
      default: {
        const std::string_view put = words();
        text.replace(at, std::min(put.size(), text.size() - at), put);
      }
    }
  }
  static void replace_value(std::string& text, std::size_t at, std::string_view put) {
    const std::size_t colon = text.find(':', at);
    if (colon == text.npos) return;
    const std::size_t end = std::min(text.find_first_of(",}\n", colon), text.size());
    text.replace(colon + 1, end - colon - 1, put);
  }

  std::string_view rest_;
};

}  // namespace quorate::fuzz
