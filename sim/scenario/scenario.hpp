// A scenario as values: everything a run needs but the seed,
// names resolved, units read, ranges checked.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "sim/client/workload.hpp"
#include "sim/fault/fault.hpp"
#include "sim/net/network.hpp"
#include "sim/node/clock.hpp"
#include "sim/node/disk.hpp"
#include "sim/node/work.hpp"
#include "sim/scenario/protocol_info.hpp"

namespace quorate {

// Of the grammar; what "quorate" in a file must say.
inline constexpr std::int64_t scenario_version = 1;

struct BugSwitch {
  std::string name;
  std::vector<NodeId> nodes;  // empty = all
  Time from;
  Time until{Time::never()};
  SourcePosition at;
};

// What a run is for: that nothing bad happens, whatever goes wrong; or that, once a core of nodes
// is well again, something good does.
QUORATE_ENUM(Profile, safety, liveness)

// One promise of the scenario, judged while it runs or at its end.
struct Expectation {
  enum class Kind : std::uint8_t {
    event_within,  // {"within": "1s", "of": "kill", "event": "elected"}; without "of": of the start
    never,         // {"never": "elected"}
    state_at_end,  // {"at": "end", "state": "logs_equal"}: one of the protocol's predicates
    field_at_end,  // {"at": "end", "node": "n1", "field": "current_term", "is": 3}
    metric,        // {"metric": "ops.acked", "min": 100, "max": 120, "is": 110}
    violation,     // {"violation": "election_safety"}: the lesson is that this property breaks
    diagnosis,     // {"diagnosis": "deadlock"}
  };
  Kind kind{};
  Duration within{};
  std::string of;  // fault id; "" = the start
  EventPattern event;
  std::string name;  // predicate, metric, property, diagnosis or field
  Selector node;
  Value is;
  std::optional<std::int64_t> min;
  std::optional<std::int64_t> max;
  std::string text;  // as the scenario wrote it, compact, for the summary
  SourcePosition at;
};

struct Budgets {
  std::uint64_t events{100'000'000};
  std::uint64_t events_at_one_instant{1'000'000};
  std::uint64_t pending{10'000'000};
  std::uint64_t wire_bytes{std::uint64_t{2} << 30};
  Duration wall_time{};  // 0 = none; ends a run as inconclusive, never enters the trace
};

struct ScenarioNode {
  std::string name;
  std::uint32_t plays{1};  // bit i: the i-th role of the protocol
};

struct Scenario {
  std::string file;  // as the user named it, for messages only
  std::string title;
  std::vector<std::string> teaches;
  std::string lesson;
  std::string protocol;
  std::vector<ScenarioNode> nodes;
  std::vector<NodeId> members;  // initial configuration; all nodes unless given
  Value params;                 // object: for every node
  std::map<NodeId, Value> node_params;
  std::map<NodeId, Value> initial;  // fields at the start
  std::vector<BugSwitch> bugs;
  std::uint64_t seed{1};
  Engine engine{};
  bool seeded_ties{};
  Time stop{Time::never()};
  std::optional<EventPattern> stop_at_event;
  NetworkConfig network;  // nodes and clients filled in
  DiskConfig disk;
  std::map<NodeId, DiskConfig> node_disk;
  std::map<NodeId, WorkConfig> work;     // of the nodes whose handlers take time
  std::map<NodeId, ClockConfig> clocks;  // of the nodes whose clocks are not true
  std::vector<std::string> clients;      // names, in order of first mention
  std::vector<Workload> workload;
  Profile profile{};
  std::vector<Fault> faults;       // with the profile's own behind those of the file
  std::vector<std::string> check;  // properties that end the run; all of the protocol's when empty
  std::vector<Expectation> expect;
  Budgets budgets;
  Value sweep;   // dotted paths and what to try there; null when there is none
  Value source;  // the document after `--set`: what a trace header embeds

  // Node names, then client names.
  std::vector<std::string> names() const;
  // Who takes part from the start: `members`, or all nodes where none are named.
  std::vector<NodeId> initial_members() const;
  // Whether some fault does this if it fires.
  bool does(Verb verb) const;
  // Whether some fault changes how long handlers take.
  bool slows_nodes() const;
  std::vector<NodeId> all_nodes() const;
  // Whether every node makes this mistake from the start to the end.
  bool is_of_all(const BugSwitch& bug) const;
  // Whether some fault sends old messages again.
  bool replays() const;
};

}  // namespace quorate
