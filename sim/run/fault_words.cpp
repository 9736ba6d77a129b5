// What a fault account says: what happened, and what of it broke something.
#include "sim/base/words.hpp"
#include "sim/run/fault_account.hpp"

namespace quorate {
namespace {

// Of an account of nothing there are none.
std::vector<std::string> names_of(const Scenario* scenario) {
  return scenario == nullptr ? std::vector<std::string>{} : scenario->names();
}

// What follows from faults that are told by themselves, or from no fault at all.
bool is_a_consequence(Assumption assumption) {
  switch (assumption) {
    case Assumption::majority_up:
    case Assumption::few_losses:
    case Assumption::teller_up:
    case Assumption::removed_leave:
    case Assumption::distinct_ids:
    case Assumption::all_able:
      return true;
    default:
      return false;
  }
}

}  // namespace

std::string_view FaultAccount::waited_for() const {
  if (!works_) return "writes";
  return counts_disks_ ? "handlers and writes" : "handlers";
}

std::string FaultAccount::seen_with_first(Assumption assumption, const BreachList& list) const {
  const std::vector<std::string> names = names_of(scenario_.get());
  return quorate::seen_with_first(assumption, list, {waited_for(), names, model_.liars});
}

std::string FaultAccount::happened(Time now) const {
  const Breaches breaches = breaches_at(now);
  const std::vector<std::string> names = names_of(scenario_.get());
  std::string text;
  for (std::size_t i = 0; i < enum_names<Assumption>.size(); ++i) {
    const auto assumption = static_cast<Assumption>(i);
    const bool told =
        !is_a_consequence(assumption) && (assumption != Assumption::bounded_delay || bound_);
    if (!told) continue;
    // What the model allows has happened all the same.
    const bool all = assumption == Assumption::prompt_nodes;
    const std::string seen =
        seen_of(assumption, all ? pauses_ : breaches.of(assumption), {waited_for(), names});
    if (!seen.empty()) text += (text.empty() ? "" : ", ") + seen;
  }
  if (clocks_set_ != 0) text += (text.empty() ? "" : ", ") + std::string("a clock was set");
  return text.empty() ? "no faults" : text;
}

std::string FaultAccount::of_clients() const {
  std::vector<std::string> crashed;
  const std::vector<std::string> names = names_of(scenario_.get());
  clients_crashed_.for_each([&](NodeId client) { crashed.push_back(names[client.value]); });
  std::string text = crashed.empty() ? "" : in_a_list(crashed, "and") + " crashed";
  if (clients_lost_ == 0) return text;
  if (!text.empty()) text += ", ";
  return text +
         how_many(clients_lost_, "message of clients was lost", "messages of clients were lost");
}

std::string FaultAccount::no_majority(Time moment) const {
  std::string text;
  for (const Gap& gap : gaps_) {
    const Time over =
        gap.to == Time::never() || !model_.recovers ? Time::never() : gap.to + *model_.recovers;
    if (gap.from > moment || over <= moment) continue;
    const bool healed = gap.to <= moment;
    const std::string nobody = gap.deaf       ? "every message of some type was lost "
                               : gap.changing ? "while they were being changed no majority was "
                               : model_.quorums.empty() ? "no majority of them was "
                                                        : "not enough of them were ";
    text = nobody + "since " + to_seconds(gap.from);
    if (!healed) continue;
    text = nobody + "from " + to_seconds(gap.from) + " to " + to_seconds(gap.to);
    if (model_.recovers)
      text += " and in the " + to_text(*model_.recovers) + " it may take to recover";
  }
  return text;
}

std::string FaultAccount::hinders(Assumption assumption, const BreachList& list,
                                  Time moment) const {
  if (assumption == Assumption::majority_up) return no_majority(moment);
  return seen_with_first(assumption, still_felt(list, moment, model_.recovers));
}

// Clauses of what was seen, by `say`, of each assumption of a list.
template <class F>
std::string FaultAccount::clauses(const std::vector<Assumption>& list, Time moment,
                                  std::string text, F&& say) const {
  const Breaches breaches = breaches_at(moment);
  for (const Assumption assumption : list) {
    const std::string what = say(assumption, breaches.of(assumption));
    if (what.empty()) continue;
    text += text.empty() ? scenario_->protocol + " assumes that " : ", and that ";
    text += words_of(assumption, model_) + ", but " + what;
  }
  return text;
}

std::string FaultAccount::broken_safety(Time moment) const {
  return clauses(model_.safety, moment, {}, [&](Assumption assumption, const BreachList& list) {
    return seen_with_first(assumption, list);
  });
}

std::string FaultAccount::broken_progress(Time moment) const {
  return clauses(model_.progress, moment, broken_safety(moment),
                 [&](Assumption assumption, const BreachList& list) {
                   return hinders(assumption, felt_by_progress(list), moment);
                 });
}

std::string FaultAccount::broken(Time now) const {
  return clauses(model_.progress, now, broken_safety(now),
                 [&](Assumption assumption, const BreachList& list) {
                   return seen_with_first(assumption, felt_by_progress(list));
                 });
}

}  // namespace quorate
