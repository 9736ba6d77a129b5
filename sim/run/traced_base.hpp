// What a traced run is whatever its protocol: message book, faults, clients, metrics and
// expectations, and what its end is judged by. It stands apart from TracedSimulation<P> so that it
// is compiled once, not with each protocol.
#pragma once

#include "sim/engine/traits.hpp"
#include "sim/measure/metrics.hpp"
#include "sim/run/judge.hpp"
#include "sim/run/message_book.hpp"
#include "sim/run/traced_run.hpp"

namespace quorate {

// Which of the types is called this, in snake_case where `snake`.
std::optional<std::size_t> position_named(TypeInfos types, bool snake, std::string_view name);

class TracedBase : public TracedRun {
 public:
  ~TracedBase() override;
  const Ledger& ledger() const override { return ledger_; }

 protected:
  // `names`: of nodes, then clients; they outlive the run.
  TracedBase(std::shared_ptr<const Scenario> scenario, NodeNames names,
             std::string_view leader_status, TypeInfos messages);

  static bool is_message(Kind kind) {
    return kind == Kind::send || kind == Kind::recv || kind == Kind::drop || kind == Kind::dup ||
           kind == Kind::unexpected;
  }
  // Without a handler; the same kinds as in the run itself.
  static bool moves_a_node(Kind kind) {
    return kind == Kind::crash || kind == Kind::pause || kind == Kind::resume ||
           kind == Kind::persist;
  }
  // The first thing wrong with a line is what is said of it.
  void wrong(std::string fault) {
    if (fault_.empty()) fault_ = std::move(fault);
  }

  void note_fault(const Record& record);
  // Who asks, if it is a client and this its next operation.
  std::optional<ClientId> note_request(const Record& record, const Request& request);
  // Whether its client waited for it.
  bool note_answer(const Record& record, const Reply& reply);
  // What the trace calls a violation has been found by now, or is none. `properties`: their names.
  void note_violation(const Record& record, std::span<const std::string_view> properties);
  void violated(Violation violation, std::uint64_t event, const Record& record);
  // What clients were told, once the run is over.
  void judge_history(Time now);
  // But for properties and witnesses.
  Findings what_was_found(const TracedEnd& end, std::uint64_t lost_tails) const;

  std::shared_ptr<const Scenario> scenario_;
  NodeNames names_;
  std::string_view leader_status_;
  TypeInfos messages_;
  Ledger ledger_;
  Metrics metrics_;
  Expectations expectations_;
  RunWatch watch_;
  MessageBook book_;
  std::optional<Violation> violation_;
  std::uint64_t next_index_{};
  std::string fault_;  // of the line in hand

 private:
  std::uint64_t violation_event_{};
  Time violation_time_;
  std::vector<std::uint64_t> serials_;                      // the last one of each client
  std::map<std::pair<NodeId, std::uint64_t>, Time> asked_;  // operations not answered yet
  std::vector<Duration> latencies_;
  std::vector<std::uint64_t> fired_;  // beside scenario_->faults
};

}  // namespace quorate
