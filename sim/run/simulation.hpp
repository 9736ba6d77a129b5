// One whole run: the world, and around it faults, clients, properties, metrics, digest and whoever
// watches. A copyable value: a copy run to its end gives the same digest. Observers stay with the
// original.
#pragma once

#include "sim/fault/injector.hpp"
#include "sim/measure/metrics.hpp"
#include "sim/run/end_state.hpp"
#include "sim/run/judge.hpp"
#include "sim/run/node_change.hpp"
#include "sim/run/protocol_entry.hpp"
#include "sim/run/setup.hpp"
#include "sim/run/traced_simulation.hpp"
#include "sim/trace/digest.hpp"

namespace quorate {

template <class P, class Properties, class Witnesses = NoWitnesses>
class Simulation final : public Run, private Control {
 public:
  Simulation(std::shared_ptr<const Scenario> scenario, std::uint64_t seed,
             const RunOptions& options, std::shared_ptr<const Description<P>> words)
      : scenario_(std::move(scenario)),
        words_(std::move(words)),
        options_(options),
        world_(make_setup<P>(*scenario_, seed, words_->durability_bugs), network_of(scenario_)),
        injector_(faults_of(scenario_), seed, scenario_->engine),
        clients_(workload_of(scenario_), static_cast<std::uint32_t>(scenario_->clients.size()),
                 seed, scenario_->engine),
        names_(world_.setup().names),
        ledger_(Traits<P>::WireTypes::size),
        metrics_(words_->leader_status),
        expectations_(scenario_),
        stop_event_(scenario_) {
    properties_.keep_only(scenario_->check, Cluster<P>(world_));
  }

  bool step() override {
    if (finished_) return false;
    if (!started_) return begin();
    if (world_.idle()) return end(Ending::quiescent);
    if (world_.next_time() > scenario_->stop) return end(Ending::stop_time);
    guarded([&] { world_.step(*this); });
    if (!finished_) check_budgets();
    if (!finished_ && stop_event_.reached()) end(Ending::stop_event);
    return !finished_;
  }
  void run() override {
    while (step()) {
    }
  }
  void give_up(std::string reason) override {
    if (!finished_) end(Ending::budget, std::move(reason));
  }
  bool finished() const override { return finished_; }
  std::unique_ptr<Run> copy() const override {
    auto result = std::make_unique<Simulation>(*this);
    result->observers_.clear();
    result->shadow_.clear();
    return result;
  }
  void observe(Observer& observer) override {
    observers_.push_back(&observer);
    if (!observer.wants_state() || !shadow_.empty()) return;
    for (std::uint32_t i = 0; i < world_.nodes(); ++i) {
      shadow_.push_back({world_.roles(NodeId{i}), world_.synced(NodeId{i})});
    }
    lost_tails_shown_ = world_.lost_tails();
  }

  Time now() const override { return world_.now(); }
  std::uint64_t events() const override { return world_.next_index(); }
  std::uint64_t digest() const override { return digest_.value(); }
  const Outcome& outcome() const override {
    QUORATE_ASSERT(finished_, "An outcome exists once the run is finished.");
    return outcome_;
  }
  const Ledger& ledger() const override { return ledger_; }
  const std::vector<HistoryEntry>& history() const override { return clients_.history(); }
  std::string state(NodeId node) const override {
    JsonWriter out(world_.setup().names);
    std::apply(
        [&](const auto&... role) {
          if constexpr (sizeof...(role) == 1) {
            (print_to(out, role), ...);
          } else {
            out.open_object();
            (print_named(out, role), ...);
            out.close_object();
          }
        },
        world_.roles(node));
    return out.buffer();
  }
  std::string field(NodeId node, std::string_view name) const override {
    return ClusterAtEnd<P>(world_, *words_).field_text(node, name);
  }
  const World<P>& world() const { return world_; }

  // ---- the world's sink

  void on(const Record& record) {
    digest_.fold(record);
    ledger_.on(record);
    metrics_.on(record);
    injector_.on(record, *this);
    if (record.kind == Kind::event) on_event(record);
    expectations_.on(record, names_);
    stop_event_.on(record, names_);
    if (!observers_.empty()) tell(record);
    if (!changes_a_node(record)) return;
    if (injector_.wants_state()) injector_.after_change(record.index, *this);
    check(record);
  }
  // No event makes a node start, so properties get a record that has no number and that nobody else
  // sees.
  void started(NodeId node) {
    if (!observers_.empty()) tell_start(node);
    check({.index = no_cause,
           .time = world_.now(),
           .kind = Kind::note,
           .handled = true,
           .node = node,
           .text = "start"});
  }
  void external(std::uint32_t token) {
    if (token < client_token)
      injector_.due(token, *this);
    else
      clients_.due(token - client_token, *this);
  }
  void client(ClientId client, const Item<P>& item, std::uint64_t recv) {
    if (const auto* reply = item.body.template get_if<Reply>()) {
      clients_.on_reply(client, item.from, *reply, recv, *this);
    } else if (const auto* redirect = item.body.template get_if<Redirect>()) {
      clients_.on_redirect(client, item.from, *redirect, recv, *this);
    }
  }
  std::uint64_t crash_point(const CrashPoint& point) { return injector_.crash_point(point, *this); }

