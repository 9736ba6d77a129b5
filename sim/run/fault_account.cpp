#include "sim/run/fault_account.hpp"

#include <algorithm>
#include <utility>

namespace quorate {
namespace {

// What nobody is there to receive, or was meant for an earlier life, is the crash's loss.
bool of_the_dead(const Record& drop) {
  return drop.why == DropReason::dead || drop.why == DropReason::stale;
}

// Not by its sender, who tells a lie.
bool is_altered_on_its_way(const Record& record) {
  return record.kind == Kind::alter && record.detail.empty();
}

}  // namespace

FaultAccount::FaultAccount(std::shared_ptr<const Scenario> scenario, FailureModel model,
                           std::optional<Duration> bound)
    : scenario_(std::move(scenario)),
      model_(std::move(model)),
      bound_(bound),
      members_(scenario_->initial_members()) {
  for (const Kind kind : {Kind::drop, Kind::dup, Kind::crash, Kind::restart, Kind::pause,
                          Kind::resume, Kind::fault, Kind::heal, Kind::alter, Kind::note}) {
    wanted_ |= bit(kind);
  }
  assumes_majority_ = assumes(Assumption::majority_up);
  if (assumes_majority_) {
    wanted_ |= bit(Kind::recv);
    majority_ = QuorumWatch(scenario_->nodes.size(), members_, model_.quorums);
    in_force_.members = members_;
  }
  counts_losses_ = assumes_majority_ && assumes(Assumption::few_losses);
  for (const Assumption broken : model_.never_held) breaches_.add(broken, {}, Time::never());
  note_mistakes();
  works_ = bound_ && (!scenario_->work.empty() || scenario_->slows_nodes());
  if (works_) wanted_ |= bit(Kind::timer) | bit(Kind::local);
  replays_ = scenario_->replays();
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
  const bool disks_matter = std::ranges::any_of(scenario_->faults, [](const Fault& fault) {
    return fault.action.lie.has_value() || fault.action.amnesia;
  });
  if (disks_matter) wanted_ |= bit(Kind::persist);
  for (const auto& [node, state] : scenario_->initial) written_.insert(node);
  for (const auto& [node, clock] : scenario_->clocks) {
    if (!(clock.offset == ClockConfig{}.offset)) ++clocks_set_;
  }
  machines_ = MachineFaults(scenario_);
  note_clocks({});
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
  const bool by_faults = scenario_->does(Verb::link) || scenario_->does(Verb::pause) ||
                         scenario_->does(Verb::byzantine) || replays_;
  return works_ || counts_disks_ || by_faults || !network.neighbours.empty() ||
         slow(network.link) ||
         std::ranges::any_of(network.links, [&](const auto& own) { return slow(own.second); });
}

// Clients' messages are not the protocol's, but which answers they get rests on what they asked.
void FaultAccount::note_of_client(const Record& record) {
  if (is_altered_on_its_way(record)) breaches_.add(Assumption::intact_messages, record.time);
  if (record.kind == Kind::drop && !of_the_dead(record)) ++clients_lost_;
  if (record.kind == Kind::crash) clients_crashed_.insert(record.node);
}

void FaultAccount::note(const Record& record) {
  if (works_ && record.handled) handled_[record.node] = {record.index, record.time};
  note_liar(record);
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
      if (is_altered_on_its_way(record)) breaches_.add(Assumption::intact_messages, record.time);
      break;
    case Kind::crash:
      note_crash(record);
      break;
    case Kind::restart:
      note_restart(record);
      break;
    case Kind::pause:
      paused_.emplace(record.node, record.time);
      pauses_.push_back({record.time, record.time});
      majority_.stopped(record.node);
      break;
    case Kind::resume:
      note_resume(record.node, record.time, record.time, breaches_);
      paused_.erase(record.node);
      majority_.goes_on(record.node);
      break;
    case Kind::persist:
      note_write(record);
      break;
    case Kind::heal:
      machines_.healed(record);
      note_clocks(record.time);
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
    removed_.insert(members_.begin(), members_.end());
    members_ = decided->members;
    for (const NodeId member : members_) removed_.erase(member);
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

void FaultAccount::note_removed(const Record& event) {
  const auto* role = event.body.get_if<Role>();
  if (role == nullptr || role->role.view() != model_.stands || !removed_.contains(event.node)) {
    return;
  }
  breaches_.add(Assumption::removed_leave, event.time);
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
    breaches_.add(Assumption::majority_up, now);
  }
}

// As long as it is soon tried again, it goes on.
void FaultAccount::note_deaf(Time now) {
  if (!gaps_.empty()) {
    Gap& last = gaps_.back();
    if (last.to == Time::never()) return;
    if (last.deaf && (!model_.recovers || now - last.to < *model_.recovers)) {
      last.to = now;
      return;
    }
  }
  gaps_.push_back({now, now, changing_, true});
  breaches_.add(Assumption::majority_up, now, Breaker::deaf);
}

void FaultAccount::note_copy(const Record& record) {
  breaches_.add(Assumption::no_duplicates, record.time);
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
  if (assumes_majority_ && majority_.lost(record, cut)) note_deaf(record.time);
  breaches_.add(cut ? Assumption::no_cuts : Assumption::reliable_links, record.time);
}

// What a broken link loses is no matter of shares.
void FaultAccount::note_losses(const Record& arrival) {
  const std::uint32_t lost = majority_.lost_lately(arrival.from, arrival.to);
  const auto since = losses_.arrived(arrival.time, lost, FailureModel::losses);
  if (since) breaches_.add(Assumption::few_losses, *since, arrival.time);
}

void FaultAccount::note_arrival(const Record& record) {
  if (counts_losses_) note_losses(record);
  if (assumes_majority_) majority_.arrived(record);
  if (follows_) note_time(record);
  const std::size_t overtaken = keeps_order_ ? orders_.arrived(record) : 0;
  for (std::size_t i = 0; i < overtaken; ++i) breaches_.add(Assumption::fifo_links, record.time);
}

void FaultAccount::note_time(const Record& arrival) {
  UnderWay* const sent = under_way_.find(arrival.message);
  if (sent == nullptr) return;
  const UnderWay& message = *sent;
  longest_ = std::max(longest_, arrival.time - message.since);
  if (bound_ && arrival.time - message.since >= *bound_) {
    const bool by_disk = arrival.time - message.left < *bound_;
    breaches_.add(Assumption::bounded_delay, message.since + *bound_, arrival.time,
                  by_disk ? Breaker::disk_waited : Breaker::usual);
  }
  ended(arrival.message, *sent);
}

// Who has read its disk amiss has something else than that, and waits for no write.
void FaultAccount::on_disk(const Record& record, bool synced) {
  if (record.kind == Kind::crash || record.kind == Kind::persist) misread_.erase(record.node);
  disks_.on(record, synced || misread_.contains(record.node));
}

void FaultAccount::note_fault(const Record& record) {
  const auto fault = std::ranges::find(scenario_->faults, record.text, &Fault::id);
  if (fault == scenario_->faults.end()) return;
  const Action& action = fault->action;
  if (action.drift || action.jitter || action.lie) {
    machines_.fired(*fault, record);
    note_clocks(record.time);
  } else if (action.verb == Verb::clock) {
    ++clocks_set_;
  }
  if (fault->action.verb == Verb::hold) holds_ = true;
  if (action.verb == Verb::fire || action.verb == Verb::postpone) note_moved(*fault, record.time);
  if (fault->action.amnesia) forgetful_ = record.index;
  if (!fault->action.bugs.empty()) mistakes_ = record.index;
}

// Not where nothing is assumed of timers: then it is no fault.
void FaultAccount::note_moved(const Fault& fault, Time now) {
  const bool late = fault.action.verb == Verb::postpone;
  const bool at_will =
      std::ranges::find(model_.at_will, fault.action.timer) != model_.at_will.end();
  if (at_will && !late) unnoticed_.clear();
  if (at_will || !assumes(Assumption::true_clocks)) return;
  breaches_.add(Assumption::true_clocks, now, late ? Breaker::timer_late : Breaker::timer_fired);
}

// Of a node that is down no timer runs, whatever its clock does.
void FaultAccount::note_clocks(Time now) {
  for (std::uint32_t i = 0; i < scenario_->nodes.size(); ++i) {
    const NodeId node{i};
    const std::int64_t off = down_.contains(node) ? 0 : machines_.off(node);
    const auto known = clocks_off_.find(node);
    const std::int64_t before = known == clocks_off_.end() ? 0 : known->second.by;
    if (off == before) continue;
    if (before != 0) add_clock(before, known->second.since, now, breaches_);
    if (off != 0) {
      clocks_off_.insert_or_assign(node, ClockOff{off, now});
    } else {
      clocks_off_.erase(node);
    }
  }
}

void FaultAccount::add_clock(std::int64_t off, Time from, Time to, Breaches& breaches) const {
  const bool slight = off <= MachineFaults::slightly;
  breaches.add(Assumption::true_clocks, from, to, slight ? Breaker::slightly_off : Breaker::usual);
}

void FaultAccount::note_crash(const Record& record) {
  note_resume(record.node, record.time, record.time, breaches_);  // nobody stands still any longer
  paused_.erase(record.node);
  down_.emplace(record.node, record.time);
  majority_.stopped(record.node);
  note_version(record);
  if (model_.teller == record.node) breaches_.add(Assumption::teller_up, record.time);
  note_clocks(record.time);
  const bool alone = at_work_.erase(record.node) != 0 && at_work_.empty();
  if (presiding_.erase(record.node) != 0) unnoticed_.emplace(record.node, record.time);
  if (alone && chosen_ < record.time) gone_.emplace(record.node, record.time);
}

void FaultAccount::note_restart(const Record& record) {
  unnoticed_.erase(record.node);
  const auto down = down_.find(record.node);
  if (down != down_.end()) {
    breaches_.add(Assumption::no_crashes, down->second, record.time);
    down_.erase(down);
  }
  majority_.goes_on(record.node);
  note_clocks(record.time);
  breaches_.add(Assumption::crash_stop, record.time);
  note_version(record);
  const bool forgot = record.cause != no_cause && record.cause == forgetful_;
  // From an empty disk nothing is missing.
  if (forgot && written_.erase(record.node) != 0) {
    breaches_.add(Assumption::stable_storage, record.time);
  }
}

void FaultAccount::note_liar(const Record& record) {
  constexpr std::uint32_t told_of_lies = bit(Kind::drop) | bit(Kind::dup) | bit(Kind::alter);
  if ((told_of_lies & bit(record.kind)) == 0 || record.detail.empty()) return;
  breaches_.add(Assumption::honest_nodes, {record.time, record.time, {}, record.from});
}

// What all nodes have from the start on is another protocol; what some have, or for a while, is a
// fault of theirs.
void FaultAccount::note_mistakes() {
  for (const BugSwitch& bug : scenario_->bugs) {
    if (scenario_->is_of_all(bug)) continue;
    for (const NodeId node : bug.nodes.empty() ? scenario_->all_nodes() : bug.nodes) {
      breaches_.add(Assumption::honest_nodes, {bug.from, bug.until, Breaker::mistaken, node});
    }
  }
}

// As another version of its program a node runs from a restart to its next crash.
void FaultAccount::note_version(const Record& record) {
  const auto known = mistaken_.find(record.node);
  if (known != mistaken_.end()) {
    breaches_.add(Assumption::honest_nodes,
                  {known->second, record.time, Breaker::mistaken, record.node});
    mistaken_.erase(known);
  }
  const bool begins = record.kind == Kind::restart && record.cause != no_cause;
  if (begins && record.cause == mistakes_) mistaken_.emplace(record.node, record.time);
}

void FaultAccount::note_lie(const Record& record) {
  if (record.text.starts_with(memory_hit)) {
    breaches_.add(Assumption::honest_nodes,
                  {record.time, record.time, Breaker::scrambled, record.node});
  }
  const bool misread = record.text.ends_with(read_amiss);
  if (misread) misread_.insert(record.node);
  if (!misread && !record.text.ends_with(lost_after_all)) return;
  breaches_.add(Assumption::stable_storage, record.time,
                misread ? Breaker::misread : Breaker::lie_shown);
}

// What is judged of a disk is what is on it, so a lie may show before any crash.
void FaultAccount::note_write(const Record& record) {
  written_.insert(record.node);
  if (!machines_.lies(record.node)) return;
  breaches_.add(Assumption::stable_storage, record.time, Breaker::lie);
}

// Whoever begins takes over what was begun by those that are gone.
void FaultAccount::note_proposer(const Record& event) {
  if (event.body.type == &type_info<Chosen>) {
    chosen_ = event.time;
    at_work_.clear();
    gone_.clear();
  }
  if (event.body.type == nullptr || event.body.type->name != model_.begins) return;
  gone_.clear();
  at_work_.insert(event.node);
  if (at_work_.size() > 1) breaches_.add(Assumption::one_proposer, event.time);
}

void FaultAccount::note_role(const Record& event) {
  const auto* role = event.body.get_if<Role>();
  if (role == nullptr) return;
  if (role->role.view() == model_.presides) {
    presiding_.insert(event.node);
  } else {
    presiding_.erase(event.node);
  }
}

void FaultAccount::note_resume(NodeId node, Time now, Time over, Breaches& breaches) const {
  const auto since = paused_.find(node);
  if (since == paused_.end() || (bound_ && now - since->second <= *bound_)) return;
  breaches.add(Assumption::prompt_nodes, since->second, over);
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

// A disk is too slow from when on it holds back what a handler may have put out for as long as no
// message may take.
Breaches FaultAccount::breaches_at(Time now) const {
  constexpr Time lasts = Time::never();
  Breaches result = breaches_;
  for (const auto& [node, since] : paused_) note_resume(node, now, lasts, result);
  for (const auto& [node, since] : down_) result.add(Assumption::no_crashes, since, lasts);
  for (const auto& [node, off] : clocks_off_) add_clock(off.by, off.since, lasts, result);
  for (const auto& [node, since] : mistaken_) {
    result.add(Assumption::honest_nodes, {since, lasts, Breaker::mistaken, node});
  }
  for (const auto& [node, at] : unnoticed_) result.add(Assumption::crashes_noticed, at, lasts);
  for (const auto& [node, at] : gone_) result.add(Assumption::proposer_up, at, lasts);
  under_way_.each([&](const UnderWay& sent) {
    const bool late = bound_ && sent.copies != 0 && now - sent.since >= *bound_;
    if (late) result.add(Assumption::bounded_delay, sent.since + *bound_, lasts);
    const std::optional<Time> lost = lost_in_a_hold(sent);
    if (lost) result.add(Assumption::reliable_links, *lost, lasts);
  });
  for (const Time since : disks_.held_since(now)) {
    if (now - since < *bound_) continue;
    result.add(Assumption::bounded_delay, since + *bound_, lasts, Breaker::disk);
  }
  result.until(now);
  return result;
}

}  // namespace quorate
