#include "sim/run/fault_account.hpp"

#include <algorithm>
#include <utility>

namespace quorate {
namespace {

std::string counted(std::uint64_t count, std::string_view one, std::string_view many) {
  return std::to_string(count) + " " + std::string(count == 1 ? one : many);
}

// What nobody is there to receive, or was meant for an earlier life, is the crash's loss.
bool of_the_dead(const Record& drop) {
  return drop.why == DropReason::dead || drop.why == DropReason::stale;
}

// "a node stood still 2 times"
std::string times(std::string_view what, std::uint64_t count) {
  return std::string(what) + (count == 1 ? "" : " " + std::to_string(count) + " times");
}

// How many of these lie between, the ends included.
std::size_t within(const std::vector<Time>& moments, Time first, Time last) {
  return static_cast<std::size_t>(std::ranges::count_if(
      moments, [&](Time moment) { return first <= moment && moment <= last; }));
}

// What was seen of a broken assumption.
std::string seen(Assumption assumption, std::uint64_t count) {
  const auto messages = [&](std::string_view did) {
    return counted(count, "message ", "messages ") + std::string(did);
  };
  const auto happened = [&](std::string_view what) { return times(what, count); };
  switch (assumption) {
    case Assumption::reliable_links:
      return counted(count, "message was lost", "messages were lost");
    case Assumption::no_cuts:
      return messages("met a cut link");
    case Assumption::no_duplicates:
      return counted(count, "message was doubled", "messages were doubled");
    case Assumption::fifo_links:
      return counted(count, "message was overtaken", "messages were overtaken");
    case Assumption::bounded_delay:
      return counted(count, "message was late", "messages were late");
    case Assumption::prompt_nodes:
      return happened("a node stood still");
    case Assumption::true_clocks:
      return happened("a clock ran at another rate");
    case Assumption::no_crashes:
      return counted(count, "crash", "crashes");
    case Assumption::crash_stop:
      return counted(count, "restart", "restarts");
    case Assumption::stable_storage:
      return counted(count, "restart", "restarts") + " with an empty disk";
    case Assumption::majority_up:
      return happened("no majority of them was");
    case Assumption::intact_messages:
      return counted(count, "message was altered", "messages were altered");
  }
  return {};
}

}  // namespace

std::string FaultAccount::seen_by(Assumption assumption, std::size_t count, Time first,
                                  Time moment) const {
  if (assumption == Assumption::bounded_delay) return seen_late(count, first, moment);
  if (assumption == Assumption::stable_storage) {
    const std::size_t lies = within(lies_, first, moment);
    std::string lied =
        lies == 0 ? "" : counted(lies, "crash", "crashes") + " took what a disk had called durable";
    if (lies == count) return lied;
    return seen(assumption, count - lies) + (lies == 0 ? "" : " and " + lied);
  }
  const std::size_t fired = within(timers_fired_, first, moment);
  if (assumption != Assumption::true_clocks || fired == 0) return seen(assumption, count);
  const std::string clocks = fired < count ? "a clock ran at another rate or " : "";
  return clocks + times("a timer was fired early", count);
}

// Nobody knows whether a message waits for a write that is not over.
std::string FaultAccount::seen_late(std::size_t count, Time first, Time moment) const {
  const std::size_t held = within(held_too_long(moment), first, moment);
  std::string disks = held == 0 ? "" : times("a node waited too long for its disk", held);
  const std::size_t messages = count - held;
  if (messages == 0) return disks;
  const std::string_view by = !works_         ? "writes"
                              : counts_disks_ ? "handlers and writes"
                                              : "handlers";
  const bool waited = within(waited_for_disk_, first, moment) != 0;
  return seen(Assumption::bounded_delay, messages) +
         (waited
              ? " (with the " + std::string(by) + (messages == 1 ? " it" : " they") + " waited for)"
              : "") +
         (held == 0 ? "" : " and " + disks);
}

FaultAccount::FaultAccount(std::shared_ptr<const Scenario> scenario, FailureModel model,
                           std::optional<Duration> bound)
    : scenario_(std::move(scenario)),
      model_(std::move(model)),
      bound_(bound),
      members_(scenario_->initial_members()) {
  for (const Kind kind : {Kind::drop, Kind::dup, Kind::crash, Kind::restart, Kind::pause,
                          Kind::resume, Kind::fault, Kind::alter, Kind::note}) {
    wanted_ |= bit(kind);
  }
  assumes_majority_ = assumes(Assumption::majority_up);
  if (assumes_majority_) {
    wanted_ |= bit(Kind::recv);
    majority_ = MajorityWatch(scenario_->nodes.size(), members_, model_.quorums);
    in_force_.members = members_;
  }
  works_ = bound_ && (!scenario_->work.empty() || scenario_->does(Verb::node));
  if (works_) wanted_ |= bit(Kind::timer) | bit(Kind::local);
  replays_ = scenario_->does(Verb::replay);
  const auto takes_time = [](const DiskConfig& disk) {
    return longest_of(disk.sync_delay) > Duration{};
  };
  counts_disks_ = bound_ && (takes_time(scenario_->disk) || scenario_->does(Verb::disk) ||
                             std::ranges::any_of(scenario_->node_disk, [&](const auto& own) {
                               return takes_time(own.second);
                             }));
  follows_ = (bound_ && may_be_late()) || scenario_->does(Verb::hold);
  keeps_order_ = assumes(Assumption::fifo_links);
  if (follows_ || keeps_order_) wanted_ |= bit(Kind::send) | bit(Kind::recv);
  for (const auto& [node, clock] : scenario_->clocks) {
    const bool true_timers = clock.drift == Between{} && clock.jitter == Probability{};
    if (!true_timers) add(Assumption::true_clocks, {}, breaches_);
    if (!(clock.offset == ClockConfig{}.offset)) ++clocks_set_;
  }
}

bool FaultAccount::assumes(Assumption assumption) const {
  const auto in = [&](const std::vector<Assumption>& list) {
    return std::ranges::find(list, assumption) != list.end();
  };
  return in(model_.safety) || in(model_.progress);
}

// Whether a message can take as long as none may. Where nothing else delays it, a link that only
// loses, doubles and orders messages has it there within the longest delay; half the bound leaves
// room for those before it.
bool FaultAccount::may_be_late() const {
  const NetworkConfig& network = scenario_->network;
  const auto slow = [&](const LinkConfig& link) {
    return !link.is_plain() || longest_of(link.delay) >= *bound_ / 2;
  };
  const bool by_faults =
      scenario_->does(Verb::link) || scenario_->does(Verb::pause) || scenario_->does(Verb::replay);
  return works_ || counts_disks_ || by_faults || !network.neighbours.empty() ||
         slow(network.link) ||
         std::ranges::any_of(network.links, [&](const auto& own) { return slow(own.second); });
}

void FaultAccount::add(Assumption assumption, Time at, Breaches& breaches) {
  Breach& breach = breaches[static_cast<std::size_t>(assumption)];
  breach.insert(std::upper_bound(breach.begin(), breach.end(), at), at);
}

// Clients' messages are not the protocol's, but which answers they get rests on what they asked.
void FaultAccount::note_of_client(const Record& record) {
  if (record.kind == Kind::alter) add(Assumption::intact_messages, record.time, breaches_);
  if (record.kind == Kind::drop && !of_the_dead(record)) ++clients_lost_;
}

void FaultAccount::note(const Record& record) {
  if (works_ && record.handled) handled_[record.node] = {record.index, record.time};
  if (record.client) return note_of_client(record);
  switch (record.kind) {
    case Kind::timer:
    case Kind::local:
      return;
    case Kind::note:
      note_lie(record);
      break;
    case Kind::send:
      return note_send(record);
    case Kind::recv:
      note_arrival(record);
      break;
    case Kind::drop:
      note_drop(record);
      break;
    case Kind::dup:
      note_copy(record);
      break;
    case Kind::alter:
      add(Assumption::intact_messages, record.time, breaches_);
      break;
    case Kind::crash:
      note_crash(record);
      break;
    case Kind::restart:
      note_restart(record);
      break;
    case Kind::pause:
      paused_.emplace(record.node, record.time);
      pauses_.push_back(record.time);
      majority_.stopped(record.node);
      break;
    case Kind::resume:
      note_resume(record.node, record.time, breaches_);
      paused_.erase(record.node);
      majority_.goes_on(record.node);
      break;
    default:
      note_fault(record);
  }
  if (!assumes_majority_) return;
  follow_leader(record);
  note_majority(record.time);
}

// Decided, or gone by already: what is not decided may yet be undone, and takes majorities all the
// same. Who was deposed may not know it, and nobody goes by what it says.
void FaultAccount::note_members(const Record& record) {
  const auto* decided = record.body.get_if<MembersChanged>();
  const auto* in_force = record.body.get_if<MembersInForce>();
  const std::uint64_t epoch = decided != nullptr ? decided->epoch : in_force->epoch;
  if (decided != nullptr && epoch >= decided_in_) {
    members_ = decided->members;
    decided_in_ = epoch;
  }
  if (!assumes_majority_) return;
  if (epoch >= in_force_.epoch) {
    in_force_ = decided != nullptr
                    ? InForce{record.node, epoch, decided->members, {}}
                    : InForce{record.node, epoch, in_force->members, in_force->before};
  }
  take_majorities();
  note_majority(record.time);
}

// What a leader goes by, and has not decided, others may have heard of or not when it falls silent.
// Whoever follows it goes by the one or the other, so until somebody does both take a majority.
void FaultAccount::take_majorities() {
  changing_ = in_force_.members != members_;
  majority_.set_members(in_force_.members, in_force_.before);
  const bool silent = in_force_.leaderless || stands_still(in_force_.leader);
  if (changing_ && silent) majority_.add_members(members_);
}

void FaultAccount::follow_leader(const Record& record) {
  const bool matters =
      record.kind == Kind::crash || record.kind == Kind::pause || record.kind == Kind::resume;
  if (!matters || record.node != in_force_.leader) return;
  in_force_.leaderless = in_force_.leaderless || record.kind == Kind::crash;
  if (changing_) take_majorities();
}

void FaultAccount::note_majority(Time now) {
  const bool open = !gaps_.empty() && gaps_.back().to == Time::never();
  if (majority_.there() != open) return;
  if (open) {
    gaps_.back().to = now;
  } else {
    gaps_.push_back({now, Time::never(), changing_});
    add(Assumption::majority_up, now, breaches_);
  }
}

void FaultAccount::note_copy(const Record& record) {
  add(Assumption::no_duplicates, record.time, breaches_);
  if (UnderWay* copied = under_way_.find(record.message)) ++copied->copies;
}

void FaultAccount::ended(std::uint64_t message, UnderWay& one) {
  if (--one.copies == 0 && !replays_) under_way_.erase(message);
}

void FaultAccount::note_send(const Record& record) {
  if (follows_) {
    under_way_.add(record.message, {handled_at(record), record.time, record.to});
  }
  if (keeps_order_) orders_.sent(record);
}

Time FaultAccount::handled_at(const Record& send) {
  if (works_) {
    const auto last = handled_.find(send.from);
    if (last != handled_.end() && last->second.first == send.cause) return last->second.second;
  }
  return counts_disks_ ? disks_.handled_at(send) : send.time;
}

void FaultAccount::note_drop(const Record& record) {
  if (UnderWay* dropped = under_way_.find(record.message)) ended(record.message, *dropped);
  if (keeps_order_) orders_.dropped(record);
  if (of_the_dead(record)) return;
  const bool cut = record.why == DropReason::cut;
  majority_.lost(record.from, record.to, cut);
  add(cut ? Assumption::no_cuts : Assumption::reliable_links, record.time, breaches_);
}

void FaultAccount::note_arrival(const Record& record) {
  majority_.arrived(record.from, record.to);
  if (follows_) note_time(record);
  const std::size_t overtaken = keeps_order_ ? orders_.arrived(record) : 0;
  for (std::size_t i = 0; i < overtaken; ++i) add(Assumption::fifo_links, record.time, breaches_);
}

void FaultAccount::note_time(const Record& arrival) {
  UnderWay* const sent = under_way_.find(arrival.message);
  if (sent == nullptr) return;
  const UnderWay& message = *sent;
  longest_ = std::max(longest_, arrival.time - message.since);
  const bool late = bound_ && arrival.time - message.since >= *bound_;
  if (late) add(Assumption::bounded_delay, message.since + *bound_, breaches_);
  if (late && arrival.time - message.left < *bound_) {
    waited_for_disk_.push_back(message.since + *bound_);
  }
  ended(arrival.message, *sent);
}

void FaultAccount::on_disk(const Record& record, bool synced) { disks_.on(record, synced); }

// From when on it was too long, for each node whose disk holds back what a handler may have put out
// for as long as no message may take.
std::vector<Time> FaultAccount::held_too_long(Time now) const {
  std::vector<Time> result;
  for (const Time since : disks_.held_since()) {
    if (now - since >= *bound_) result.push_back(since + *bound_);
  }
  return result;
}

void FaultAccount::note_fault(const Record& record) {
  const auto fault = std::ranges::find(scenario_->faults, record.text, &Fault::id);
  if (fault == scenario_->faults.end()) return;
  if (fault->action.verb == Verb::clock) {
    if (fault->action.drift || fault->action.jitter) {
      add(Assumption::true_clocks, record.time, breaches_);
    } else {
      ++clocks_set_;
    }
  }
  if (fault->action.verb == Verb::hold) holds_ = true;
  if (fault->action.verb == Verb::fire) note_fired(*fault, record.time);
  if (fault->action.amnesia) forgetful_ = record.index;
}

// Not where nothing is assumed of timers: then it is no fault.
void FaultAccount::note_fired(const Fault& fault, Time now) {
  const bool at_will =
      std::ranges::find(model_.at_will, fault.action.timer) != model_.at_will.end();
  if (at_will || !assumes(Assumption::true_clocks)) return;
  timers_fired_.push_back(now);
  add(Assumption::true_clocks, now, breaches_);
}

void FaultAccount::note_crash(const Record& record) {
  note_resume(record.node, record.time, breaches_);  // nobody stands still any longer
  paused_.erase(record.node);
  add(Assumption::no_crashes, record.time, breaches_);
  down_.insert(record.node);
  majority_.stopped(record.node);
}

void FaultAccount::note_restart(const Record& record) {
  down_.erase(record.node);
  majority_.goes_on(record.node);
  add(Assumption::crash_stop, record.time, breaches_);
  const bool forgot = record.cause != no_cause && record.cause == forgetful_;
  if (forgot) add(Assumption::stable_storage, record.time, breaches_);
}

void FaultAccount::note_lie(const Record& record) {
  if (!record.text.ends_with(lost_after_all)) return;
  lies_.push_back(record.time);
  add(Assumption::stable_storage, record.time, breaches_);
}

void FaultAccount::note_resume(NodeId node, Time now, Breaches& breaches) const {
  const auto since = paused_.find(node);
  if (since == paused_.end() || (bound_ && now - since->second <= *bound_)) return;
  add(Assumption::prompt_nodes, since->second, breaches);
}

// From when on, where a fault that holds messages may have this one when the run is over: it is not
// there, and not because its receiver stands still. It is lost if it is older than any may be;
// where none is too old, than any that has arrived.
std::optional<Time> FaultAccount::lost_in_a_hold(const UnderWay& message) const {
  if (!holds_ || message.copies == 0 || stands_still(message.to)) return std::nullopt;
  const Duration age = ended_ - message.since;
  const bool lost = bound_ ? age >= *bound_ : age > longest_;
  if (!lost) return std::nullopt;
  return message.since + bound_.value_or(Duration{});
}

FaultAccount::Breaches FaultAccount::breaches_at(Time now) const {
  Breaches result = breaches_;
  for (const auto& [node, since] : paused_) note_resume(node, now, result);
  under_way_.each([&](const UnderWay& sent) {
    const bool late = bound_ && sent.copies != 0 && now - sent.since >= *bound_;
    if (late) add(Assumption::bounded_delay, sent.since + *bound_, result);
    const std::optional<Time> lost = lost_in_a_hold(sent);
    if (lost) add(Assumption::reliable_links, *lost, result);
  });
  for (const Time at : held_too_long(now)) add(Assumption::bounded_delay, at, result);
  for (Breach& breach : result) {
    breach.erase(std::upper_bound(breach.begin(), breach.end(), now), breach.end());
  }
  return result;
}

std::string FaultAccount::happened(Time now) const {
  const Breaches breaches = breaches_at(now);
  std::string text;
  for (std::size_t i = 0; i < kinds; ++i) {
    const auto assumption = static_cast<Assumption>(i);
    const bool told = assumption != Assumption::majority_up &&
                      (assumption != Assumption::bounded_delay || bound_);
    // What the model allows has happened all the same.
    const Breach& seen = assumption == Assumption::prompt_nodes ? pauses_ : breaches[i];
    if (seen.empty() || !told) continue;
    text += (text.empty() ? "" : ", ") + seen_by(assumption, seen.size(), seen.front(), now);
  }
  if (clocks_set_ != 0) text += (text.empty() ? "" : ", ") + std::string("a clock was set");
  return text.empty() ? "no faults" : text;
}

std::string FaultAccount::clients_lost() const {
  if (clients_lost_ == 0) return {};
  return counted(clients_lost_, "message of clients was lost", "messages of clients were lost");
}

// "3 crashes, first at 0.100 s"
std::string FaultAccount::with_first(Assumption assumption, std::size_t count, Time first,
                                     Time moment) const {
  return seen_by(assumption, count, first, moment) + (count == 1 ? " at " : ", first at ") +
         to_seconds(first);
}

std::string FaultAccount::no_majority(Time moment) const {
  std::string text;
  for (const Gap& gap : gaps_) {
    const Time over =
        gap.to == Time::never() || !model_.recovers ? Time::never() : gap.to + *model_.recovers;
    if (gap.from > moment || over <= moment) continue;
    const bool healed = gap.to <= moment;
    const std::string nobody = gap.changing ? "while they were being changed no majority was "
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

std::string FaultAccount::hinders(Assumption assumption, const Breach& breach, Time moment) const {
  if (assumption == Assumption::majority_up) return no_majority(moment);
  const bool lasts = assumption == Assumption::no_crashes && !down_.empty();
  auto first = breach.begin();
  if (model_.recovers && !lasts) {
    while (first != breach.end() && *first + *model_.recovers <= moment) ++first;
  }
  const auto count = static_cast<std::size_t>(breach.end() - first);
  return count == 0 ? "" : with_first(assumption, count, *first, moment);
}

// Clauses of what was seen, by `say`, of each assumption of a list.
template <class F>
std::string FaultAccount::clauses(const std::vector<Assumption>& list, Time moment,
                                  std::string text, F&& say) const {
  const Breaches breaches = breaches_at(moment);
  for (const Assumption assumption : list) {
    const std::string what = say(assumption, breaches[static_cast<std::size_t>(assumption)]);
    if (what.empty()) continue;
    text += text.empty() ? scenario_->protocol + " assumes that " : ", and that ";
    text += words_of(assumption, model_) + ", but " + what;
  }
  return text;
}

std::string FaultAccount::broken_safety(Time moment) const {
  return clauses(model_.safety, moment, {}, [&](Assumption assumption, const Breach& breach) {
    return breach.empty() ? "" : with_first(assumption, breach.size(), breach.front(), moment);
  });
}

std::string FaultAccount::broken_progress(Time moment) const {
  return clauses(model_.progress, moment, broken_safety(moment),
                 [&](Assumption assumption, const Breach& breach) {
                   return hinders(assumption, breach, moment);
                 });
}

std::string FaultAccount::broken(Time now) const {
  return clauses(
      model_.progress, now, broken_safety(now), [&](Assumption assumption, const Breach& breach) {
        return breach.empty() ? "" : with_first(assumption, breach.size(), breach.front(), now);
      });
}

}  // namespace quorate
