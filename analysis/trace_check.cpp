#include "analysis/trace_check.hpp"

#include <algorithm>

#include "analysis/trace_parts.hpp"

namespace quorate {
namespace {

constexpr std::size_t contradictions_kept = 20;

// Keys of a line that are not the fields of an event.
constexpr std::array<std::string_view, 10> line_keys{"i",     "t",   "k",    "n",     "name",
                                                     "cause", "set", "body", "start", "client"};

bool has_ends(Kind kind) {
  return kind == Kind::send || kind == Kind::recv || kind == Kind::drop || kind == Kind::dup ||
         kind == Kind::unexpected || kind == Kind::alter;
}

bool runs_a_handler(Kind kind) {
  return kind == Kind::recv || kind == Kind::local || kind == Kind::timer || kind == Kind::restart;
}

// One line with its JSON taken apart, and what the parts borrow.
struct OpenedLine {
  TracedEvent event;
  std::string text;
  std::string detail;
  Violation violation;
  std::string fault;  // what is wrong with the line by itself
};

class Opener {
 public:
  explicit Opener(const std::vector<std::string>& names, std::size_t nodes)
      : names_(names), nodes_(nodes) {}

  // `next` follows in the trace, if anything does: it says whether a handler took the message.
  void open(const TraceLine& line, const std::optional<TraceLine>& next, OpenedLine& opened) const {
    opened = {};
    TracedEvent& event = opened.event;
    Record& record = event.record;
    record.index = line.index;
    record.time = line.time;
    record.cause = line.cause;
    record.kind = line.kind;
    record.node = line.node;
    record.handled = line.node.value < nodes_ &&
                     ((runs_a_handler(line.kind) && !refused(line, next)) || harms_memory(line));
    if (has_ends(line.kind)) ends(line, opened);
    words(line, opened);
    if (line.members.has("set")) event.set = value(line, "set", opened);
    if (line.members.has("disk")) event.disk = value(line, "disk", opened);
    if (line.members.has("start")) event.start = value(line, "start", opened);
    if (line.members.has("body")) event.body = value(line, "body", opened);
    event.lost = line.members.raw("lost") == "true";
  }

 private:
  // Of what a fault did to the memory of a node a note tells: it alone among notes says what
  // changed.
  static bool harms_memory(const TraceLine& line) {
    return line.kind == Kind::note && line.members.has("set");
  }
  // Whether no handler ran, or one that failed.
  static bool refused(const TraceLine& line, const std::optional<TraceLine>& next) {
    if (!next || next->cause != line.index) return false;
    return next->kind == Kind::unexpected ||
           (next->kind == Kind::violation && next->members.raw("property") == "\"assertion\"");
  }

  Value value(const TraceLine& line, std::string_view key, OpenedLine& opened) const {
    std::optional<Value> read = line.members.value(key);
    if (!read) complain(opened, "its `" + std::string(key) + "` is no JSON");
    return read ? std::move(*read) : Value();
  }
  static void complain(OpenedLine& opened, std::string fault) {
    if (opened.fault.empty()) opened.fault = std::move(fault);
  }
  std::string text(const TraceLine& line, std::string_view key, OpenedLine& opened) const {
    std::optional<std::string> read = line.members.text(key);
    if (!read) complain(opened, "it has no `" + std::string(key) + "`");
    return read ? std::move(*read) : std::string();
  }
  NodeId named(std::string_view name, std::string_view key, OpenedLine& opened) const {
    const auto found = std::ranges::find(names_, name);
    if (found == names_.end()) {
      complain(opened, "its `" + std::string(key) + "` is nobody the header names");
      return no_node;
    }
    return NodeId{static_cast<std::uint32_t>(found - names_.begin())};
  }
  NodeId node(const TraceLine& line, std::string_view key, OpenedLine& opened) const {
    return named(text(line, key, opened), key, opened);
  }

  void ends(const TraceLine& line, OpenedLine& opened) const {
    Record& record = opened.event.record;
    const bool receives = line.kind == Kind::recv || line.kind == Kind::unexpected;
    record.from = line.kind == Kind::send ? line.node : node(line, "from", opened);
    record.to = receives ? line.node : node(line, "to", opened);
    record.client = line.members.raw("client") == "true";
    const std::optional<std::uint64_t> message = line.members.number("m");
    if (!message) complain(opened, "it has no `m`");
    record.message = message.value_or(0);
    record.bytes = line.members.number("bytes").value_or(0);
    if (line.kind != Kind::drop) return;
    const auto why = enum_value<DropReason>(text(line, "why", opened));
    if (!why) complain(opened, "its `why` is no reason for a drop");
    record.why = why.value_or(DropReason::none);
  }

