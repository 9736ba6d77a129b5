#include "sim/run/traced_base.hpp"

#include <algorithm>

#include "sim/fault/event_match.hpp"

namespace quorate {

std::optional<std::size_t> position_named(TypeInfos types, bool snake, std::string_view name) {
  const auto found = std::ranges::find_if(types, [&](const TypeInfo* type) {
    return snake ? is_snake_case_of(name, type->name) : name == type->name;
  });
  if (found == types.end()) return std::nullopt;
  return static_cast<std::size_t>(found - types.begin());
}

TracedBase::TracedBase(std::shared_ptr<const Scenario> scenario, NodeNames names,
                       std::string_view leader_status, TypeInfos messages)
    : scenario_(std::move(scenario)),
      names_(names),
      leader_status_(leader_status),
      messages_(messages),
      ledger_(messages.size()),
      metrics_(leader_status),
      expectations_(scenario_),
      serials_(scenario_->clients.size()),
      fired_(scenario_->faults.size()) {}
TracedBase::~TracedBase() = default;

void TracedBase::note_fault(const Record& record) {
  const auto fault = std::ranges::find(scenario_->faults, record.text, &Fault::id);
  if (fault == scenario_->faults.end()) return wrong("the scenario has no fault of this name");
  ++fired_[static_cast<std::size_t>(fault - scenario_->faults.begin())];
  expectations_.on_fault(record.text, record.time);
}

std::optional<ClientId> TracedBase::note_request(const Record& record, const Request& request) {
  const std::size_t nodes = scenario_->nodes.size();
  if (record.node.value < nodes || record.node.value - nodes >= serials_.size()) {
    wrong("no client is named that asks for it");
    return std::nullopt;
  }
  const ClientId client{static_cast<std::uint32_t>(record.node.value - nodes)};
  if (request.serial != serials_[client.value] + 1) {
    wrong("its client's next operation is number " + std::to_string(serials_[client.value] + 1));
    return std::nullopt;
  }
  serials_[client.value] = request.serial;
  asked_.emplace(std::pair(record.node, request.serial), record.time);
  return client;
}

bool TracedBase::note_answer(const Record& record, const Reply& reply) {
  const auto asked = asked_.find({record.node, reply.serial});
  if (asked == asked_.end()) {
    wrong("its client waits for no such answer");
    return false;
  }
  latencies_.push_back(record.time - asked->second);
  asked_.erase(asked);
  return true;
}

void TracedBase::note_violation(const Record& record,
                                std::span<const std::string_view> properties) {
  const Violation& told = *record.violation;
  const bool of_clients = told.property == HistoryCheck::name;
  if (of_clients && !violation_) judge_history(record.time);
  if (!of_clients && std::ranges::find(properties, told.property) == properties.end()) {
    // An assertion in the protocol's code: nobody but the protocol can say.
    if (!violation_) violated(told, record.cause, record);
    return;
  }
  if (!violation_) return wrong("no property is broken here");
  const std::uint64_t event = record.cause == no_cause ? record.index : record.cause;
  if (violation_->property != told.property || violation_->nodes != told.nodes ||
      violation_->why != told.why || violation_event_ != event) {
    wrong("another property is broken, or by others: " + violation_->why);
  }
}

void TracedBase::judge_history(Time now) {
  watch_.history.judge(names_);
  if (watch_.history.answer() != Linearizable::no) return;
  violation_ = watch_.history.violation();
  violation_event_ = watch_.history.violation_event();
  violation_time_ = now;
}

void TracedBase::violated(Violation violation, std::uint64_t event, const Record& record) {
  violation_ = std::move(violation);
  violation_event_ = event == no_cause ? next_index_ : event;
  violation_time_ = record.time;
}

Findings TracedBase::what_was_found(const TracedEnd& end, std::uint64_t lost_tails) const {
  Findings findings;
  findings.ending = end.ending;
  findings.cut_short = end.cut_short;
  if (end.ending == Ending::budget) findings.reason = "the traced run was ended by a budget";
  findings.violation = violation_;
  findings.violation_event = violation_event_;
  findings.violation_time = violation_time_;
  findings.fired = fired_;
  for (const Fault& fault : scenario_->faults) {
    const bool in_vain = std::ranges::find(end.in_vain, fault.id) != end.in_vain.end();
    findings.caught.push_back(in_vain ? 0 : 1);
  }
  findings.unanswered = asked_.size();
  findings.note(watch_, end.ended, names_);
  findings.metrics = metrics_.result(ledger_, type_names(messages_),
                                     {.at = end.ended,
                                      .latencies = latencies_,
                                      .lost_tails = lost_tails,
                                      .elects = !leader_status_.empty()});
  return findings;
}

}  // namespace quorate
