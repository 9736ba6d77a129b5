// A cluster of nothing but flags, for the injector's tests: it carries out what faults ask for,
// keeps a log of it in words, and calls the injector back when a moment it asked for has come.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/fault/injector.hpp"

namespace quorate::testing {

// What every timer says.
struct Watch {
  NodeId node;
  QUORATE_FIELDS(Watch, node)
};

class FakeControl : public Control {
 public:
  // Nodes n1..nN, then the clients c1 and c2. `status` is what each node's role prints.
  FakeControl(std::uint32_t nodes, std::vector<Fault> faults, std::uint64_t seed = 1)
      : injector(std::make_shared<const std::vector<Fault>>(std::move(faults)), seed,
                 Engine::xoshiro256pp),
        network_(all_linked(nodes), seed, Engine::xoshiro256pp),
        up_(nodes, true),
        paused_(nodes, false),
        statuses(nodes, "follower"),
        roles(nodes, "server") {
    for (std::uint32_t i = 1; i <= nodes; ++i) names_.push_back("n" + std::to_string(i));
    names_.insert(names_.end(), {"c1", "c2"});
  }

  // Calls the injector for every moment up to and including `end`; then it is `end`.
  void run_until(Time end) {
    while (!pending_.empty() && pending_.begin()->first.first <= end) {
      const std::uint32_t token = pending_.begin()->second;
      now_ = pending_.begin()->first.first;
      pending_.erase(pending_.begin());
      injector.due(token, *this);
    }
    now_ = end;
  }
  void start() { injector.start(*this); }
  // A handler ran somewhere.
  void handled() {
    if (injector.wants_state()) injector.after_change(next_index_++, *this);
  }
  void set_status(NodeId node, std::string status) {
    statuses[node.value] = std::move(status);
    handled();
  }

  template <class Body>
  void event(NodeId node, const Body& body) {
    tell(Kind::event, node, AnyRef::to(body));
  }
  void elect(NodeId node) { event(node, Elected{1}); }
  void tell(Kind kind, NodeId node, AnyRef body = {}, NodeId from = no_node, NodeId to = no_node) {
    Record record;
    record.index = next_index_++;
    record.time = now_;
    record.kind = kind;
    record.node = node;
    record.from = from;
    record.to = to;
    record.body = body;
    injector.on(record, *this);
  }
  // What the world does when a handler reaches a crash point.
  void reach(const CrashPoint& point) {
    const CrashPoint fired = point;
    std::erase_if(interference_.crash_points,
                  [&](const CrashPoint& other) { return other.fault == fired.fault; });
    crash(fired.node, injector.crash_point(fired, *this));
  }

