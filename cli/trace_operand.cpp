#include "cli/trace_operand.hpp"

#include <algorithm>
#include <limits>

#include "analysis/event_text.hpp"
#include "cli/failure.hpp"
#include "sim/base/random.hpp"
#include "sim/scenario/diagnostics.hpp"

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

// What may be done about a bad trace.
std::string way_out(const TraceReader& reader, const std::string& path) {
  if (!reader.advice().empty() || !reader.has_header()) return reader.advice();
  if (reader.truncated()) return "--allow-truncated takes what there is of it";
  return "what stands before that is good: head -c " + std::to_string(reader.bad_from()) + " " +
         shell_word(path);
}

}  // namespace

std::string read_trace_text(const std::string& path) {
  Parsed<std::string> text = read_file_bounded(path, std::numeric_limits<std::size_t>::max() / 4);
  if (!text) throw Failure(ExitCode::invalid_input, text.error);
  return std::move(text.value);
}

TraceOperand::TraceOperand(const std::string& path)
    : file_(path), reader_([this](char* target, std::size_t most) {
        const std::size_t count = file_.read(target, most);
        if (!file_.error().empty()) throw Failure(ExitCode::invalid_input, file_.error());
        return count;
      }) {}

void accept_trace(const TraceReader& reader, const std::string& path,
                  const Invocation& invocation) {
  if (reader.error().empty()) return;
  const std::string sentence = printable(path) + ": " + printable(reader.error());
  const bool cut_off = reader.truncated() && reader.has_header();
  if (cut_off && invocation.arguments.has(allow_truncated_option.name)) {
    return invocation.console.warning(sentence);
  }
  throw Failure(ExitCode::invalid_input, sentence, way_out(reader, path));
}

// The version comes first: what a scenario of another one says need not make sense to this one.
Subject subject_of(const TraceHeader& header, const std::string& path, Console& console) {
  const ProtocolEntry* const known = find_protocol(header.protocol);
  if (known == nullptr || known->info.version == header.protocol_version) {
    return read_subject(header.scenario, path + " (its scenario)", console);
  }
  throw Failure(ExitCode::invalid_input,
                printable(path) + " was written by version " +
                    std::to_string(header.protocol_version) + " of " + known->info.name +
                    "; this program has version " + std::to_string(known->info.version),
                "use the quorate that wrote it, or run its scenario again");
}

TimeWindow window_of(const Arguments& arguments) {
  const std::optional<std::string> text = arguments.value("window");
  if (!text) return {};
  const std::size_t dots = text->find("..");
  if (dots == std::string::npos) {
    throw Arguments::bad_value("window", in_quotes(*text) + " is not a window like 1s..2s");
  }
  TimeWindow window;
  const auto read = [&](const std::string& part, Time& target) {
    if (part.empty()) return;
    const Parsed<Duration> at = parse_duration(part);
    if (!at) throw Arguments::bad_value("window", at.error);
    target = Time{} + at.value;
  };
  read(text->substr(0, dots), window.from);
  read(text->substr(dots + 2), window.to);
  if (window.to < window.from) {
    throw Arguments::bad_value("window", in_quotes(*text) + " ends before it begins");
  }
  return window;
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
