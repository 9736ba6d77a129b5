// Tells a run in lines that a person reads: who led, what broke, what was decided.
//
//     0.214 s  n3 becomes leader (term 1)
//     0.714 s  ✗ crash n3                            [fault "kill"]
//     0.951 s  n1 becomes leader (term 2)            237 ms without a leader
//
// It understands standard events, crashes and faults. Of the protocol it knows two words, and the
// sentences that its own events bring along (`sentence`); an event without one is not told, and of
// one that comes again and again only the first few are, until something happens to a node.
#pragma once

#include <array>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/terminal.hpp"
#include "sim/measure/leadership.hpp"
#include "sim/scenario/protocol_info.hpp"
#include "sim/trace/event.hpp"
#include "sim/trace/observer.hpp"

namespace quorate {

struct StoryOptions {
  std::size_t lines{25};  // at most so many; what lies in the middle of a longer run is counted
  TextStyle style;
};

// An observer of one run. Memory is bounded by `lines` and the number
// of nodes, whatever the run's length.
class Story final : public Observer {
 public:
  // `names` are the nodes, then the clients.
  Story(const ProtocolInfo& protocol, std::vector<std::string> names, StoryOptions options = {});

  void on(const Record& record, const StateChange* change) override;
  // The lines so far, each with its '\n'; empty when there was nothing to tell.
  std::string text() const;

 private:
  // What kind of thing a line tells: folded lines are counted by it.
  enum class Topic : std::uint8_t {
    leader_change,
    step_down,
    crash,
    restart,
    pause,
    resume,
    fault,
    heal,
    suspicion,
    trust,
    blocking,
    decision,
    delivery,
    own_event,
    note
  };
  static constexpr auto topics = static_cast<std::size_t>(Topic::note) + 1;
  using Counts = std::array<std::uint64_t, topics>;
  struct Line {
    Time time;
    Topic topic{};
    std::string text{};
    std::string aside{};
    Paint with{};
    Counts left_out{};  // if any, it is the first of those and stands for them
  };
  // The last fault or heal line: crashes and restarts that follow name it as their cause.
  struct Announcement {
    std::uint64_t index{no_cause};
    std::string id;
    std::string detail;
    bool told{};  // a line has said all of `detail`
  };

  void tell_of(const Record& record);
  void on_event(const Record& record);
  void on_elected(const Record& record, std::uint64_t epoch);
  void on_role(const Record& record, std::string_view role);
  void on_blocked(const Record& record, std::string_view reason);
  void on_node(const Record& record);
  void tell_of_node(const Record& record);
  void on_violation(const Record& record);
  void on_fault(const Record& record);
  void on_alter(const Record& record);
  void first(const Record& record, std::size_t which, Topic topic, const std::string& text);
  void tell(const Record& record, Topic topic, std::string text, Paint with = Paint::plain,
            std::string aside = {});
  void tell_some(const Record& record, std::string_view kind, Topic topic, std::string text);
  void add(Line line);
  std::string sentence(AnyRef event) const;
  std::string name_of(NodeId node) const;
  std::string mark(std::string_view utf8, std::string_view ascii, std::string_view text) const;
  std::string without_leader(Duration gap) const;
  std::size_t half() const { return (options_.lines - 1) / 2; }
  void trim();
  std::string folded(const Counts& counts) const;
  std::string rendered(const Line& line) const;
  // What stands between head and tail: takes lines of the tail that would be folded, too.
  std::string middle(std::deque<Line>::const_iterator& tail) const;

  std::string epoch_word_;
  std::string leader_word_;
  std::vector<std::string> names_;
  StoryOptions options_;

  Leadership leadership_;                         // as of the record before the one being told
  PerNode<Text> blocked_;                         // the reason told last
  std::array<bool, 2> told_{};                    // firsts: chosen, delivered
  std::map<std::string_view, std::size_t> some_;  // of late, each kind of what happens often
  Announcement announced_;
  Time healed_at_{-1};  // a heal was told at this instant: what it undoes goes without saying

  std::vector<Line> head_;
  std::deque<Line> tail_;
  // Told last: a property is checked right after the handler, so what the handler put out, and what
  // a reader must know to see why it was broken, is recorded later.
  std::optional<Line> violation_;
  Counts left_out_{};    // between the two
  Line first_left_out_;  // shown after all where it is the only one
};

}  // namespace quorate