  // ---- Control
  Time now() const override { return now_; }
  std::uint32_t nodes() const override { return static_cast<std::uint32_t>(up_.size()); }
  NodeNames names() const override { return names_; }
  bool up(NodeId node) const override { return node.value >= nodes() || up_.at(node.value); }
  bool paused(NodeId node) const override { return paused_.at(node.value); }
  bool plays(NodeId node, std::string_view role) const override {
    return role.empty() || roles.at(node.value) == role;
  }
  std::string_view status(NodeId node, std::string_view) const override {
    return statuses.at(node.value);
  }
  std::optional<std::uint16_t> message_type(std::string_view name) const override {
    if (name == "RequestVote") return 0;
    if (name == "AppendEntries") return 1;
    return std::nullopt;
  }
  bool crash(NodeId node, std::uint64_t cause) override {
    if (!up_.at(node.value)) return false;
    up_[node.value] = false;
    paused_[node.value] = false;
    log("crash " + names_[node.value], cause);
    tell(Kind::crash, node);
    return true;
  }
  bool restart(NodeId node, Comeback how, std::uint64_t cause) override {
    if (up_.at(node.value)) return false;
    up_[node.value] = true;
    const std::string version = how.version == 0 ? "" : " v" + std::to_string(how.version);
    log((how.amnesia ? "reset " : "restart ") + names_[node.value] + version, cause);
    tell(Kind::restart, node);
    return true;
  }
  bool pause(NodeId node, std::uint64_t cause) override {
    paused_.at(node.value) = true;
    log("pause " + names_[node.value], cause);
    return true;
  }
  bool resume(NodeId node, std::uint64_t cause) override {
    paused_.at(node.value) = false;
    log("resume " + names_[node.value], cause);
    return true;
  }
  Network& network() override { return network_; }
  Interference& interference() override { return interference_; }
  void release(std::uint32_t fault) override {
    std::erase_if(interference_.rules, [&](const MessageRule& rule) {
      return rule.fault == fault && rule.effect == RuleEffect::hold;
    });
    lines.push_back("release " + std::to_string(fault));
  }
  bool replay(std::uint32_t fault, std::uint64_t send) override {
    lines.push_back("replay " + std::to_string(fault) + " e" + std::to_string(send));
    return true;
  }
  bool move_timer(NodeId node, const IsTimer& is, std::optional<Duration> later) override {
    for (const auto& [at, name] : armed_timers) {
      std::string type = name;
      type.front() = static_cast<char>(type.front() - 'a' + 'A');
      TypeInfo info = type_info<Watch>;
      info.name = type;
      const Watch watch{NodeId{watched}};
      if (at != node.value || !is({&watch, &info})) continue;
      lines.push_back("timer " + name + " " + names_[node.value] +
                      (later ? " +" + to_text(*later) : ""));
      if (later) delays.emplace_back(node.value, *later);
      return true;
    }
    return false;
  }
  void submit(NodeId node, const Operation& operation, std::uint64_t cause) override {
    log("submit " + std::string(operation.verb.view()) + " " + names_[node.value], cause);
  }
  void smear_clock(NodeId node, const Smear& smear) override {
    lines.push_back("smear " + names_[node.value] + " " + shift_text(smear.by) + " over " +
                    to_text(smear.over) + " #" + std::to_string(smear.number));
  }
  void take_back_smear(NodeId node, const Smear& smear) override {
    lines.push_back("take back " + names_[node.value] + " #" + std::to_string(smear.number));
  }
  std::string harm_memory(NodeId node, const MemoryHarm& harm) override {
    drawn.push_back(harm.which ^ harm.how);
    if (!up_[node.value] || memories.empty()) return {};
    lines.push_back("scramble " + names_[node.value]);
    return memories;
  }
  void tell_memory(NodeId node, std::string_view text, std::uint64_t cause) override {
    log("note " + names_[node.value] + " " + std::string(text), cause);
  }
  void step_clock(NodeId node, Duration by) override {
    lines.push_back("step " + names_[node.value] + " " + shift_text(by));
  }
  bool set_drift(NodeId node, std::optional<Drift> drift) override {
    const Drift wanted = drift.value_or(Drift{});
    if (drifts[node.value] == wanted) return false;
    drifts[node.value] = wanted;
    lines.push_back("drift " + names_[node.value] + " " + to_text(wanted));
    return true;
  }
  bool set_work(NodeId node, const WorkChange& change) override {
    const std::string wanted = (change.cost ? to_text(*change.cost) : "own") + " x" +
                               std::to_string(change.slow.value_or(1));
    if (std::exchange(works[node.value], wanted) == wanted) return false;
    lines.push_back("work " + names_[node.value] + " " + wanted);
    return true;
  }
  bool set_disk(NodeId node, const DiskChange& change) override {
    if (change.harm && change.harm->undone) return false;
    if (change.harm) {
      if (up_[node.value]) return false;
      drawn.push_back(change.harm->which ^ change.harm->how);
      lines.push_back(std::string(enum_name(change.harm->act)) + " " + names_[node.value]);
      return true;
    }
    const std::string wanted = (change.sync ? to_text(*change.sync) : std::string("own")) +
                               (change.stall.value_or(false) ? " stalls" : "") +
                               (change.lie.value_or(false) ? " lies" : "") +
                               (change.full.value_or(false) ? " full" : "") +
                               (change.read_only.value_or(false) ? " read-only" : "");
    const auto now = disks.find(node.value);
    if ((now == disks.end() ? "own" : now->second) == wanted) return false;
    disks[node.value] = wanted;
    lines.push_back("disk " + names_[node.value] + " " + wanted);
    return true;
  }
  bool set_jitter(NodeId node, std::optional<Probability> share) override {
    const Probability wanted = share.value_or(Probability{});
    if (jitters[node.value] == wanted) return false;
    jitters[node.value] = wanted;
    lines.push_back("jitter " + names_[node.value] + " " + to_text(wanted));
    return true;
  }
  std::uint64_t announce(Kind kind, std::string_view id, std::string_view detail,
                         std::uint64_t cause) override {
    Record record;
    record.index = next_index_++;
    record.time = now_;
    record.kind = kind;
    record.text = id;
    record.detail = detail;
    announced_ = record.index;
    announced.push_back(record.index);
    causes.push_back(cause);
    lines.push_back(std::string(enum_name(kind)) + " " + std::string(id) + ": " +
                    std::string(detail));
    injector.on(record, *this);
    return record.index;
  }
  void call_injector(Time at, std::uint32_t token) override {
    pending_.emplace(std::pair{at, next_order_++}, token);
    asked.push_back(at);
  }
  void call_client(Time, std::uint32_t) override {}
  std::uint64_t client_record(ClientStep, ClientId, AnyRef, std::uint64_t) override { return 0; }
  void client_send(ClientId, NodeId, const Request&, std::uint64_t) override {}

