// A traced run of one protocol: holds what the lines tell in the protocol's own types, so that
// properties, witnesses, metrics and expectations see what they saw in the run itself.
#pragma once

#include "sim/engine/mirror.hpp"
#include "sim/run/end_state.hpp"
#include "sim/run/setup.hpp"
#include "sim/run/traced_base.hpp"

namespace quorate {

namespace detail {

template <class P>
inline constexpr BodyTypes body_types{infos_of<typename Traits<P>::PayloadTypes>(),
                                      body_readers<P>,
                                      Traits<P>::WireTypes::size,
                                      Traits<P>::Timers::size,
                                      Traits<P>::Choices::size,
                                      Traits<P>::Events::size};

}  // namespace detail

template <class P, class Properties, class Witnesses>
class TracedSimulation final : public TracedBase {
 public:
  TracedSimulation(const std::shared_ptr<const Scenario>& scenario, std::uint64_t seed, bool states,
                   std::shared_ptr<const Description<P>> words)
      : TracedSimulation(scenario, make_setup<P>(*scenario, seed, words->durability_bugs), states,
                         words) {}

 private:
  TracedSimulation(std::shared_ptr<const Scenario> scenario, std::shared_ptr<const Setup<P>> setup,
                   bool states, std::shared_ptr<const Description<P>> words)
      : TracedBase(std::move(scenario), states,
                   {setup->names, words->leader_status, infos_of<typename Traits<P>::WireTypes>(),
                    Properties::names}),
        words_(std::move(words)),
        mirror_(std::move(setup), {scenario_, &scenario_->network}) {
    properties_.keep_only(scenario_->check, Cluster<P>(world()));
    watch_ = watch_of(scenario_, *words_, world());
  }

  const World<P>& world() const { return mirror_.world(); }

  void move_to(Time now) override { mirror_.move_to(now); }
  bool up(NodeId node) const override { return world().up(node); }
  bool paused(NodeId node) const override { return world().paused(node); }
  bool move(const TracedEvent& event) override {
    const NodeId node = event.record.node;
    switch (event.record.kind) {
      case Kind::crash:
        return mirror_.crash(node, event.lost);
      case Kind::restart:
        return mirror_.restart(node);
      case Kind::pause:
        return mirror_.pause(node);
      case Kind::resume:
        return mirror_.resume(node);
      case Kind::persist:
        return world().up(node);
      default:
        return world().up(node) && !world().paused(node);
    }
  }
  void change_roles(NodeId node, const Value& set) override {
    std::apply([&](auto&... role) { change(std::array{Settable::of(role)...}, set); },
               mirror_.roles(node));
  }
  void change_disk(NodeId node, const Value& disk) override {
    if (disk.kind == Value::Kind::boolean) {
      return mirror_.write(node, Durability<P>::image_of(world().roles(node)));
    }
    auto image = world().synced(node);
    [&]<class... R>(Types<R...>) {
      (change_disk_of<R>(std::get<position_of<R, Types<R...>>>(image), disk), ...);
    }(typename P::Roles{});
    mirror_.write(node, image);
  }
  template <class R, class Image>
  void change_disk_of(Image& image, const Value& disk) {
    std::apply(
        [&](auto&... field) {
          const std::array<void*, sizeof...(field)> places{&field...};
          change({&readable_fields<R>(), detail::durable_names<R>(), places}, disk,
                 Traits<P>::roles > 1);
        },
        image);
  }

  const BodyTypes& body_types() const override { return detail::body_types<P>; }
  TracedBody make_body(std::size_t type) const override {
    const auto payload = std::make_shared<typename Traits<P>::Payload>();
    payload->become(type + 1);
    return {payload, payload->address(), type};
  }

  void ask(ClientId client, std::uint64_t serial) override { mirror_.ask(client, serial); }
  void look(const Record& record) override {
    const Cluster<P> cluster(world());
    const Step step{record.node, record};
    if (watch_.faults.counts_disks()) {
      watch_.faults.on_disk(record, world().holds_all_on_disk(record.node));
    }
    witnesses_.look(cluster, step);
    if (!violated()) found(properties_.check(cluster, step), properties_.checks(), record);
  }
  void answered(ClientId client, const Reply& reply, const Record& record) override {
    found(properties_.answered(Cluster<P>(world()), client, reply), properties_.checks(), record);
  }

  std::uint64_t lost_tails() const override { return world().lost_tails(); }
  Outcome judged(Findings findings) const override {
    findings.properties = results_of(properties_);
    findings.note(watch_.history);
    findings.witnesses = counts_of(Witnesses::names, witnesses_.counts, world().lost_tails());
    return judge(*scenario_, std::move(findings), expectations_, ClusterAtEnd<P>(world(), *words_));
  }

  std::shared_ptr<const Description<P>> words_;
  Mirror<P> mirror_;
  Properties properties_;
  Witnesses witnesses_;
};

}  // namespace quorate
