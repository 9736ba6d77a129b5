#include "analysis/summary.hpp"

#include <algorithm>

#include "sim/scenario/diagnostics.hpp"

namespace quorate {
namespace {

constexpr std::string_view indent = "      ";

std::string dotted(const std::vector<std::string>& parts, TextStyle style) {
  return joined(parts, glyph(" · ", " - ", style));
}

std::optional<std::uint64_t> metric(const RunReport& report, const std::string& name) {
  const auto found = report.outcome.metrics.find(name);
  if (found == report.outcome.metrics.end()) return std::nullopt;
  return static_cast<std::uint64_t>(found->second);
}

std::size_t missed(const Outcome& outcome) {
  return static_cast<std::size_t>(std::ranges::count_if(
      outcome.expectations, [](const ExpectationResult& expectation) { return !expectation.met; }));
}

std::size_t idle_faults(const Outcome& outcome) {
  return static_cast<std::size_t>(std::ranges::count_if(outcome.faults, &FaultResult::idle));
}

// The violation is what the run failed of, and not one that its scenario expects.
bool failed_by_violation(const Outcome& outcome) {
  return outcome.verdict == Verdict::fail && outcome.violation &&
         outcome.reason == outcome.violation->why;
}

std::string place_of(const Outcome& outcome) {
  return "at " + to_seconds(outcome.violation_time) + ", event e" +
         std::to_string(outcome.violation_event);
}

std::string properties_and_operations(const RunReport& report, TextStyle style) {
  const Outcome& outcome = report.outcome;
  std::vector<std::string> parts{counted(outcome.properties.size(), "property", "properties")};
  const std::size_t expected = outcome.expectations.size();
  if (const std::size_t unmet = missed(outcome); unmet != 0) {
    parts.push_back(grouped(expected - unmet) + "/" +
                    counted(expected, "expectation", "expectations"));
  } else if (expected != 0) {
    parts.push_back(counted(expected, "expectation", "expectations"));
  }
  const std::uint64_t issued = metric(report, "ops.issued").value_or(0);
  if (issued != 0) {
    parts.push_back(grouped(metric(report, "ops.acked").value_or(0)) + "/" +
                    counted(issued, "operation", "operations") + " acknowledged");
  }
  return dotted(parts, style);
}

std::string latencies(const RunReport& report) {
  const auto median = metric(report, "latency_us_p50");
  const auto high = metric(report, "latency_us_p99");
  if (!median || !high) return {};
  const auto text = [](std::uint64_t us) {
    return brief(Duration{static_cast<std::int64_t>(us) * 1000});
  };
  return "p50 " + text(*median) + " p99 " + text(*high);
}

// "1,204 messages (RequestVote 8, AppendEntries 1,196) · 6 lost · p50 11 ms p99 262 ms", with the
// types in a line of their own where one would grow too long.
std::string traffic(const RunReport& report, TextStyle style) {
  constexpr std::size_t longest = 94;  // beside the indent
  std::uint64_t sent = 0;
  std::uint64_t lost = 0;
  std::vector<std::string> types;
  for (const MessageTotals& totals : report.messages) {
    if (totals.client || totals.sent == 0) continue;
    sent += totals.sent;
    for (const std::uint64_t drops : totals.drops) lost += drops;
    types.push_back(totals.type + " " + grouped(totals.sent));
  }
  const std::string messages = counted(sent, "message", "messages");
  const std::string by_type = types.empty() ? "" : " (" + joined(types) + ")";
  const std::string losses = lost == 0 ? "" : grouped(lost) + " lost";
  const std::string one = dotted({messages + by_type, losses, latencies(report)}, style);
  if (display_width(one) <= longest) return std::string(indent) + one + "\n";
  return std::string(indent) + dotted({messages, losses, latencies(report)}, style) + "\n" +
         std::string(indent) + joined(types) + "\n";
}

std::string fail_reason(const Outcome& outcome) {
  if (failed_by_violation(outcome)) {
    return printable(outcome.violation->property) + ": " + printable(outcome.violation->why) +
           "   " + place_of(outcome);
  }
  if (const std::size_t unmet = missed(outcome); unmet != 0) {
    return grouped(unmet) + " of " +
           counted(outcome.expectations.size(), "expectation", "expectations") + " missed";
  }
  if (const std::size_t faults = idle_faults(outcome); faults != 0) {
    return counted(faults, "fault", "faults") + " never fired";
  }
  return printable(outcome.reason);
}

std::string first_line(const RunReport& report, TextStyle style) {
  switch (report.outcome.verdict) {
    case Verdict::pass:
      return paint("PASS", Paint::green, style) + "  " + properties_and_operations(report, style) +
             "\n";
    case Verdict::fail:
      return paint("FAIL", Paint::red, style) + "  " + fail_reason(report.outcome) + "\n";
    case Verdict::inconclusive:
      break;
  }
  return paint("INCONCLUSIVE", Paint::yellow, style) + "  " + printable(report.outcome.reason) +
         "\n";
}

std::string line(std::string_view label, std::string_view text) {
  return std::string(indent) + padded(std::string(label), 11) + " " + std::string(text) + "\n";
}

// A run that was cut short says nothing about what it might still have met.
bool cut_short(const Outcome& outcome) {
  return failed_by_violation(outcome) || outcome.verdict == Verdict::inconclusive;
}

bool judged(const ExpectationResult& expectation, const Outcome& outcome) {
  return expectation.met || !expectation.open || !cut_short(outcome);
}

std::string unmet_expectations(const Outcome& outcome) {
  std::string text;
  for (const ExpectationResult& expectation : outcome.expectations) {
    if (expectation.met) continue;
    if (!judged(expectation, outcome)) {
      text += line("not judged", printable(expectation.text));
      continue;
    }
    text += line("missed", printable(expectation.text)) + line("", printable(expectation.why));
  }
  return text;
}

// A run that was cut short says nothing about the faults that would have come.
std::string faults_that_never_fired(const Outcome& outcome) {
  if (outcome.violation || outcome.verdict == Verdict::inconclusive) return {};
  std::string text;
  for (const FaultResult& fault : outcome.faults) {
    if (fault.fired != 0) continue;
    text += line("never fired", "fault \"" + printable(fault.id) + "\"" +
                                    (fault.may_not_fire ? ", as the scenario allows" : "") +
                                    (fault.why.empty() ? "" : ": " + printable(fault.why)));
  }
  return text;
}

std::string unexercised_properties(const Outcome& outcome) {
  if (outcome.verdict == Verdict::fail) return {};
  std::vector<std::string> names;
  for (const PropertyResult& property : outcome.properties) {
    const bool broken = outcome.violation && outcome.violation->property == property.name;
    if (property.exercised == 0 && !broken) names.push_back(printable(property.name));
  }
  if (names.empty()) return {};
  const std::string text = "never exercised, so not shown to hold: " + joined(names);
  return line("warning", wrapped(text, indent.size() + 12));
}

std::string expected_violation(const Outcome& outcome) {
  if (!outcome.violation || failed_by_violation(outcome)) return {};
  return line("violated", printable(outcome.violation->property) + ": " +
                              printable(outcome.violation->why) + "   " + place_of(outcome));
}

void print_violation(JsonWriter& out, const Outcome& outcome) {
  out.key("violation");
  if (!outcome.violation) return out.null();
  out.open_object();
  print_member(out, "property", outcome.violation->property);
  out.key("nodes");
  out.open_array();
  for (const NodeId node : outcome.violation->nodes) out.string(out.name_of(node));
  out.close_array();
  print_member(out, "why", outcome.violation->why);
  print_member(out, "event", outcome.violation_event);
  print_member(out, "t", outcome.violation_time.ns);
  out.close_object();
}

void print_checks(JsonWriter& out, const Outcome& outcome) {
  out.key("properties");
  out.open_array();
  for (const PropertyResult& property : outcome.properties) {
    out.open_object();
    print_member(out, "name", property.name);
    print_member(out, "armed", property.armed);
    print_member(out, "exercised", property.exercised);
    out.close_object();
  }
  out.close_array();
  out.key("expectations");
  out.open_array();
  for (const ExpectationResult& expectation : outcome.expectations) {
    out.open_object();
    print_member(out, "expect", expectation.text);
    print_member(out, "met", expectation.met);
    print_member(out, "judged", judged(expectation, outcome));
    print_member(out, "why", expectation.why);
    out.close_object();
  }
  out.close_array();
}

void print_faults(JsonWriter& out, const Outcome& outcome) {
  out.key("faults");
  out.open_array();
  for (const FaultResult& fault : outcome.faults) {
    out.open_object();
    print_member(out, "id", fault.id);
    print_member(out, "fired", fault.fired);
    print_member(out, "may_not_fire", fault.may_not_fire);
    if (!fault.why.empty()) print_member(out, "why", fault.why);
    out.close_object();
  }
  out.close_array();
}

template <class Map>
void print_map(JsonWriter& out, std::string_view key, const Map& map) {
  out.key(key);
  out.open_object();
  for (const auto& [name, number] : map) {
    print_member(out, name, number);
  }
  out.close_object();
}

}  // namespace

RunReport report_of(const Run& run, const Scenario& scenario, const ProtocolInfo& protocol,
                    std::uint64_t seed) {
  RunReport report;
  report.protocol = protocol.name;
  for (const ScenarioNode& node : scenario.nodes) report.nodes.push_back(node.name);
  report.seed = seed;
  report.outcome = run.outcome();
  report.messages = message_totals(run.ledger(), protocol);
  return report;
}

std::string summary_header(const RunReport& report, TextStyle style) {
  std::string simulated = to_seconds(report.outcome.ended) + " simulated";
  if (report.wall) simulated += " in " + brief(*report.wall);
  return dotted({report.protocol, counted(report.nodes.size(), "node", "nodes"),
                 "seed " + std::to_string(report.seed), simulated},
                style) +
         "\n";
}

std::string summary_verdict(const RunReport& report, TextStyle style) {
  const Outcome& outcome = report.outcome;
  std::string text = first_line(report, style);
  if (outcome.verdict != Verdict::pass) {
    text += std::string(indent) + properties_and_operations(report, style) + "\n";
  }
  text += traffic(report, style);
  text += expected_violation(outcome);
  for (std::size_t i = 0; i < outcome.diagnosis.size(); ++i) {
    text += line("diagnosis", printable(outcome.diagnosis[i] + ": " + outcome.because[i]));
  }
  text += unmet_expectations(outcome);
  text += faults_that_never_fired(outcome);
  text += unexercised_properties(outcome);
  for (const NamedText& next : report.follow_ups) {
    text += "  " + padded(next.name + ":", 8) + " " + next.text + "\n";
  }
  return text;
}

std::string summary_metrics(const RunReport& report) {
  std::size_t width = 0;
  for (const auto& [name, value] : report.outcome.metrics) width = std::max(width, name.size());
  std::string text = line("model", printable(report.outcome.model));
  for (const auto& [name, value] : report.outcome.metrics) {
    const bool negative = value < 0;
    const std::string number =
        negative ? std::to_string(value) : grouped(static_cast<std::uint64_t>(value));
    text += std::string(indent) + padded(std::string(name), width) + "  " +
            right_aligned(number, 12) + "\n";
  }
  return text;
}

std::string summary_json(const RunReport& report) {
  const Outcome& outcome = report.outcome;
  JsonWriter out(report.nodes);
  out.open_object();
  print_member(out, "schema", "quorate/run/1");
  print_member(out, "verdict", enum_name(outcome.verdict));
  print_member(out, "reason", outcome.reason);
  print_member(out, "protocol", report.protocol);
  print_member(out, "nodes", report.nodes);
  print_member(out, "seed", std::to_string(report.seed));
  print_member(out, "simulated_ns", outcome.ended.ns);
  if (report.wall) print_member(out, "wall_ns", report.wall->count());
  print_member(out, "events", outcome.events);
  print_member(out, "digest", digest_text(outcome.digest));
  print_member(out, "diagnosis", outcome.diagnosis);
  print_member(out, "because", outcome.because);
  print_member(out, "model", outcome.model);
  print_violation(out, outcome);
  print_checks(out, outcome);
  print_faults(out, outcome);
  print_map(out, "metrics", outcome.metrics);
  print_map(out, "witnesses", outcome.witnesses);
  out.key("follow_ups");
  out.open_object();
  for (const NamedText& next : report.follow_ups) {
    print_member(out, next.name, next.text);
  }
  out.close_object();
  out.close_object();
  return out.buffer();
}

}  // namespace quorate
