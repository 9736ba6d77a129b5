// What is legal but cannot mean what it says: warnings, never errors. Each has a code of its own,
// so that a scenario that means it can accept it with a reason.
#include <algorithm>
#include <bitset>
#include <span>

#include "sim/node/request.hpp"
#include "sim/scenario/loader_context.hpp"
#include "sim/trace/record.hpp"

namespace quorate::loader {
namespace {

SourcePosition place_of(const Context& context, std::string_view part, std::string_view key) {
  const Value* object = context.scenario.source.find(part);
  const Value* value = object != nullptr ? object->find(key) : nullptr;
  if (value != nullptr) return value->at;
  return object != nullptr ? object->at : SourcePosition{};
}

// ---- what a run can come to ---------------------------------------------------------------------

// Which faults can fire and what can happen. What is not ruled out here may be impossible all the
// same: a warning must be right.
class Reach {
 public:
  explicit Reach(const Context& context) : context_(context), faults_(context.scenario.faults) {
    for (std::size_t i = 0; i < faults_.size(); ++i) numbers_.emplace(faults_[i].id, i);
    chains_.resize(faults_.size());
    for (std::size_t i = 0; i < faults_.size(); ++i) follow(i);
    // Each round finds what the verbs found before lead to, so this ends after a few.
    auto more = what_happens();
    while (more != happens_) {
      happens_ = more;
      more = what_happens();
    }
  }

  // The first moment at which a fault can fire, as far as times tell.
  Time earliest(const Fault& fault) const { return chains_[number_of(fault.id)].earliest; }

  // Why a fault can never fire, however long the run; empty if it can.
  std::string why_never(const Fault& fault) const {
    const Fault& root = faults_[chains_[number_of(fault.id)].root];
    if (root.trigger.kind != Trigger::Kind::event) return {};
    std::string why = why_never(root.trigger.event);
    if (why.empty() || &root == &fault) return why;
    return "fault " + in_quotes(root.id) + " never fires";
  }

  std::string why_never(const EventPattern& pattern) const {
    const ProtocolInfo& protocol = *context_.protocol;
    if (never_emitted(pattern.event)) {
      return protocol.name + " never emits " + in_quotes(pattern.event);
    }
    const auto kind = enum_value<Kind>(pattern.event);
    if (!kind) return {};
    if (is_client_message(pattern.message) && !anybody_asks()) return "no client asks anything";
    switch (*kind) {
      case Kind::op:
      case Kind::ack:
        return anybody_asks() ? "" : "no client asks anything";
      case Kind::crash:
        return does(Verb::crash) ? "" : "nothing crashes";
      case Kind::restart:
        return does(Verb::restart) || does(Verb::settle) || ends(Verb::crash) ? ""
                                                                              : "nothing restarts";
      case Kind::pause:
        return does(Verb::pause) ? "" : "nothing pauses";
      case Kind::resume:
        return does(Verb::resume) || does(Verb::settle) || ends(Verb::pause) ? ""
                                                                             : "nothing resumes";
      case Kind::fault:
        return happens_.any() ? "" : "no fault fires";
      default:
        return {};
    }
  }

  bool anybody_asks() const { return !context_.scenario.workload.empty() || does(Verb::request); }
  // Whether some fault that can fire does this; whether one does and ends it by itself.
  bool does(Verb verb) const { return happens_[static_cast<std::size_t>(verb)]; }
  bool ends(Verb verb) const { return happens_[enum_count<Verb> + static_cast<std::size_t>(verb)]; }

 private:
  // A fault may wait for another one, and that for a third; the last of them is the root.
  struct Chain {
    bool known{};
    std::size_t root{};
    Time earliest;
  };

  std::size_t number_of(std::string_view id) const { return numbers_.find(id)->second; }

  // There are no circles: they are errors.
  void follow(std::size_t start) {
    std::vector<std::size_t> way{start};
    while (!chains_[way.back()].known && faults_[way.back()].trigger.kind == Trigger::Kind::fault) {
      way.push_back(number_of(faults_[way.back()].trigger.fault));
    }
    Chain chain = chains_[way.back()];
    if (!chain.known) chain = {true, way.back(), {}};
    for (auto at = way.rbegin(); at != way.rend(); ++at) {
      if (chains_[*at].known) continue;
      const Fault& fault = faults_[*at];
      if (fault.trigger.kind == Trigger::Kind::at) chain.earliest = fault.trigger.at;
      chain.earliest = std::max(chain.earliest, fault.from) + fault.after;
      chains_[*at] = chain;
    }
  }

