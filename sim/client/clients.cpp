#include "sim/client/clients.hpp"

#include <string>
#include <utility>

namespace quorate {
namespace {

constexpr std::size_t no_call = static_cast<std::size_t>(-1);
constexpr std::int64_t pauses_in_a_timeout = 10;

std::uint32_t token_of(std::uint32_t line, std::uint32_t wakes, std::uint32_t wake) {
  return line * wakes + wake;
}

NodeId place_of(ClientId client, const Control& control) {
  return NodeId{control.nodes() + client.value};
}

NodeId after(NodeId node, std::uint32_t nodes) { return NodeId{(node.value + 1) % nodes}; }

// Keys k1 to k9 in turn; a value of its own for every operation that could write one, a number
// where it is to be added.
Operation complete(Operation operation, std::uint64_t serial) {
  if (operation.key.empty()) operation.key = Text("k" + std::to_string(serial % 9 + 1));
  const bool reads = operation.verb == Text("get") || operation.verb == Text("GET") ||
                     operation.verb == Text("read");
  const char* const kind = operation.verb == Text("add") ? "" : "v";
  if (operation.value.empty() && !reads) operation.value = Text(kind + std::to_string(serial));
  return operation;
}

}  // namespace

Clients::Clients(std::shared_ptr<const std::vector<Workload>> workload, std::uint32_t clients,
                 std::uint64_t seed, Engine engine)
    : workload_(std::move(workload)), lines_(workload_->size()), clients_(clients) {
  for (std::uint32_t i = 0; i < lines_.size(); ++i) {
    QUORATE_ASSERT((*workload_)[i].client.value < clients, "A line's client must be declared.");
    QUORATE_ASSERT((*workload_)[i].timeout > Duration{0}, "A try must last longer than no time.");
    lines_[i].stream = make_stream(seed, Purpose::workload, i, 0, engine);
  }
  for (std::uint32_t i = 0; i < clients; ++i) {
    clients_[i].stream = make_stream(seed, Purpose::client, i, 0, engine);
  }
}

void Clients::start(Control& control) {
  QUORATE_ASSERT(control.nodes() > 0, "Clients need a node to ask.");
  // First targets are spread, so that clients do not all depend on the first node.
  for (std::uint32_t i = 0; i < clients_.size(); ++i) {
    clients_[i].target = NodeId{i % control.nodes()};
    clients_[i].turn = i % control.nodes();
  }
  for (std::uint32_t i = 0; i < lines_.size(); ++i) {
    const Workload& line = (*workload_)[i];
    if (line.count == 0 || (!line.at && line.from >= line.until)) continue;
    control.call_client(line.at.value_or(line.from),
                        token_of(i, wakes, static_cast<std::uint32_t>(Wake::issue)));
  }
}

void Clients::due(std::uint32_t token, Control& control) {
  const std::uint32_t line = token / wakes;
  QUORATE_ASSERT(line < lines_.size(), "Clients are woken with the tokens they gave.");
  const auto wake = static_cast<Wake>(token % wakes);
  if (wake == Wake::issue && !up((*workload_)[line].client)) {
    lines_[line].missed = true;
  } else if (wake == Wake::issue) {
    issue(line, control);
  } else {
    ring(line, wake, control);
  }
}

// ---- operations -------------------------------------------------------------------------------

void Clients::schedule_next(std::uint32_t line, Duration gap, Control& control) {
  const Workload& workload = (*workload_)[line];
  const Time at = control.now() + gap;
  if (workload.at || lines_[line].issued >= workload.count || at >= workload.until) return;
  control.call_client(at, token_of(line, wakes, static_cast<std::uint32_t>(Wake::issue)));
}

void Clients::issue(std::uint32_t line, Control& control) {
  const Workload& workload = (*workload_)[line];
  Line& state = lines_[line];
  const std::uint64_t serial = clients_[workload.client.value].calls.size() + 1;
  const std::size_t call =
      begin(line, complete(workload.operation, serial), state.cause, false, control);
  ++state.issued;
  begin_try(call, control);
  if (workload.every) schedule_next(line, sample(*workload.every, state.stream), control);
}

std::size_t Clients::begin(std::uint32_t line, Operation operation, std::uint64_t cause, bool again,
                           Control& control) {
  const ClientId client = (*workload_)[line].client;
  const std::size_t position = history_.size();
  std::vector<std::size_t>& calls = clients_[client.value].calls;
  calls.push_back(position);
  HistoryEntry& entry = history_.emplace_back();
  entry.client = client;
  entry.serial = calls.size();
  entry.operation = operation;
  entry.invoked = control.now();
  Call& call = calls_.emplace_back();
  call.line = line;
  const Request request{client, entry.serial, entry.operation};
  call.op = call.cause = control.client_record(again ? ClientStep::asks_anew : ClientStep::asks,
                                               client, AnyRef::to(request), cause);
  return position;
}

void Clients::finish(std::size_t call, std::uint64_t cause, Control& control) {
  close(call);
  const std::uint32_t line = calls_[call].line;
  const Workload& workload = (*workload_)[line];
  if (workload.every) return;
  lines_[line].cause = cause;
  schedule_next(line, sample(workload.think, lines_[line].stream), control);
}

void Clients::close(std::size_t call) {
  calls_[call].open = false;
  Line& line = lines_[calls_[call].line];
  drop_stale(line.timeout);
  drop_stale(line.pause);
}

void Clients::begin_try(std::size_t call, Control& control) {
  Call& state = calls_[call];
  ++history_[call].tries;
  state.redirects = 0;
  state.paused = false;
  ask(call, next_target(state, clients_[workload(state).client.value], control), control);
  add_deadline(call, Wake::timeout, workload(state).timeout, control);
}

void Clients::ask(std::size_t call, NodeId node, Control& control) {
  Call& state = calls_[call];
  state.asked = node;
  const HistoryEntry& entry = history_[call];
  const Request request{entry.client, entry.serial, entry.operation};
  control.client_send(entry.client, node, request, state.cause);
}

// ---- targets ----------------------------------------------------------------------------------

NodeId Clients::next_target(const Call& call, Client& client, Control& control) {
  const Workload& line = workload(call);
  if (line.node) return *line.node;
  const std::uint32_t nodes = control.nodes();
  switch (line.target) {
    case TargetPolicy::round_robin: {
      const NodeId turn{client.turn};
      client.turn = after(turn, nodes).value;
      return turn;
    }
    case TargetPolicy::random:
      return NodeId{static_cast<std::uint32_t>(client.stream.below(nodes))};
    case TargetPolicy::leader:
      if (leader_ != no_node) return leader_;
      break;  // before the first election it looks for one like a sticky line
    case TargetPolicy::sticky:
      break;
  }
  return sticky_target(call, client, control);
}

// Moves on only if this very node failed the call: another operation of the client may already have
// found a better one.
NodeId Clients::sticky_target(const Call& call, Client& client, Control& control) {
  if (call.asked == client.target) client.target = after(client.target, control.nodes());
  return client.target;
}

// ---- answers ----------------------------------------------------------------------------------

// The client's operation with this serial if it still waits, else no_call.
std::size_t Clients::find_open(ClientId client, std::uint64_t serial) const {
  if (client.value >= clients_.size()) return no_call;
  const std::vector<std::size_t>& calls = clients_[client.value].calls;
  if (serial == 0 || serial > calls.size()) return no_call;
  const std::size_t call = calls[static_cast<std::size_t>(serial - 1)];
  return calls_[call].open ? call : no_call;
}

void Clients::on_reply(ClientId client, NodeId from, const Reply& reply, std::uint64_t cause,
                       Control& control) {
  const std::size_t call = find_open(client, reply.serial);
  if (call == no_call) return;
  HistoryEntry& entry = history_[call];
  entry.completed = control.now();
  entry.result = reply.result;
  ++acked_;
  if (!workload(calls_[call]).node) clients_[client.value].target = from;
  const std::uint64_t ack =
      control.client_record(ClientStep::answered, client, AnyRef::to(reply), cause);
  finish(call, ack, control);
}

void Clients::on_redirect(ClientId client, NodeId from, const Redirect& redirect,
                          std::uint64_t cause, Control& control) {
  const std::size_t call = find_open(client, redirect.serial);
  if (call == no_call) return;
  Call& state = calls_[call];
  if (state.paused || state.asked != from || state.redirects >= control.nodes()) return;
  ++state.redirects;
  state.cause = cause;
  const Workload& line = workload(state);
  if (!line.node && redirect.node.value < control.nodes()) {
    clients_[client.value].target = redirect.node;
    ask(call, redirect.node, control);
  } else {
    state.paused = true;
    add_deadline(call, Wake::pause, line.timeout / pauses_in_a_timeout, control);
  }
}

// ---- waiting ----------------------------------------------------------------------------------

void Clients::try_timed_out(std::size_t call, Control& control) {
  switch (workload(calls_[call]).retry) {
    case Retry::same:
      return begin_try(call, control);
    case Retry::anew:
      return ask_anew(call, control);
    case Retry::nothing:
      return finish(call, no_cause, control);  // the outcome stays unknown
  }
}

// That of the old one stays unknown. Its line waits for the new one in its stead.
void Clients::ask_anew(std::size_t call, Control& control) {
  close(call);
  ++unmissed_;
  const Call old = calls_[call];
  const std::size_t next = begin(old.line, history_[call].operation, old.op, true, control);
  calls_[next].asked = old.asked;
  begin_try(next, control);
}

void Clients::pause_over(std::size_t call, Control& control) {
  Call& state = calls_[call];
  state.paused = false;
  ask(call, next_target(state, clients_[workload(state).client.value], control), control);
}

Clients::Alarm& Clients::alarm(std::uint32_t line, Wake wake) {
  return wake == Wake::timeout ? lines_[line].timeout : lines_[line].pause;
}

// A try has one timeout and at most one pause at a time, so only its end can void them.
bool Clients::stale(const Deadline& deadline) const {
  return !calls_[deadline.call].open || history_[deadline.call].tries != deadline.tries;
}

void Clients::drop_stale(Alarm& alarm) {
  while (!alarm.deadlines.empty() && stale(alarm.deadlines.front())) {
    alarm.deadlines.pop_front();
  }
}

void Clients::add_deadline(std::size_t call, Wake wake, Duration after, Control& control) {
  const std::uint32_t line = calls_[call].line;
  Alarm& waiting = alarm(line, wake);
  const Time at = control.now() + after;
  waiting.deadlines.push_back({at, call, history_[call].tries});
  if (waiting.set) return;
  waiting.set = true;
  control.call_client(at, token_of(line, wakes, static_cast<std::uint32_t>(wake)));
}

// Handles what is due and sets the alarm for what is not. It counts as set meanwhile, because a
// retry adds a deadline that may lie behind others already waiting.
void Clients::ring(std::uint32_t line, Wake wake, Control& control) {
  Alarm& waiting = alarm(line, wake);
  drop_stale(waiting);
  while (!waiting.deadlines.empty() && waiting.deadlines.front().at <= control.now()) {
    const std::size_t call = waiting.deadlines.front().call;
    waiting.deadlines.pop_front();
    if (wake == Wake::timeout) {
      try_timed_out(call, control);
    } else {
      pause_over(call, control);
    }
    drop_stale(waiting);
  }
  waiting.set = !waiting.deadlines.empty();
  if (!waiting.set) return;
  control.call_client(waiting.deadlines.front().at,
                      token_of(line, wakes, static_cast<std::uint32_t>(wake)));
}

// ---- crashes ----------------------------------------------------------------------------------

bool Clients::crash(ClientId client, std::uint64_t cause, Control& control) {
  Client& state = clients_[client.value];
  if (state.down) return false;
  state.down = true;
  control.interference().deaf.insert(place_of(client, control));
  const std::uint64_t line = control.client_record(ClientStep::crashes, client, {}, cause);
  std::uint64_t orphans = 0;
  for (const std::size_t call : state.calls) {
    if (!calls_[call].open) continue;
    close(call);
    ++orphans;
    if (!workload(calls_[call]).every) lines_[calls_[call].line].waiting = true;
  }
  unmissed_ += orphans;
  if (orphans == 0) return true;
  const std::string those = orphans == 1 ? "an operation" : std::to_string(orphans) + " operations";
  const std::string are = orphans == 1 ? " is an orphan" : " are orphans";
  control.announce(Kind::note,
                   those + " of " + control.names()[place_of(client, control).value] + are +
                       ": nobody waits for what comes of " + (orphans == 1 ? "it" : "them"),
                   {}, line);
  return true;
}

bool Clients::restart(ClientId client, std::uint64_t cause, Control& control) {
  Client& state = clients_[client.value];
  if (!state.down) return false;
  state.down = false;
  state.target = NodeId{client.value % control.nodes()};
  control.interference().deaf.erase(place_of(client, control));
  const std::uint64_t line = control.client_record(ClientStep::restarts, client, {}, cause);
  for (std::uint32_t i = 0; i < lines_.size(); ++i) {
    if ((*workload_)[i].client == client) go_on(i, line, control);
  }
  return true;
}

void Clients::go_on(std::uint32_t line, std::uint64_t cause, Control& control) {
  Line& state = lines_[line];
  const bool missed = std::exchange(state.missed, false);
  const bool waiting = std::exchange(state.waiting, false);
  if (!missed && !waiting) return;
  const Workload& workload = (*workload_)[line];
  state.cause = cause;
  if (missed && control.now() < workload.until) issue(line, control);
  if (waiting) schedule_next(line, sample(workload.think, state.stream), control);
}

std::vector<Duration> Clients::latencies() const {
  std::vector<Duration> result;
  result.reserve(static_cast<std::size_t>(acked_));
  for (const HistoryEntry& entry : history_) {
    if (entry.completed) result.push_back(*entry.completed - entry.invoked);
  }
  return result;
}

}  // namespace quorate