 private:
  static constexpr std::uint32_t client_token = std::uint32_t{1} << 31;
  struct Shown {
    typename Traits<P>::Roles roles;
    typename Traits<P>::Image disk;
  };

  static std::shared_ptr<const NetworkConfig> network_of(
      const std::shared_ptr<const Scenario>& scenario) {
    return {scenario, &scenario->network};
  }
  static std::shared_ptr<const std::vector<Fault>> faults_of(
      const std::shared_ptr<const Scenario>& scenario) {
    return {scenario, &scenario->faults};
  }
  static std::shared_ptr<const std::vector<Workload>> workload_of(
      const std::shared_ptr<const Scenario>& scenario) {
    return {scenario, &scenario->workload};
  }

  bool begin() {
    injector_.start(*this);
    clients_.start(*this);
    guarded([&] { world_.start(*this); });
    started_ = true;
    return !finished_;
  }

  void on_event(const Record& record) {
    const Role* role = record.body.get_if<Role>();
    const bool leads = role != nullptr && !words_->leader_status.empty() &&
                       role->role.view() == words_->leader_status;
    if (leads || record.body.type == &type_info<Elected>) clients_.on_elected(record.node);
  }

  // Every other kind leaves all nodes as they were: it tells what became of a message, an output
  // or a fault.
  static bool changes_a_node(const Record& record) {
    switch (record.kind) {
      case Kind::crash:
      case Kind::pause:
      case Kind::resume:
      case Kind::persist:
        return true;
      default:
        return record.handled;
    }
  }

  // The first violation ends the run.
  void check(const Record& record) {
    const Cluster<P> cluster(world_);
    const Step step{record.node, record};
    witnesses_.look(cluster, step);
    if (!options_.properties || violation_) return;
    if (found(properties_.check(cluster, step), record.index)) return;
    if (options_.check_durability && record.handled && !world_.durable_fields_issued(record.node)) {
      violate("durability", {record.node}, "A handler changed a durable field without persist().",
              record.index);
    }
  }
  // A client got an answer it waited for.
  void after_answer(ClientId client, const Reply& reply, std::uint64_t ack) {
    if (!options_.properties || violation_) return;
    found(properties_.answered(Cluster<P>(world_), client, reply), ack);
  }
  // Whether a property was broken; the one at this position then ends the run.
  bool found(std::size_t broken, std::uint64_t cause) {
    if (broken == Properties::size) return false;
    const Check& check = properties_.checks()[broken];
    violate(std::string(Properties::names[broken]), check.nodes(), check.why(), cause);
    return true;
  }
  void violate(std::string property, std::vector<NodeId> nodes, std::string why,
               std::uint64_t cause) {
    violation_ = Violation{std::move(property), std::move(nodes), std::move(why)};
    Record record = world_.number(Kind::violation, no_node, cause);
    record.text = violation_->property;
    record.detail = violation_->why;
    record.violation = &*violation_;
    violation_event_ = cause == no_cause ? record.index : cause;
    violation_time_ = record.time;
    on(record);
    end_requested_ = true;
  }

  // Runs engine code; a failed assertion of the protocol ends the run as its failure, any other is
  // ours.
  template <class F>
  void guarded(F&& f) {
    try {
      f();
    } catch (const AssertionFailure& failure) {
      if (std::string_view(failure.file()).find("protocols/") == std::string_view::npos) throw;
      // The event whose handler failed was told last. Nothing is told of a start that fails.
      violate("assertion", {}, std::string(failure.what()),
              started_ ? world_.next_index() - 1 : no_cause);
    }
    if (end_requested_) end(Ending::violation);
  }

  void check_budgets() {
    const Budgets& budgets = scenario_->budgets;
    instant_events_ = (instant_events_ + 1) * (world_.now() == instant_ ? 1 : 0);
    instant_ = world_.now();
    const bool within =
        world_.next_index() < budgets.events && instant_events_ <= budgets.events_at_one_instant &&
        world_.pending() <= budgets.pending && world_.wire_bytes() <= budgets.wire_bytes;
    if (!within) [[unlikely]]
      end(Ending::budget, overrun());
  }
  // Which budget was used up.
  std::string overrun() const {
    const Budgets& budgets = scenario_->budgets;
    if (world_.next_index() >= budgets.events) return "the event budget was used up";
    if (instant_events_ > budgets.events_at_one_instant) {
      return "too many events at one instant: time does not advance";
    }
    if (world_.pending() > budgets.pending) return "too many events are pending";
    return "the wire-byte budget was used up";
  }

