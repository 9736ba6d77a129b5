#include "sim/run/expectations.hpp"

#include <algorithm>

#include "sim/measure/metrics.hpp"
#include "sim/scenario/diagnostics.hpp"

namespace quorate {
namespace {

using Judged = Expectation::Kind;

static_assert(enum_count<Kind> <= 32, "Kinds of records are the bits of a word.");

bool about_events(const Expectation& expectation) {
  return expectation.kind == Judged::event_within || expectation.kind == Judged::never;
}

std::string origin_words(const Expectation& expectation, Time start) {
  if (expectation.of.empty()) return "the start";
  return in_quotes(expectation.of) + " (" + to_seconds(start) + ")";
}

std::string never_fired(const Expectation& expectation) {
  return "the fault " + in_quotes(expectation.of) + " never fired, so this could not be tested";
}

// Which bound a metric missed, in its unit.
std::string missed_bound(const std::string& name, std::int64_t value, std::string_view expected,
                         std::int64_t bound) {
  const MetricInfo* metric = find_metric(name);
  const bool time = metric != nullptr && metric->unit == "us";
  const auto text = [&](std::int64_t number) {
    const std::int64_t longest = max_duration.count() / 1000;
    const bool short_enough = -longest <= number && number <= longest;
    if (time && short_enough) return to_text(Duration{1000 * number});
    return std::to_string(number) + (time ? "us" : "");
  };
  return "metric " + in_quotes(name) + " is " + text(value) + ", expected " +
         std::string(expected) + text(bound);
}

std::string judge_bounds(const Expectation& expectation, std::int64_t value) {
  const auto missed = [&](std::string_view expected, std::int64_t bound) {
    return missed_bound(expectation.name, value, expected, bound);
  };
  if (expectation.min && value < *expectation.min) return missed("at least ", *expectation.min);
  if (expectation.max && value > *expectation.max) return missed("at most ", *expectation.max);
  const bool exact = expectation.is.kind != Value::Kind::null;
  if (exact && value != expectation.is.integer) return missed("", expectation.is.integer);
  return {};
}

std::string judge_metric(const Expectation& expectation, const Outcome& outcome) {
  const auto metric = outcome.metrics.find(expectation.name);
  if (metric != outcome.metrics.end()) return judge_bounds(expectation, metric->second);
  const auto witness = outcome.witnesses.find(expectation.name);
  if (witness != outcome.witnesses.end()) {
    return judge_bounds(expectation, static_cast<std::int64_t>(witness->second));
  }
  return "metric " + in_quotes(expectation.name) + " has no value in this run";
}

std::string judge_violation(const Expectation& expectation, const Outcome& outcome) {
  if (!outcome.violation) {
    return "the property " + in_quotes(expectation.name) + " was expected to break and " +
           (outcome.properties.empty() ? "was not checked" : "held");
  }
  if (outcome.violation->property == expectation.name) return {};
  return "the property " + in_quotes(expectation.name) + " was expected to break, but " +
         in_quotes(outcome.violation->property) + " broke first";
}

std::string judge_diagnosis(const Expectation& expectation,
                            const std::vector<std::string>& diagnosis) {
  if (std::ranges::find(diagnosis, expectation.name) != diagnosis.end()) return {};
  std::string why = "the run was expected to end in " + in_quotes(expectation.name);
  if (diagnosis.empty()) return why + ", and nothing was diagnosed";
  why += "; diagnosed:";
  for (const std::string& word : diagnosis) why += " " + in_quotes(word);
  return why;
}

}  // namespace

Expectations::Expectations(std::shared_ptr<const Scenario> scenario)
    : scenario_(std::move(scenario)), watches_(scenario_->expect.size()) {
  std::vector<EventMatcher> matchers(scenario_->expect.size());
  for (std::size_t i = 0; i < matchers.size(); ++i) {
    const Expectation& expectation = scenario_->expect[i];
    if (!about_events(expectation)) continue;
    matchers[i] = EventMatcher(expectation.event);
    wanted_ |= std::uint32_t{1} << static_cast<unsigned>(matchers[i].kind());
    if (expectation.of.empty()) watches_[i].start = Time{};
  }
  matchers_ = std::make_shared<const std::vector<EventMatcher>>(std::move(matchers));
}

bool Expectations::on_fault(const Record& line) {
  const std::string_view id = line.text;
  const Time at = line.time;
  const auto fault = std::ranges::find(scenario_->faults, id, &Fault::id);
  if (fault != scenario_->faults.end() && swizzles(fault->action)) {
    if (swizzles_.contains(line.cause)) return false;
    swizzles_.insert(line.index);
  }
  for (std::size_t i = 0; i < watches_.size(); ++i) {
    const Expectation& expectation = scenario_->expect[i];
    if (!about_events(expectation) || expectation.of != id) continue;
    Watch& watch = watches_[i];
    if (watch.start != Time::never() && !begins_again(expectation, watch, at)) continue;
    watch = {};
    watch.start = at;
  }
  return true;
}

// A fault that repeats is followed each time by what is expected of it. Who waits already waits on,
// and a time that the end of the run would cut says nothing.
bool Expectations::begins_again(const Expectation& expectation, const Watch& watch, Time at) const {
  return expectation.kind == Judged::event_within && watch.seen >= expectation.event.nth &&
         at + expectation.within <= scenario_->stop;
}

void Expectations::watch(const Record& record, NodeNames names) {
  for (std::size_t i = 0; i < watches_.size(); ++i) {
    const EventMatcher& matcher = (*matchers_)[i];
    if (!matcher.could_match(record.kind)) continue;
    const Expectation& expectation = scenario_->expect[i];
    Watch& watch = watches_[i];
    if (watch.start == Time::never() || watch.seen >= expectation.event.nth) continue;
    const bool bounded = expectation.kind == Judged::event_within;
    if (bounded && record.time > watch.start + expectation.within) continue;
    if (!matcher.matches(record, names)) continue;
    ++watch.seen;
    watch.met_at = record.time;
    watch.met_by = record.node;
  }
}

std::vector<ExpectationResult> Expectations::results(const Outcome& outcome,
                                                     const std::vector<std::string>& diagnosis,
                                                     const EndState& state,
                                                     const std::vector<NodeId>& members) const {
  std::vector<ExpectationResult> results;
  for (std::size_t i = 0; i < scenario_->expect.size(); ++i) {
    std::string why = judge(i, outcome, diagnosis, state, members);
    const bool met = why.empty();
    const bool open = !met && may_still_be_met(i, outcome);
    const Expectation& one = scenario_->expect[i];
    const bool field = !met && one.kind == Judged::field_at_end;
    const NodeId node = field ? wrong_field(one, state).node : no_node;
    results.push_back({one.text, met, std::move(why), open, judged_at(i), node});
  }
  return results;
}

// Empty if met, else why not.
std::string Expectations::judge(std::size_t position, const Outcome& outcome,
                                const std::vector<std::string>& diagnosis, const EndState& state,
                                const std::vector<NodeId>& members) const {
  const Expectation& expectation = scenario_->expect[position];
  switch (expectation.kind) {
    case Judged::event_within:
      return judge_within(expectation, watches_[position]);
    case Judged::never:
      return judge_never(expectation, watches_[position]);
    case Judged::state_at_end:
      return judge_predicate(expectation, state, members);
    case Judged::field_at_end:
      return wrong_field(expectation, state).why;
    case Judged::metric:
      return judge_metric(expectation, outcome);
    case Judged::violation:
      return judge_violation(expectation, outcome);
    case Judged::diagnosis:
      return judge_diagnosis(expectation, diagnosis);
  }
  return "an expectation of this kind cannot be judged";
}

// What has not come in time is missed when the time is over, what must not be when it is there.
Time Expectations::judged_at(std::size_t position) const {
  const Expectation& expectation = scenario_->expect[position];
  const Watch& watch = watches_[position];
  if (!about_events(expectation) || watch.start == Time::never()) return last_;
  if (watch.seen >= expectation.event.nth) return watch.met_at;
  const bool bounded = expectation.kind == Judged::event_within;
  return bounded ? std::min(last_, watch.start + expectation.within) : last_;
}

// Whether more events could turn an unmet expectation into one that is met.
bool Expectations::may_still_be_met(std::size_t position, const Outcome& outcome) const {
  const Expectation& expectation = scenario_->expect[position];
  const Watch& watch = watches_[position];
  switch (expectation.kind) {
    case Judged::event_within:
      return watch.start == Time::never() || last_ < watch.start + expectation.within;
    case Judged::never:
      return watch.start == Time::never();
    case Judged::violation:
      return !outcome.violation;
    default:
      return true;
  }
}

std::string Expectations::judge_within(const Expectation& expectation, const Watch& watch) const {
  if (watch.start == Time::never()) return never_fired(expectation);
  const std::uint32_t wanted = expectation.event.nth;
  if (watch.seen >= wanted) return {};
  std::string why = watch.seen == 0 ? std::string("no ")
                                    : "only " + std::to_string(watch.seen) + " of " +
                                          std::to_string(wanted) + " matches: ";
  why += describe(expectation.event, scenario_->names());
  why += " within " + to_text(expectation.within) + " of " + origin_words(expectation, watch.start);
  const bool cut_short = last_ < watch.start + expectation.within;
  return cut_short ? why + "; the run's last event was at " + to_seconds(last_) : why;
}

std::string Expectations::judge_never(const Expectation& expectation, const Watch& watch) const {
  if (watch.start == Time::never()) return never_fired(expectation);
  if (watch.seen < expectation.event.nth) return {};
  const std::vector<std::string> names = scenario_->names();
  std::string why = describe(expectation.event, names) + " at " + to_seconds(watch.met_at);
  if (watch.met_by.value < names.size()) why += " at " + names[watch.met_by.value];
  return why + ", which must never happen";
}

// What is said of all live nodes would be true of none.
std::string Expectations::judge_predicate(const Expectation& expectation, const EndState& state,
                                          const std::vector<NodeId>& members) {
  const auto up = [&](NodeId node) { return state.up(node); };
  if (std::ranges::none_of(members, up)) {
    return in_quotes(expectation.name) + " holds of nobody: no node is up at the end";
  }
  if (state.predicate(expectation.name)) return {};
  return in_quotes(expectation.name) + " does not hold at the end";
}

Expectations::WrongField Expectations::wrong_field(const Expectation& expectation,
                                                   const EndState& state) const {
  std::vector<NodeId> nodes = expectation.node.nodes;
  if (expectation.node.kind == Selector::Kind::all) {
    nodes = node_range(0, static_cast<std::uint32_t>(scenario_->nodes.size()));
    std::erase_if(nodes, [&](NodeId node) { return !state.up(node); });
  }
  if (nodes.empty())
    return {no_node, "the field " + in_quotes(expectation.name) + " belongs to no live node here"};
  for (const NodeId node : nodes) {
    const std::string& name = scenario_->nodes[node.value].name;
    if (!state.up(node)) {
      return {node, name + " is down at the end, so it has no " + expectation.name};
    }
    const std::string found = state.field_text(node, expectation.name);
    if (found.empty()) return {node, name + " has no field " + in_quotes(expectation.name)};
    if (json_matches(found, expectation.is)) continue;
    return {node, name + "'s " + expectation.name + " is " + found + " at the end, expected " +
                      to_json(expectation.is)};
  }
  return {};
}

StopEvent::StopEvent(const std::shared_ptr<const Scenario>& scenario) {
  if (!scenario->stop_at_event) return;
  matcher_ = std::make_shared<const EventMatcher>(*scenario->stop_at_event);
  left_ = scenario->stop_at_event->nth;
}

}  // namespace quorate
