#include "sim/search/sweep_row.hpp"

#include "sim/search/packing.hpp"

namespace quorate {
namespace {

// ---- an outcome as text ------------------------------------------------------------------------

void pack_violation(Packer& out, const Outcome& outcome) {
  out.number(outcome.violation.has_value());
  if (!outcome.violation) return;
  out.text(outcome.violation->property);
  out.text(outcome.violation->why);
  out.number(outcome.violation->nodes.size());
  for (const NodeId node : outcome.violation->nodes) out.number(node.value);
  out.number(outcome.violation_event);
  out.number(outcome.violation_time.ns);
}

void unpack_violation(Unpacker& in, Outcome& outcome) {
  if (in.number() == 0) return;
  Violation violation;
  violation.property = in.text();
  violation.why = in.text();
  const auto nodes = in.number();
  for (std::uint64_t i = 0; i < nodes; ++i) {
    violation.nodes.push_back(NodeId{in.number<std::uint32_t>()});
  }
  outcome.violation = std::move(violation);
  outcome.violation_event = in.number();
  outcome.violation_time = Time{in.number<std::int64_t>()};
}

template <class Map>
void pack_map(Packer& out, const Map& map) {
  out.number(map.size());
  for (const auto& [name, number] : map) {
    out.text(name);
    out.number(number);
  }
}

template <class Map>
void unpack_map(Unpacker& in, Map& map) {
  const auto size = in.number();
  for (std::uint64_t i = 0; i < size; ++i) {
    const std::string name = in.text();
    auto& number = map[name];
    number = in.number<std::remove_reference_t<decltype(number)>>();
  }
}

// What is known in the order of the names, then by name what is not. Both are sorted.
void pack_metrics(Packer& out, const Readings& metrics, KnownNames known) {
  std::vector<Readings::Reading> others;
  auto name = known.begin();
  for (const Readings::Reading& metric : metrics) {
    while (name != known.end() && *name != metric.first && *name < metric.first) {
      out.none();
      ++name;
    }
    if (name == known.end() || *name != metric.first) {
      others.push_back(metric);
      continue;
    }
    out.number(metric.second);
    ++name;
  }
  for (; name != known.end(); ++name) out.none();
  pack_map(out, others);
}

void unpack_metrics(Unpacker& in, Readings& metrics, KnownNames known) {
  std::vector<Readings::Reading> values;
  for (const std::string_view name : known) {
    if (!in.none()) values.push_back({name, in.number<std::int64_t>()});
  }
  metrics = Readings(std::move(values));
  unpack_map(in, metrics);
}

void pack_checks(Packer& out, const Outcome& outcome) {
  out.number(outcome.properties.size());
  for (const PropertyResult& property : outcome.properties) {
    out.text(property.name);
    out.number(property.armed);
    out.number(property.exercised);
  }
  out.number(outcome.faults.size());
  for (const FaultResult& fault : outcome.faults) {
    out.text(fault.id);
    out.number(fault.fired);
    out.number(fault.may_not_fire);
    out.number(fault.in_vain);
  }
}

void unpack_checks(Unpacker& in, Outcome& outcome) {
  const auto properties = in.number();
  for (std::uint64_t i = 0; i < properties; ++i) {
    PropertyResult& property = outcome.properties.emplace_back();
    property.name = in.text();
    property.armed = in.number();
    property.exercised = in.number();
  }
  const auto faults = in.number();
  for (std::uint64_t i = 0; i < faults; ++i) {
    FaultResult& fault = outcome.faults.emplace_back();
    fault.id = in.text();
    fault.fired = in.number();
    fault.may_not_fire = in.number() != 0;
    fault.in_vain = in.number() != 0;
  }
}

void pack_outcome(Packer& out, const Outcome& outcome, KnownNames known) {
  out.number(outcome.verdict);
  out.text(outcome.reason);
  out.number(outcome.diagnosis.size());
  for (std::size_t i = 0; i < outcome.diagnosis.size(); ++i) {
    out.text(outcome.diagnosis[i]);
    out.text(outcome.because[i]);
  }
  pack_violation(out, outcome);
  pack_checks(out, outcome);
  pack_metrics(out, outcome.metrics, known);
  pack_map(out, outcome.witnesses);
  out.number(outcome.digest);
  out.number(outcome.events);
  out.number(outcome.ended.ns);
}

void unpack_outcome(Unpacker& in, Outcome& outcome, KnownNames known) {
  outcome.verdict = in.number<Verdict>();
  outcome.reason = in.text();
  const auto words = in.number();
  for (std::uint64_t i = 0; i < words; ++i) {
    outcome.diagnosis.push_back(in.text());
    outcome.because.push_back(in.text());
  }
  unpack_violation(in, outcome);
  unpack_checks(in, outcome);
  unpack_metrics(in, outcome.metrics, known);
  unpack_map(in, outcome.witnesses);
  outcome.digest = in.number();
  outcome.events = in.number();
  outcome.ended = Time{in.number<std::int64_t>()};
}

}  // namespace

std::string_view end_word(const SweepRow& row) {
  return row.end == RowEnd::finished ? enum_name(row.verdict) : enum_name(row.end);
}

std::string violated_property(const SweepRow& row) {
  const Outcome& outcome = row.outcome;
  const bool of_violation = outcome.violation && outcome.reason == outcome.violation->why;
  return row.end == RowEnd::finished && of_violation ? outcome.violation->property : "";
}

std::string reason_of(const SweepRow& row) {
  if (row.end != RowEnd::finished) return row.trouble;
  const std::string property = violated_property(row);
  return (property.empty() ? "" : property + ": ") + row.outcome.reason;
}

std::string packed(const SweepRow& row, KnownNames known) {
  Packer out;
  out.number(row.end);
  out.text(row.trouble);
  out.number(row.missed_faults);
  pack_outcome(out, row.outcome, known);
  return out.bytes();
}

SweepRow unpacked(std::string_view text, KnownNames known) {
  SweepRow row;
  Unpacker in(text);
  row.end = in.number<RowEnd>();
  row.trouble = in.text();
  row.missed_faults = in.number() != 0;
  unpack_outcome(in, row.outcome, known);
  if (row.end == RowEnd::finished) {
    row.verdict = row.missed_faults ? Verdict::pass : row.outcome.verdict;
  }
  QUORATE_ASSERT(in.empty(), "A row ends where its text ends.");
  return row;
}

}  // namespace quorate
