#include "cli/trace_operand.hpp"

#include <algorithm>
#include <limits>

#include "analysis/event_text.hpp"
#include "cli/failure.hpp"
#include "sim/base/random.hpp"
#include "sim/scenario/diagnostics.hpp"
#include "sim/scenario/read_file.hpp"

namespace quorate {
namespace {

constexpr std::size_t event_columns = 100;

// "0.951023 s": microseconds, cut off.
std::string seconds(Time time) {
  constexpr std::int64_t of_a_second = 1'000'000;
  const std::int64_t micros = time.ns / 1000;
  const std::string fraction = std::to_string(of_a_second + micros % of_a_second);
  return std::to_string(micros / of_a_second) + "." + fraction.substr(1) + " s";
}

}  // namespace

std::string read_trace_text(const std::string& path) {
  Parsed<std::string> text = read_file_bounded(path, std::numeric_limits<std::size_t>::max() / 4);
  if (!text) throw Failure(ExitCode::invalid_input, text.error);
  return std::move(text.value);
}

void check_trace(const TraceFile& trace, const std::string& path, Console& console) {
  if (trace.error().empty()) return;
  const std::string sentence = printable(path) + ": " + printable(trace.error());
  if (!trace.truncated() || trace.size() == 0) throw Failure(ExitCode::invalid_input, sentence);
  console.warning(sentence);
}

Subject subject_of(const TraceHeader& header, const std::string& path, Console& console) {
  Subject subject = read_subject(header.scenario, path + " (its scenario)", console);
  const ProtocolInfo& info = subject.protocol->info;
  if (header.protocol_version == info.version) return subject;
  throw Failure(ExitCode::invalid_input, printable(path) + " was written by version " +
                                             std::to_string(header.protocol_version) + " of " +
                                             info.name + "; this program has version " +
                                             std::to_string(info.version));
}

std::uint64_t event_index(const std::string& word) {
  const bool named = word.starts_with("e");
  const Parsed<std::uint64_t> index = parse_seed(std::string_view(word).substr(named ? 1 : 0));
  if (!index) throw Failure(ExitCode::bad_usage, in_quotes(word) + " is not an event like e56");
  return index.value;
}

std::string event_row(const TraceLine& event, std::size_t place_columns, const Console& console) {
  const bool verbose = console.options().verbose;
  std::string row = padded("e" + std::to_string(event.index), 8) +
                    right_aligned(seconds(event.time), 12) + "  " +
                    padded(event_place(event), place_columns) + "  " +
                    event_text(event, verbose ? 0 : event_columns, console.style());
  if (verbose && event.members.has("set")) {
    row += "\n" + std::string(24, ' ') + "sets " + printable(event.members.raw("set"));
  }
  return row;
}

std::size_t place_columns(const TraceHeader& header) {
  std::size_t widest = 0;
  for (const auto* names : {&header.nodes, &header.clients}) {
    for (const std::string& name : *names) widest = std::max(widest, display_width(name));
  }
  return std::min<std::size_t>(widest, 24);
}

}  // namespace quorate
