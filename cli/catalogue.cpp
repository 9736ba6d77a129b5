#include "cli/catalogue.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <span>

#include "analysis/terminal.hpp"
#include "cli/fault_classes.hpp"
#include "sim/base/assert.hpp"
#include "sim/fault/fault.hpp"
#include "sim/measure/metrics.hpp"
#include "sim/node/request.hpp"
#include "sim/scenario/diagnostics.hpp"

namespace quorate {
namespace {

namespace fs = std::filesystem;

struct VerbText {
  std::string_view form;
  std::string_view text;
};

// In the order of Verb.
constexpr auto verbs = std::to_array<VerbText>({
    {R"({"crash": "n3"}, or {"crash": {"node": "n3", "after_sends": 2}})",
     "The nodes stop and lose what is not on disk; \"for\" restarts them. With \"after_sends\", "
     "\"before_persist\", \"during_persist\" or \"after_persist\" they stop inside a handler, or "
     "at a write; with \"sync_error\" or \"short_write\" for an error of their disk. A number says "
     "at which write."},
    {R"({"restart": "n3"}, or {"restart": {"node": "n3", "amnesia": true}})",
     "Nodes that are down come back with what is on their disk; with amnesia it is empty. With "
     "\"bugs\": [NAME] they come back as a version of their program that makes these known "
     "mistakes, until they go down again."},
    {R"({"pause": "$leader"})",
     "The nodes stand still and lose nothing; messages and timers wait. \"for\" resumes them."},
    {R"({"resume": "n3"})", "Nodes that stand still go on."},
    {R"({"partition": [["n1", "n2"], ["n3"]]}, "random_halves", {"isolate": "$leader"})",
     "The network falls into sides that do not hear each other. Also {\"bridge\": \"n3\"}: only n3 "
     "hears both; \"majorities_ring\": each hears a majority, no two the same; {\"swizzle\": "
     "\"*\"}: "
     "one by one they leave the others in the first half of \"for\" and come back in the second; "
     "\"one_way\"; and "
     "\"in_flight\": what is on its way is dropped, or with \"keep\" still arrives."},
    {R"({"cut": {"from": "n1", "to": ["n2", "n3"], "in_flight": "keep"}})",
     "Directed links carry nothing; the way back stays open. What is on its way is dropped if the "
     "link is still cut when it would arrive, or with \"keep\" arrives all the same."},
    {R"({"heal": true}, or {"heal": "split"})",
     "Ends partitions, cuts, link changes, omissions and holds: all, or those of one fault."},
    {R"({"omit": {"node": "n2", "side": "receive", "message": "Ack", "p": "50%"}})",
     "Messages of a node get lost as it sends them (\"send\"), receives them, or both; by type, "
     "chance or count."},
    {R"({"hold": {"to": "n1", "message": "Append*", "count": 3}})",
     "Messages that match wait on the network until a release."},
    {R"({"release": true}, or {"release": "h1"})", "Held messages go on their way."},
    {R"({"fire": {"node": "n2", "timer": "election"}})", "A timer that is armed goes off now."},
    {R"({"postpone": {"node": "n2", "timer": "election", "by": "500ms"}})",
     "A timer that is armed goes off later. Of several timers of one name \"where\": {FIELD: "
     "VALUE} says which, here as of fire."},
    {R"({"request": {"node": "n1", "op": "put", "key": "x", "value": "1"}})",
     "A request reaches a node at once, over no network."},
    {R"({"clock": {"node": "n1", "drift": "-10%"}}, or "jump": "+250ms", "freeze": true)",
     "The clock of a node runs fast or slow, and its timers with it; with \"freeze\" it stands "
     "still. \"jitter\": \"20%\": each timer is off by up to that share of its delay. Or its wall "
     "clock is set forward or back, which no timer notices: once, or with \"strobe\": {\"by\": "
     "\"1s\", \"every\": \"200ms\"} to and fro; or with \"smear\": {\"by\": \"1s\", \"over\": "
     "\"10s\"} it moves so far bit by bit. \"for\" undoes it."},
    {R"({"link": {"from": "n1", "to": "*", "slow": 10, "corrupt": "30%"}})",
     "Directed links have these settings from now on, over those of the network, which has them "
     "all "
     "(describe network). \"for\" or a heal takes them back. A link that spoils 100% is jammed; "
     "with "
     "\"checksum\": false what it spoils arrives all the same, as another message."},
    {R"({"on": {"event": "send", "message": "Vote"}, "after": "2s", "do": {"replay": true}})",
     "The message whose send triggered it is on its way once more, however old it is by then."},
    {R"j({"node": {"node": "n1", "cost": "uniform(1ms, 2ms)", "slow": 10}})j",
     "The node is busy so long with each handler, one after the other; what the handler put out "
     "leaves when it is done, and what comes meanwhile waits. \"for\" undoes it. Or, once, with "
     "\"scramble\": true a value in its memory becomes another one."},
    {R"j({"disk": {"node": "n1", "stall": true}}, or "sync": "200ms", "lie": true, "rot": true)j",
     "From now on no write of the node's disk ends, or each takes so long; or the disk calls "
     "writes "
     "durable that are not on it: a crash before the next true write loses them. \"for\" undoes "
     "it. Or something is done once to the disk of a node that is down, and shows when it is back: "
     "\"rot\", a value is another one; \"misdirect\", the newest entry lies where another was; "
     "\"truncate\": 3, logs and tables lack their last entries; "
     "\"swap\": \"n2\", it has the other's disk; \"restore\", it has the disk of its last "
     "\"snapshot\"; \"read_error\", it does not start; \"short_read\" and \"misread\", it reads "
     "something else than is there. While a disk is \"full\" or \"read_only\", who writes stops."},
    {R"({"settle": "majority"}, or {"settle": ["n1", "n2", "n3"]})",
     "These nodes are the core: what goes wrong at them and between them ends, those that are down "
     "come back, and no later fault touches them; everything else stays as broken as it is. A "
     "majority is drawn. The profile \"liveness\" does so at \"gst\" of the network."},
    {R"({"byzantine": {"node": "n2", "strategy": "alter", "field": "granted", "value": true}})",
     "The nodes lie: what leaves them is not what their code put out. \"silent\": they send "
     "nothing; "
     "\"equivocate\": they tell each receiver another value of a field; \"alter\": a field is "
     "another; \"forge\": another node's name is on it; \"replay\": an old message comes along; "
     "\"collude\": all tell the same lie; \"delay\": it leaves later. By type, receiver, chance or "
     "count; \"for\" makes them honest again."},
});
static_assert(verbs.size() == enum_count<Verb>, "Every verb is described.");

// In the order of StandardEvents (sim/engine/traits.hpp).
constexpr auto standard_sentences = std::to_array<std::string_view>({
    "The node leads from now on, in this epoch.",
    "What the node now plays: follower, coordinator, ...",
    "The node's term, view or ballot has moved to this number.",
    "The node proposes a value for this place in the order.",
    "The node knows that this value is decided at this place.",
    "The node's state machine has executed the command at this index.",
    "The node knows that the transaction is committed.",
    "The node knows that the transaction is aborted.",
    "A multicast message has reached the layer above.",
    "A failure detector takes that node for dead.",
    "A failure detector takes that node for alive again.",
    "The node cannot go on, and why.",
    "The node has written this record to its log.",
});

void add_named(std::vector<Item>& items, std::string_view kind,
               const std::vector<NamedText>& things) {
  for (const NamedText& thing : things) {
    items.push_back({std::string(kind), thing.name, "", thing.text});
  }
}

// Messages, timers and events, with their fields.
void add_typed(std::vector<Item>& items, std::string_view kind, const ProtocolInfo& protocol,
               std::span<const std::string> names) {
  for (const std::string& name : names) {
    const auto fields = protocol.fields.find(name);
    const auto told = protocol.sentences.find(name);
    items.push_back({std::string(kind), name,
                     fields == protocol.fields.end() ? "" : joined(fields->second),
                     told == protocol.sentences.end() ? "" : "A node " + told->second + "."});
  }
}

// Of the standard events those that the protocol emits.
void add_standard_events(std::vector<Item>& items, const ProtocolInfo& protocol) {
  QUORATE_ASSERT(standard_sentences.size() == protocol.standard_events,
                 "Every standard event has a sentence.");
  for (std::size_t i = 0; i < protocol.standard_events; ++i) {
    const std::string& name = protocol.events[i];
    const bool emitted =
        protocol.emits.empty() || std::ranges::find(protocol.emits, name) != protocol.emits.end();
    if (!emitted) continue;
    items.push_back({"standard event", name, joined(protocol.fields.at(name)),
                     std::string(standard_sentences[i])});
  }
}

// Those between clients and nodes only where the protocol knows clients.
std::span<const std::string> messages_of(const ProtocolInfo& protocol) {
  const std::span<const std::string> all = protocol.messages;
  return protocol.takes_requests ? all : all.first(all.size() - client_message_types);
}

// "2(n-1) messages", "1 write in a row"
std::string amount(const Cost& cost) {
  std::string unit(enum_name(cost.unit));
  std::ranges::replace(unit, '_', ' ');
  if (cost.formula == "1") unit.erase(unit.find('s', unit.starts_with("mess") ? 4 : 0), 1);
  return std::string(cost.formula) + " " + unit;
}

void add_costs(std::vector<Item>& items, std::span<const Cost> costs) {
  for (const Cost& cost : costs) {
    items.push_back({"cost", std::string(cost.name), amount(cost) + "; " + std::string(cost.source),
                     std::string(cost.when)});
  }
}

void add_role(std::vector<Item>& items, const RoleInfo& role) {
  items.push_back({"role", role.name, role.statuses.empty() ? "" : "is " + joined(role.statuses),
                   "Keeps " + joined(role.fields) + "; durable: " +
                       (role.durable.empty() ? "nothing" : joined(role.durable)) + "."});
}

// "; acts only where ..." for each of what a known mistake needs.
std::string conditions(std::span<const BugNeed> needs, std::string_view bug) {
  std::string text;
  for (const BugNeed& need : needs) {
    if (need.bug != bug) continue;
    text += (text.empty() ? "; acts only where " : ", and ") + words_of(need);
  }
  return text;
}

void add_assumptions(std::vector<Item>& items, const FailureModel& model) {
  const auto add = [&](const std::vector<Assumption>& list, std::string_view what) {
    for (const Assumption assumption : list) {
      std::string sentence = words_of(assumption, model) + ".";
      sentence.front() = static_cast<char>(sentence.front() - 'a' + 'A');
      items.push_back(
          {"assumption", std::string(enum_name(assumption)), std::string(what), sentence});
    }
  };
  add(model.safety, "for safety");
  add(model.progress, "for progress");
}

}  // namespace

std::vector<Item> items_of(const ProtocolInfo& protocol) {
  std::vector<Item> items;
  for (const ParamInfo& param : protocol.params) {
    const std::string range = param.range.empty() ? "" : ", " + param.range;
    items.push_back({"parameter", param.name,
                     param.type + range + ", default " + param.default_value, param.text});
  }
  FailureModel model = protocol.assumes.value_or(FailureModel{});
  add_common_ground(model);
  add_assumptions(items, model);
  for (const PropertyInfo& property : protocol.properties) {
    items.push_back({"property", property.name, "", property.sentence});
  }
  for (const BugInfo& bug : protocol.bugs) {
    const std::string first = bug.first.empty() ? "" : bug.first + ", then ";
    items.push_back({"bug", bug.name, "breaks " + first + bug.breaks,
                     bug.text + conditions(protocol.bug_needs, bug.name)});
  }
  if (protocol.operations) add_named(items, "operation", protocol.operations({}, {}));
  add_named(items, "predicate", protocol.predicates);
  add_named(items, "witness", protocol.witnesses);
  add_costs(items, protocol.costs);
  for (const RoleInfo& role : protocol.roles) add_role(items, role);
  add_typed(items, "message", protocol, messages_of(protocol));
  add_typed(items, "timer", protocol, protocol.timers);
  const std::span<const std::string> events = protocol.events;
  add_typed(items, "event", protocol, events.subspan(protocol.standard_events));
  add_standard_events(items, protocol);
  return items;
}

std::vector<Item> fault_items() {
  std::vector<Item> items;
  for (std::size_t i = 0; i < verbs.size(); ++i) {
    items.push_back({"fault", std::string(enum_names<Verb>[i]), std::string(verbs[i].form),
                     std::string(verbs[i].text)});
  }
  return items;
}

std::vector<Item> every_fault_item() {
  std::vector<Item> items = fault_items();
  for (const FaultClass& fault : fault_classes()) {
    if (std::ranges::find(items, fault.name, &Item::name) != items.end()) continue;
    items.push_back({"fault", std::string(fault.name), "", std::string(fault.words)});
  }
  return items;
}

std::vector<Item> metric_items() {
  std::vector<Item> items;
  for (const MetricInfo& metric : metric_list()) {
    items.push_back({"metric", std::string(metric.name), std::string(metric.unit),
                     std::string(metric.meaning)});
  }
  return items;
}

std::vector<Item> error_items() {
  std::vector<Item> items;
  for (const ErrorMeaning& error : error_codes()) {
    items.push_back(
        {"error", to_text(error.code), std::string(error.name), std::string(error.meaning)});
  }
  return items;
}

std::vector<Item> trigger_items() {
  return {
      {"trigger", "at", R"({"at": "2s"})", "Fires once, at this virtual time."},
      {"trigger", "every", R"j({"every": "exponential(3s)", "from": "1s", "until": "9s"})j",
       "Fires again and again; the gaps are drawn."},
      {"trigger", "on", R"({"on": {"event": "elected", "nth": 2}})",
       "Fires when an event happens: \"event\" with \"node\", \"message\", \"nth\", \"where\"; "
       "\"state\"; or \"fault\"."},
      {"trigger", "on.event", R"({"on": {"event": "recv", "message": "Vote*", "node": "n1"}})",
       "An event of the protocol, or a kind of trace line."},
      {"trigger", "on.state", R"({"on": {"state": {"all": "server", "is": "follower"}}})",
       "The live nodes of a role reach a status: all, any, exactly one, or a majority of all."},
      {"trigger", "on.fault", R"({"on": {"fault": "kill"}, "after": "1s"})",
       "Another fault fires; \"after\" waits."},
  };
}

std::vector<Item> selector_items() {
  return {
      {"selector", "*", R"({"pause": "*"})", "Every node."},
      {"selector", "REGION", R"({"crash": "rack_a"})",
       "The nodes of a region of the network: what fails together."},
      {"selector", "random", R"({"crash": "random follower"})",
       "One node that the action can act on, of a role or status if one is named; drawn."},
      {"selector", "$leader", R"({"crash": "$leader"})",
       "The live node that was elected last, else one that leads; \"$coordinator\" is the same."},
      {"selector", "$ID.node", R"({"restart": "$kill.node"})",
       "Whom the fault with this id hit last."},
  };
}

std::vector<Item> diagnosis_items() {
  const std::string asked = R"({"diagnosis": ")";
  return {
      {"kind of expectation", "diagnosis", R"({"diagnosis": "blocked"})",
       "What a run ends in beside its verdict: blocked, deadlock, livelock or outside_model."},
      {"diagnosis", "blocked", asked + "blocked\"}",
       "Some nodes wait for others that are down, wait themselves or cannot help; it is told who "
       "waits for whom. Or nothing is left to happen while some are down."},
      {"diagnosis", "deadlock", asked + "deadlock\"}",
       "Nothing is left to happen, nobody is down, and something is still to be reached."},
      {"diagnosis", "livelock", asked + "livelock\"}",
       "Two nodes or more repeat one cycle of events that leads nowhere, while nobody outside it "
       "leads."},
      {"diagnosis", "outside_model", asked + "outside_model\"}",
       "Something broke or was not reached after an assumption of the protocol had been broken; it "
       "is told which."},
  };
}

