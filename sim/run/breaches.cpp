#include "sim/run/breaches.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace quorate {
namespace {

// "a node stood still 2 times"
std::string times(std::string_view what, std::uint64_t count) {
  return std::string(what) + (count == 1 ? "" : " " + std::to_string(count) + " times");
}

std::size_t count_of(Breaker breaker, const BreachList& list) {
  return static_cast<std::size_t>(std::ranges::count(list, breaker, &Breach::breaker));
}

std::string in_a_row(const std::vector<std::string>& clauses) {
  std::string text;
  for (const std::string& clause : clauses) text += (text.empty() ? "" : " and ") + clause;
  return text;
}

// Where nothing is told apart.
std::string plainly(Assumption assumption, std::uint64_t count) {
  const auto messages = [&](std::string_view did) {
    return how_many(count, "message ", "messages ") + std::string(did);
  };
  const auto happened = [&](std::string_view what) { return times(what, count); };
  switch (assumption) {
    case Assumption::reliable_links:
      return how_many(count, "message was lost", "messages were lost");
    case Assumption::no_cuts:
      return messages("met a cut link");
    case Assumption::no_duplicates:
      return how_many(count, "message was doubled", "messages were doubled");
    case Assumption::fifo_links:
      return how_many(count, "message was overtaken", "messages were overtaken");
    case Assumption::bounded_delay:
      return how_many(count, "message was late", "messages were late");
    case Assumption::prompt_nodes:
      return happened("a node stood still");
    case Assumption::true_clocks:
      return happened("a clock ran at another rate");
    case Assumption::no_crashes:
      return how_many(count, "crash", "crashes");
    case Assumption::crash_stop:
      return how_many(count, "restart", "restarts");
    case Assumption::stable_storage:
      return how_many(count, "restart", "restarts") + " with an empty disk";
    case Assumption::majority_up:
      return happened("no majority of them was");
    case Assumption::intact_messages:
      return how_many(count, "message was altered", "messages were altered");
    case Assumption::honest_nodes:
      return happened("a node lied");
    case Assumption::one_proposer:
      return happened("one began while another was at it");
    case Assumption::crashes_noticed:
      return how_many(count, "crash was not noticed", "crashes were not noticed");
    case Assumption::proposer_up:
      return how_many(count, "of those that were at it crashed",
                      "of those that were at it crashed");
    case Assumption::few_losses:
      return happened("more were");
    case Assumption::teller_up:
      return happened("it crashed");
    case Assumption::removed_leave:
      return happened("one of them stood for election");
    case Assumption::distinct_ids:
      return "some have";
    case Assumption::all_able:
      return "somebody cannot";
  }
  return {};
}

std::string seen_of_disks(const BreachList& list) {
  const std::size_t shown = count_of(Breaker::lie_shown, list);
  const std::size_t lies = count_of(Breaker::lie, list);
  const std::size_t misread = count_of(Breaker::misread, list);
  const std::size_t wiped = list.size() - shown - lies - misread;
  std::vector<std::string> clauses;
  if (wiped != 0) clauses.push_back(plainly(Assumption::stable_storage, wiped));
  if (lies != 0) {
    clauses.push_back(how_many(lies, "write", "writes") + " a disk only said to have made");
  }
  if (shown != 0) {
    clauses.push_back(how_many(shown, "crash", "crashes") + " took what a disk had called durable");
  }
  if (misread != 0) {
    clauses.push_back(how_many(misread, "start", "starts") + " read what was not on a disk");
  }
  return in_a_row(clauses);
}

std::string seen_of_clocks(const BreachList& list) {
  const std::size_t fired = count_of(Breaker::timer_fired, list);
  const std::size_t late = count_of(Breaker::timer_late, list);
  if (fired + late == 0) return plainly(Assumption::true_clocks, list.size());
  const std::string clocks = fired + late < list.size() ? "a clock ran at another rate or " : "";
  const std::string_view timers = late == 0    ? "a timer was fired early"
                                  : fired == 0 ? "a timer was postponed"
                                               : "a timer was fired early or postponed";
  return clocks + times(timers, list.size());
}

// Nobody knows whether a message waits for a write that is not over.
std::string seen_late(const BreachList& list, std::string_view waited_for) {
  const std::size_t held = count_of(Breaker::disk, list);
  std::string disks = held == 0 ? "" : times("a node waited too long for its disk", held);
  const std::size_t messages = list.size() - held;
  if (messages == 0) return disks;
  const std::string they = messages == 1 ? " it" : " they";
  const std::string waited = count_of(Breaker::disk_waited, list) == 0
                                 ? ""
                                 : " (with the " + std::string(waited_for) + they + " waited for)";
  return plainly(Assumption::bounded_delay, messages) + waited + (held == 0 ? "" : " and " + disks);
}

std::string seen_of_majority(const BreachList& list) {
  const std::size_t deaf = count_of(Breaker::deaf, list);
  std::vector<std::string> clauses;
  if (deaf != list.size()) {
    clauses.push_back(plainly(Assumption::majority_up, list.size() - deaf));
  }
  if (deaf != 0) clauses.push_back(times("every message of some type was lost", deaf));
  return in_a_row(clauses);
}

// "n1 and n2 lied 3 times", of those that did it so.
std::string seen_of_some(const BreachList& list, Breaker breaker, std::string_view did,
                         const Telling& telling) {
  NodeSet nodes;
  for (const Breach& one : list) {
    if (one.breaker == breaker) nodes.insert(one.node);
  }
  std::vector<std::string> names;
  nodes.for_each([&](NodeId node) { names.push_back(telling.names[node.value]); });
  return times(in_a_row(names) + " " + std::string(did), count_of(breaker, list));
}

// Empty unless more nodes departed from the protocol than its model allows.
std::string seen_of_liars(const BreachList& list, const Telling& telling) {
  NodeSet all;
  for (const Breach& one : list) all.insert(one.node);
  if (all.size() <= telling.liars) return {};
  constexpr std::pair<Breaker, std::string_view> ways[] = {
      {Breaker::usual, "lied"},
      {Breaker::mistaken, "made a known mistake"},
      {Breaker::scrambled, "had something else in memory"}};
  std::vector<std::string> clauses;
  for (const auto& [breaker, did] : ways) {
    if (count_of(breaker, list) == 0) continue;
    clauses.push_back(seen_of_some(list, breaker, did, telling));
  }
  return in_a_row(clauses);
}

}  // namespace

