#include "sim/scenario/grammar.hpp"

#include <algorithm>
#include <array>

namespace quorate {
namespace {

constexpr auto keys = std::to_array<KeyInfo>({
    {"scenario", "$schema", "text", "where an editor finds the schema of this file"},
    {"scenario", "quorate", "version", "the version of the format", true},
    {"scenario", "extends", "text", "a file below this one's folder that it is laid over"},
    {"scenario", "title", "text", "what happens, in one line"},
    {"scenario", "teaches", "text|[text]", "the ideas that the scenario is about"},
    {"scenario", "lesson", "text", "two short paragraphs for somebody who has heard the lecture"},
    {"scenario", "accept", "{text}", "warnings that are meant, by code, and why"},
    {"scenario", "protocol", "protocol", "who takes part, and in what", true},
    {"scenario", "seed", "count|text", "where all randomness comes from", false, "1"},
    {"scenario", "random", "random", "the engine that makes random numbers", false,
     "\"xoshiro256pp\""},
    {"scenario", "tie_break", "\"fifo\"|\"seeded\"", "the order of events at one instant", false,
     "\"fifo\""},
    {"scenario", "stop", "stop", "when the run ends", true},
    {"scenario", "network", "network", "delays, loss and order of messages"},
    {"scenario", "disk", "disk", "how long a write takes"},
    {"scenario", "clocks", "{node_clock}", "clocks of nodes that are not true"},
    {"scenario", "workload", "[workload]", "what clients ask"},
    {"scenario", "faults", "[fault]", "what goes wrong, and when"},
    {"scenario", "expect", "[expectation]", "what must hold beside the protocol's properties"},
    {"scenario", "check", "[property]", "the properties that end the run; all if not given"},
    {"scenario", "budgets", "budgets", "how much a run may take before it is given up"},
    {"scenario", "sweep", "{[any]|text}", "dotted paths, and the values that a sweep tries there"},

    {"protocol", "use", "protocol_name", "the protocol's name", true},
    {"protocol", "nodes", "count|[name]", "how many (n1, n2, ...), or their names"},
    {"protocol", "roles", "{[name]}", "who plays what: {\"coordinator\": [\"co\"]}"},
    {"protocol", "members", "nodes", "the initial configuration; all nodes if not given"},
    {"protocol", "params", "{any}", "parameters of all nodes"},
    {"protocol", "node_params", "{{any}}", "parameters of single nodes"},
    {"protocol", "initial", "{{any}}", "fields of nodes at the start"},
    {"protocol", "bugs", "[text|bug]", "known mistakes that are switched on"},

    {"bug", "bug", "text", "the mistake's name", true},
    {"bug", "node", "nodes", "who makes it; everybody if not given"},
    {"bug", "nodes", "nodes", "who makes it; everybody if not given"},
    {"bug", "from", "duration", "from when on", false, "\"0s\""},
    {"bug", "until", "duration", "until when", false, "the end of the run"},

    {"network", "delay", "distribution|null", "how long a message is on its way"},
    {"network", "loss", "chance|null", "how many messages get lost", false, "\"0%\""},
    {"network", "duplicate", "chance|null", "how many messages arrive twice", false, "\"0%\""},
    {"network", "fifo", "boolean|null", "whether a link keeps the order of its messages"},
    {"network", "burst", "count|null", "how many messages in a row are lost on average"},
    {"network", "bandwidth", "rate|null", "how many bytes a second a link carries"},
    {"network", "queue", "size|null", "how many bytes may wait for the link; more are lost"},
    {"network", "clients", "clients", "links to and from clients; like the nodes' if not given"},
    {"network", "links", "[link]", "links of their own, by direction; later ones win"},
    {"network", "topology", "\"complete\"|\"line\"|\"ring\"|\"star\"|\"tree\"|\"grid\"|topology",
     "which nodes have a link to each other"},
    {"network", "regions", "{nodes}", "which nodes are in which region"},
    {"network", "latency", "{{distribution}}", "the delay from region to region"},

    {"topology", "star", "name", "links between this hub and each other node"},
    {"topology", "tree", "count", "from the first node down, so many children each"},
    {"topology", "grid", "[count]", "rows and columns"},
    {"topology", "edges", "[[name]]", "these links; every node must be reached"},

    {"clients", "delay", "distribution|null", "how long a message is on its way"},
    {"clients", "loss", "chance|null", "how many messages get lost"},
    {"clients", "duplicate", "chance|null", "how many messages arrive twice"},
    {"clients", "fifo", "boolean|null", "whether a link keeps the order of its messages"},
    {"clients", "burst", "count|null", "how many messages in a row are lost on average"},
    {"clients", "bandwidth", "rate|null", "how many bytes a second a link carries"},
    {"clients", "queue", "size|null", "how many bytes may wait for the link; more are lost"},

    {"link", "from", "nodes", "the senders, \"*\" for all", true},
    {"link", "to", "nodes", "the receivers, \"*\" for all", true},
    {"link", "delay", "distribution|null", "how long a message is on its way"},
    {"link", "loss", "chance|null", "how many messages get lost"},
    {"link", "duplicate", "chance|null", "how many messages arrive twice"},
    {"link", "fifo", "boolean|null", "whether the link keeps the order of its messages"},
    {"link", "burst", "count|null", "how many messages in a row are lost on average"},
    {"link", "bandwidth", "rate|null", "how many bytes a second the link carries"},
    {"link", "queue", "size|null", "how many bytes may wait for the link; more are lost"},

    {"disk", "sync", "distribution", "how long until a write is durable", false, "\"0s\""},
    {"disk", "nodes", "{node_disk}", "disks of single nodes"},
    {"node_disk", "sync", "distribution", "how long until a write is durable"},

    {"node_clock", "drift", "drift",
     "how much it runs fast or slow, and the node's timers with it"},
    {"node_clock", "offset", "shift", "how far the wall clock is from true time"},

    {"workload", "client", "name", "who asks", false, "\"c1\""},
    {"workload", "op", "operand",
     "the operation: \"put\", \"get\"; `describe PROTOCOL` lists those it knows", true},
    {"workload", "key", "operand", "its key", false, "k1 to k9 in turn"},
    {"workload", "value", "operand", "its value", false, "v1, v2, ...; of a read none"},
    {"workload", "at", "duration", "asks once, at this time"},
    {"workload", "every", "distribution", "asks again after this long, answered or not"},
    {"workload", "think", "distribution", "asks again this long after each answer", false,
     "\"0s\", as soon as it is answered"},
    {"workload", "from", "duration", "when the first operation is issued", false, "\"0s\""},
    {"workload", "until", "duration", "none is issued from here on", false, "the end of the run"},
    {"workload", "count", "count", "how many operations", false, "without end"},
    {"workload", "timeout", "duration", "how long a try waits for its answer", false, "\"1s\""},
    {"workload", "retry", "boolean", "whether it tries again, with the same serial", false, "true"},
    {"workload", "node", "name", "always asks this node"},
    {"workload", "target", "target", "whom it asks", false, "\"sticky\""},

    {"fault", "id", "name", "its name in the story, in traces and for other faults", false,
     "f1, f2, ... by place"},
    {"fault", "at", "duration", "fires once, at this time"},
    {"fault", "every", "distribution", "fires again and again, after such gaps"},
    {"fault", "on", "on", "fires when something happens"},
    {"fault", "do", "do", "what it does: exactly one action", true},
    {"fault", "after", "duration", "waits this long after its trigger", false, "\"0s\""},
    {"fault", "for", "distribution|chance", "is undone after this long, or this share of the gap"},
    {"fault", "from", "duration", "does nothing before this time", false, "\"0s\""},
    {"fault", "until", "duration", "does nothing from this time on", false, "the end of the run"},
    {"fault", "times", "count|\"unlimited\"", "how often it may fire", false,
     "1; of \"every\" without end"},
    {"fault", "p", "chance", "the chance that it fires when it could", false, "\"100%\""},
    {"fault", "may_not_fire", "boolean", "a run in which it never fires does not fail", false,
     "false"},

    {"on", "event", "event", "an event of the protocol, or a kind of trace line"},
    {"on", "node", "nodes", "where it happens"},
    {"on", "message", "text", "of a message type; may end in \"*\""},
    {"on", "nth", "count", "the first, second, ... time", false, "1"},
    {"on", "where", "{any}", "fields that must have these values"},
    {"on", "state", "state", "when roles reach a status"},
    {"on", "fault", "name", "when the fault with this id fires"},

    {"state", "all", "text", "all live nodes of this role, \"*\" for any role"},
    {"state", "any", "text", "at least one live node of this role"},
    {"state", "one", "text", "exactly one live node of this role"},
    {"state", "majority", "text", "more than half of all nodes of this role"},
    {"state", "is", "text", "the status", true},

    {"pattern", "event", "event", "an event of the protocol, or a kind of trace line", true},
    {"pattern", "node", "nodes", "where it happens"},
    {"pattern", "message", "text", "of a message type; may end in \"*\""},
    {"pattern", "nth", "count", "the first, second, ... time", false, "1"},
    {"pattern", "where", "{any}", "fields that must have these values"},

    {"do", "crash", "nodes|crash", "the nodes stop and lose what is not on disk"},
    {"do", "restart", "nodes|restart", "nodes that are down come back"},
    {"do", "pause", "nodes", "the nodes stand still and lose nothing"},
    {"do", "resume", "nodes", "nodes that stand still go on"},
    {"do", "partition", "\"random_halves\"|\"majorities_ring\"|[[name]]|partition",
     "the network falls into sides"},
    {"do", "cut", "cut", "directed links carry nothing"},
    {"do", "heal", "true|name", "ends partitions, cuts, omissions and holds"},
    {"do", "omit", "omit", "messages of a node get lost as it sends or receives them"},
    {"do", "hold", "hold", "messages that match wait in the network"},
    {"do", "release", "true|name", "held messages go on their way"},
    {"do", "fire", "fire", "a timer that is armed goes off now"},
    {"do", "request", "request", "a request reaches a node at once, over no network"},
    {"do", "clock", "clock", "clocks run fast or slow from now on, or wall clocks jump"},

    {"crash", "node", "nodes", "who stops", true},
    {"crash", "after_sends", "count", "inside a handler, after so many sends"},
    {"crash", "before_persist", "true", "inside a handler, before it writes to disk"},
    {"crash", "after_persist", "true", "inside a handler, after it has written to disk"},
    {"crash", "message", "text", "counts sends of this type only"},
    {"restart", "node", "nodes", "who comes back", true},
    {"restart", "amnesia", "boolean", "with an empty disk", false, "false"},
    {"partition", "groups", "[[name]]", "the sides; who is in none is alone"},
    {"partition", "isolate", "nodes", "these on one side, all others on the other"},
    {"partition", "bridge", "nodes", "only these hear both sides"},
    {"partition", "random_halves", "true", "two halves, drawn"},
    {"partition", "majorities_ring", "true", "each hears a majority, no two the same"},
    {"partition", "one_way", "boolean", "cut only from the first side to the others"},
    {"cut", "from", "nodes", "the senders"},
    {"cut", "to", "nodes", "the receivers"},
    {"omit", "node", "nodes", "whose messages get lost", true},
    {"omit", "side", "\"send\"|\"receive\"", "as it sends or as it receives them"},
    {"omit", "from", "nodes", "only those of these senders"},
    {"omit", "to", "nodes", "only those to these receivers"},
    {"omit", "message", "text", "only this message type"},
    {"omit", "p", "chance", "the chance for each message that matches"},
    {"omit", "count", "count", "how many at most"},
    {"hold", "from", "nodes", "only those of these senders"},
    {"hold", "to", "nodes", "only those to these receivers"},
    {"hold", "message", "text", "only this message type"},
    {"hold", "p", "chance", "the chance for each message that matches"},
    {"hold", "count", "count", "how many at most"},
    {"fire", "node", "nodes", "whose timer", true},
    {"fire", "timer", "text", "the timer's name", true},
    {"request", "node", "nodes", "who is asked", true},
    {"request", "op", "operand",
     "the operation: \"put\", \"get\"; `describe PROTOCOL` lists those it knows", true},
    {"request", "key", "operand", "its key"},
    {"request", "value", "operand", "its value"},

    {"clock", "node", "nodes", "whose clock", true},
    {"clock", "drift", "drift", "how much it runs fast or slow from now on"},
    {"clock", "jump", "shift", "how far the wall clock jumps"},

    {"expectation", "note", "text", "a remark"},
    {"expectation", "within", "duration", "an event happens within this time"},
    {"expectation", "never", "event|pattern", "an event never happens"},
    {"expectation", "at", "\"end\"", "a state or a field at the end of the run"},
    {"expectation", "metric", "metric", "a metric or witness has a value"},
    {"expectation", "violation", "property|\"assertion\"|\"durability\"",
     "the lesson is that this property breaks"},
    {"expectation", "diagnosis", "diagnosis", "the run ends so"},
    {"expectation", "of", "name", "the fault from which time counts; else the start"},
    {"expectation", "event", "event", "the event that \"within\" waits for"},
    {"expectation", "node", "nodes", "where"},
    {"expectation", "message", "text", "of a message type; may end in \"*\""},
    {"expectation", "nth", "count", "the first, second, ... time", false, "1"},
    {"expectation", "where", "{any}", "fields that must have these values"},
    {"expectation", "state", "predicate", "a predicate of the protocol"},
    {"expectation", "field", "text", "a field of the node's state"},
    {"expectation", "is", "any", "the value it has"},
    {"expectation", "min", "integer|duration|size",
     "the least value; with its unit where the metric is a time or a size"},
    {"expectation", "max", "integer|duration|size",
     "the greatest value; with its unit where the metric is a time or a size"},

    {"stop", "at", "duration", "at this virtual time", true},
    {"stop", "or", "event|pattern", "or earlier, at this event"},

    {"budgets", "events", "count", "events in all", false, "100000000"},
    {"budgets", "events_at_one_instant", "count", "events without time passing", false, "1000000"},
    {"budgets", "pending", "count", "events that wait", false, "10000000"},
    {"budgets", "wire_bytes", "count|size", "bytes of messages sent: \"2GiB\"", false, "\"2GiB\""},
    {"budgets", "wall_time", "duration", "real time; not part of the result", false, "without end"},
});

constexpr auto choices = std::to_array<KeyChoice>({
    {"fault", "at every on"},
    {"on", "event state fault"},
    {"state", "all any one majority"},
    {"expectation", "within never at metric violation diagnosis"},
    {"partition", "groups isolate bridge random_halves majorities_ring"},
    {"clock", "drift jump"},
    {"topology", "star tree grid edges"},
});

constexpr auto needs = std::to_array<KeyNeed>({
    {"network", "regions", "latency"},
    {"network", "latency", "regions"},
    {"cut", "", "from|to"},
    {"expectation", "within", "event"},
    {"expectation", "at", "state|field"},
    {"expectation", "field", "node is"},
    {"expectation", "metric", "min|max|is"},
});

}  // namespace

std::span<const KeyInfo> grammar_keys() { return keys; }
std::span<const KeyNeed> grammar_needs() { return needs; }
std::span<const KeyChoice> grammar_choices() { return choices; }

std::string grammar_object(std::string_view what) {
  constexpr std::pair<std::string_view, std::string_view> odd[] = {
      {"\"or\"", "pattern"},
      {"\"never\"", "pattern"},
      {"a node's disk", "node_disk"},
      {"a node's clock", "node_clock"},
      {"a line of \"workload\"", "workload"},
  };
  for (const auto& [words, name] : odd) {
    if (words == what) return std::string(name);
  }
  for (const std::string_view article : {"the ", "an ", "a "}) {
    if (what.starts_with(article)) what.remove_prefix(article.size());
  }
  std::string name(what);
  std::erase(name, '"');
  return name;
}

}  // namespace quorate