  std::bitset<2 * enum_count<Verb>> what_happens() const {
    std::bitset<2 * enum_count<Verb>> result;
    for (const Fault& fault : faults_) {
      if (earliest(fault) > context_.scenario.stop || !why_never(fault).empty()) continue;
      const auto verb = static_cast<std::size_t>(fault.action.verb);
      result.set(verb);
      const bool stops_writers = fault.action.full || fault.action.read_only;
      if (stops_writers) result.set(static_cast<std::size_t>(Verb::crash));
      if (fault.ends_by_itself()) result.set(enum_count<Verb> + verb);
    }
    return result;
  }

  bool never_emitted(const std::string& event) const {
    const ProtocolInfo& protocol = *context_.protocol;
    const std::span<const std::string> events = protocol.events;
    const auto standard = events.first(std::min(protocol.standard_events, events.size()));
    return !protocol.emits.empty() && std::ranges::find(standard, event) != standard.end() &&
           std::ranges::find(protocol.emits, event) == protocol.emits.end();
  }
  bool is_client_message(const std::string& name) const {
    const std::span<const std::string> all = context_.protocol->messages;
    const auto theirs = all.last(std::min(client_message_types, all.size()));
    return std::ranges::find(theirs, name) != theirs.end();
  }

  const Context& context_;
  const std::vector<Fault>& faults_;
  std::map<std::string_view, std::size_t> numbers_{};  // of faults, by id
  std::vector<Chain> chains_{};                        // by fault
  std::bitset<2 * enum_count<Verb>> happens_{};        // verbs, then verbs that end
};

// ---- the parts ----------------------------------------------------------------------------------

void lint_fault(Context& context, const Reach& reach, const Fault& fault) {
  const Time stop = context.scenario.stop;
  const std::string name = "fault " + in_quotes(fault.id);
  const Time earliest = reach.earliest(fault);
  const std::string why = reach.why_never(fault);
  if (!why.empty()) {
    warn(context, ErrorCode::unreachable, fault.at, name + " never fires: " + why);
  } else if (earliest > stop) {
    warn(context, ErrorCode::too_late, fault.at,
         name + " comes at " + to_seconds(earliest) + " or later, but the run stops at " +
             to_seconds(stop));
  }
  if (fault.action.verb == Verb::restart && !reach.does(Verb::crash)) {
    warn(context, ErrorCode::suspicious, fault.at, name + " restarts, but nothing crashes");
  }
  if (fault.action.verb == Verb::resume && !reach.does(Verb::pause)) {
    warn(context, ErrorCode::suspicious, fault.at, name + " resumes, but nothing pauses");
  }
  if (fault.action.chance == Probability{}) {
    warn(context, ErrorCode::no_chance, fault.at, name + " catches no message: \"p\" is 0%");
  }
}

void lint_network(Context& context) {
  const Time gst = context.scenario.network.gst;
  if (gst == Time::never() || gst < context.scenario.stop) return;
  warn(context, ErrorCode::too_late, place_of(context, "network", "gst"),
       "the network settles at " + to_seconds(gst) + ", but the run stops at " +
           to_seconds(context.scenario.stop));
}

void lint_bugs(Context& context) {
  for (const BugSwitch& bug : context.scenario.bugs) {
    if (bug.from <= context.scenario.stop) continue;
    warn(context, ErrorCode::too_late, place_of(context, "protocol", "bugs"),
         "bug " + in_quotes(bug.name) + " is there from " + to_seconds(bug.from) +
             " on, but the run stops at " + to_seconds(context.scenario.stop));
  }
}

void lint_workload(Context& context) {
  const Value* lines = context.scenario.source.find("workload");
  const Time stop = context.scenario.stop;
  for (std::size_t i = 0; i < context.scenario.workload.size(); ++i) {
    const Workload& line = context.scenario.workload[i];
    const SourcePosition at = lines != nullptr ? lines->items[i].at : SourcePosition{};
    const Time first = line.at.value_or(line.from);
    if (first > stop) {
      warn(context, ErrorCode::too_late, at,
           "this client begins at " + to_seconds(first) + ", but the run stops at " +
               to_seconds(stop));
    } else if (line.every && line.every->kind == Distribution::Kind::constant &&
               line.count != ~std::uint64_t{0}) {
      const Duration last = line.every->a * static_cast<std::int64_t>(line.count - 1);
      if (line.from + last <= stop) continue;
      warn(context, ErrorCode::suspicious, at,
           std::to_string(line.count) + " operations " + to_text(line.every->a) +
               " apart do not fit before the run stops at " + to_seconds(stop));
    }
  }
}

// Whether the metric is 0 at the start and nothing in the scenario can change it.
bool stays_zero(const Reach& reach, const std::string& metric) {
  return metric.starts_with("ops.") && !reach.anybody_asks();
}

void lint_metric(Context& context, const Reach& reach, const Expectation& expectation) {
  const bool is_zero = expectation.is.kind == Value::Kind::integer && expectation.is.integer == 0;
  const bool from_above = expectation.max && *expectation.max >= 0;
  const bool asks_more = expectation.min && *expectation.min > 0;
  if (stays_zero(reach, expectation.name) && !asks_more && (is_zero || from_above)) {
    warn(context, ErrorCode::vacuous, expectation.at,
         in_quotes(expectation.name) + " is 0 at the start and stays so: no client asks anything");
  } else if (expectation.min && *expectation.min <= 0 && !expectation.max) {
    warn(context, ErrorCode::vacuous, expectation.at, "no metric is ever less than 0");
  }
}

// What is looked at begins with a fault, and after the last moment of a run there is none.
void lint_since(Context& context, const Reach& reach, const Expectation& expectation) {
  const std::vector<Fault>& faults = context.scenario.faults;
  const auto since = std::ranges::find(faults, expectation.of, &Fault::id);
  if (since == faults.end() || reach.earliest(*since) < context.scenario.stop) return;
  warn(context, ErrorCode::too_late, expectation.at,
       "what is looked at begins with fault " + in_quotes(since->id) + ", at " +
           to_seconds(reach.earliest(*since)) + " or later, and the run stops at " +
           to_seconds(context.scenario.stop));
}

void lint_expectation(Context& context, const Reach& reach, const Expectation& expectation) {
  using enum Expectation::Kind;
  if (expectation.kind == metric) return lint_metric(context, reach, expectation);
  if (expectation.kind != never && expectation.kind != event_within) return;
  lint_since(context, reach, expectation);
  const bool expects_one =
      std::ranges::count(context.scenario.expect, violation, &Expectation::kind) != 0;
  if (expectation.kind == never && !expects_one &&
      expectation.event.event == enum_name(Kind::violation)) {
    return warn(
        context, ErrorCode::vacuous, expectation.at,
        "nothing is asked that is not asked anyway: a violation fails any run that does not "
        "expect it");
  }
  const std::string why = reach.why_never(expectation.event);
  if (why.empty()) return;
  if (expectation.kind == never) {
    warn(context, ErrorCode::vacuous, expectation.at, "this holds in every run: " + why);
  } else {
    warn(context, ErrorCode::unreachable, expectation.at, "this cannot be met: " + why);
  }
}

void lint_members(Context& context) {
  const Scenario& scenario = context.scenario;
  const std::size_t members =
      scenario.members.empty() ? scenario.nodes.size() : scenario.members.size();
  if (!context.protocol->majorities || members % 2 != 0) return;
  const std::size_t crashes = members / 2 - 1;
  warn(context, ErrorCode::even_members, place_of(context, "protocol", "nodes"),
       std::to_string(members) + " members outlive " + std::to_string(crashes) +
           (crashes == 1 ? " crash" : " crashes") + ", as " + std::to_string(members - 1) +
           " would: a majority of " + std::to_string(members) + " is " +
           std::to_string(members / 2 + 1));
}

// A wall clock that nobody reads may show anything.
void lint_clocks(Context& context) {
  if (context.protocol->reads_clocks) return;
  const std::string nobody = "no node of " + context.scenario.protocol + " reads its wall clock";
  for (const Fault& fault : context.scenario.faults) {
    const Action& action = fault.action;
    if (action.jump == Duration{} && action.strobe == Duration{} && !action.smear) continue;
    warn(context, ErrorCode::suspicious, fault.at,
         "fault " + in_quotes(fault.id) + " changes nothing: " + nobody,
         "timers run on the local clock; \"drift\" is what they notice");
  }
  for (const auto& [node, clock] : context.scenario.clocks) {
    if (clock.offset == Between{}) continue;
    warn(context, ErrorCode::suspicious, context.scenario.source.find("clocks")->at,
         "the offset of " + in_quotes(context.scenario.nodes[node.value].name) +
             " changes nothing: " + nobody);
  }
}

template <class Test>
bool any_link(const NetworkConfig& network, Test test) {
  return test(network.link) || test(network.client_link) ||
         std::ranges::any_of(network.links, [&](const auto& entry) { return test(entry.second); });
}

// Nobody misses a checksum where nothing is ever spoilt.
void lint_checksums(Context& context) {
  const Scenario& scenario = context.scenario;
  const auto spoils = [](const LinkConfig& link) {
    return !(link.more().corrupt == Probability{});
  };
  const auto spoils_later = [](const Fault& fault) {
    const auto& settings = fault.action.settings;
    return settings && settings->corrupt && !(*settings->corrupt == Probability{});
  };
  if (any_link(scenario.network, spoils) || std::ranges::any_of(scenario.faults, spoils_later)) {
    return;
  }
  const std::string text = "\"checksum\" changes nothing: no link spoils a message";
  const std::string_view hint = "\"corrupt\" says how many it spoils";
  if (any_link(scenario.network, [](const LinkConfig& link) { return link.more().unchecked; })) {
    warn(context, ErrorCode::suspicious, place_of(context, "network", "checksum"), text, hint);
  }
  for (const Fault& fault : scenario.faults) {
    if (!fault.action.settings || fault.action.settings->checksum.value_or(true)) continue;
    warn(context, ErrorCode::suspicious, fault.at, text, hint);
  }
}

// If everybody sends to everybody.
std::uint64_t bytes_of_network(const NetworkConfig& network) {
  const std::uint64_t nodes = network.nodes;
  std::uint64_t links = nodes * nodes;
  std::uint64_t bytes = 0;
  if (!network.neighbours.empty()) {
    links = 0;
    for (const std::vector<NodeId>& near : network.neighbours) links += near.size();
    bytes = nodes * nodes * sizeof(NodeId);
  }
  for (const auto& [pair, link] : network.links) bytes += Network::bytes_of(network, link);
  links -= std::min<std::uint64_t>(links, network.links.size());
  const std::uint64_t of_clients = 2 * nodes * network.clients;
  return bytes + links * Network::bytes_of(network, network.link) +
         of_clients * Network::bytes_of(network, network.client_link);
}

void lint_memory(Context& context) {
  constexpr std::uint64_t worth_a_word = std::uint64_t{2} << 30;
  const std::uint64_t all = context.scenario.nodes.size() + context.scenario.clients.size();
  const std::uint64_t bytes = bytes_of_network(context.scenario.network);
  if (bytes <= worth_a_word) return;
  const Value* protocol = context.scenario.source.find("protocol");
  warn(context, ErrorCode::suspicious, protocol != nullptr ? protocol->at : SourcePosition{},
       "if everybody sends to everybody, the links between " + std::to_string(all) +
           " machines take " + bytes_in_words(bytes));
}

}  // namespace

void warn(Context& context, ErrorCode code, SourcePosition at, const std::string& text,
          std::string_view hint) {
  if (const auto accepted = context.accepted.find(code); accepted != context.accepted.end()) {
    accepted->second = {};
    return;
  }
  context.diagnostics.warning(code, at, text, hint);
}

void read_accept(Context& context, ObjectReader& top) {
  const Value* accept = top.take("accept");
  if (accept == nullptr) return;
  if (!expect_kind(*accept, Value::Kind::object, "\"accept\"", context.diagnostics)) return;
  std::vector<std::string> known;
  for (const ErrorMeaning& meaning : error_codes()) {
    if (meaning.code >= ErrorCode::suspicious) known.push_back(to_text(meaning.code));
  }
  for (const Member& member : accept->members) {
    const auto code = std::ranges::find(known, member.key);
    if (code == known.end()) {
      report_unknown(context, member.key_at, ErrorCode::unknown_choice, "warning", member.key,
                     known);
      continue;
    }
    const auto why = read_string(member.value, "the reason to accept it", context.diagnostics);
    if (why && why->empty()) {
      context.diagnostics.error(ErrorCode::malformed_value, member.value.at,
                                "say why " + member.key + " is accepted here");
    }
    const int number = std::stoi(member.key.substr(1));
    context.accepted.emplace(ErrorCode{static_cast<std::uint16_t>(number)}, member.key_at);
  }
}

void lint(Context& context) {
  if (context.protocol == nullptr) return;
  const Reach reach(context);
  for (const Fault& fault : context.scenario.faults) lint_fault(context, reach, fault);
  lint_network(context);
  for (const Expectation& one : context.scenario.expect) lint_expectation(context, reach, one);
  lint_workload(context);
  lint_bugs(context);
  lint_members(context);
  lint_clocks(context);
  lint_checksums(context);
  lint_memory(context);
  for (const auto& [code, at] : context.accepted) {
    if (at.line == 0) continue;  // something gave it
    context.diagnostics.warning(ErrorCode::nothing_accepted, at,
                                "nothing here gives " + to_text(code));
  }
}

}  // namespace quorate::loader
