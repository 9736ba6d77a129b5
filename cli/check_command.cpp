// quorate check TRACE: the run judged again from its trace alone, and the trace held against
// itself.
#include "analysis/summary.hpp"
#include "analysis/trace_check.hpp"
#include "cli/command.hpp"
#include "cli/failure.hpp"
#include "cli/performance.hpp"
#include "cli/trace_operand.hpp"
#include "sim/base/field_print.hpp"

namespace quorate {
namespace {

constexpr auto check_options = std::to_array<Option>({
    {.name = "allow-truncated", .text = "judge what there is of a trace that was cut off"},
});

constexpr auto check_examples = std::to_array<Example>({
    {"check run.jsonl", "the verdict again, from the lines alone"},
    {"check run.jsonl --json", "the same for a program"},
});

RunReport report_of(const TraceCheck& check, const TraceHeader& header) {
  RunReport report;
  report.protocol = header.protocol;
  report.nodes = header.nodes;
  report.seed = header.seed;
  report.outcome = *check.outcome;
  report.messages = check.messages;
  return report;
}

void print_list(JsonWriter& out, std::string_view key, const std::vector<std::string>& list) {
  out.key(key);
  out.open_array();
  for (const std::string& item : list) out.string(item);
  out.close_array();
}

// The judgement is worth its name only where the trace agrees with itself and all was judged.
ExitCode exit_code_of(const TraceCheck& check) {
  if (check.contradiction_count != 0) return ExitCode::invalid_input;
  if (!check.outcome) return ExitCode::inconclusive;
  const ExitCode code = exit_code_of(check.outcome->verdict);
  const bool open = !check.not_judged.empty() || check.truncated;
  return code == ExitCode::success && open ? ExitCode::inconclusive : code;
}

std::string check_json(const TraceCheck& check, const TraceHeader& header) {
  JsonWriter out;
  out.open_object();
  print_member(out, "schema", "quorate/check/1");
  print_member(out, "events", check.events);
  print_member(out, "truncated", check.truncated);
  print_member(out, "contradictions", check.contradiction_count);
  print_list(out, "first_contradictions", check.contradictions);
  print_list(out, "not_judged", check.not_judged);
  print_member(out, "told_verdict", check.told_verdict);
  out.key("judged");
  check.outcome ? out.raw(summary_json(report_of(check, header))) : out.null();
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

std::string check_text(const TraceCheck& check, const TraceHeader& header, const Console& console) {
  std::string text;
  if (check.outcome) {
    text += summary_verdict(report_of(check, header), console.style());
  } else {
    text +=
        paint("INCONCLUSIVE", Paint::yellow, console.style()) + "  without the states of nodes\n";
  }
  text += listed("not judged", check.not_judged);
  text += "      " + padded("checked", 12) + counted(check.events, "event", "events");
  if (check.contradiction_count == 0) {
    text += check.truncated ? ", up to where the trace was cut off\n"
                            : ", and the trace agrees with itself\n";
    return text;
  }
  text += "; " + paint("the trace contradicts itself", Paint::red, console.style()) + " in " +
          counted(check.contradiction_count, "place", "places") + "\n";
  return text + listed("", check.contradictions);
}

ExitCode run_check(const Invocation& invocation) {
  const Arguments& arguments = invocation.arguments;
  Console& console = invocation.console;
  const std::string& path = arguments.operands().front();
  const std::string text = read_trace_text(path);
  const TraceReader reader(text);
  if (!reader.error().empty()) {
    throw Failure(ExitCode::invalid_input, printable(path) + ": " + printable(reader.error()));
  }
  const TraceHeader& header = reader.header();
  const Subject subject = subject_of(header, path, console);
  const TraceCheck check = check_trace(text, *subject.protocol, subject.scenario);
  if (!check.error.empty()) {
    const std::string sentence = printable(path) + ": " + printable(check.error);
    if (!check.truncated || !arguments.has("allow-truncated")) {
      throw Failure(ExitCode::invalid_input, sentence);
    }
    console.warning(sentence);
  }
  console.print(console.options().json ? check_json(check, header)
                                       : check_text(check, header, console));
  return exit_code_of(check);
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
