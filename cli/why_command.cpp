// quorate why TRACE [EVENT]: what led to an event, step by step back to a cause that has none.
#include <algorithm>
#include <limits>

#include "cli/command.hpp"
#include "cli/failure.hpp"
#include "cli/trace_operand.hpp"
#include "sim/base/field_print.hpp"
#include "sim/base/random.hpp"
#include "sim/scenario/diagnostics.hpp"

namespace quorate {
namespace {

constexpr auto why_options = std::to_array<Option>({
    {.name = "depth", .value = "N", .text = "go back at most so many events"},
    allow_truncated_option,
});

constexpr auto why_examples = std::to_array<Example>({
    {"why run.jsonl", "what led to the violation"},
    {"why run.jsonl e94 --depth 5", "five steps back from event 94"},
});

constexpr std::uint64_t deepest = std::numeric_limits<std::uint32_t>::max() - 1;

// The event that was asked for; without a word, the violation.
TraceLine asked_event(const TraceFile& trace, const std::vector<std::string>& words) {
  if (words.size() < 2) {
    if (const auto violation = trace.first(Kind::violation)) return *violation;
    throw Failure(ExitCode::bad_usage, printable(words[0]) + " holds no violation",
                  "name an event: " + program_name() + " why TRACE e94; " + program_name() +
                      " replay TRACE --until 2s names the one of a moment");
  }
  const std::uint64_t index = event_index(words[1]);
  if (const auto event = trace.find(index)) return *event;
  const auto last = trace.last();
  throw Failure(ExitCode::bad_usage,
                "there is no event e" + std::to_string(index) + " in " + printable(words[0]),
                last ? "its last event is e" + std::to_string(last->index) : "");
}

std::string chain_json(const TraceFile& trace, const std::vector<TraceLine>& chain) {
  JsonWriter out;
  out.open_object();
  print_member(out, "schema", "quorate/why/1");
  print_member(out, "truncated", trace.reader().truncated());
  print_member(out, "complete", chain.back().cause == no_cause);
  out.key("events");
  out.open_array();
  for (const TraceLine& event : chain) out.raw(event.line);
  out.close_array();
  out.close_object();
  return out.buffer() + "\n";
}

// What the end of the chain is: its root, or a reason why it is none.
std::string closing_words(const TraceFile& trace, const TraceLine& last) {
  if (last.cause == no_cause) return {};
  const std::string cause = "e" + std::to_string(last.cause);
  return trace.find(last.cause) ? "and so on; --depth was reached before " + cause
                                : "its cause " + cause + " was not written down at this level";
}

ExitCode run_why(const Invocation& invocation) {
  const Arguments& arguments = invocation.arguments;
  Console& console = invocation.console;
  const std::string& path = arguments.operands().front();
  const std::uint64_t depth =
      std::min(arguments.parsed("depth", parse_seed).value_or(deepest), deepest);
  const std::string text = read_trace_text(path);
  const TraceFile trace(text);
  accept_trace(trace.reader(), path, invocation);
  const TraceLine event = asked_event(trace, arguments.operands());
  const std::vector<TraceLine> chain = trace.chain(event, depth + 1);
  if (console.options().json) {
    console.print(chain_json(trace, chain));
    return ExitCode::success;
  }
  const std::size_t width = place_columns(trace.header());
  for (const TraceLine& step : chain) console.print(event_row(step, width, console) + "\n");
  const std::string closing = closing_words(trace, chain.back());
  if (!closing.empty()) console.print("        " + closing + "\n");
  return ExitCode::success;
}

}  // namespace

Command why_command() {
  return {.name = "why",
          .operands = "TRACE [EVENT]",
          .fewest = 1,
          .most = 2,
          .summary = "what led to an event, back to its root",
          .details =
              "Each line was caused by the one below it. Without EVENT, it starts at the "
              "violation.\nA message is caused by what its sender was handling, a handler by the "
              "message or timer.",
          .options = why_options,
          .examples = why_examples,
          .run = run_why};
}

}  // namespace quorate
