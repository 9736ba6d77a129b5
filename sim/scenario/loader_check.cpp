// What shows only when the parts are looked at together.
#include <algorithm>

#include "sim/scenario/loader_context.hpp"

namespace quorate::loader {
namespace {

using FaultNumbers = std::map<std::string_view, std::size_t>;

FaultNumbers number_faults(const Scenario& scenario) {
  FaultNumbers numbers;
  for (std::size_t i = 0; i < scenario.faults.size(); ++i) {
    numbers.try_emplace(scenario.faults[i].id, i);
  }
  return numbers;
}

std::vector<std::string> fault_ids(const Scenario& scenario) {
  std::vector<std::string> result;
  for (const Fault& fault : scenario.faults) result.push_back(fault.id);
  return result;
}

void check_use(Context& context, const FaultReference& reference, const Fault& fault) {
  const Verb verb = fault.action.verb;
  const bool network = can_be_undone(fault.action) && verb != Verb::crash && verb != Verb::pause &&
                       verb != Verb::clock;
  if (reference.use == FaultReference::Use::heal && !network) {
    context.diagnostics.error(ErrorCode::contradiction, reference.at,
                              "fault " + in_quotes(fault.id) + " has nothing to heal",
                              "\"heal\" ends partition, cut, link, omit and hold");
  }
  if (reference.use == FaultReference::Use::release && verb != Verb::hold) {
    context.diagnostics.error(ErrorCode::contradiction, reference.at,
                              "fault " + in_quotes(fault.id) + " holds nothing",
                              "\"release\" ends a \"hold\"");
  }
}

void check_references(Context& context, const FaultNumbers& numbers) {
  const std::vector<std::string> ids = fault_ids(context.scenario);
  for (const FaultReference& reference : context.references) {
    const auto found = numbers.find(reference.id);
    if (found == numbers.end()) {
      report_unknown(context, reference.at, ErrorCode::unknown_fault, "fault", reference.id, ids);
    } else {
      check_use(context, reference, context.scenario.faults[found->second]);
    }
  }
}

// A chain of "on fault" that comes back to where it began never starts. Every fault waits for at
// most one other, so following the chain finds it; a fault is looked at once.
void check_circles(Context& context, const FaultNumbers& numbers) {
  const std::vector<Fault>& faults = context.scenario.faults;
  std::vector<std::size_t> seen_from(faults.size(), faults.size());
  for (std::size_t start = 0; start < faults.size(); ++start) {
    std::size_t here = start;
    while (seen_from[here] == faults.size()) {
      seen_from[here] = start;
      const auto next = faults[here].trigger.kind == Trigger::Kind::fault
                            ? numbers.find(faults[here].trigger.fault)
                            : numbers.end();
      if (next == numbers.end()) break;
      here = next->second;
      if (seen_from[here] != start) continue;
      context.diagnostics.error(ErrorCode::contradiction, faults[here].at,
                                "fault " + in_quotes(faults[here].id) + " waits for itself",
                                "a chain of \"on\": {\"fault\": ...} needs a first one");
    }
  }
}

// A property that is not checked cannot be seen to break.
void check_violations(Context& context) {
  const std::vector<std::string>& checked = context.scenario.check;
  if (checked.empty()) return;
  for (const Expectation& expectation : context.scenario.expect) {
    if (expectation.kind != Expectation::Kind::violation) continue;
    const bool property = expectation.name != "assertion" && expectation.name != "durability";
    if (!property || std::find(checked.begin(), checked.end(), expectation.name) != checked.end()) {
      continue;
    }
    context.diagnostics.error(
        ErrorCode::contradiction, expectation.at,
        in_quotes(expectation.name) + " is not among the properties in \"check\"");
  }
}

}  // namespace

std::string bytes_in_words(std::uint64_t bytes) {
  constexpr std::string_view units[] = {"kB", "MB", "GB", "TB", "PB", "EB"};
  std::size_t unit = 0;
  while (bytes >= 1'000'000 && unit + 1 < std::size(units)) {
    bytes /= 1000;
    ++unit;
  }
  return std::to_string(bytes / 1000) + "." + std::to_string(bytes % 1000 / 100) + " " +
         std::string(units[unit]);
}

bool can_be_positive(const Distribution& distribution) {
  if (distribution.max == Duration{}) return false;
  if (distribution.min > Duration{}) return true;
  switch (distribution.kind) {
    case Distribution::Kind::uniform:
      return distribution.b > Duration{1};  // the upper end itself is never drawn
    case Distribution::Kind::empirical:
      return distribution.b > Duration{};
    case Distribution::Kind::normal:
      return distribution.a > Duration{} || distribution.b > Duration{};
    default:
      return distribution.a > Duration{};
  }
}

void check_whole(Context& context) {
  const FaultNumbers numbers = number_faults(context.scenario);
  check_references(context, numbers);
  check_circles(context, numbers);
  check_violations(context);
  check_profile(context);
  check_params_together(context);
  if (context.diagnostics.failed()) return;  // the rest would only repeat what is known
  lint(context);
}

}  // namespace quorate::loader