  // What the kind says in words.
  void words(const TraceLine& line, OpenedLine& opened) const {
    TracedEvent& event = opened.event;
    if (has_ends(line.kind) || line.kind == Kind::local) {
      event.name = text(line, "type", opened);
      if (line.kind == Kind::alter) opened.text = text(line, "field", opened);
      if (line.members.has("lie")) opened.detail = text(line, "lie", opened);
    } else if (line.kind == Kind::timer || line.kind == Kind::event) {
      event.name = text(line, "name", opened);
      if (line.kind == Kind::event) fields(line, opened);
    } else if (line.kind == Kind::op || line.kind == Kind::ack) {
      event.name = line.kind == Kind::op ? "Request" : "Reply";
      event.record.client = true;
      event.record.node = node(line, "client", opened);
      fields(line, opened);
      if (line.members.raw("again") == "true") opened.detail = "again";
    } else if (line.kind == Kind::fault || line.kind == Kind::heal) {
      opened.text = text(line, "id", opened);
      opened.detail = text(line, "do", opened);
    } else if (line.kind == Kind::note) {
      opened.text = text(line, "text", opened);
    } else if (line.kind == Kind::violation) {
      violation(line, opened);
    }
    event.record.text = opened.text;
    event.record.detail = opened.detail;
  }
  // Fields that stand in the line itself.
  void fields(const TraceLine& line, OpenedLine& opened) const {
    Value& body = opened.event.body;
    line.members.for_each([&](std::string_view key, std::string_view) {
      if (std::ranges::find(line_keys, key) != line_keys.end()) return;
      if (line.kind == Kind::op && key == "again") return;
      body.kind = Value::Kind::object;
      body.members.push_back({std::string(key), {}, value(line, key, opened)});
    });
  }
  void violation(const TraceLine& line, OpenedLine& opened) const {
    Violation& violation = opened.violation;
    violation.property = opened.text = text(line, "property", opened);
    violation.why = opened.detail = text(line, "why", opened);
    for (const Value& one : value(line, "nodes", opened).items) {
      violation.nodes.push_back(named(one.text, "nodes", opened));
    }
    opened.event.record.violation = &violation;
  }

  const std::vector<std::string>& names_;
  std::size_t nodes_;
};

class Checker {
 public:
  Checker(TraceReader& reader, const ProtocolEntry& protocol,
          const std::shared_ptr<const Scenario>& scenario)
      : reader_(reader), protocol_(protocol), scenario_(scenario) {}

  TraceCheck run() {
    states_ = reader_.header().level == TraceLevel::all;
    run_ = protocol_.retrace(scenario_, reader_.header().seed, states_);
    check_header();
    if (result_.contradiction_count != 0) return std::move(result_);  // its nodes are not the run's
    read_lines();
    result_.messages = message_totals(run_->ledger(), protocol_.info);
    if (!states_) miss_states();
    if (reader_.end()) {
      judge(*reader_.end());
    } else if (reader_.truncated() && states_) {
      judge_prefix();
    }
    return std::move(result_);
  }

 private:
  void contradict(std::string sentence) {
    ++result_.contradiction_count;
    if (result_.contradictions.size() == contradictions_kept) return;
    result_.contradictions.push_back(std::move(sentence));
  }

  // The header repeats what its scenario says.
  void check_header() {
    const TraceHeader& header = reader_.header();
    std::vector<std::string> nodes;
    for (const ScenarioNode& node : scenario_->nodes) nodes.push_back(node.name);
    if (header.nodes != nodes) contradict("the header's nodes are not those of its scenario");
    if (header.clients != scenario_->clients) {
      contradict("the header's clients are not those of its scenario");
    }
    if (header.protocol != protocol_.info.name) {
      contradict("the header's protocol is not that of its scenario");
    }
  }

  void read_lines() {
    const Opener opener(reader_.names(), reader_.header().nodes.size());
    OpenedLine opened;
    std::optional<TraceLine> line = reader_.next();
    while (line) {
      std::optional<TraceLine> next = reader_.next();
      opener.open(*line, next, opened);
      std::string fault = std::move(opened.fault);
      if (std::string impossible = run_->on(opened.event); fault.empty()) {
        fault = std::move(impossible);
      }
      if (!fault.empty()) contradict("e" + std::to_string(line->index) + ": " + fault);
      if (line->kind == Kind::violation) note_violation(opened.violation, line->cause);
      ++result_.events;
      line = std::move(next);
    }
  }

