#include "analysis/missed.hpp"

#include <algorithm>
#include <map>

#include "analysis/event_text.hpp"
#include "sim/fault/event_match.hpp"

namespace quorate {
namespace {

constexpr std::size_t told_of_a_name = 6;  // of more lines of one name only their number is told
constexpr std::size_t told_in_all = 8;

// What people look for between messages: events of the protocol, and what happens to nodes.
bool is_told_here(Kind kind) {
  constexpr auto news = std::to_array<Kind>({Kind::event, Kind::fault, Kind::heal, Kind::crash,
                                             Kind::restart, Kind::pause, Kind::resume,
                                             Kind::unexpected, Kind::violation, Kind::alter});
  return std::ranges::find(news, kind) != news.end();
}

// What such a line is counted as: "applied", "crash".
std::string told_as(const TraceLine& line) {
  if (line.kind == Kind::event) return line.members.text("name").value_or("event");
  return std::string(enum_name(line.kind));
}

// The news of a stretch of time, thinned out to what fits on a page.
class News {
 public:
  // Of a name that turns out to be too frequent no line is kept.
  void add(const TraceLine& line) {
    const std::string name = told_as(line);
    const std::size_t count = ++counts_[name];
    if (count <= told_of_a_name) {
      lines_.push_back(line);
    } else if (count == told_of_a_name + 1) {
      std::erase_if(lines_, [&](const TraceLine& other) { return told_as(other) == name; });
    }
  }
  void tell(Missed& missed) && {
    std::map<std::string, std::size_t> untold;
    for (const auto& [name, count] : counts_) {
      if (count > told_of_a_name) untold[name] = count;
    }
    while (lines_.size() > told_in_all) {
      ++untold[told_as(lines_.front())];
      lines_.erase(lines_.begin());
    }
    for (const auto& [name, count] : untold) {
      missed.left_out += (missed.left_out.empty() ? "" : ", ") + std::to_string(count) + " " + name;
    }
    missed.instead = std::move(lines_);
  }

