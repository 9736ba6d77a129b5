#include "sim/run/traced_base.hpp"

#include <algorithm>
#include <stdexcept>

#include "sim/fault/event_match.hpp"
#include "sim/run/disk_harm.hpp"

namespace quorate {

namespace {

constexpr std::uint32_t of_messages = bit(Kind::send) | bit(Kind::recv) | bit(Kind::drop) |
                                      bit(Kind::dup) | bit(Kind::unexpected) | bit(Kind::alter);
bool is_message(Kind kind) { return (of_messages & bit(kind)) != 0; }
// Without a handler; the same kinds as in the run itself.
bool moves_a_node(Kind kind) {
  return kind == Kind::crash || kind == Kind::pause || kind == Kind::resume ||
         kind == Kind::persist;
}

bool moves_a_client(Kind kind) { return kind == Kind::crash || kind == Kind::restart; }

// Which of the `count` types from `first` on is called this, in snake_case where `snake`.
std::optional<std::size_t> position_named(std::string_view name, TypeInfos types, std::size_t first,
                                          std::size_t count, bool snake) {
  for (std::size_t i = first; i < first + count; ++i) {
    const std::string_view type = types[i]->name;
    if (snake ? is_snake_case_of(name, type) : name == type) return i;
  }
  return std::nullopt;
}

// What `set` or `disk` of a line says of a role.
const Value* part_of(const Value& whole, bool among_several, std::string_view role) {
  return among_several ? whole.find(snake_case(role)) : &whole;
}

}  // namespace

std::optional<std::size_t> BodyTypes::position(Kind kind, std::string_view name) const {
  const std::size_t first_choice = wire + timers;
  switch (kind) {
    case Kind::local: {
      const auto message = position_named(name, infos, 0, wire, false);
      return message ? message : position_named(name, infos, first_choice, choices, false);
    }
    case Kind::timer:
      return position_named(name, infos, wire, timers, true);
    case Kind::event:
      return position_named(name, infos, first_choice + choices, events, true);
    case Kind::op:
      return position_named(name, infos, wire - 3, 1, false);
    case Kind::ack:
      return position_named(name, infos, wire - 2, 1, false);
    default:
      return position_named(name, infos, 0, wire, false);
  }
}

TracedBase::TracedBase(std::shared_ptr<const Scenario> scenario, bool states, const Names& names)
    : scenario_(std::move(scenario)),
      names_(names),
      expectations_(scenario_),
      states_(states),
      ledger_(names.messages.size()),
      metrics_(names.leader_status),
      book_(scenario_->replays()),
      serials_(scenario_->clients.size()),
      fired_(scenario_->faults.size()) {}
TracedBase::~TracedBase() = default;

std::string TracedBase::on(const TracedEvent& event) {
  fault_.clear();
  starts(event.start);
  move_to(event.record.time);
  Record record = event.record;
  const TracedBody body = body_of(event);
  if (body.payload != nullptr) record.body = {body.value, body_types().infos[body.type]};
  if (is_client(record.node) && moves_a_client(record.kind)) {
    record.client = true;
    record.handled = false;
  }
  if (is_message(record.kind) && body.payload != nullptr) {
    record.type = static_cast<std::uint16_t>(body.type);
    if (record.kind != Kind::unexpected) ledger_.on(record);
  }
  happen(event);
  if (!knows_all_of(record)) {
    wrong("it does not say who sends, receives or does this");
    return fault_;
  }
  watch_.on(record);
  note(record);
  metrics_.on(record);
  expectations_.on(record, names_.nodes);
  if (is_client(record.node)) happen_to_client(record);
  const bool moved = record.handled || moves_a_node(record.kind);
  if (states_ && moved && is_node(record.node)) check(record);
  if (is_message(record.kind) && !book_.under_way(record.message)) bodies_.erase(record.message);
  return fault_;
}

Outcome TracedBase::outcome(const TracedEnd& end) {
  fault_.clear();
  starts(end.start);
  if (states_ && !violation_) judge_history(end.ended);
  Outcome outcome = judged(what_was_found(end));
  outcome.events = next_index_;
  outcome.ended = end.ended;
  return outcome;
}

void TracedBase::change(std::span<const Settable> roles, const Value& set) {
  for (const Settable& role : roles) {
    const ReadableFields& fields = *role.fields;
    const Value* own = part_of(set, roles.size() > 1, fields.type);
    if (own == nullptr) continue;
    for (std::size_t i = 0; i < fields.names.size(); ++i) {
      const Value* change = own->find(fields.names[i]);
      if (change == nullptr) continue;
      wrong(fields.readers[i].change(*change, fields.address(role.value, i), names_.nodes));
    }
  }
}

void TracedBase::change(const DurablePart& role, const Value& disk, bool among_several) {
  const Value* own = part_of(disk, among_several, role.fields->type);
  if (own == nullptr) return;
  for (std::size_t i = 0; i < role.names.size(); ++i) {
    const Value* change = own->find(role.names[i]);
    if (change == nullptr) continue;
    const std::size_t field = position_of_field(*role.fields, role.names[i]);
    wrong(role.fields->readers[field].change(*change, role.places[i], names_.nodes));
  }
}

void TracedBase::found(std::size_t broken, std::span<const Check> checks, const Record& record) {
  if (broken == checks.size()) return;
  const Check& check = checks[broken];
  violated({std::string(names_.properties[broken]), check.nodes(), check.why()}, record.index,
           record);
}

TracedBody TracedBase::body_of(const TracedEvent& event) {
  const Record& record = event.record;
  if (is_message(record.kind) && record.kind != Kind::send) {
    if (record.kind != Kind::unexpected) wrong(book_.on(record, event.name));
    if (record.kind == Kind::alter) return altered_[record.cause] = read_body(event);
    TracedBody moving = body_under_way(record);
    if (moving.payload != nullptr) return moving;
  }
  if (event.name.empty()) return {};
  TracedBody body = read_body(event);
  if (record.kind != Kind::send) return body;
  wrong(book_.on(record, event.name));
  return bodies_.insert_or_assign(record.message, std::move(body)).first->second;
}

// What its sender's link doubles, or a fault replays, is the message as it was sent; what a relay's
// link doubles is what came to the relay.
TracedBody TracedBase::body_under_way(const Record& record) {
  const auto altered = altered_.find(record.cause);
  if (altered == altered_.end() || (record.kind == Kind::dup && record.node == record.from)) {
    const auto sent = bodies_.find(record.message);
    return sent != bodies_.end() ? sent->second : TracedBody{};
  }
  TracedBody body = altered->second;
  if (record.kind == Kind::dup) altered_[record.index] = body;
  if (record.kind == Kind::recv || record.kind == Kind::drop) altered_.erase(altered);
  return body;
}

TracedBody TracedBase::read_body(const TracedEvent& event) {
  const BodyTypes& types = body_types();
  const std::optional<std::size_t> type = types.position(event.record.kind, event.name);
  if (!type) {
    wrong("this protocol has no \"" + event.name + "\" here");
    return {};
  }
  TracedBody body = make_body(*type);
  const bool empty = event.body.kind == Value::Kind::null;  // a type without fields has no body
  if (!empty)
    wrong(read_from(event.body, Settable{body.value, &types.fields[*type]()}, names_.nodes));
  return body;
}

void TracedBase::starts(const Value& start) {
  for (const Member& member : start.members) {
    const auto name = std::ranges::find(names_.nodes, member.key);
    const NodeId node{static_cast<std::uint32_t>(name - names_.nodes.begin())};
    if (!is_node(node)) return wrong("\"" + member.key + "\" is no node that could start");
    change_roles(node, member.value);
    check({.index = no_cause, .kind = Kind::note, .handled = true, .node = node, .text = "start"});
  }
}

bool TracedBase::knows_all_of(const Record& record) const {
  constexpr std::uint32_t about_nobody =
      bit(Kind::fault) | bit(Kind::heal) | bit(Kind::note) | bit(Kind::violation);
  const auto known = [&](NodeId id) { return id.value < names_.nodes.size(); };
  if (is_message(record.kind)) return known(record.from) && known(record.to);
  return (about_nobody & bit(record.kind)) != 0 || known(record.node);
}

void TracedBase::happen(const TracedEvent& event) {
  const NodeId node = event.record.node;
  next_index_ = event.record.index + 1;
  const Kind kind = event.record.kind;
  if (!is_node(node)) {
    const bool of_client = is_client(node) && moves_a_client(kind);
    if (!of_client && (moves_a_node(kind) || kind == Kind::restart)) {
      wrong("no node is named at which it happens");
    }
    return;
  }
  constexpr std::uint32_t no_step =
      bit(Kind::drop) | bit(Kind::dup) | bit(Kind::alter) | bit(Kind::note);
  const bool of_memory = kind == Kind::note && event.record.handled;
  if ((no_step & bit(kind)) != 0 && !of_memory) return;
  if (of_memory ? !up(node) : !move(event)) {
    wrong(names_.nodes[node.value] + (up(node) ? " is up" : " is down") +
          (paused(node) ? " and paused" : "") + ", so this cannot happen there");
  }
  if (!states_) return;
  if (event.set.kind != Value::Kind::null) change_roles(node, event.set);
  if (event.disk.kind != Value::Kind::null) change_disk(node, event.disk);
}

void TracedBase::check(const Record& record) {
  try {
    look(record);
  } catch (const AssertionFailure& failure) {  // a state that no run comes to
    wrong(std::string("no node can be in such a state: ") + failure.what());
  } catch (const std::out_of_range&) {  // which ended the run, as the next line tells
    if (!harms_state(*scenario_)) throw;
  }
}

void TracedBase::note(const Record& record) {
  if (record.kind == Kind::fault) note_fault(record);
  const auto* request = record.body.get_if<Request>();
  if (record.kind == Kind::op && request != nullptr) note_request(record, *request);
  const auto* reply = record.body.get_if<Reply>();
  if (record.kind == Kind::ack && reply != nullptr) note_reply(record, *reply);
  if (record.kind == Kind::violation && states_ && record.violation != nullptr) {
    note_violation(record);
  }
}

void TracedBase::note_fault(const Record& record) {
  const auto fault = std::ranges::find(scenario_->faults, record.text, &Fault::id);
  if (fault == scenario_->faults.end()) return wrong("the scenario has no fault of this name");
  if (!expectations_.on_fault(record)) return;
  ++fired_[static_cast<std::size_t>(fault - scenario_->faults.begin())];
}

void TracedBase::note_request(const Record& record, const Request& request) {
  // The line names the client; the request's own words do not.
  const ClientId client = client_at(record.node);
  if (is_node(record.node) || client.value >= serials_.size()) {
    return wrong("no client is named that asks for it");
  }
  std::uint64_t& last = serials_[client.value];
  if (request.serial != last + 1) {
    return wrong("its client's next operation is number " + std::to_string(last + 1));
  }
  last = request.serial;
  if (!record.detail.empty()) {
    const auto before = std::ranges::find_if(asked_, [&](const auto& entry) {
      return entry.first.first == record.node && entry.second.index == record.cause;
    });
    if (before == asked_.end()) return wrong("its client does not wait for what it asks again");
    asked_.erase(before);
  }
  asked_.emplace(std::pair(record.node, request.serial), Asked{record.time, record.index});
  ask(client, request.serial);
}

// What it waited for nobody waits for any more.
void TracedBase::happen_to_client(const Record& record) {
  const bool acts = record.kind == Kind::op || record.kind == Kind::ack ||
                    record.kind == Kind::recv || record.kind == Kind::crash;
  const bool down = clients_down_.contains(record.node);
  if ((acts && down) || (record.kind == Kind::restart && !down)) {
    wrong(names_.nodes[record.node.value] + (down ? " is down" : " is up") +
          ", so this cannot happen there");
  }
  if (record.kind == Kind::restart) clients_down_.erase(record.node);
  if (record.kind != Kind::crash) return;
  clients_down_.insert(record.node);
  std::erase_if(asked_, [&](const auto& entry) { return entry.first.first == record.node; });
}

void TracedBase::note_reply(const Record& record, const Reply& reply) {
  const auto asked = asked_.find({record.node, reply.serial});
  if (asked == asked_.end()) return wrong("its client waits for no such answer");
  latencies_.push_back(record.time - asked->second.at);
  asked_.erase(asked);
  if (states_ && !violation_) answered(client_at(record.node), reply, record);
}

void TracedBase::note_violation(const Record& record) {
  const Violation& told = *record.violation;
  const bool of_clients = told.property == HistoryCheck::name;
  if (of_clients && !violation_) judge_history(record.time);
  const auto& properties = names_.properties;
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
  watch_.history.judge(names_.nodes);
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

Findings TracedBase::what_was_found(const TracedEnd& end) const {
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
  findings.note(watch_, end.ended, names_.nodes);
  findings.metrics = metrics_.result(ledger_, type_names(names_.messages),
                                     {.at = end.ended,
                                      .latencies = latencies_,
                                      .lost_tails = lost_tails(),
                                      .elects = !names_.leader_status.empty(),
                                      .nodes = names_.nodes.size()});
  return findings;
}

}  // namespace quorate
