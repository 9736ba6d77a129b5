// Who leads, and for how long nobody did. The metric leaderless_time_us and what the story of a run
// says of a time without a leader are both taken from here.
#pragma once

#include <string>
#include <string_view>

#include "sim/trace/event.hpp"
#include "sim/trace/record.hpp"

namespace quorate {

// A node takes office when it is elected or, elected by nobody, takes the role that leads; it holds
// it until it crashes or takes another role. Several may hold it at once: the one that took it last
// leads, for the others have been replaced and do not know. A leader that is paused does not lead;
// one that is cut off does.
class Leadership {
 public:
  // `status` is the role that leads; "" where there is none.
  explicit Leadership(std::string_view status) : status_(status) {}

  void on(const Record& record);

  bool holds_office(NodeId node) const { return office_.contains(node); }
  // How long nobody led, from the start to `until`, which no record is later than.
  Duration leaderless(Time until) const;
  // How long nobody led before somebody took over, or until `at` if nobody has. Zero before the
  // first leader, whom nobody missed, and where the takeover was earlier than `at`.
  Duration gap(Time at) const;

 private:
  void on_event(const Record& record);
  void settle(Time at);

  std::string status_;
  NodeSet office_;
  NodeId last_{no_node};  // took it last; it may have left since
  NodeSet paused_;
  bool led_{};             // somebody does, as of the last record
  bool missed_{};          // somebody did, before the open or last interval without
  Time since_;             // when the open or last interval without began
  Time over_{-1};          // when the last one ended
  Duration leaderless_{};  // all that ended
};

}  // namespace quorate
