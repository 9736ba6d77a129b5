// A traced run of one protocol: reads the fields of each line back into the protocol's own types,
// so that properties, witnesses, metrics and expectations see what they saw in the run itself.
#pragma once

#include "sim/engine/mirror.hpp"
#include "sim/run/end_state.hpp"
#include "sim/run/setup.hpp"
#include "sim/run/traced_base.hpp"

namespace quorate {

// Reads the body that a line of this kind carries, by its type's name in the trace.
template <class P>
class TracedBody {
 public:
  using Payload = typename Traits<P>::Payload;

  // Empty on success, else one sentence.
  static std::string read(const TracedEvent& event, NodeNames names, Payload& target) {
    using Wire = typename Traits<P>::WireTypes;
    switch (event.record.kind) {
      case Kind::local:
        return read_as(Join<Wire, typename Traits<P>::Choices>{}, false, event, names, target);
      case Kind::timer:
        return read_as(typename Traits<P>::Timers{}, true, event, names, target);
      case Kind::event:
        return read_as(typename Traits<P>::Events{}, true, event, names, target);
      case Kind::op:
        return read_as(Types<Request>{}, false, event, names, target);
      case Kind::ack:
        return read_as(Types<Reply>{}, false, event, names, target);
      default:
        return read_as(Wire{}, false, event, names, target);
    }
  }

 private:
  template <class... T>
  static std::string read_as(Types<T...> types, bool snake, const TracedEvent& event,
                             NodeNames names, Payload& target) {
    using Read = std::string (*)(const Value&, NodeNames, Payload&);
    static constexpr std::array<Read, sizeof...(T)> reads{&read_one<T>...};
    const std::optional<std::size_t> found = position_named(infos_of(types), snake, event.name);
    if (!found) return "this protocol has no \"" + event.name + "\" here";
    return reads[*found](event.body, names, target);
  }
  template <class T>
  static std::string read_one(const Value& source, NodeNames names, Payload& target) {
    T value{};
    const bool nothing = source.kind == Value::Kind::null;  // a type without fields has no body
    std::string fault = nothing ? std::string() : read_from(source, value, names);
    target.emplace(std::move(value));
    return fault;
  }
};

template <class P, class Properties, class Witnesses>
class TracedSimulation final : public TracedBase {
 public:
  TracedSimulation(const std::shared_ptr<const Scenario>& scenario, std::uint64_t seed, bool states,
                   std::shared_ptr<const Description<P>> words)
      : TracedSimulation(scenario, make_setup<P>(*scenario, seed, words->durability_bugs), states,
                         words) {}

  std::string on(const TracedEvent& event) override {
    fault_.clear();
    starts(event.start);
    mirror_.move_to(event.record.time);
    Record record = event.record;
    Payload own;
    const Payload& body = body_of(event, own);
    record.body = any_ref(body, Traits<P>::payload_info);
    if (is_message(record.kind) && body.index() != 0) {
      record.type = static_cast<std::uint16_t>(body.index() - 1);
      if (record.kind != Kind::unexpected) ledger_.on(record);
    }
    happen(event);
    watch_.on(record);
    note(record, body);
    metrics_.on(record);
    expectations_.on(record, names_);
    const bool moved = record.handled || moves_a_node(record.kind);
    if (states_ && moved && is_node(record.node)) check(record);
    if (is_message(record.kind) && !book_.under_way(record.message)) bodies_.erase(record.message);
    return fault_;
  }

  Outcome outcome(const TracedEnd& end) override {
    fault_.clear();
    starts(end.start);
    if (states_ && !violation_) judge_history(end.ended);
    Findings findings = what_was_found(end, world().lost_tails());
    findings.properties = results_of(properties_);
    findings.note(watch_.history);
    findings.witnesses = counts_of(Witnesses::names, witnesses_.counts, world().lost_tails());
    Outcome outcome = judge(*scenario_, findings, expectations_, ClusterAtEnd<P>(world(), *words_));
    outcome.events = next_index_;
    outcome.ended = end.ended;
    return outcome;
  }

 private:
  using Payload = typename Traits<P>::Payload;
  using Roles = typename Traits<P>::Roles;

  TracedSimulation(std::shared_ptr<const Scenario> scenario, std::shared_ptr<const Setup<P>> setup,
                   bool states, std::shared_ptr<const Description<P>> words)
      : TracedBase(std::move(scenario), setup->names, words->leader_status,
                   infos_of<typename Traits<P>::WireTypes>()),
        words_(std::move(words)),
        states_(states),
        mirror_(std::move(setup), {scenario_, &scenario_->network}) {
    properties_.keep_only(scenario_->check, Cluster<P>(world()));
    watch_ = watch_of(scenario_, *words_, world());
  }

  const World<P>& world() const { return mirror_.world(); }
  bool is_node(NodeId node) const { return node.value < world().nodes(); }
  // ---- bodies