std::string how_many(std::uint64_t count, std::string_view one, std::string_view many) {
  return std::to_string(count) + " " + std::string(count == 1 ? one : many);
}

void Breaches::add(Assumption assumption, Breach breach) {
  lists_[static_cast<std::size_t>(assumption)].push_back(breach);
}

void Breaches::until(Time now) {
  for (BreachList& list : lists_) {
    std::ranges::stable_sort(list, {}, &Breach::from);
    list.erase(std::ranges::upper_bound(list, now, {}, &Breach::from), list.end());
  }
}

BreachList still_felt(const BreachList& list, Time moment, std::optional<Duration> recovers) {
  if (!recovers) return list;
  BreachList result;
  std::ranges::copy_if(list, std::back_inserter(result), [&](const Breach& breach) {
    return breach.to >= moment || moment - breach.to < *recovers;
  });
  return result;
}

BreachList felt_by_progress(const BreachList& list) {
  BreachList result;
  std::ranges::copy_if(list, std::back_inserter(result), [](const Breach& breach) {
    return breach.breaker != Breaker::slightly_off;
  });
  return result;
}

std::string seen_of(Assumption assumption, const BreachList& list, const Telling& telling) {
  if (list.empty()) return {};
  if (assumption == Assumption::bounded_delay) return seen_late(list, telling.waited_for);
  if (assumption == Assumption::honest_nodes) return seen_of_liars(list, telling);
  if (assumption == Assumption::stable_storage) return seen_of_disks(list);
  if (assumption == Assumption::true_clocks) return seen_of_clocks(list);
  if (assumption == Assumption::majority_up) return seen_of_majority(list);
  return plainly(assumption, list.size());
}

std::string seen_with_first(Assumption assumption, const BreachList& list, const Telling& telling) {
  const std::string seen = seen_of(assumption, list, telling);
  const bool always = assumption == Assumption::distinct_ids || assumption == Assumption::all_able;
  if (seen.empty() || always) return seen;
  return seen + (list.size() == 1 ? " at " : ", first at ") + to_seconds(list.front().from);
}

}  // namespace quorate