  // The pairs that cannot talk, as "n1>n2 n2>n1".
  std::string severed() const {
    std::string text;
    for (std::uint32_t from = 0; from < names_.size(); ++from) {
      for (std::uint32_t to = 0; to < names_.size(); ++to) {
        if (!network_.cuts.severed(NodeId{from}, NodeId{to})) continue;
        text += (text.empty() ? "" : " ") + names_[from] + ">" + names_[to];
      }
    }
    return text;
  }
  // The log so far; it starts anew.
  std::vector<std::string> take() { return std::exchange(lines, {}); }

  Injector injector;

 private:
  static std::shared_ptr<const NetworkConfig> all_linked(std::uint32_t nodes) {
    NetworkConfig config;
    config.nodes = nodes;
    config.clients = 2;
    return std::make_shared<const NetworkConfig>(std::move(config));
  }
  // Whatever a fault does must name the line that announced it.
  void log(std::string line, std::uint64_t cause) {
    if (cause != announced_) line += " (by nobody)";
    lines.push_back(std::move(line));
  }

  Time now_;
  Network network_;
  Interference interference_;
  std::vector<bool> up_;
  std::vector<bool> paused_;
  std::vector<std::string> names_;
  std::map<std::pair<Time, std::uint64_t>, std::uint32_t> pending_;
  std::uint64_t next_order_{};
  std::uint64_t next_index_{};
  std::uint64_t announced_{};