  // Of a message that moves, the one it was sent with.
  const Payload& body_of(const TracedEvent& event, Payload& own) {
    const Record& record = event.record;
    if (is_message(record.kind) && record.kind != Kind::send) {
      if (record.kind != Kind::unexpected) wrong(book_.on(record, event.name));
      const auto sent = bodies_.find(record.message);
      if (sent != bodies_.end()) return sent->second;
    }
    if (event.name.empty()) return own;
    wrong(TracedBody<P>::read(event, names_, own));
    if (record.kind != Kind::send) return own;
    wrong(book_.on(record, event.name));
    return bodies_.insert_or_assign(record.message, std::move(own)).first->second;
  }

  // ---- what a line does to its node

  void happen(const TracedEvent& event) {
    const NodeId node = event.record.node;
    next_index_ = event.record.index + 1;
    const Kind kind = event.record.kind;
    if (!is_node(node)) {
      if (moves_a_node(kind) || kind == Kind::restart)
        wrong("no node is named at which it happens");
      return;
    }
    if (kind == Kind::drop || kind == Kind::dup) return;
    if (!possible(event)) {
      wrong(world().setup().names[node.value] + (world().up(node) ? " is up" : " is down") +
            (world().paused(node) ? " and paused" : "") + ", so this cannot happen there");
    }
    if (!states_) return;
    if (event.set.kind != Value::Kind::null) set_roles(node, event.set);
    if (event.disk.kind != Value::Kind::null) set_disk(node, event.disk);
  }
  bool possible(const TracedEvent& event) {
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
  void set_roles(NodeId node, const Value& set) {
    std::apply([&](auto&... role) { (change_role(role, set), ...); }, mirror_.roles(node));
  }
  template <class R>
  void change_role(R& role, const Value& set) {
    const Value* own = Traits<P>::roles > 1 ? set.find(snake_case(R::type_name())) : &set;
    if (own == nullptr) return;
    for_each_field(role, [&](std::string_view name, auto& field) {
      if (const Value* change = own->find(name)) wrong(read_change(*change, field, names_));
    });
  }
  void set_disk(NodeId node, const Value& disk) {
    if (disk.kind == Value::Kind::boolean) {
      return mirror_.write(node, Durability<P>::image_of(world().roles(node)));
    }
    auto image = world().synced(node);
    [&]<class... R>(Types<R...>) {
      (change_disk<R>(std::get<position_of<R, Types<R...>>>(image), disk), ...);
    }(typename P::Roles{});
    mirror_.write(node, image);
  }
  template <class R, class Image>
  void change_disk(Image& image, const Value& disk) {
    const Value* own = Traits<P>::roles > 1 ? disk.find(snake_case(R::type_name())) : &disk;
    if (own == nullptr) return;
    static const std::vector<std::string> names = detail::durable_names<R>();
    [&]<std::size_t... I>(std::index_sequence<I...>) {
      (change_durable(std::get<I>(image), own->find(names[I])), ...);
    }
    (std::make_index_sequence<std::tuple_size_v<Image>>{});
  }
  template <class T>
  void change_durable(T& field, const Value* change) {
    if (change != nullptr) wrong(read_change(*change, field, names_));
  }

  void starts(const Value& start) {
    for (const Member& member : start.members) {
      const auto name = std::ranges::find(names_, member.key);
      const NodeId node{static_cast<std::uint32_t>(name - names_.begin())};
      if (!is_node(node)) return wrong("\"" + member.key + "\" is no node that could start");
      set_roles(node, member.value);
      const Record record{
          .index = no_cause, .kind = Kind::note, .handled = true, .node = node, .text = "start"};
      check(record);
    }
  }

  // ---- what is kept for the end

  void note(const Record& record, const Payload& body) {
    if (record.kind == Kind::fault) note_fault(record);
    const auto* request = body.template get_if<Request>();
    if (record.kind == Kind::op && request != nullptr) {
      // The line names the client; the request's own words do not.
      if (const auto client = note_request(record, *request)) {
        mirror_.ask(*client, request->serial);
      }
    }
    const auto* reply = body.template get_if<Reply>();
    if (record.kind == Kind::ack && reply != nullptr) note_reply(record, *reply);
    if (record.kind == Kind::violation && states_ && record.violation != nullptr) {
      note_violation(record, Properties::names);
    }
  }
  void note_reply(const Record& record, const Reply& reply) {
    if (!note_answer(record, reply) || !states_ || violation_) return;
    const ClientId client{record.node.value - world().nodes()};
    found(properties_.answered(Cluster<P>(world()), client, reply), record);
  }

  void check(const Record& record) {
    const Cluster<P> cluster(world());
    const Step step{record.node, record};
    try {
      witnesses_.look(cluster, step);
      if (!violation_) found(properties_.check(cluster, step), record);
    } catch (const AssertionFailure& failure) {  // a state that no run comes to
      wrong(std::string("no node can be in such a state: ") + failure.what());
    }
  }
  void found(std::size_t broken, const Record& record) {
    if (broken == Properties::size) return;
    const Check& check = properties_.checks()[broken];
    violated({std::string(Properties::names[broken]), check.nodes(), check.why()}, record.index,
             record);
  }
  std::shared_ptr<const Description<P>> words_;
  bool states_;
  Mirror<P> mirror_;
  Properties properties_;
  Witnesses witnesses_;
  std::map<std::uint64_t, Payload> bodies_;  // of messages under way
};

}  // namespace quorate
