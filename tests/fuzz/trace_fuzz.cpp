// libFuzzer target for everything that reads a trace (check, why, diff): whatever its bytes, there
// is an answer, and reading it in pieces gives the same one.
#include "analysis/event_text.hpp"
#include "analysis/plain_json.hpp"
#include "analysis/trace_check.hpp"
#include "analysis/trace_file.hpp"
#include "sim/base/utf8.hpp"
#include "sim/scenario/json.hpp"
#include "tests/fuzz/damaged_trace.hpp"

using namespace quorate;
using fuzz::demand;

namespace {

void check_shown(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    demand(length != 0, "What is shown is UTF-8.");
    demand(length > 1 || (text[0] >= ' ' && text[0] != '\x7f'), "No control character is shown.");
    text.remove_prefix(length);
  }
}

void check_members(const TraceLine& event) {
  event.members.for_each([](std::string_view, std::string_view json) {
    const std::optional<Value> plain = read_plain_json(json);
    if (!plain) return;
    Diagnostics diagnostics;
    const std::optional<Value> parsed = parse_json(json, diagnostics);
    demand(parsed && !diagnostics.failed(), "What is read plainly is good JSON.");
    demand(to_json(*plain) == to_json(*parsed), "And means the same.");
  });
}

// To its end: the number of events.
std::size_t read_all(TraceReader& reader) {
  std::size_t events = 0;
  if (!reader.error().empty()) return events;
  for (; const std::optional<TraceLine> event = reader.next(); ++events) {
    if (fuzz::is_good_line(event->line)) continue;
    check_shown(event_text(*event, 100, {}) + event_place(*event));
    check_members(*event);
  }
  return events;
}

void check_pieces(std::string_view text, std::size_t piece) {
  std::size_t at = 0;
  TraceReader in_pieces([&](char* target, std::size_t most) {
    const std::size_t count = std::min({most, piece, text.size() - at});
    std::copy_n(text.data() + at, count, target);
    at += count;
    return count;
  });
  TraceReader whole(text);
  demand(read_all(whole) == read_all(in_pieces), "Pieces hold as many events as the whole.");
  demand(whole.error() == in_pieces.error(), "And are as good.");
  demand(whole.checksum() == in_pieces.checksum(), "And are the same.");
  demand(whole.error().empty() == whole.end().has_value(), "Either a footer or an error.");
}

void check_causes(std::string_view text) {
  const TraceFile trace(text);
  std::optional<TraceLine> last = trace.last();
  if (!last) return;
  const std::vector<TraceLine> chain = trace.chain(*last, 1'000'000);
  for (std::size_t i = 1; i < chain.size(); ++i) {
    demand(chain[i].index < chain[i - 1].index, "A cause lies before what it causes.");
  }
}

void judge(std::string_view text) {
  TraceReader reader(text);
  if (!reader.has_header()) return;
  const auto scenario = fuzz::small_scenario(reader.header().scenario);
  const ProtocolEntry* entry = scenario ? find_protocol(scenario->protocol) : nullptr;
  if (entry == nullptr) return;
  const TraceCheck check = check_trace(reader, *entry, scenario);
  const auto& good = fuzz::good_traces();
  const bool is_good = std::find(good.begin(), good.end(), text) != good.end();
  demand(!is_good || (check.outcome && check.contradiction_count == 0), "A good trace is good.");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text = fuzz::Edits(data, size).trace();
  check_pieces(text, 1 + size);
  check_causes(text);
  judge(text);
  return 0;
}