 private:
  std::vector<TraceLine> lines_;
  std::map<std::string, std::size_t> counts_;
};

bool starts_wait(const Expectation& expectation, const TraceLine& line) {
  return line.kind == Kind::fault && !expectation.of.empty() &&
         line.members.text("id") == expectation.of;
}

std::string later_by(Duration duration) { return "it came " + brief(duration) + " too late"; }

// Follows the expectation as the run did (Expectations), which tells from when to when its event
// was awaited.
void explain_within(const TraceFile& trace, const Scenario& scenario,
                    const Expectation& expectation, Missed& missed) {
  std::uint32_t seen = 0;  // in time
  std::uint32_t late = 0;
  const std::uint32_t wanted = expectation.event.nth;
  if (expectation.of.empty()) missed.from = Time{};
  News news;
  trace.for_each([&](const TraceLine& line) {
    const bool again = seen >= wanted && line.time + expectation.within <= scenario.stop;
    if (starts_wait(expectation, line) && (!missed.from || again)) {
      missed.from = line.time;
      seen = late = 0;
      news = {};
      missed.event.reset();
    }
    if (!missed.from) return;
    const bool in_time = line.time <= *missed.from + expectation.within;
    if (in_time && is_told_here(line.kind)) news.add(line);
    if (!matches(expectation.event, trace, line)) return;
    ++(in_time ? seen : late);
    if (!in_time && seen < wanted && seen + late == wanted) {
      missed.event = line;
      missed.about = later_by(line.time - (*missed.from + expectation.within));
    }
  });
  if (missed.from) missed.until = *missed.from + expectation.within;
  std::move(news).tell(missed);
  if (missed.event || missed.instead.empty()) return;
  missed.event = missed.instead.back();
  missed.about = "it never came; what came last";
}

void explain_never(const TraceFile& trace, const Expectation& expectation, Missed& missed) {
  std::uint32_t seen = 0;
  if (expectation.of.empty()) missed.from = Time{};
  trace.for_each([&](const TraceLine& line) {
    if (starts_wait(expectation, line) && !missed.from) missed.from = line.time;
    if (!missed.from || missed.event || !matches(expectation.event, trace, line)) return;
    if (++seen == expectation.event.nth) missed.event = line;
  });
  if (missed.event) missed.about = "what must never happen";
}

// The last line that gave the field of the node its value, or since which the node is down. Nothing
// where it has the value with which it began.
void explain_field(const TraceFile& trace, const Expectation& expectation, NodeId node,
                   Missed& missed) {
  if (node == no_node) return;
  std::optional<TraceLine> set;
  std::optional<TraceLine> crash;
  trace.for_each([&](const TraceLine& line) {
    if (line.node != node) return;
    if (line.kind == Kind::crash) crash = line;
    if (line.kind == Kind::restart) crash.reset();
    if (!json_member(line.members.raw("set"), expectation.name).empty()) set = line;
  });
  missed.event = crash ? crash : set;
  if (missed.event) missed.about = crash ? "what stopped it" : "what set it last";
}

// A metric of which there is less than there must be.
bool is_too_little(const Expectation& expectation, const Outcome& outcome) {
  const auto found = outcome.metrics.find(expectation.name);
  if (found == outcome.metrics.end()) return false;
  const bool exact = expectation.is.kind != Value::Kind::null;
  return (expectation.min && found->second < *expectation.min) ||
         (exact && found->second < expectation.is.integer);
}

// What was asked and never answered.
void explain_unanswered(const TraceFile& trace, Missed& missed) {
  std::map<std::pair<std::string_view, std::string_view>, TraceLine> open;
  trace.for_each([&](const TraceLine& line) {
    const std::pair who{line.members.raw("client"), line.members.raw("serial")};
    if (line.kind == Kind::op) open.emplace(who, line);
    if (line.kind == Kind::ack) open.erase(who);
  });
  for (const auto& [who, line] : open) missed.instead.push_back(line);
  std::ranges::sort(missed.instead, {}, &TraceLine::index);
  if (missed.instead.empty()) return;
  missed.event = missed.instead.front();
  missed.about = "the first that was never answered";
  const std::size_t asked = missed.instead.size();
  if (asked <= told_in_all) return;
  missed.left_out = std::to_string(asked - told_in_all) + " more without an answer";
  missed.instead.resize(told_in_all);
}

// The message's body stands in the line of its send, from which the others follow.
std::string_view body_of(const TraceFile& trace, TraceLine line) {
  const auto follows = [](Kind kind) {
    return kind == Kind::recv || kind == Kind::drop || kind == Kind::dup ||
           kind == Kind::unexpected;
  };
  while (line.members.raw("body").empty() && follows(line.kind)) {
    const std::optional<TraceLine> cause = trace.find(line.cause);
    if (!cause) break;
    line = *cause;
  }
  return line.members.raw("body");
}

// The end of a message that its line tells as its node.
bool is_own_end(const TraceLine& line, std::string_view key) {
  const bool received = line.kind == Kind::recv || line.kind == Kind::unexpected;
  return (key == "from" && line.kind == Kind::send) || (key == "to" && received);
}

}  // namespace

bool matches(const EventPattern& pattern, const TraceFile& trace, const TraceLine& line) {
  const auto kind = enum_value<Kind>(pattern.event);
  if (line.kind != kind.value_or(Kind::event)) return false;
  if (!kind && line.members.text("name") != pattern.event) return false;
  const std::optional<std::string> type = line.members.text("type");
  if (!pattern.message.empty() && !(type && glob_match(pattern.message, *type))) return false;
  const std::vector<NodeId>& nodes = pattern.node.nodes;
  if (pattern.node.kind == Selector::Kind::nodes &&
      std::ranges::find(nodes, line.node) == nodes.end()) {
    return false;
  }
  if (pattern.fields.empty()) return true;
  const std::string_view body = body_of(trace, line);
  return std::ranges::all_of(pattern.fields, [&](const Member& wanted) {
    const std::string_view inside = json_member(body, wanted.key);
    const std::string_view found = inside.empty() ? line.members.raw(wanted.key) : inside;
    if (found.empty() && is_own_end(line, wanted.key)) {
      return wanted.value.text == trace.reader().names().at(line.node.value);
    }
    return !found.empty() && json_matches(found, wanted.value);
  });
}

std::vector<Missed> explain_missed(const TraceFile& trace, const Scenario& scenario,
                                   const Outcome& outcome) {
  std::vector<Missed> all;
  for (std::size_t i = 0; i < outcome.expectations.size(); ++i) {
    const ExpectationResult& result = outcome.expectations[i];
    if (result.met) continue;
    const Expectation& expectation = scenario.expect[i];
    Missed missed;
    missed.expect = result.text;
    missed.why = result.why;
    using enum Expectation::Kind;
    if (expectation.kind == event_within) {
      explain_within(trace, scenario, expectation, missed);
    } else if (expectation.kind == never) {
      explain_never(trace, expectation, missed);
    } else if (expectation.kind == field_at_end) {
      explain_field(trace, expectation, result.node, missed);
    } else if (expectation.kind == metric && expectation.name.starts_with("ops.") &&
               is_too_little(expectation, outcome)) {
      explain_unanswered(trace, missed);
    }
    all.push_back(std::move(missed));
  }
  return all;
}

}  // namespace quorate
