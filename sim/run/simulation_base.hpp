// What a simulation is whatever its protocol: faults, clients, metrics, digest, expectations, and
// the verdict. It stands apart from Simulation<P> so that it is compiled once, not with each
// protocol.
#pragma once

#include "sim/engine/traits.hpp"
#include "sim/fault/injector.hpp"
#include "sim/measure/metrics.hpp"
#include "sim/run/judge.hpp"
#include "sim/run/protocol_entry.hpp"
#include "sim/trace/digest.hpp"

namespace quorate {

class SimulationBase : public Run {
 public:
  ~SimulationBase() override;
  void give_up(std::string reason) override;
  bool finished() const override { return finished_; }
  std::uint64_t digest() const override { return digest_.value(); }
  const Outcome& outcome() const override;
  Outcome take_outcome() override;
  const Ledger& ledger() const override { return ledger_; }
  const std::vector<HistoryEntry>& history() const override { return clients_.history(); }

 protected:
  // What faults and clients act with. Apart from the run itself, so that one object is not reached
  // as a Run and as a Control, which compiles much of each protocol's simulation twice.
  class Reins final : public Control {
   public:
    explicit Reins(SimulationBase& run) : run_(run) {}
    Time now() const override;
    std::uint32_t nodes() const override;
    NodeNames names() const override;
    bool up(NodeId node) const override;
    bool paused(NodeId node) const override;
    bool plays(NodeId node, std::string_view role) const override;
    std::string_view status(NodeId node, std::string_view role) const override;
    std::optional<std::uint16_t> message_type(std::string_view name) const override;
    bool crash(NodeId node, std::uint64_t cause) override;
    bool restart(NodeId node, Comeback how, std::uint64_t cause) override;
    bool pause(NodeId node, std::uint64_t cause) override;
    bool resume(NodeId node, std::uint64_t cause) override;
    Network& network() override;
    Interference& interference() override;
    void release(std::uint32_t fault) override;
    bool replay(std::uint32_t fault, std::uint64_t send) override;
    bool move_timer(NodeId node, const IsTimer& is, std::optional<Duration> later) override;
    void submit(NodeId node, const Operation& operation, std::uint64_t cause) override;
    void step_clock(NodeId node, Duration by) override;
    void smear_clock(NodeId node, const Smear& smear) override;
    void take_back_smear(NodeId node, const Smear& smear) override;
    bool set_drift(NodeId node, std::optional<Drift> drift) override;
    bool set_jitter(NodeId node, std::optional<Probability> share) override;
    bool set_work(NodeId node, const WorkChange& change) override;
    bool set_disk(NodeId node, const DiskChange& change) override;
    std::string harm_memory(NodeId node, const MemoryHarm& harm) override;
    void tell_memory(NodeId node, std::string_view text, std::uint64_t cause) override;
    std::uint64_t announce(Kind kind, std::string_view id, std::string_view detail,
                           std::uint64_t cause) override;
    void call_injector(Time at, std::uint32_t token) override;
    void call_client(Time at, std::uint32_t token) override;
    std::uint64_t client_record(ClientStep step, ClientId client, AnyRef body,
                                std::uint64_t cause) override;
    void client_send(ClientId client, NodeId node, const Request& request,
                     std::uint64_t cause) override;

   private:
    SimulationBase& run_;
  };
  // Tokens of clients; smaller ones are the injector's.
  static constexpr std::uint32_t client_token = std::uint32_t{1} << 31;

  struct Names {
    NodeNames nodes;  // which copies share; nodes, then clients
    std::string_view leader_status;
    TypeInfos messages;  // that nodes and clients send
  };
  SimulationBase(std::shared_ptr<const Scenario> scenario, std::uint64_t seed,
                 const RunOptions& options, const Names& names);
  SimulationBase(const SimulationBase& other);

  // ---- what only the protocol's own simulation can do

  virtual Record number(Kind kind, NodeId node, std::uint64_t cause) = 0;  // the next record
  virtual void tell_all(const Record& record) = 0;                         // digest to observers
  virtual void schedule(Time at, std::uint32_t token) = 0;                 // external(token) then
  // A client got an answer it waited for.
  virtual void after_answer(ClientId client, const Reply& reply, std::uint64_t ack) = 0;
  virtual std::uint64_t state_hash() const = 0;
  virtual std::uint64_t lost_tails() const = 0;
  // The verdict, once properties and witnesses are added to what was found.
  virtual Outcome judged(Findings findings) const = 0;

