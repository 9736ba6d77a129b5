// One whole run: the world, and around it faults, clients, properties, metrics, digest and whoever
// watches. A copyable value: a copy run to its end gives the same digest. Observers stay with the
// original.
#pragma once

#include <stdexcept>

#include "sim/run/disk_harm.hpp"
#include "sim/run/end_state.hpp"
#include "sim/run/node_change.hpp"
#include "sim/run/setup.hpp"
#include "sim/run/simulation_base.hpp"
#include "sim/run/traced_simulation.hpp"

namespace quorate {

template <class P, class Properties, class Witnesses = NoWitnesses>
class Simulation final : public SimulationBase {
 public:
  Simulation(const std::shared_ptr<const Scenario>& scenario, std::uint64_t seed,
             const RunOptions& options, std::shared_ptr<const Description<P>> words)
      : Simulation(scenario, make_setup<P>(*scenario, seed, words->durability_bugs), options,
                   words) {}

  bool step() override {
    if (finished_) return false;
    if (!started_) return begin();
    if (world_.idle()) return end(Ending::quiescent);
    if (world_.next_time() > scenario_->stop) return end(Ending::stop_time);
    guarded([&] { world_.step(*this); });
    if (!finished_ && !within_budgets()) end(Ending::budget, overrun(world_.pending()));
    if (!finished_ && stop_event_.reached()) end(Ending::stop_event);
    return !finished_;
  }
  void run() override {
    while (step()) {
    }
  }
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

