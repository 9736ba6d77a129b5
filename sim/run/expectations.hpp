// Judges a scenario's `expect` list: events are watched while the run goes, everything else is
// asked at its end. Judging never changes the run.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "sim/check/wait.hpp"
#include "sim/fault/event_match.hpp"
#include "sim/run/run.hpp"

namespace quorate {

// What expectations may ask about the cluster when the run is over.
class EndState {
 public:
  virtual ~EndState() = default;
  virtual bool up(NodeId node) const = 0;
  virtual bool predicate(std::string_view name) const = 0;
  virtual std::vector<Wait> waits() const { return {}; }
  // A field of a node as JSON text; "" if its roles have no such field.
  virtual std::string field_text(NodeId node, std::string_view name) const = 0;
};

// A copyable value. A record that no expectation waits for costs a shift and a test.
//
// `within`: the pattern's nth match at or before start + within. `never`: no nth match, from the
// start on. The start is the run's, or the first firing of the fault named by `of`; matches before
// it do not count. Once `within` is met, another firing begins it anew, unless the run's end would
// cut its time. An expectation that counts from a fault which never fired is missed, whichever way
// it was meant.
class Expectations {
 public:
  explicit Expectations(std::shared_ptr<const Scenario> scenario);

  // The line of a fault, before it is handed to on(). False if nothing fires with it: a node leaves
  // the others, as the firing of a partition that swizzles has said.
  bool on_fault(const Record& line);
  void on(const Record& record, NodeNames names) {
    last_ = record.time;
    if ((wanted_ >> static_cast<unsigned>(record.kind) & 1) != 0) watch(record, names);
  }
  // In the scenario's order. `outcome` gives violation, metrics and witnesses. A `metric` may be
  // either of the last two. `members` belong to the cluster at the end.
  std::vector<ExpectationResult> results(const Outcome& outcome,
                                         const std::vector<std::string>& diagnosis,
                                         const EndState& state,
                                         const std::vector<NodeId>& members) const;

 private:
  // The progress of an expectation about events.
  struct Watch {
    Time start{Time::never()};  // never: its fault has not fired
    std::uint32_t seen{};       // matches in its window, up to the nth
    Time met_at;                // of the nth
    NodeId met_by{no_node};
  };

  void watch(const Record& record, NodeNames names);
  bool begins_again(const Expectation& expectation, const Watch& watch, Time at) const;
  std::string judge(std::size_t position, const Outcome& outcome,
                    const std::vector<std::string>& diagnosis, const EndState& state,
                    const std::vector<NodeId>& members) const;
  Time judged_at(std::size_t position) const;
  bool may_still_be_met(std::size_t position, const Outcome& outcome) const;
  std::string judge_within(const Expectation& expectation, const Watch& watch) const;
  std::string judge_never(const Expectation& expectation, const Watch& watch) const;
  static std::string judge_predicate(const Expectation& expectation, const EndState& state,
                                     const std::vector<NodeId>& members);
  // A node whose field is not as expected, and what is wrong with it; nobody, if nothing is.
  struct WrongField {
    NodeId node{no_node};
    std::string why;
  };
  WrongField wrong_field(const Expectation& expectation, const EndState& state) const;

  std::shared_ptr<const Scenario> scenario_;
  std::shared_ptr<const std::vector<EventMatcher>> matchers_;  // beside scenario_->expect
  std::set<std::uint64_t> swizzles_;                           // firings of such partitions
  std::vector<Watch> watches_;                                 // beside scenario_->expect
  std::uint32_t wanted_{};                                     // bit = a Kind some pattern asks for
  Time last_;                                                  // of the last record
};

// The scenario's "stop at this event".
class StopEvent {
 public:
  explicit StopEvent(const std::shared_ptr<const Scenario>& scenario);
  void on(const Record& record, NodeNames names) {
    if (left_ != 0 && matcher_->matches(record, names)) --left_;
  }
  // Stays true once the pattern's nth match has happened.
  bool reached() const { return matcher_ != nullptr && left_ == 0; }

 private:
  std::shared_ptr<const EventMatcher> matcher_;  // null: the scenario names no such event
  std::uint32_t left_{};
};

}  // namespace quorate
