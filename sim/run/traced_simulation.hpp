// A traced run of one protocol: reads the fields of each line back into the protocol's own types,
// so that properties, witnesses, metrics and expectations see what they saw in the run itself.
#pragma once

#include "sim/engine/mirror.hpp"
#include "sim/measure/metrics.hpp"
#include "sim/run/end_state.hpp"
#include "sim/run/judge.hpp"
#include "sim/run/message_book.hpp"
#include "sim/run/setup.hpp"
#include "sim/run/traced_run.hpp"

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
  static std::string read_as(Types<T...>, [[maybe_unused]] bool snake, const TracedEvent& event,
                             [[maybe_unused]] NodeNames names, [[maybe_unused]] Payload& target) {
    std::string fault;
    const bool known =
        ((named<T>(event.name, snake) && (fault = read_one<T>(event.body, names, target), true)) ||
         ...);
    return known ? fault : "this protocol has no " + quoted_name(event) + " here";
  }
  template <class T>
  static bool named(std::string_view name, bool snake) {
    return snake ? is_snake_case_of(name, T::type_name()) : name == T::type_name();
  }
  template <class T>
  static std::string read_one(const Value& source, NodeNames names, Payload& target) {
    T value{};
    const bool nothing = source.kind == Value::Kind::null;  // a type without fields has no body
    std::string fault = nothing ? std::string() : read_from(source, value, names);
    target.emplace(std::move(value));
    return fault;
  }
  static std::string quoted_name(const TracedEvent& event) { return "\"" + event.name + "\""; }
};

template <class P, class Properties, class Witnesses>
class TracedSimulation final : public TracedRun {
 public:
  TracedSimulation(std::shared_ptr<const Scenario> scenario, std::uint64_t seed, bool states,
                   std::shared_ptr<const Description<P>> words)
      : scenario_(std::move(scenario)),
        words_(std::move(words)),
        states_(states),
        mirror_(make_setup<P>(*scenario_, seed, words_->durability_bugs),
                std::shared_ptr<const NetworkConfig>(scenario_, &scenario_->network)),
        names_(world().setup().names),
        ledger_(Traits<P>::WireTypes::size),
        metrics_(words_->leader_status),
        expectations_(scenario_),
        fired_(scenario_->faults.size()) {
    properties_.keep_only(scenario_->check, Cluster<P>(world()));
  }

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
    findings.properties = results_of(properties_);
    findings.witnesses = counts_of(witnesses_, world().lost_tails());
    findings.metrics = metrics_.result(ledger_, message_names<P>(),
                                       {.at = end.ended,
                                        .latencies = latencies_,
                                        .lost_tails = world().lost_tails(),
                                        .elects = !words_->leader_status.empty()});
    Outcome outcome = judge(*scenario_, findings, expectations_, ClusterAtEnd<P>(world(), *words_));
    outcome.events = next_index_;
    outcome.ended = end.ended;
    return outcome;
  }
  const Ledger& ledger() const override { return ledger_; }

 private:
  using Payload = typename Traits<P>::Payload;
  using Roles = typename Traits<P>::Roles;

  static bool is_message(Kind kind) {
    return kind == Kind::send || kind == Kind::recv || kind == Kind::drop || kind == Kind::dup ||
           kind == Kind::unexpected;
  }
  // Without a handler; the same kinds as in the run itself.
  static bool moves_a_node(Kind kind) {
    return kind == Kind::crash || kind == Kind::pause || kind == Kind::resume ||
           kind == Kind::persist;
  }
  const World<P>& world() const { return mirror_.world(); }
  bool is_node(NodeId node) const { return node.value < world().nodes(); }
  // The first thing wrong with a line is what is said of it.
  void wrong(std::string fault) {
    if (fault_.empty()) fault_ = std::move(fault);
  }

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
    if (record.kind == Kind::op) note_request(record, body);
    if (record.kind == Kind::ack) note_answer(record, body);
    if (record.kind == Kind::violation) note_violation(record);
  }
  void note_fault(const Record& record) {
    const auto fault = std::ranges::find(scenario_->faults, record.text, &Fault::id);
    if (fault == scenario_->faults.end()) return wrong("the scenario has no fault of this name");
    ++fired_[static_cast<std::size_t>(fault - scenario_->faults.begin())];
    expectations_.on_fault(record.text, record.time);
  }
  void note_request(const Record& record, const Payload& body) {
    const auto* request = body.template get_if<Request>();
    if (request == nullptr) return;
    if (!asked_.emplace(std::pair(record.node, request->serial), record.time).second) {
      wrong("its client has an operation of this serial already");
    }
  }
  void note_answer(const Record& record, const Payload& body) {
    const auto* reply = body.template get_if<Reply>();
    if (reply == nullptr) return;
    const auto asked = asked_.find({record.node, reply->serial});
    if (asked == asked_.end()) return wrong("its client waits for no such answer");
    latencies_.push_back(record.time - asked->second);
    asked_.erase(asked);
    if (!states_ || violation_) return;
    const ClientId client{record.node.value - world().nodes()};
    found(properties_.answered(Cluster<P>(world()), client, *reply), record);
  }
  // What the trace calls a violation has been found by now, or is none.
  void note_violation(const Record& record) {
    if (!states_ || record.violation == nullptr) return;
    const Violation& told = *record.violation;
    const bool named =
        std::ranges::find(Properties::names, told.property) != Properties::names.end();
    if (!named) {  // an assertion in its code: nobody but the protocol can say
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
  void violated(Violation violation, std::uint64_t event, const Record& record) {
    violation_ = std::move(violation);
    violation_event_ = event == no_cause ? next_index_ : event;
    violation_time_ = record.time;
  }

  std::shared_ptr<const Scenario> scenario_;
  std::shared_ptr<const Description<P>> words_;
  bool states_;
  Mirror<P> mirror_;
  NodeNames names_;
  Ledger ledger_;
  Metrics metrics_;
  Expectations expectations_;
  Properties properties_;
  Witnesses witnesses_;
  MessageBook book_;
  std::map<std::uint64_t, Payload> bodies_;                 // of messages under way
  std::map<std::pair<NodeId, std::uint64_t>, Time> asked_;  // operations not answered yet
  std::vector<Duration> latencies_;
  std::vector<std::uint64_t> fired_;  // beside scenario_->faults
  std::optional<Violation> violation_;
  std::uint64_t violation_event_{};
  Time violation_time_;
  std::uint64_t next_index_{};
  std::string fault_;  // of the line in hand
};

}  // namespace quorate