 public:
  std::vector<std::string> statuses;
  std::vector<std::string> roles;
  std::map<std::uint32_t, Drift> drifts;         // of clocks; 0 where nothing stands
  std::map<std::uint32_t, std::string> works;    // how long handlers take
  std::map<std::uint32_t, std::string> disks;    // how disks are, if not as at the start
  std::map<std::uint32_t, Probability> jitters;  // of their timers
  std::vector<std::uint64_t> drawn;              // by acts on disks
  std::set<std::pair<std::uint32_t, std::string>> armed_timers;
  std::uint32_t watched{};  // by each of those: the field `node`, from 0
  std::vector<std::pair<std::uint32_t, Duration>> delays{};  // whose were postponed, by how much
  std::string memories{"status"};                            // what can be hit in a node's memory
  std::vector<std::string> lines;
  std::vector<Time> asked;  // moments the injector asked for
  // Of every fault and heal line so far: its number, and that of what it follows from.
  std::vector<std::uint64_t> announced;
  std::vector<std::uint64_t> causes;
};

// ---- short ways to write a fault

inline Time at(Duration since_start) { return Time{} + since_start; }
inline NodeId n(std::uint32_t number) { return NodeId{number - 1}; }

inline Selector node_list(std::initializer_list<std::uint32_t> numbers) {
  Selector selector{Selector::Kind::nodes, {}, {}};
  for (const std::uint32_t number : numbers) selector.nodes.push_back(n(number));
  return selector;
}
inline Selector by(Selector::Kind kind, std::string name = {}) {
  return {kind, {}, std::move(name)};
}

inline Action act(Verb verb, Selector target = {}) {
  Action action;
  action.verb = verb;
  action.target = std::move(target);
  return action;
}
inline Action split(std::vector<std::vector<NodeId>> groups) {
  Action action = act(Verb::partition);
  action.groups = std::move(groups);
  return action;
}
inline Action shaped(PartitionShape shape, Selector target = {}) {
  Action action = act(Verb::partition, std::move(target));
  action.shape = shape;
  return action;
}
inline Action drifting(Selector target, std::int64_t ppb) {
  Action action = act(Verb::clock, std::move(target));
  action.drift = Drift{ppb};
  return action;
}
inline Action jittering(Selector target, std::string_view share) {
  Action action = act(Verb::clock, std::move(target));
  action.jitter = parse_probability(share).value;
  return action;
}
inline Action strobing(Selector target, Duration by, Duration every) {
  Action action = act(Verb::clock, std::move(target));
  action.strobe = by;
  action.strobe_every = every;
  return action;
}
inline Action jumping(Selector target, Duration by) {
  Action action = act(Verb::clock, std::move(target));
  action.jump = by;
  return action;
}
inline Action about_messages(Verb verb, Selector from, Selector to) {
  Action action = act(verb);
  action.from = std::move(from);
  action.to = std::move(to);
  return action;
}

inline Fault fault(std::string id, Trigger trigger, Action action) {
  Fault result;
  result.id = std::move(id);
  result.trigger = std::move(trigger);
  result.action = std::move(action);
  return result;
}
inline Trigger when(Duration moment) {
  Trigger trigger;
  trigger.at = at(moment);
  return trigger;
}
inline Trigger every(Distribution gap) {
  Trigger trigger;
  trigger.kind = Trigger::Kind::every;
  trigger.every = gap;
  return trigger;
}
inline Trigger on_event(std::string name, std::uint32_t nth = 1) {
  Trigger trigger;
  trigger.kind = Trigger::Kind::event;
  trigger.event.event = std::move(name);
  trigger.event.nth = nth;
  return trigger;
}
inline Trigger on_fault(std::string id) {
  Trigger trigger;
  trigger.kind = Trigger::Kind::fault;
  trigger.fault = std::move(id);
  return trigger;
}
inline Trigger on_state(Quantifier quantifier, std::string is) {
  Trigger trigger;
  trigger.kind = Trigger::Kind::state;
  trigger.state = {quantifier, "", std::move(is)};
  return trigger;
}

inline Fault lasting(Fault fault, Duration length) {
  fault.lasts = Distribution::constant(length);
  return fault;
}

using Lines = std::vector<std::string>;

// What the faults leave in the log until `end`.
inline Lines told(std::uint32_t nodes, std::vector<Fault> faults, Time end = at(1s)) {
  FakeControl control(nodes, std::move(faults));
  control.start();
  control.run_until(end);
  return control.take();
}

}  // namespace quorate::testing
