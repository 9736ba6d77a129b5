// What a traced run is whatever its protocol: message book, faults, clients, metrics and
// expectations, and what its end is judged by. It stands apart from TracedSimulation<P> so that it
// is compiled once, not with each protocol.
#pragma once

#include "sim/base/field_read.hpp"
#include "sim/check/property.hpp"
#include "sim/engine/traits.hpp"
#include "sim/measure/metrics.hpp"
#include "sim/run/judge.hpp"
#include "sim/run/message_book.hpp"
#include "sim/run/traced_run.hpp"

namespace quorate {

// A payload's types, and how the fields of each are read.
struct BodyTypes {
  TypeInfos infos;
  std::span<const ReadableFields& (*const)()> fields;  // beside infos
  // How many there are of a sort. They stand in this order, clients' messages last on the wire.
  std::size_t wire{};
  std::size_t timers{};
  std::size_t choices{};
  std::size_t events{};

  // Of the type that is called so in a line of this kind; none if the protocol has none.
  std::optional<std::size_t> position(Kind kind, std::string_view name) const;
};

// What a line carries, in the protocol's own type.
struct TracedBody {
  std::shared_ptr<void> payload;  // keeps `value`; null where there is none
  void* value{};
  std::size_t type{};  // its position among the BodyTypes
};

// The durable fields of a role as its node's disk holds them.
struct DurablePart {
  const ReadableFields* fields{};  // of the role
  std::span<const std::string_view> names;
  std::span<void* const> places;  // beside names
};

class TracedBase : public TracedRun {
 public:
  ~TracedBase() override;
  std::string on(const TracedEvent& event) override;
  Outcome outcome(const TracedEnd& end) override;
  const Ledger& ledger() const override { return ledger_; }

 protected:
  struct Names {
    NodeNames nodes;  // then clients; they outlive the run
    std::string_view leader_status;
    TypeInfos messages;
    std::span<const std::string_view> properties;
  };
  TracedBase(std::shared_ptr<const Scenario> scenario, bool states, const Names& names);

  // ---- what only the protocol's own run can do

  virtual void move_to(Time now) = 0;
  virtual bool up(NodeId node) const = 0;
  virtual bool paused(NodeId node) const = 0;
  // Lets happen to its node what the line says; false where it cannot.
  virtual bool move(const TracedEvent& event) = 0;
  virtual void change_roles(NodeId node, const Value& set) = 0;
  virtual void change_disk(NodeId node, const Value& disk) = 0;
  virtual const BodyTypes& body_types() const = 0;
  virtual TracedBody make_body(std::size_t type) const = 0;  // value-initialised
  virtual void ask(ClientId client, std::uint64_t serial) = 0;
  // Asks properties and witnesses.
  virtual void look(const Record& record) = 0;
  virtual void answered(ClientId client, const Reply& reply, const Record& record) = 0;
  virtual std::uint64_t lost_tails() const = 0;
  // The judgement, once properties and witnesses are added to what was found.
  virtual Outcome judged(Findings findings) const = 0;

  // ---- what it shares

  // The first thing wrong with a line is what is said of it.
  void wrong(std::string fault) {
    if (fault_.empty()) fault_ = std::move(fault);
  }
  // Changes what `set` or `disk` of a line names. A role among several has an object of its own.
  void change(std::span<const Settable> roles, const Value& set);
  void change(const DurablePart& role, const Value& disk, bool among_several);
  bool violated() const { return violation_.has_value(); }
  // The property at this position is broken, if there is one.
  void found(std::size_t broken, std::span<const Check> checks, const Record& record);

  std::shared_ptr<const Scenario> scenario_;
  Names names_;
  Expectations expectations_;
  RunWatch watch_;

 private:
  std::uint32_t nodes() const { return static_cast<std::uint32_t>(scenario_->nodes.size()); }
  bool is_node(NodeId node) const { return node.value < nodes(); }
  bool is_client(NodeId place) const {
    return !is_node(place) && place.value < names_.nodes.size();
  }
  ClientId client_at(NodeId place) const { return ClientId{place.value - nodes()}; }
  // Of a message that moves, the one it was sent with, or has since it was altered.
  TracedBody body_of(const TracedEvent& event);
  TracedBody body_under_way(const Record& record);
  TracedBody read_body(const TracedEvent& event);
  // Nodes that started, with what that changed.
  void starts(const Value& start);
  // Whether everybody the line is about is one the scenario has: what counts and watches relies on
  // it.
  bool knows_all_of(const Record& record) const;
  // What a line does to its node.
  void happen(const TracedEvent& event);
  void note(const Record& record);
  void note_fault(const Record& record);
  // What a line does to its client.
  void happen_to_client(const Record& record);
  void note_request(const Record& record, const Request& request);
  void note_reply(const Record& record, const Reply& reply);
  // What the trace calls a violation has been found by now, or is none.
  void note_violation(const Record& record);
  void violated(Violation violation, std::uint64_t event, const Record& record);
  void check(const Record& record);
  // What clients were told, once the run is over.
  void judge_history(Time now);
  Findings what_was_found(const TracedEnd& end) const;

  bool states_;
  Ledger ledger_;
  Metrics metrics_;
  MessageBook book_;
  std::optional<Violation> violation_;
  std::uint64_t violation_event_{};
  Time violation_time_;
  std::map<std::uint64_t, TracedBody> bodies_;   // of messages under way
  std::map<std::uint64_t, TracedBody> altered_;  // of copies, by their send or dup
  std::vector<std::uint64_t> serials_;           // the last one of each client
  struct Asked {
    Time at;
    std::uint64_t index{};  // of its record
  };
  std::map<std::pair<NodeId, std::uint64_t>, Asked> asked_;  // operations that are waited for
  NodeSet clients_down_;
  std::vector<Duration> latencies_;
  std::vector<std::uint64_t> fired_;  // beside scenario_->faults
  std::uint64_t next_index_{};
  std::string fault_;  // of the line in hand
};

}  // namespace quorate
