// One run without its protocol's type: what the command line, sweeps and tests hold.
// Virtual calls happen per step, never per message.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sim/client/clients.hpp"
#include "sim/measure/ledger.hpp"
#include "sim/measure/readings.hpp"
#include "sim/scenario/scenario.hpp"
#include "sim/trace/observer.hpp"

namespace quorate {

QUORATE_ENUM(Verdict, pass, fail, inconclusive)

// Why a run stopped.
QUORATE_ENUM(Ending, stop_time, stop_event, quiescent, violation, budget)

struct PropertyResult {
  std::string name;
  std::uint64_t armed{};
  std::uint64_t exercised{};
};
struct ExpectationResult {
  std::string text;  // as the scenario wrote it
  bool met{};
  std::string why;       // one line when not met
  bool open{};           // not met when the run ended, but would a longer run have changed that?
  Time judged{};         // the moment that decided it
  NodeId node{no_node};  // whose field is not as expected
};
struct FaultResult {
  std::string id;
  std::uint64_t fired{};
  bool may_not_fire{};
  bool in_vain{};     // an omission or hold that caught no message; `fired` is then 0
  std::string why{};  // it never fired, as one clause; empty where that is not known

  bool idle() const { return fired == 0 && !may_not_fire; }  // never fired although it must
};

// How a run ended. Complete once `finished()`.
struct Outcome {
  Verdict verdict{Verdict::inconclusive};
  std::vector<std::string> diagnosis;  // "deadlock", ...
  std::vector<std::string> because;    // beside it: one clause each, "p1 waits for co (down)"
  std::string model;                   // within or outside the protocol's model, and by what
  std::string reason;                  // of a fail or inconclusive: one line
  std::optional<Violation> violation;  // a property, or the protocol's own assertion
  std::uint64_t violation_event{};     // the step that broke it, not the line that says so
  Time violation_time;
  std::vector<PropertyResult> properties;
  std::vector<ExpectationResult> expectations;
  std::vector<FaultResult> faults;
  Readings metrics;                                // "ops.acked", "messages.sent", "leaders", ...
  std::map<std::string, std::uint64_t> witnesses;  // the protocol's, by name
  std::uint64_t digest{};
  std::uint64_t events{};
  Ending ending{};
  Time ended;
};

class Run {
 public:
  virtual ~Run() = default;
  // Handles one pending event; false when the run is over (stop time,
  // violation, budget, empty queue).
  virtual bool step() = 0;
  // Steps to the end.
  virtual void run() = 0;
  // Ends the run as inconclusive for a reason outside it (wall time);
  // nothing of it enters trace or digest.
  virtual void give_up(std::string reason) = 0;
  virtual bool finished() const = 0;
  virtual std::unique_ptr<Run> copy() const = 0;  // observers are not copied
  // Watches from the next event on. The observer must outlive the run.
  virtual void observe(Observer& observer) = 0;

  virtual Time now() const = 0;
  virtual std::uint64_t events() const = 0;
  virtual std::uint64_t digest() const = 0;    // so far; at the end it includes the final state
  virtual const Outcome& outcome() const = 0;  // REQUIRES finished()
  // The same to keep; the run has none afterwards.
  virtual Outcome take_outcome() = 0;
  virtual const Ledger& ledger() const = 0;
  virtual const std::vector<HistoryEntry>& history() const = 0;
  // A node's fields as compact JSON, for tests, expectations and viewers: {"current_term":3,…}.
  virtual std::string state(NodeId node) const = 0;
  // One field of it as JSON text; "" if the role has no such field.
  virtual std::string field(NodeId node, std::string_view name) const = 0;
};

}  // namespace quorate