  // Control, as the protocol's world carries it out (sim/engine/control.hpp says what each does).
  virtual std::uint32_t nodes() const = 0;
  virtual bool up(NodeId node) const = 0;
  virtual bool paused(NodeId node) const = 0;
  virtual bool plays(NodeId node, std::string_view role) const = 0;
  virtual std::string_view status(NodeId node, std::string_view role) const = 0;
  virtual bool crash(NodeId node, std::uint64_t cause) = 0;
  virtual bool restart(NodeId node, Comeback how, std::uint64_t cause) = 0;
  virtual bool pause(NodeId node, std::uint64_t cause) = 0;
  virtual bool resume(NodeId node, std::uint64_t cause) = 0;
  virtual Network& network() = 0;
  virtual Interference& interference() = 0;
  virtual void release(std::uint32_t fault) = 0;
  virtual bool replay(std::uint32_t fault, std::uint64_t send) = 0;
  virtual bool move_timer(NodeId node, const IsTimer& is, std::optional<Duration> later) = 0;
  virtual void submit(NodeId node, const Operation& operation, std::uint64_t cause) = 0;
  virtual NodeClock& clock(NodeId node) = 0;
  virtual bool set_drift(NodeId node, std::optional<Drift> drift) = 0;
  virtual bool set_jitter(NodeId node, std::optional<Probability> share) = 0;
  virtual bool set_work(NodeId node, const WorkChange& change) = 0;
  virtual bool set_disk(NodeId node, const DiskChange& change) = 0;
  virtual std::string harm_memory(NodeId node, const MemoryHarm& harm) = 0;
  virtual void client_send(ClientId client, NodeId node, const Request& request,
                           std::uint64_t cause) = 0;

  // ---- what it shares

  void start_outside();  // faults and clients
  // Of the world's sink.
  void external(std::uint32_t token);
  std::uint64_t crash_point(const CrashPoint& point);
  void look_for_triggers(const Record& record) {
    Reins reins(*this);
    injector_.on(record, reins);
  }
  void look_at_state(std::uint64_t event);
  // An answer or a redirection reached a client.
  void heard(ClientId client, NodeId from, AnyRef message, std::uint64_t recv);
  void on_event(const Record& record);
  // Ends the run at the step `cause`.
  void violate(std::string property, std::vector<NodeId> nodes, std::string why,
               std::uint64_t cause);
  // A failed assertion of the protocol ends the run as its failure, any other is ours and thrown
  // on.
  void assertion_failed(const AssertionFailure& failure);
  // What a table should have held, and did not: so does the first, where some fault changes what
  // nodes hold, for then no code can know what is there; else it is ours and thrown on.
  void look_up_failed();
  // Always false: there is nothing more to do.
  bool end(Ending ending, std::string reason = {});
  // Which budget was used up.
  std::string overrun(std::size_t pending) const;
  // Every other kind leaves all nodes as they were: it tells what became of a message, an output
  // or a fault.
  static bool changes_a_node(const Record& record) {
    switch (record.kind) {
      case Kind::crash:
      case Kind::pause:
      case Kind::resume:
      case Kind::persist:
        return !record.client;
      default:
        return record.handled;
    }
  }

  std::shared_ptr<const Scenario> scenario_;
  RunOptions options_;
  Names names_;
  Injector injector_;
  Clients clients_;
  Ledger ledger_;
  Metrics metrics_;
  Digest digest_;
  Expectations expectations_;
  StopEvent stop_event_;
  RunWatch watch_;
  std::optional<Violation> violation_;
  std::vector<Observer*> observers_;
  std::uint64_t instant_events_{};  // so far at the instant `instant_`
  Time instant_;
  bool started_{};
  bool finished_{};
  bool end_requested_{};

 private:
  std::uint64_t announce(Kind kind, std::string_view id, std::string_view detail,
                         std::uint64_t cause);
  static Kind kind_of(ClientStep step);
  std::uint64_t client_record(ClientStep step, ClientId client, AnyRef body, std::uint64_t cause);
  bool is_client(NodeId place) const { return place.value >= nodes(); }
  ClientId client_at(NodeId place) const { return ClientId{place.value - nodes()}; }
  Findings what_was_found() const;
  bool history_broken();

  std::uint64_t violation_event_{};
  Time violation_time_;
  Time ended_;
  Outcome outcome_;
};

}  // namespace quorate
