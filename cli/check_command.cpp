// quorate check TRACE: the run judged again from its trace alone, and the trace held against
// itself.
#include <charconv>

#include <charconv>
#include "analysis/summary.hpp"
#include "analysis/trace_check.hpp"

#include "cli/command.hpp"
#include "cli/failure.hpp"
#include "cli/performance.hpp"
#include "cli/trace_operand.hpp"
#include "sim/base/field_print.hpp"

namespace quorate {
namespace {

constexpr auto check_options = std::to_array<Option>({allow_truncated_option});

constexpr auto check_examples = std::to_array<Example>({
    {"check run.jsonl", "the verdict again, from the lines alone"},
    {"check run.jsonl --json", "the same for a program"},
});

// A trace and what judging it came to.
struct Judged {
  const TraceReader& reader;
  TraceCheck check;
};

RunReport report_of(const Judged& judged) {
  const TraceHeader& header = judged.reader.header();
  RunReport report;
  report.protocol = header.protocol;
  report.nodes = header.nodes;
  report.seed = header.seed;
  report.outcome = *judged.check.outcome;
  if (const std::optional<TraceEnd>& end = judged.reader.end()) {  // the digest that it tells
    const char* text = end->digest.data();
    std::from_chars(text, text + end->digest.size(), report.outcome.digest, 16);
  }
  report.messages = judged.check.messages;
  return report;
}

void print_list(JsonWriter& out, std::string_view key, const std::vector<std::string>& list) {
  out.key(key);
  out.open_array();
  for (const std::string& item : list) out.string(item);
  out.close_array();
}

// The judgement is worth its name only where the trace agrees with itself and all was judged.
ExitCode exit_code_of(const Judged& judged) {
  const TraceCheck& check = judged.check;
  if (check.contradiction_count != 0) return ExitCode::invalid_input;
  if (!check.outcome) return ExitCode::inconclusive;
  const ExitCode code = exit_code_of(check.outcome->verdict);
  const bool open = !check.not_judged.empty() || judged.reader.truncated();
  return code == ExitCode::success && open ? ExitCode::inconclusive : code;
}

std::string check_json(const Judged& judged) {
  const TraceCheck& check = judged.check;
  JsonWriter out;
  out.open_object();
  print_member(out, "schema", "quorate/check/1");
  print_member(out, "events", check.events);
  print_member(out, "truncated", judged.reader.truncated());
  print_member(out, "contradictions", check.contradiction_count);
  print_list(out, "first_contradictions", check.contradictions);
  print_list(out, "not_judged", check.not_judged);
  print_member(out, "told_verdict", check.told_verdict);
  out.key("judged");
  check.outcome ? out.raw(summary_json(report_of(judged))) : out.null();
  out.close_object();
  return out.buffer() + "\n";
}

std::string listed(std::string_view title, const std::vector<std::string>& list) {
  std::string text;
  for (const std::string& item : list) {
    text += "      " + padded(std::string(title), 12) + printable(item) + "\n";
    title = "";
  }
  return text;
}

std::string check_text(const Judged& judged, const Console& console) {
  const TraceCheck& check = judged.check;
  std::string text;
  if (check.contradiction_count != 0) {
    text += paint("CONTRADICTION", Paint::red, console.style()) +
            "  what follows is judged from lines that are not all true\n";
  }
  if (check.outcome) {
    text += summary_verdict(report_of(judged), console.style());
  } else {
    text +=
        paint("INCONCLUSIVE", Paint::yellow, console.style()) + "  without the states of nodes\n";
  }
  text += listed("not judged", check.not_judged);
  text += "      " + padded("checked", 12) + counted(check.events, "event", "events");
  if (check.contradiction_count == 0) {
    text += judged.reader.truncated() ? ", up to where the trace was cut off\n"
                                      : ", and the trace agrees with itself\n";
    return text;
  }
  text += "; " + paint("the trace contradicts itself", Paint::red, console.style()) + " in " +
          counted(check.contradiction_count, "place", "places") + "\n";
  return text + listed("", check.contradictions);
}

ExitCode run_check(const Invocation& invocation) {
  Console& console = invocation.console;
  const std::string& path = invocation.arguments.operands().front();
  TraceOperand trace(path);
  TraceReader& reader = trace.reader();
  if (!reader.has_header()) accept_trace(reader, path, invocation);
  const Subject subject = subject_of(reader.header(), path, console);
  const Judged judged{reader, check_trace(reader, *subject.protocol, subject.scenario)};
  accept_trace(reader, path, invocation);
  console.print(console.options().json ? check_json(judged) : check_text(judged, console));
  return exit_code_of(judged);
}

}  // namespace

Command check_command() {
  return {.name = "check",
          .operands = "TRACE",
          .fewest = 1,
          .most = 1,
          .summary = "judge a run again from its trace alone",
          .details =
              "Nothing is run: nodes, properties and expectations follow the lines of the trace, "
              "which\nmust agree with one another and with its footer. Exits with the verdict, 3 "
              "where the trace\ncontradicts itself, 5 where something could not be judged.",
          .options = check_options,
          .examples = check_examples,
          .run = run_check};
}

}  // namespace quorate