  bool end(Ending ending, std::string reason = {}) {
    finished_ = true;
    ended_ = ending == Ending::stop_time ? scenario_->stop : world_.now();
    digest_.word(world_.state_hash());
    Findings findings = what_was_found();
    findings.ending = ending;
    findings.cut_short = options_.cut_short && ending == Ending::stop_time;
    findings.reason = std::move(reason);
    outcome_ = judge(*scenario_, findings, expectations_, ClusterAtEnd<P>(world_, *words_));
    outcome_.digest = digest_.value();
    outcome_.events = world_.next_index();
    outcome_.ended = ended_;
    return false;
  }
  Findings what_was_found() const {
    Findings findings;
    findings.violation = violation_;
    findings.violation_event = violation_event_;
    findings.violation_time = violation_time_;
    findings.fired = injector_.fired();
    findings.caught = world_.interference().caught;
    findings.unanswered = clients_.issued() - clients_.acked();
    if (options_.properties) findings.properties = results_of(properties_);
    findings.witnesses = counts_of(witnesses_, world_.lost_tails());
    findings.metrics = metrics_.result(ledger_, message_names<P>(), last_numbers());
    return findings;
  }
  Metrics::Ending last_numbers() const {
    Metrics::Ending numbers;
    numbers.at = ended_;
    numbers.latencies = clients_.latencies();
    numbers.lost_tails = world_.lost_tails();
    numbers.elects = !words_->leader_status.empty();
    return numbers;
  }
  void tell(const Record& record) {
    const bool may_change = !shadow_.empty() && changes_a_node(record);
    if (may_change) return tell_change(record);
    for (Observer* observer : observers_) observer->on(record, nullptr);
  }
  void tell_change(const Record& record) {
    Shown& shown = shadow_[record.node.value];
    const bool writes = record.kind == Kind::persist || record.kind == Kind::restart;
    const NodeChange<P> change({shown.roles, shown.disk},
                               {record.handled ? world_.roles(record.node) : shown.roles,
                                writes ? world_.synced(record.node) : shown.disk},
                               world_.lost_tails() != lost_tails_shown_);
    const bool of_roles = record.handled && change.any();
    const bool changed = of_roles || (writes && change.any_on_disk()) || change.lost_write();
    for (Observer* observer : observers_) observer->on(record, changed ? &change : nullptr);
    if (of_roles) shown.roles = world_.roles(record.node);
    if (writes) shown.disk = world_.synced(record.node);
    lost_tails_shown_ = world_.lost_tails();
  }
  void tell_start(NodeId node) {
    if (shadow_.empty()) {
      for (Observer* observer : observers_) observer->on_start(node, nullptr);
      return;
    }
    Shown& shown = shadow_[node.value];
    const NodeChange<P> change({shown.roles, shown.disk}, {world_.roles(node), shown.disk}, false);
    const bool changed = change.any();
    for (Observer* observer : observers_) observer->on_start(node, changed ? &change : nullptr);
    if (changed) shown.roles = world_.roles(node);
  }
  template <class R>
  static void print_named(JsonWriter& out, const R& role) {
    print_member(out, snake_case(R::type_name()), role);
  }

  // ---- Control: what faults and clients may do

