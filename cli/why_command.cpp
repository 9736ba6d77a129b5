// quorate why TRACE [EVENT|TIME]: what led to an event, step by step back to a cause that has none;
// or why an expectation was missed.
#include <algorithm>
#include <limits>

#include "analysis/missed.hpp"
#include "analysis/trace_check.hpp"
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
    {"why run.jsonl", "what led to the violation, or why expectations were missed"},
    {"why run.jsonl e94 --depth 5", "five steps back from event 94"},
    {"why run.jsonl 700ms", "what led to the last event by then"},
});

constexpr std::uint64_t deepest = std::numeric_limits<std::uint32_t>::max() - 1;

// "e94", "94", "700ms": an event by its number, or the last one by a moment.
TraceLine asked_event(const TraceFile& trace, const std::string& path, const std::string& word,
                      Console& console) {
  const auto last = trace.last();
  const std::string hint = last ? "its last event is e" + std::to_string(last->index) : "";
  if (const auto moment = parse_duration(word)) {
    const auto event = trace.last_until(Time{} + moment.value);
    if (event && last && event->index == last->index && event->time < Time{} + moment.value) {
      console.note("nothing happens after the last event, at " + to_seconds(event->time));
    }
    if (event) return *event;
    throw Failure(ExitCode::bad_usage, "nothing happened by " + printable(word), hint);
  }
  const bool number =
      !word.empty() && word.find_first_not_of("0123456789", word[0] == 'e') == std::string::npos;
  if (!number) {
    throw Failure(ExitCode::bad_usage,
                  in_quotes(word) + " is neither an event like e56 nor a time like 700ms");
  }
  const std::uint64_t index = event_index(word);
  if (const auto event = trace.find(index)) return *event;
  throw Failure(ExitCode::bad_usage,
                "there is no event e" + std::to_string(index) + " in " + printable(path), hint);
}

// What a fault waited for is known to a run, and not to its trace.
void refuse_idle_faults(const Outcome& outcome, const std::string& path) {
  const auto idle = std::ranges::find_if(outcome.faults, &FaultResult::idle);
  if (idle == outcome.faults.end()) return;
  throw Failure(ExitCode::bad_usage,
                "in " + printable(path) + " nothing is violated or missed but the fault " +
                    in_quotes(idle->id) + ", which never fired",
                program_name() + " replay " + shell_word(path) + " tells what it waited for");
}

// The run judged again from its trace. Throws Failure where nothing was missed.
std::vector<Missed> missed_expectations(const TraceFile& trace, std::string_view text,
                                        const std::string& path, Console& console) {
  const Subject subject = subject_of(trace.header(), path, console);
  TraceReader reader(text);
  const TraceCheck check = check_trace(reader, *subject.protocol, subject.scenario);
  std::vector<Missed> missed;
  if (check.outcome) missed = explain_missed(trace, *subject.scenario, *check.outcome);
  if (!missed.empty()) return missed;
  if (check.outcome) refuse_idle_faults(*check.outcome, path);
  const std::string what = check.outcome ? " holds no violation and no missed expectation"
                                         : " holds no violation, and without the states of nodes "
                                           "its expectations cannot be judged";
  throw Failure(ExitCode::bad_usage, printable(path) + what,
                "name an event or a time: " + program_name() + " why TRACE e94, " + program_name() +
                    " why TRACE 700ms");
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

std::string chain_text(const TraceFile& trace, const std::vector<TraceLine>& chain,
                       const Console& console) {
  std::string text;
  const std::size_t width = place_columns(trace.header());
  for (const TraceLine& step : chain) text += event_row(step, width, console) + "\n";
  const std::string closing = closing_words(trace, chain.back());
  return closing.empty() ? text : text + "        " + closing + "\n";
}

// ---- missed expectations ------------------------------------------------------------------------

void print_lines(JsonWriter& out, std::string_view key, const std::vector<TraceLine>& lines) {
  out.key(key);
  out.open_array();
  for (const TraceLine& event : lines) out.raw(event.line);
  out.close_array();
}

std::string missed_json(const TraceFile& trace, const std::vector<Missed>& all,
                        std::uint64_t depth) {
  JsonWriter out;
  out.open_object();
  print_member(out, "schema", "quorate/why/1");
  print_member(out, "truncated", trace.reader().truncated());
  out.key("missed");
  out.open_array();
  for (const Missed& missed : all) {
    out.open_object();
    print_member(out, "expect", missed.expect);
    print_member(out, "why", missed.why);
    if (missed.until) {
      print_member(out, "from", missed.from->ns);
      print_member(out, "until", missed.until->ns);
    }
    print_lines(out, "instead", missed.instead);
    print_member(out, "left_out", missed.left_out);
    print_member(out, "about", missed.about);
    print_lines(out, "events",
                missed.event ? trace.chain(*missed.event, depth + 1) : std::vector<TraceLine>{});
    out.close_object();
  }
  out.close_array();
  out.close_object();
  return out.buffer() + "\n";
}

// What was awaited and why it was missed; what happened instead; the way back from there.
std::string missed_text(const TraceFile& trace, const std::vector<Missed>& all, std::uint64_t depth,
                        const Console& console) {
  std::string text;
  const std::size_t width = place_columns(trace.header());
  for (const Missed& missed : all) {
    text += (text.empty() ? "" : "\n") + paint("MISSED", Paint::red, console.style()) + "  " +
            printable(missed.expect) + "\n        " + printable(missed.why) + "\n";
    if (missed.until) {
      text += "from " + to_seconds(*missed.from) + " to " + to_seconds(*missed.until) +
              (missed.instead.empty() ? " nothing else happened\n" : "\n");
    }
    for (const TraceLine& line : missed.instead) text += event_row(line, width, console) + "\n";
    if (!missed.left_out.empty()) text += "        and " + printable(missed.left_out) + "\n";
    if (!missed.event) continue;
    text += missed.about + ", back to its root\n";
    text += chain_text(trace, trace.chain(*missed.event, depth + 1), console);
  }
  return text;
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
  std::optional<TraceLine> event = trace.first(Kind::violation);
  if (arguments.operands().size() > 1) {
    event = asked_event(trace, path, arguments.operands()[1], console);
  }
  if (!event) {
    const std::vector<Missed> missed = missed_expectations(trace, text, path, console);
    console.print(console.options().json ? missed_json(trace, missed, depth)
                                         : missed_text(trace, missed, depth, console));
    return ExitCode::success;
  }
  const std::vector<TraceLine> chain = trace.chain(*event, depth + 1);
  console.print(console.options().json ? chain_json(trace, chain)
                                       : chain_text(trace, chain, console));
  return ExitCode::success;
}

}  // namespace

Command why_command() {
  return {.name = "why",
          .operands = "TRACE [EVENT|TIME]",
          .fewest = 1,
          .most = 2,
          .summary = "what led to an event, or why an expectation was missed",
          .details =
              "Each line was caused by the one below it. Without EVENT, it starts at the "
              "violation; where\nthere is none, each missed expectation is explained: what was "
              "awaited, what happened instead.\nA message is caused by what its sender was "
              "handling, a handler by the message or timer.",
          .options = why_options,
          .examples = why_examples,
          .run = run_why};
}

}  // namespace quorate
