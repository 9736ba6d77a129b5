#include "sim/check/failure_model.hpp"

#include <algorithm>

#include "sim/base/assert.hpp"

namespace quorate {
namespace {

std::string time_words(const DelayBound& bound, const std::string& whose) {
  const std::string name = whose.empty() ? bound.time : whose + "'s " + bound.time;
  if (bound.part == PartOfWait::shortest) return "the shortest " + name;
  return bound.part == PartOfWait::spread ? "what " + name + " varies by" : name;
}

// "(watch_timeout - heartbeat) / 3"
std::string bound_words(const FailureModel& model) {
  if (model.bounds.empty()) return "a bound";
  const DelayBound& bound = model.bounds.front();
  std::string words = time_words(bound, model.whose);
  if (!bound.more.empty()) words += " + " + std::to_string(bound.times) + " * " + bound.more;
  for (const std::string& name : bound.less) words += " - " + name;
  const bool whole = bound.parts == 1 && !bound.each_member;
  if (whole) return words;
  const bool several = !bound.less.empty() || !bound.more.empty() || bound.part != PartOfWait::all;
  if (several) words = "(" + words + ")";
  const std::string divisor = std::to_string(bound.parts);
  return words + " / " + (bound.each_member ? "(" + divisor + " a member)" : divisor);
}

std::string who_may_lie(std::uint32_t liars) {
  if (liars == 0) return "no node lies";
  return "no more than " + std::to_string(liars) + (liars == 1 ? " node lies" : " nodes lie");
}

void add_missing(std::vector<Assumption>& list, const std::vector<Assumption>& more) {
  for (const Assumption assumption : more) {
    if (std::ranges::find(list, assumption) == list.end()) list.push_back(assumption);
  }
}

}  // namespace

void join(FailureModel& model, const FailureModel& other) {
  // Where nothing is assumed of progress nothing is said of how long it takes to recover.
  if (model.progress.empty()) {
    model.recovers = other.recovers;
  } else if (!other.progress.empty()) {
    const bool both = model.recovers && other.recovers;
    model.recovers =
        both ? std::optional(std::max(*model.recovers, *other.recovers)) : std::nullopt;
  }
  add_missing(model.safety, other.safety);
  add_missing(model.progress, other.progress);
  std::erase_if(model.progress, [&](Assumption assumption) {
    return std::ranges::find(model.safety, assumption) != model.safety.end();
  });
  const auto take = [&](std::uint32_t quorum) {
    const bool known = std::ranges::find(model.quorums, quorum) != model.quorums.end();
    if (!known) model.quorums.push_back(quorum);
  };
  if (model.quorums.empty() != other.quorums.empty()) take(0);
  std::ranges::for_each(other.quorums, take);
  model.liars = std::min(model.liars, other.liars);
  if (model.begins.empty()) model.begins = other.begins;
  if (model.presides.empty()) model.presides = other.presides;
  if (model.stands.empty()) model.stands = other.stands;
  std::erase_if(model.at_will, [&](const std::string& timer) {
    return std::ranges::find(other.at_will, timer) == other.at_will.end();
  });
}

void add_common_ground(FailureModel& model) {
  add_missing(model.safety, {Assumption::intact_messages, Assumption::honest_nodes});
}

std::string words_of(Assumption assumption, const FailureModel& model) {
  switch (assumption) {
    case Assumption::reliable_links:
      return "no message is lost";
    case Assumption::no_cuts:
      return "no link is cut";
    case Assumption::no_duplicates:
      return "no message arrives twice";
    case Assumption::fifo_links:
      return "messages of a link arrive in the order they were sent";
    case Assumption::bounded_delay:
      return "a message takes less than " + bound_words(model);
    case Assumption::prompt_nodes:
      return "no node stands still" +
             (model.bounds.empty() ? "" : " for longer than " + bound_words(model));
    case Assumption::true_clocks:
      return "timers run alike at all nodes";
    case Assumption::no_crashes:
      return "no node crashes";
    case Assumption::crash_stop:
      return "who crashed stays away";
    case Assumption::stable_storage:
      return "what was synced survives a crash";
    case Assumption::intact_messages:
      return "no message is altered on its way";
    case Assumption::honest_nodes:
      return who_may_lie(model.liars);
    case Assumption::crashes_noticed:
      return "somebody is made to notice when the " + model.presides + " crashes";
    case Assumption::one_proposer:
      return "one node proposes at a time";
    case Assumption::proposer_up:
      return "who proposes stays up until something is chosen";
    case Assumption::few_losses:
      return "of a hundred messages no more than " + std::to_string(model.losses) + " are lost";
    case Assumption::teller_up:
      return "who alone tells the others what is chosen stays up";
    case Assumption::removed_leave:
      return "those that are removed are shut down or know it";
    case Assumption::distinct_ids:
      return "no two nodes have the same id";
    case Assumption::all_able:
      return "everybody can commit, for nobody is asked";
    case Assumption::majority_up:
      return std::string(model.quorums.empty() ? "more than half of the members are"
                                               : "as many members as either quorum takes are") +
             " up, running and connected";
  }
  QUORATE_ASSERT(false, "Every assumption has words.");
  return {};
}

}  // namespace quorate
