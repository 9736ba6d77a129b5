// libFuzzer target for the replay of a trace that nobody vouches for, its scenario included: it
// ends within its budgets, at the first line that differs or at the trace's end.
#include "analysis/trace_comparison.hpp"
#include "tests/fuzz/damaged_trace.hpp"

using namespace quorate;
using fuzz::demand;

namespace {

constexpr int most_steps = 20'000;

// The trace's footer, or nothing where it was cut off; nullopt where it cannot be replayed.
std::optional<std::optional<TraceEnd>> end_of(TraceReader& reader) {
  if (!reader.has_header()) return std::nullopt;
  while (reader.next()) {
  }
  if (!reader.error().empty() && !reader.truncated()) return std::nullopt;
  return reader.end();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text = fuzz::Edits(data, size).trace();
  TraceReader reader(text);
  const auto end = end_of(reader);
  const auto scenario = end ? fuzz::small_scenario(reader.header().scenario) : nullptr;
  if (scenario == nullptr) return 0;
  const TraceHeader& header = reader.header();
  const ProtocolEntry& entry = *find_protocol(scenario->protocol);
  TraceComparison comparison(text, *end);
  const auto run = entry.make(scenario, header.seed, {});
  TraceWriter writer(comparison, trace_header(*scenario, entry.info, header.seed, header.level), 0);
  run->observe(writer);
  for (int steps = 0; steps < most_steps && !writer.failed() && run->step(); ++steps) {
  }
  if (!run->finished()) run->give_up("the fuzzer has seen enough");
  const bool whole = *end && !writer.failed() && writer.finish(trace_footer(*run, entry.info));
  const auto lines = static_cast<std::uint64_t>(std::count(text.begin(), text.end(), '\n'));
  demand(!whole || comparison.lines() == lines, "A trace that is the same is so to its end.");
  const auto& good = fuzz::good_traces();
  const bool is_good = std::find(good.begin(), good.end(), text) != good.end();
  demand(!is_good || whole, "A good trace replays.");
  return 0;
}