  using SimulationBase::external;
  void on(const Record& record) {
    digest_.fold(record);
    ledger_.on(record);
    metrics_.on(record);
    watch_.on(record);
    look_for_triggers(record);
    if (record.kind == Kind::event) on_event(record);
    expectations_.on(record, names_.nodes);
    stop_event_.on(record, names_.nodes);
    if (!observers_.empty()) tell(record);
    if (!changes_a_node(record)) return;
    if (injector_.wants_state()) look_at_state(record.index);
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
  void client(ClientId client, const Item<P>& item, std::uint64_t recv) {
    heard(client, item.named, item.ref(), recv);
  }
  using SimulationBase::crash_point;

 private:
  struct Shown {
    typename Traits<P>::Roles roles;
    typename Traits<P>::Image disk;
  };

  Simulation(std::shared_ptr<const Scenario> scenario, std::shared_ptr<const Setup<P>> setup,
             const RunOptions& options, std::shared_ptr<const Description<P>> words)
      : SimulationBase(
            std::move(scenario), setup->seed, options,
            {setup->names, words->leader_status, infos_of<typename Traits<P>::WireTypes>()}),
        words_(std::move(words)),
        world_(std::move(setup), {scenario_, &scenario_->network}) {
    properties_.keep_only(scenario_->check, Cluster<P>(world_));
    watch_ = watch_of(scenario_, *words_, world_);
  }

  bool begin() {
    start_outside();
    guarded([&] { world_.start(*this); });
    started_ = true;
    return !finished_;
  }

  // The first violation ends the run.
  void check(const Record& record) {
    const Cluster<P> cluster(world_);
    const Step step{record.node, record};
    if (watch_.faults.counts_disks()) [[unlikely]]
      watch_.faults.on_disk(record, world_.holds_all_on_disk(record.node));
    witnesses_.look(cluster, step);
    if (!options_.properties || violation_) return;
    if (found(properties_.check(cluster, step), record.index)) return;
    if (options_.check_durability && record.handled && !world_.durable_fields_issued(record.node)) {
      violate("durability", {record.node}, "A handler changed a durable field without persist().",
              record.index);
    }
  }
  void after_answer(ClientId client, const Reply& reply, std::uint64_t ack) override {
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
  // Runs engine code; a failed assertion of the protocol ends the run as its failure, any other is
  // ours.
  template <class F>
  void guarded(F&& f) {
    try {
      f();
    } catch (const AssertionFailure& failure) {
      assertion_failed(failure);
    } catch (const std::out_of_range&) {
      look_up_failed();
    }
    if (end_requested_) end(Ending::violation);
  }

  bool within_budgets() {
    const Budgets& budgets = scenario_->budgets;
    instant_events_ = (instant_events_ + 1) * (world_.now() == instant_ ? 1 : 0);
    instant_ = world_.now();
    return world_.next_index() < budgets.events &&
           instant_events_ <= budgets.events_at_one_instant &&
           world_.pending() <= budgets.pending && world_.wire_bytes() <= budgets.wire_bytes;
  }

  Record number(Kind kind, NodeId node, std::uint64_t cause) override {
    return world_.number(kind, node, cause);
  }
  void tell_all(const Record& record) override { on(record); }
  void schedule(Time at, std::uint32_t token) override { world_.schedule_external(at, token); }
  std::uint64_t state_hash() const override { return world_.state_hash(); }
  std::uint64_t lost_tails() const override { return world_.lost_tails(); }
  Outcome judged(Findings findings) const override {
    findings.caught = world_.interference().caught;
    if (options_.properties) findings.properties = results_of(properties_);
    findings.note(watch_.history);
    findings.witnesses = counts_of(Witnesses::names, witnesses_.counts, world_.lost_tails());
    return judge(*scenario_, std::move(findings), expectations_, ClusterAtEnd<P>(world_, *words_));
  }

  void tell(const Record& record) {
    const bool may_change = !shadow_.empty() && changes_a_node(record);
    if (may_change) return tell_change(record);
    for (Observer* observer : observers_) observer->on(record, nullptr);
  }
  void tell_change(const Record& record) {
    Shown& shown = shadow_[record.node.value];
    constexpr std::uint32_t of_disks = bit(Kind::persist) | bit(Kind::crash) | bit(Kind::restart);
    const bool writes = (of_disks & bit(record.kind)) != 0;
    const NodeChange<P> change({shown.roles, shown.disk},
                               {record.handled ? world_.roles(record.node) : shown.roles,
                                writes ? world_.synced(record.node) : shown.disk},
                               world_.lost_tails() != lost_tails_shown_);
    const bool of_roles = record.handled && change.any();
    const bool changed = of_roles || (writes && change.any_on_disk()) || change.lost_write();
    for (Observer* observer : observers_) observer->on(record, changed ? &change : nullptr);
    if (of_roles) change.apply_to(shown.roles);
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
    if (changed) change.apply_to(shown.roles);
  }
  template <class R>
  static void print_named(JsonWriter& out, const R& role) {
    print_member(out, snake_case(R::type_name()), role);
  }

  // ---- Control: what faults and clients may do

  std::uint32_t nodes() const override { return world_.nodes(); }
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
  bool crash(NodeId node, std::uint64_t cause) override { return world_.crash(node, cause, *this); }
  bool restart(NodeId node, Comeback how, std::uint64_t cause) override {
    return world_.restart(node, how, cause, *this);
  }
  bool pause(NodeId node, std::uint64_t cause) override { return world_.pause(node, cause, *this); }
  bool resume(NodeId node, std::uint64_t cause) override {
    return world_.resume(node, cause, *this);
  }
  Network& network() override { return world_.network(); }
  Interference& interference() override { return world_.interference(); }
  void release(std::uint32_t fault) override { world_.release(fault, *this); }
  bool replay(std::uint32_t fault, std::uint64_t send) override {
    return world_.replay(fault, send, *this);
  }
  bool move_timer(NodeId node, const IsTimer& is, std::optional<Duration> later) override {
    return world_.move_timer(node, is, later);
  }
  void submit(NodeId node, const Operation& operation, std::uint64_t cause) override {
    world_.submit(node, Request{no_client, ++submitted_, operation}, cause);
  }
  NodeClock& clock(NodeId node) override { return world_.clock(node); }
  bool set_drift(NodeId node, std::optional<Drift> drift) override {
    return world_.set_drift(node, drift);
  }
  bool set_work(NodeId node, const WorkChange& change) override {
    return world_.set_work(node, change);
  }
  bool set_disk(NodeId node, const DiskChange& change) override {
    return change.harm ? harm_disk(node, *change.harm) : world_.set_disk(node, change);
  }
  bool harm_disk(NodeId node, const DiskHarm& harm) {
    return world_.harm_disk(node, harm, [&](typename Traits<P>::Roles& roles) {
      return harm_fields(parts_of(roles), harm, names_.nodes, nodes());
    });
  }
  std::string harm_memory(NodeId node, const MemoryHarm& harm) override {
    return scramble_fields(parts_of(world_.memory(node)), world_.setup().nodes[node.value].plays,
                           harm, names_.nodes, nodes());
  }
  static std::array<RoleOnDisk, Traits<P>::roles> parts_of(typename Traits<P>::Roles& roles) {
    return std::apply(
        []<class... R>(R&... role) {
          return std::array{
              RoleOnDisk{&type_info<R>, Settable::of(role), detail::durable_names<R>()}...};
        },
        roles);
  }
  bool set_jitter(NodeId node, std::optional<Probability> share) override {
    return world_.set_jitter(node, share);
  }
  void client_send(ClientId client, NodeId node, const Request& request,
                   std::uint64_t cause) override {
    world_.client_send(client, node, request, cause, *this);
  }

  std::shared_ptr<const Description<P>> words_;
  World<P> world_;
  Properties properties_;
  Witnesses witnesses_;
  std::vector<Shown> shadow_;  // each node as last shown to the observers
  std::uint64_t lost_tails_shown_{};
  std::uint64_t submitted_{};
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
    detail::add_witness(entry.info, Witnesses::names[i], Witnesses::texts[i]);
  }
  detail::add_witness(entry.info, "unsynced_tail_lost",
                      "a crash lost a write that was not yet on disk");
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