  // A property's name says that properties were checked; an assertion is code.
  void note_violation(const Violation& violation, std::uint64_t event) {
    violated_ = true;
    const auto& properties = protocol_.info.properties;
    if (std::ranges::find(properties, violation.property, &PropertyInfo::name) != properties.end())
      return;
    result_.not_judged.push_back("\"" + violation.property + "\" at e" + std::to_string(event) +
                                 ": only a replay runs the protocol's code");
  }

  void miss_states() {
    const std::string why = ": the trace was written at level " +
                            std::string(enum_name(reader_.header().level)) +
                            ", without the states of nodes";
    for (const PropertyInfo& property : protocol_.info.properties) {
      result_.not_judged.push_back(property.name + why);
    }
    for (const Expectation& expectation : scenario_->expect) {
      result_.not_judged.push_back(expectation.text + why);
    }
  }

  void judge_prefix() {
    TracedEnd end;
    end.ending = Ending::budget;
    result_.outcome = run_->outcome(end);
    if (result_.outcome->violation) result_.outcome->verdict = Verdict::fail;
    result_.outcome->reason = "the trace was cut off";
    if (result_.outcome->violation) result_.outcome->reason = result_.outcome->violation->why;
  }

  void judge(const TraceEnd& end) {
    result_.told_verdict = end.verdict;
    const LineMembers& members = end.members;
    if (members.has("checksum") &&
        members.text("checksum").value_or("") != digest_text(reader_.checksum())) {
      contradict("the footer's checksum is not that of the lines: something was changed");
    }
    if (reader_.header().level != TraceLevel::outline) compare_totals(members);
    if (!states_) return;
    const std::optional<TracedEnd> told = told_end(end);
    if (!told) return contradict("the footer does not say how and when the run ended");
    result_.outcome = run_->outcome(*told);
    compare(end, *told);
  }

  std::optional<TracedEnd> told_end(const TraceEnd& end) const {
    const auto ending = enum_value<Ending>(end.members.text("ending").value_or(""));
    const auto ended = end.members.number("ended");
    const auto in_vain = end.members.value("in_vain");
    if (!ending || !ended || *ended > static_cast<std::uint64_t>(Time::never().ns) || !in_vain)
      return std::nullopt;
    TracedEnd told;
    told.ending = *ending;
    told.ended = Time{static_cast<std::int64_t>(*ended)};
    told.cut_short = *ending != Ending::budget && end.verdict == enum_name(Verdict::inconclusive);
    for (const Value& fault : in_vain->items) told.in_vain.push_back(fault.text);
    if (end.members.has("start")) told.start = end.members.value("start").value_or(Value());
    return told;
  }

  void compare_totals(const LineMembers& members) {
    StringSink sink;
    TraceWriter writer(sink, reader_.header());
    sink.text.clear();
    TraceFooter footer;
    footer.messages = result_.messages;
    writer.finish(footer);
    LineMembers counted;
    counted.scan(std::string_view(sink.text).substr(0, sink.text.size() - 1));
    for (const std::string_view key : {"messages", "client_messages"}) {
      if (members.raw(key) == counted.raw(key)) continue;
      contradict("the footer's `" + std::string(key) + "` are not those of the lines, " +
                 std::string(counted.raw(key)));
    }
  }

  void compare(const TraceEnd& end, const TracedEnd& told) {
    const Outcome& outcome = *result_.outcome;
    const std::string_view verdict = enum_name(outcome.verdict);
    if (told.ending == Ending::stop_time && told.ended != scenario_->stop) {
      contradict("the footer lets the run end at " + to_text(told.ended.since_start()) +
                 ", its scenario at " + to_text(scenario_->stop.since_start()));
    }
    if (violated_ != (told.ending == Ending::violation)) {
      contradict("a violation ends a run, and the footer says otherwise");
    }
    if (outcome.violation && !violated_) {
      contradict("e" + std::to_string(outcome.violation_event) + " breaks " +
                 outcome.violation->property + ", and the trace does not say so");
    }
    if (verdict != end.verdict) {
      contradict("the footer's verdict is " + end.verdict + "; judged again it is " +
                 std::string(verdict));
    }
    if (outcome.diagnosis != end.diagnosis) {
      contradict("the footer's diagnosis is not what the lines come to");
    }
  }

  TraceReader& reader_;
  const ProtocolEntry& protocol_;
  const std::shared_ptr<const Scenario>& scenario_;
  std::unique_ptr<TracedRun> run_;
  bool states_{};
  bool violated_{};  // the trace says so
  TraceCheck result_;
};

}  // namespace

TraceCheck check_trace(TraceReader& reader, const ProtocolEntry& protocol,
                       const std::shared_ptr<const Scenario>& scenario) {
  return Checker(reader, protocol, scenario).run();
}

}  // namespace quorate