  std::uint32_t nodes() const override { return world_.nodes(); }
  NodeNames names() const override { return world_.setup().names; }
  bool up(NodeId node) const override { return world_.up(node); }
  bool paused(NodeId node) const override { return world_.paused(node); }
  bool plays(NodeId node, std::string_view role) const override {
    bool result = false;
    std::uint32_t bit = 0;
    const auto one = [&](const auto& candidate) {
      const bool named = role.empty() || snake_case(candidate.type_name()) == role;
      result = result || (named && (world_.setup().nodes[node.value].plays >> bit & 1) != 0);
      ++bit;
    };
    std::apply([&](const auto&... candidate) { (one(candidate), ...); }, world_.roles(node));
    return result;
  }
  std::string_view status(NodeId node, std::string_view role) const override {
    std::string_view result;
    const auto one = [&](const auto& candidate) {
      if (role.empty() ? result.empty() : snake_case(candidate.type_name()) == role) {
        result = detail::status_of(candidate);
      }
    };
    std::apply([&](const auto&... candidate) { (one(candidate), ...); }, world_.roles(node));
    return result;
  }
  std::optional<std::uint16_t> message_type(std::string_view name) const override {
    for (std::size_t i = 0; i < message_names<P>().size(); ++i) {
      if (message_names<P>()[i] == name) return static_cast<std::uint16_t>(i);
    }
    return std::nullopt;
  }
  bool crash(NodeId node, std::uint64_t cause) override { return world_.crash(node, cause, *this); }
  bool restart(NodeId node, bool amnesia, std::uint64_t cause) override {
    return world_.restart(node, amnesia, cause, *this);
  }
  bool pause(NodeId node, std::uint64_t cause) override { return world_.pause(node, cause, *this); }
  bool resume(NodeId node, std::uint64_t cause) override {
    return world_.resume(node, cause, *this);
  }
  Cuts& cuts() override { return world_.cuts(); }
  Interference& interference() override { return world_.interference(); }
  void release(std::uint32_t fault) override { world_.release(fault, *this); }
  bool fire_timer(NodeId node, std::string_view timer) override {
    return world_.fire_timer(node, timer);
  }
  void submit(NodeId node, const Operation& operation, std::uint64_t cause) override {
    // Submitted requests come from nobody: a client number no scenario has, serials in order.
    world_.submit(node, Request{ClientId{0xFFFF'FFFF}, ++submitted_, operation}, cause);
  }
  void step_clock(NodeId node, Duration by) override { world_.step_clock(node, by); }
  bool set_drift(NodeId node, std::optional<Drift> drift) override {
    return world_.set_drift(node, drift);
  }
  std::uint64_t announce(Kind kind, std::string_view id, std::string_view detail,
                         std::uint64_t cause) override {
    Record record = world_.number(kind, no_node, cause);
    record.text = id;
    record.detail = detail;
    if (kind == Kind::fault) expectations_.on_fault(id, record.time);
    on(record);
    return record.index;
  }
  void call_injector(Time at, std::uint32_t token) override { world_.schedule_external(at, token); }
  void call_client(Time at, std::uint32_t token) override {
    world_.schedule_external(at, client_token | token);
  }
  std::uint64_t client_record(Kind kind, ClientId client, AnyRef body,
                              std::uint64_t cause) override {
    Record record = world_.number(kind, NodeId{world_.nodes() + client.value}, cause);
    record.client = true;
    record.body = body;
    on(record);
    if (const auto* reply = body.get_if<Reply>()) after_answer(client, *reply, record.index);
    return record.index;
  }
  void client_send(ClientId client, NodeId node, const Request& request,
                   std::uint64_t cause) override {
    world_.client_send(client, node, request, cause, *this);
  }

  std::shared_ptr<const Scenario> scenario_;
  std::shared_ptr<const Description<P>> words_;
  RunOptions options_;
  World<P> world_;
  Injector injector_;
  Clients clients_;
  NodeNames names_;  // in the setup, which copies share
  Ledger ledger_;
  Metrics metrics_;
  Digest digest_;
  Expectations expectations_;
  StopEvent stop_event_;
  Properties properties_;
  Witnesses witnesses_;
  std::optional<Violation> violation_;
  std::uint64_t violation_event_{};
  Time violation_time_;
  Time ended_;
  Outcome outcome_;
  std::vector<Observer*> observers_;
  std::vector<Shown> shadow_;  // each node as last shown to the observers
  std::uint64_t lost_tails_shown_{};
  std::uint64_t submitted_{};
  std::uint64_t instant_events_{};
  Time instant_;
  bool started_{};
  bool finished_{};
  bool end_requested_{};
};

// Makes a protocol known to the program: call it from the folder's protocol.cpp.
//
//   return make_entry<Echo, Types<AnsweredByAll>>({.summary = "..."});
template <class P, class List, class Witnesses = NoWitnesses>
ProtocolEntry make_entry(Description<P> words) {
  using Properties = PropertyList<P, List>;
  const auto shared = std::make_shared<const Description<P>>(std::move(words));
  ProtocolEntry entry;
  entry.info = describe_protocol<P, Properties>(*shared);
  for (std::size_t i = 0; i < Witnesses::names.size(); ++i) {
    entry.info.witnesses.push_back(
        {std::string(Witnesses::names[i]), std::string(Witnesses::texts[i])});
  }
  entry.info.witnesses.push_back(
      {"unsynced_tail_lost", "a crash lost a write that was not yet on disk"});
  entry.make = [shared](std::shared_ptr<const Scenario> scenario, std::uint64_t seed,
                        const RunOptions& options) -> std::unique_ptr<Run> {
    return std::make_unique<Simulation<P, Properties, Witnesses>>(std::move(scenario), seed,
                                                                  options, shared);
  };
  entry.retrace = [shared](std::shared_ptr<const Scenario> scenario, std::uint64_t seed,
                           bool states) -> std::unique_ptr<TracedRun> {
    return std::make_unique<TracedSimulation<P, Properties, Witnesses>>(std::move(scenario), seed,
                                                                        states, shared);
  };
  return entry;
}

}  // namespace quorate
