// Linearizability (Herlihy and Wing 1990): is there one order of all operations that explains every
// answer, in which no operation precedes one that was answered before it was asked?
//
// The search is Wing and Gong's with the memory of Lowe ("Testing for linearizability", 2017): it
// places one operation after another, goes back where none fits, and never looks twice at the same
// set of placed operations with the same state. Where each key is an object of its own, keys are
// searched apart; a history is linearizable exactly when each object's is.
//
// An operation without an answer may have taken effect at any time after it was asked, or never.
//
// Three rules save choices and cost no answer. Of unanswered operations that are the same the one
// asked first goes first. An answer that fits and changes nothing is placed at once, for later it
// could only forbid more. Where every operation shows the value it sees, a value that nobody is
// shown explains nothing: one written without an answer is left out, any other is placed right
// before the next write. And where somebody says in which order operations took effect, that order
// is tried first: if it is one, nothing is searched, however much overlaps.
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <string>
#include <vector>

#include "sim/check/sequential.hpp"
#include "sim/node/request.hpp"
#include "sim/trace/record.hpp"

namespace quorate {

// One operation as its client saw it. Moments are numbers that order all askings and answers, such
// as their events' in the trace; no two are the same.
struct ClientCall {
  static constexpr std::uint64_t never = std::numeric_limits<std::uint64_t>::max();

  NodeId client{no_node};
  std::uint64_t serial{};
  Operation operation;
  std::uint64_t asked{};
  std::uint64_t answered{never};
  Text result;
  // Of the effects that operations are thought to have had, in their order, which one is this
  // operation's. Only how long a search takes depends on it.
  std::uint64_t effect{never};
};

// What the first state machine to come to some place of the log executed there.
struct Effect {
  std::uint64_t moment{};  // as a call's
  Operation operation;
};

QUORATE_ENUM(Linearizable, yes, no, unknown)

struct Linearization {
  Linearizable answer{Linearizable::yes};
  // Of a `no`, as positions in the history: an order that explains all answers of its object before
  // `misfit`'s, as long as there is one, and the operation whose answer no order explains. Of a
  // `yes`, an order of the whole, object by object.
  std::vector<std::size_t> order;
  std::size_t misfit{};
};

// What one search for one object may use: operations tried, and about so many bytes remembered.
struct SearchBudget {
  std::uint64_t tries{1'000'000};
  std::uint64_t bytes{std::uint64_t{256} << 20};
};

// REQUIRES operations that the model has. Where the budget did not suffice, the answer is unknown.
// Time and space grow with the history times what overlaps, at worst exponentially with what
// overlaps.
Linearization linearize(const Model& model, const std::vector<ClientCall>& history,
                        SearchBudget budget = {});

// What was found wrong as one sentence: "One order explains put x 1 (ok), put x 2 (ok); none has a
// place for c2's get x, answered 1." REQUIRES a `no`.
std::string misfit_sentence(const std::vector<ClientCall>& history, const Linearization& found,
                            NodeNames names);

// The property "linearizable" of a run. It watches what clients ask and are told, and is judged
// when the run is over. What a fault hands to a node is an operation that nobody is answered: it
// may take effect once from then on, or never. A copyable value; without a model it does nothing.
class HistoryCheck {
 public:
  static constexpr std::string_view name = "linearizable";
  static constexpr std::string_view sentence =
      "What clients are told could have come from one object that serves them one after another.";

  HistoryCheck() = default;
  explicit HistoryCheck(const Model* model) : model_(model) {}

  void on(const Record& record) {
    if (model_ == nullptr) return;
    if (record.kind == Kind::op || record.kind == Kind::ack) note(record);
    if (record.kind == Kind::local) note_nobodys(record);
    if (record.kind == Kind::event) note_effect(record);
  }
  void judge(NodeNames names);

  // Whether there is an object to compare with.
  bool active() const { return model_ != nullptr; }
  // Answers compared, and those among them whose operation overlapped another of its object. 0
  // where an operation is none of the model's: then nothing can be said. After judge().
  std::uint64_t armed() const { return armed_; }
  std::uint64_t exercised() const { return exercised_; }
  Linearizable answer() const { return answer_; }
  const Violation& violation() const { return violation_; }  // of a `no`
  std::uint64_t violation_event() const { return misfit_; }  // the answer nothing explains

 private:
  void note(const Record& record);
  void note_nobodys(const Record& record);
  void note_effect(const Record& record);

  const Model* model_{};
  std::vector<ClientCall> calls_;
  std::map<std::uint64_t, Effect> effects_;  // by their places in the log
  std::uint64_t armed_{};
  std::uint64_t exercised_{};
  Linearizable answer_{};
  Violation violation_;
  std::uint64_t misfit_{};
};

}  // namespace quorate
