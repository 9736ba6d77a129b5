#include "sim/run/simulation_base.hpp"

#include "sim/run/describe.hpp"
#include "sim/run/disk_harm.hpp"

namespace quorate {

namespace {

template <class T>
std::shared_ptr<const T> part_of(const std::shared_ptr<const Scenario>& scenario,
                                 T Scenario::*part) {
  return {scenario, &((*scenario).*part)};
}

}  // namespace

SimulationBase::SimulationBase(std::shared_ptr<const Scenario> scenario, std::uint64_t seed,
                               const RunOptions& options, const Names& names)
    : scenario_(std::move(scenario)),
      options_(options),
      names_(names),
      injector_(part_of(scenario_, &Scenario::faults), seed, scenario_->engine),
      clients_(part_of(scenario_, &Scenario::workload),
               static_cast<std::uint32_t>(scenario_->clients.size()), seed, scenario_->engine),
      ledger_(names.messages.size()),
      metrics_(names.leader_status),
      expectations_(scenario_),
      stop_event_(scenario_) {}
SimulationBase::SimulationBase(const SimulationBase& other) = default;
SimulationBase::~SimulationBase() = default;

void SimulationBase::give_up(std::string reason) {
  if (!finished_) end(Ending::budget, std::move(reason));
}

const Outcome& SimulationBase::outcome() const {
  QUORATE_ASSERT(finished_, "An outcome exists once the run is finished.");
  return outcome_;
}

Outcome SimulationBase::take_outcome() {
  QUORATE_ASSERT(finished_, "An outcome exists once the run is finished.");
  return std::move(outcome_);
}

void SimulationBase::start_outside() {
  Reins reins(*this);
  injector_.set_quorum(watch_.faults.quorum());
  injector_.start(reins);
  clients_.start(reins);
}

void SimulationBase::external(std::uint32_t token) {
  Reins reins(*this);
  if (token < client_token)
    injector_.due(token, reins);
  else
    clients_.due(token - client_token, reins);
}

std::uint64_t SimulationBase::crash_point(const CrashPoint& point) {
  Reins reins(*this);
  return injector_.crash_point(point, reins);
}

void SimulationBase::look_at_state(std::uint64_t event) {
  Reins reins(*this);
  injector_.after_change(event, reins);
}

void SimulationBase::heard(ClientId client, NodeId from, AnyRef message, std::uint64_t recv) {
  Reins reins(*this);
  if (const auto* reply = message.get_if<Reply>()) {
    clients_.on_reply(client, from, *reply, recv, reins);
  } else if (const auto* redirect = message.get_if<Redirect>()) {
    clients_.on_redirect(client, from, *redirect, recv, reins);
  }
}

void SimulationBase::on_event(const Record& record) {
  const Role* role = record.body.get_if<Role>();
  const bool leads =
      role != nullptr && !names_.leader_status.empty() && role->role.view() == names_.leader_status;
  if (leads || record.body.type == &type_info<Elected>) clients_.on_elected(record.node);
}

void SimulationBase::violate(std::string property, std::vector<NodeId> nodes, std::string why,
                             std::uint64_t cause) {
  violation_ = Violation{std::move(property), std::move(nodes), std::move(why)};
  Record record = number(Kind::violation, no_node, cause);
  record.text = violation_->property;
  record.detail = violation_->why;
  record.violation = &*violation_;
  violation_event_ = cause == no_cause ? record.index : cause;
  violation_time_ = record.time;
  tell_all(record);
  end_requested_ = true;
}

void SimulationBase::assertion_failed(const AssertionFailure& failure) {
  if (std::string_view(failure.file()).find("protocols/") == std::string_view::npos) throw;
  // The event whose handler failed was told last. Nothing is told of a start that fails.
  violate("assertion", {}, std::string(failure.what()), started_ ? events() - 1 : no_cause);
}

void SimulationBase::look_up_failed() {
  if (!harms_state(*scenario_)) throw;
  violate("assertion", {}, "A node looked up something that its damaged state does not hold.",
          started_ ? events() - 1 : no_cause);
}

bool SimulationBase::end(Ending ending, std::string reason) {
  finished_ = true;
  if (options_.properties && !violation_ && history_broken()) ending = Ending::violation;
  ended_ = ending == Ending::stop_time ? scenario_->stop : now();
  digest_.word(state_hash());
  Findings findings = what_was_found();
  findings.ending = ending;
  findings.cut_short = options_.cut_short && ending == Ending::stop_time;
  findings.reason = std::move(reason);
  outcome_ = judged(std::move(findings));
  outcome_.digest = digest_.value();
  outcome_.events = events();
  outcome_.ended = ended_;
  return false;
}

// What clients were told is judged as a whole.
bool SimulationBase::history_broken() {
  watch_.history.judge(names_.nodes);
  if (watch_.history.answer() != Linearizable::no) return false;
  const Violation& found = watch_.history.violation();
  violate(found.property, found.nodes, found.why, watch_.history.violation_event());
  return true;
}

Findings SimulationBase::what_was_found() const {
  Findings findings;
  findings.violation = violation_;
  findings.violation_event = violation_event_;
  findings.violation_time = violation_time_;
  findings.fired = injector_.fired();
  for (std::uint32_t i = 0; i < findings.fired.size(); ++i) {
    findings.idle.push_back(injector_.why_idle(i, ended_, names_.nodes));
  }
  findings.unanswered = clients_.unanswered();
  findings.note(watch_, ended_, names_.nodes);
  findings.metrics = metrics_.result(ledger_, type_names(names_.messages),
                                     {.at = ended_,
                                      .latencies = clients_.latencies(),
                                      .lost_tails = lost_tails(),
                                      .elects = !names_.leader_status.empty(),
                                      .nodes = names_.nodes.size()});
  return findings;
}

std::string SimulationBase::overrun(std::size_t pending) const {
  const Budgets& budgets = scenario_->budgets;
  if (events() >= budgets.events) return "the event budget was used up";
  if (instant_events_ > budgets.events_at_one_instant) {
    return "too many events at one instant: time does not advance";
  }
  if (pending > budgets.pending) return "too many events are pending";
  return "the wire-byte budget was used up";
}

std::uint64_t SimulationBase::announce(Kind kind, std::string_view id, std::string_view detail,
                                       std::uint64_t cause) {
  Record record = number(kind, no_node, cause);
  record.text = id;
  record.detail = detail;
  if (kind == Kind::fault) expectations_.on_fault(record);
  tell_all(record);
  return record.index;
}

Kind SimulationBase::kind_of(ClientStep step) {
  switch (step) {
    case ClientStep::answered:
      return Kind::ack;
    case ClientStep::crashes:
      return Kind::crash;
    case ClientStep::restarts:
      return Kind::restart;
    case ClientStep::asks:
    case ClientStep::asks_anew:
      break;
  }
  return Kind::op;
}

std::uint64_t SimulationBase::client_record(ClientStep step, ClientId client, AnyRef body,
                                            std::uint64_t cause) {
  Record record = number(kind_of(step), NodeId{nodes() + client.value}, cause);
  record.client = true;
  record.body = body;
  if (step == ClientStep::asks_anew) record.detail = "again";
  tell_all(record);
  if (const auto* reply = body.get_if<Reply>()) after_answer(client, *reply, record.index);
  return record.index;
}

}  // namespace quorate
