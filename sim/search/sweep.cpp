#include "sim/search/sweep.hpp"

#include <algorithm>
#include <limits>
#include <new>

#include "sim/base/assert.hpp"
#include "sim/run/wall_clock.hpp"
#include "sim/search/packing.hpp"

namespace quorate {
namespace {

// ---- an outcome as bytes ------------------------------------------------------------------------

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

template <class Number>
void pack_map(Packer& out, const std::map<std::string, Number>& map) {
  out.number(map.size());
  for (const auto& [name, number] : map) {
    out.text(name);
    out.number(number);
  }
}

template <class Number>
void unpack_map(Unpacker& in, std::map<std::string, Number>& map) {
  const auto size = in.number();
  for (std::uint64_t i = 0; i < size; ++i) {
    std::string name = in.text();
    map.emplace_hint(map.end(), std::move(name), in.number<Number>());
  }
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

void pack_outcome(Packer& out, const Outcome& outcome) {
  out.number(outcome.verdict);
  out.text(outcome.reason);
  out.number(outcome.diagnosis.size());
  for (const std::string& word : outcome.diagnosis) out.text(word);
  pack_violation(out, outcome);
  pack_checks(out, outcome);
  pack_map(out, outcome.metrics);
  pack_map(out, outcome.witnesses);
  out.number(outcome.digest);
  out.number(outcome.events);
  out.number(outcome.ended.ns);
}

void unpack_outcome(Unpacker& in, Outcome& outcome) {
  outcome.verdict = in.number<Verdict>();
  outcome.reason = in.text();
  const auto words = in.number();
  for (std::uint64_t i = 0; i < words; ++i) outcome.diagnosis.push_back(in.text());
  unpack_violation(in, outcome);
  unpack_checks(in, outcome);
  unpack_map(in, outcome.metrics);
  unpack_map(in, outcome.witnesses);
  outcome.digest = in.number();
  outcome.events = in.number();
  outcome.ended = Time{in.number<std::int64_t>()};
}

// ---- one run ------------------------------------------------------------------------------------

// Faults count against a run only once it had its whole time, and then only after all else: so a
// run without violation that missed no expectation failed of them alone.
bool only_faults_missed(const Outcome& outcome) {
  const auto met = [](const ExpectationResult& expectation) { return expectation.met; };
  return outcome.verdict == Verdict::fail && !outcome.violation &&
         std::ranges::all_of(outcome.expectations, met);
}

std::string broken(const std::string& trouble) {
  Packer out;
  out.number(RowEnd::broken);
  out.text(trouble);
  return out.bytes();
}

std::string run_one(const SweepPlan& plan, std::uint64_t number) {
  const SweepPoint& point = plan.points[static_cast<std::size_t>(number / plan.seeds)];
  const std::uint64_t seed = plan.first_seed + number % plan.seeds;
  std::unique_ptr<Run> run;
  try {
    run = point.protocol->make(point.scenario, seed, plan.options);
    run_within(*run, plan.wall_time);
  } catch (const AssertionFailure& failure) {
    const std::string event = run ? " at event e" + std::to_string(run->events()) : "";
    return broken(failure.report() + event);
  } catch (const std::bad_alloc&) {
    return broken("out of memory");
  }
  Packer out;
  out.number(RowEnd::finished);
  out.number(only_faults_missed(run->outcome()));
  pack_outcome(out, run->outcome());
  return out.bytes();
}

SweepRow row_of(const SweepPlan& plan, std::uint64_t number,
                const std::optional<std::string>& result) {
  SweepRow row;
  row.point = static_cast<std::size_t>(number / plan.seeds);
  row.seed = plan.first_seed + number % plan.seeds;
  row.end = RowEnd::crashed;
  row.trouble = "the process that ran it died, twice";
  if (!result) return row;
  Unpacker in(*result);
  row.end = in.number<RowEnd>();
  if (row.end == RowEnd::broken) {
    row.trouble = in.text();
    return row;
  }
  row.trouble.clear();
  row.missed_faults = in.number() != 0;
  unpack_outcome(in, row.outcome);
  row.verdict = row.missed_faults ? Verdict::pass : row.outcome.verdict;
  return row;
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

WorkEnd sweep(const SweepPlan& plan, const std::function<bool(const SweepRow&)>& take,
              const Tick& tick) {
  return do_tasks(
      plan.runs(), plan.workers, [&](std::uint64_t number) { return run_one(plan, number); },
      [&](std::uint64_t number, const std::optional<std::string>& result) {
        return take(row_of(plan, number, result));
      },
      tick);
}

void Spread::add(std::int64_t value) {
  least = runs == 0 ? value : std::min(least, value);
  most = runs == 0 ? value : std::max(most, value);
  const std::int64_t room =
      std::numeric_limits<std::int64_t>::max() - std::max(sum, std::int64_t{0});
  sum = value > room ? std::numeric_limits<std::int64_t>::max() : sum + value;
  ++runs;
}

Rounded Spread::mean() const {
  const auto count = static_cast<std::int64_t>(runs);
  const std::int64_t hundredths = (sum % count * 200 + count) / (2 * count);
  return {sum / count + hundredths / 100, hundredths % 100};
}

void VerdictCounts::add(const SweepRow& row) {
  if (row.end == RowEnd::crashed) {
    ++crashed;
  } else if (row.end == RowEnd::broken) {
    ++broken;
  } else if (row.verdict == Verdict::pass) {
    ++pass;
  } else if (row.verdict == Verdict::fail) {
    ++fail;
  } else {
    ++inconclusive;
  }
}

void SweepTally::add(const SweepRow& row) {
  counts.add(row);
  PointTally& point = points[row.point];
  point.counts.add(row);
  if (row.end != RowEnd::finished) return;
  for (const auto& [name, value] : row.outcome.metrics) point.metrics[name].add(value);
  for (const auto& [name, count] : row.outcome.witnesses) witnesses[name].add(count);
  for (const PropertyResult& property : row.outcome.properties) {
    properties[property.name].add(property.exercised);
  }
  for (const FaultResult& fault : row.outcome.faults) {
    FaultTally& tally = faults[fault.id];
    tally.fired.add(fault.fired);
    if (row.missed_faults && fault.idle()) ++tally.missed;
  }
}

std::vector<std::string> SweepTally::never_fired() const {
  std::vector<std::string> ids;
  for (const auto& [id, tally] : faults) {
    if (tally.idle()) ids.push_back(id);
  }
  return ids;
}

std::vector<std::string> SweepTally::never_exercised() const {
  std::vector<std::string> names;
  for (const auto& [name, seen] : properties) {
    if (seen.runs == 0) names.push_back(name);
  }
  return names;
}

}  // namespace quorate
