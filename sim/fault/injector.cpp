#include "sim/fault/injector.hpp"

#include <algorithm>
#include <limits>

#include "sim/base/assert.hpp"

namespace quorate {
namespace {

static_assert(enum_count<Kind> <= 32, "Kinds of records are the bits of a word.");

}  // namespace

Injector::Injector(std::shared_ptr<const std::vector<Fault>> faults, std::uint64_t seed,
                   Engine engine)
    : faults_(std::move(faults)), seed_(seed), engine_(engine) {
  fired_.resize(faults_->size());
  progress_.resize(faults_->size());
  memory_.hit.resize(faults_->size());
  auto watches = std::make_shared<std::vector<Watch>>();
  for (std::uint32_t i = 0; i < faults_->size(); ++i) {
    const Trigger& trigger = (*faults_)[i].trigger;
    wants_state_ = wants_state_ || trigger.kind == Trigger::Kind::state;
    if (trigger.kind != Trigger::Kind::event) continue;
    watches->push_back({i, EventMatcher(trigger.event)});
    watched_kinds_ |= bit(watches->back().matcher.kind());
  }
  watches_ = std::move(watches);
  if (!faults_->empty()) watched_kinds_ |= bit(Kind::event) | bit(Kind::crash) | bit(Kind::restart);
}

std::optional<Time> Injector::first_fired(std::string_view id) const {
  for (std::size_t i = 0; i < faults_->size(); ++i) {
    if ((*faults_)[i].id == id) return progress_[i].first_fired;
  }
  return std::nullopt;
}

// ---- tokens -------------------------------------------------------------------------------------

// For fault f: 2f is an occurrence of `every`, 2f + 1 an action that is due. Tokens beyond those of
// the last fault are effects to be undone, by number.
void Injector::due(std::uint32_t token, Control& control) {
  const std::uint32_t faults = static_cast<std::uint32_t>(faults_->size());
  if (token >= 2 * faults) return end(token - 2 * faults, control);
  token % 2 == 0 ? occur(token / 2, control) : attempt(token / 2, control);
}

void Injector::start(Control& control) {
  for (std::uint32_t i = 0; i < faults_->size(); ++i) {
    const Fault& fault = (*faults_)[i];
    if (fault.trigger.kind == Trigger::Kind::every) schedule_next(i, fault.from, control);
    if (fault.trigger.kind != Trigger::Kind::at || limit(i) == 0) continue;
    const Time moment = std::max(fault.trigger.at, fault.from);
    if (moment >= fault.until) continue;
    progress_[i].waiting.push_back(no_cause);
    control.call_injector(moment + fault.after, 2 * i + 1);
  }
}

// Two occurrences are at least 1 ns apart, or time would stand still.
void Injector::schedule_next(std::uint32_t fault, Time from, Control& control) {
  if (fired_[fault] >= limit(fault)) return;
  const Distribution& every = (*faults_)[fault].trigger.every;
  const Duration gap = std::max(sample(every, stream(fault, Draw::gap)), Duration{1});
  progress_[fault].gap = gap;
  const Time next = from + gap;
  if (next < (*faults_)[fault].until) control.call_injector(next, 2 * fault);
}

void Injector::occur(std::uint32_t fault, Control& control) {
  trigger(fault, no_cause, control);
  schedule_next(fault, control.now(), control);
}

// ---- triggers -----------------------------------------------------------------------------------

// Whoever is elected leads before patterns look,
// and a leader that crashes leads until they have looked.
void Injector::look(const Record& record, Control& control) {
  if (record.body.get_if<Elected>() != nullptr) memory_.elected = record.node;
  for (const Watch& watch : *watches_) {
    if (watch.matcher.could_match(record.kind)) consider(watch, record, control);
  }
  if (record.kind == Kind::crash && record.node == memory_.elected) memory_.elected = no_node;
  if (record.kind == Kind::restart) stopped_by_[record.node] = 0;  // if it stops, it is for another
}

void Injector::consider(const Watch& watch, const Record& record, Control& control) {
  const EventPattern& pattern = (*faults_)[watch.fault].trigger.event;
  if (!may_fire(watch.fault)) return;
  Progress& progress = progress_[watch.fault];
  if (!in_window(watch.fault, record.time) || !watch.matcher.matches(record, control.names()) ||
      !is_at(pattern.node, record.node, sight(control))) {
    if (watch.matcher.named(record)) ++progress.elsewhere;
    return;
  }
  const bool replays = (*faults_)[watch.fault].action.verb == Verb::replay;
  if (replays && control.interference().spares(record.from, record.to)) return;
  if (++progress.matches >= pattern.nth) {
    trigger(watch.fault, record.index, control);
  }
}

void Injector::after_change(std::uint64_t event, Control& control) {
  const Time now = control.now();
  wants_state_ = false;
  for (std::uint32_t i = 0; i < faults_->size(); ++i) {
    const Fault& fault = (*faults_)[i];
    if (fault.trigger.kind != Trigger::Kind::state) continue;
    if (fired_[i] >= limit(i) || now >= fault.until) continue;
    wants_state_ = true;
    if (now < fault.from) continue;
    const Agreement found = agreement(fault.trigger.state, control);
    if (found.agreeing >= progress_[i].nearest.agreeing) progress_[i].nearest = found;
    const bool holds = suffices(found, fault.trigger.state.quantifier);
    const bool rises = holds && !progress_[i].held;
    progress_[i].held = holds;
    if (rises) trigger(i, event, control);
  }
}

void Injector::trigger(std::uint32_t fault, std::uint64_t cause, Control& control) {
  if (!may_fire(fault) || !in_window(fault, control.now())) return;
  progress_[fault].waiting.push_back(cause);
  control.call_injector(control.now() + (*faults_)[fault].after, 2 * fault + 1);
  if ((*faults_)[fault].action.verb == Verb::replay) control.interference().remember(fault);
}

void Injector::trigger_followers(std::uint32_t fault, Control& control) {
  for (std::uint32_t i = 0; i < faults_->size(); ++i) {
    const Trigger& follower = (*faults_)[i].trigger;
    if (follower.kind != Trigger::Kind::fault || follower.fault != (*faults_)[fault].id) continue;
    trigger(i, progress_[fault].line, control);
  }
}

void Injector::attempt(std::uint32_t fault, Control& control) {
  Progress& progress = progress_[fault];
  QUORATE_ASSERT(!progress.waiting.empty(), "An action comes due once per trigger met.");
  progress.cause = progress.waiting.front();
  progress.waiting.pop_front();
  if (!(*faults_)[fault].chance.hit(stream(fault, Draw::chance))) {
    ++progress.refused;
    return;
  }
  const std::uint64_t before = fired_[fault];
  act(fault, control);
  if (fired_[fault] != before || progress.armed != 0) return;
  ++progress.in_vain;
  progress.last_in_vain = control.now();
}

// ---- what a fault may still do ------------------------------------------------------------------

bool Injector::in_window(std::uint32_t fault, Time now) const {
  return (*faults_)[fault].from <= now && now < (*faults_)[fault].until;
}

// Triggers already met count as if they had fired: whether they do shows only when they are due.
bool Injector::may_fire(std::uint32_t fault) const {
  const Progress& progress = progress_[fault];
  return fired_[fault] + progress.waiting.size() + progress.armed < limit(fault);
}

std::uint64_t Injector::limit(std::uint32_t fault) const {
  const bool repeats = (*faults_)[fault].trigger.kind == Trigger::Kind::every;
  const std::uint64_t usual = repeats ? std::numeric_limits<std::uint64_t>::max() : 1;
  return (*faults_)[fault].times.value_or(usual);
}

Stream& Injector::stream(std::uint32_t fault, Draw draw) {
  Stream& stream = progress_[fault].streams[static_cast<std::size_t>(draw)];
  if (!stream.seeded()) {
    stream = make_stream(seed_, Purpose::fault, fault, static_cast<std::uint32_t>(draw), engine_);
  }
  return stream;
}

}  // namespace quorate