std::vector<Item> distribution_items() {
  return {
      {"distribution", "constant", "\"5ms\", \"constant(5ms)\"", "Always the same."},
      {"distribution", "uniform", "\"uniform(1ms, 5ms)\"",
       "Every length between the two is as likely as any other."},
      {"distribution", "normal", "\"normal(8ms, 2ms) min 1ms\"",
       "The bell curve, by mean and standard deviation; never below 0."},
      {"distribution", "exponential", "\"exponential(3s)\"",
       "The gaps between events that do not know of one another, by their mean."},
      {"distribution", "lognormal", "\"lognormal(median 5ms, p99 20ms)\"",
       "Mostly short, sometimes long, like real networks; by median and 99th percentile."},
  };
}

std::string note_of(const KeyInfo& key) {
  std::string note(key.type);
  if (key.required) note += ", required";
  if (!key.otherwise.empty()) note += ", default " + std::string(key.otherwise);
  return note;
}

std::vector<Item> key_items() {
  std::vector<Item> items;
  for (const KeyInfo& key : grammar_keys()) {
    if (key.object == "do") continue;  // the faults
    const std::string object = key.object == "scenario" ? "" : std::string(key.object) + ".";
    items.push_back({"key", object + std::string(key.key), note_of(key), std::string(key.text)});
  }
  return items;
}

std::span<const std::string_view> list_topics() {
  static constexpr std::string_view topics[] = {"protocols", "scenarios", "faults", "metrics",
                                                "bugs"};
  return topics;
}

std::string root_folder() {
  const char* named = std::getenv("QUORATE_ROOT");
  return named != nullptr && *named != '\0' ? named : ".";
}

std::vector<std::string> scenario_files() {
  std::vector<std::string> files;
  std::error_code error;
  const fs::path here = fs::current_path(error);
  const fs::path scenarios = fs::path(root_folder()) / "scenarios";
  for (fs::directory_iterator folder(scenarios, error), end; !error && folder != end;
       folder.increment(error)) {
    std::error_code inner;
    for (fs::directory_iterator at(folder->path(), inner), last; !inner && at != last;
         at.increment(inner)) {
      const std::string name = at->path().filename().string();
      if (!name.ends_with(".json") || name.starts_with("_")) continue;
      files.push_back(at->path().lexically_normal().lexically_proximate(here).string());
    }
  }
  std::ranges::sort(files);
  return files;
}

}  // namespace quorate
