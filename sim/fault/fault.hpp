// Faults as a scenario states them: when (a trigger), what (an action), to whom (a selector).
// Values only; the injector carries them out. README.md tells exactly what each one does.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sim/base/fields.hpp"
#include "sim/base/value.hpp"
#include "sim/engine/deceit.hpp"
#include "sim/engine/interference.hpp"
#include "sim/net/network.hpp"
#include "sim/node/clock.hpp"
#include "sim/node/disk_harm.hpp"
#include "sim/trace/event.hpp"

namespace quorate {

// Which nodes a fault concerns, resolved when it fires.
struct Selector {
  enum class Kind : std::uint8_t {
    none,
    nodes,       // exactly these
    all,         // "*": every node
    role,        // every node that plays this role, or is up and has this status: "follower"
    random,      // "random", "random follower": one node the action can act on, drawn by the fault
    leader,      // "$leader", "$coordinator": the live node elected last, else one that leads
    fault_node,  // "$kill.node": the node(s) an earlier fault hit last
  };
  Kind kind{Kind::none};
  std::vector<NodeId> nodes;
  std::string name;  // role, status or fault id
};

// "Some event happened": matches trace events by their name (`elected`, `crash`, `recv`, ...).
struct EventPattern {
  std::string event;           // an event's name, or a kind: send, recv, drop, timer, crash, ...
  Selector node;               // where; none = anywhere
  std::string message;         // for send, recv, drop: a message type; may end in '*'
  std::vector<Member> fields;  // fields of the event or message that must equal these
  std::uint32_t nth{1};        // fires at the nth match; if it may fire again, at each later one
};

QUORATE_ENUM(Quantifier, all, any, one, majority)

// "The cluster is in some state": quantifies a role's status over the live nodes that play the
// role. `all` needs at least one of them, `one` exactly one that `is`; `majority` needs more than
// half of all that play the role, dead ones included. Triggers when it becomes true.
struct StatePattern {
  Quantifier quantifier{Quantifier::any};
  std::string role;  // role name; "" = the protocol's only role
  std::string is;    // status, as the role's `status` field prints: "ready", "leader"
};

struct Trigger {
  enum class Kind : std::uint8_t { at, every, event, state, fault };
  Kind kind{Kind::at};
  Time at;             // at
  Distribution every;  // every: gap between occurrences
  EventPattern event;
  StatePattern state;
  std::string fault;  // another fault's id: fires when that one fires
};

QUORATE_ENUM(Verb, crash, restart, pause, resume, partition, cut, heal, omit, hold, release, fire,
             postpone, request, clock, link, replay, node, disk, settle, byzantine)

QUORATE_ENUM(PartitionShape, groups, isolate, bridge, random_halves, majorities_ring, swizzle)

// Which messages a node omits: those it sends, those sent to it, or both.
QUORATE_ENUM(OmissionSide, send, receive, both)

struct Action {
  Verb verb{};
  Selector target;  // all that name a "node"; isolate, bridge, swizzle
  // crash
  std::optional<CrashMoment> moment;  // a crash point instead of a crash at once
  std::uint32_t nth{1};               // after_sends: at which send; else at which such moment
  std::string message;                // omit, hold, byzantine, after_sends: only this message type
  // restart
  bool amnesia{false};
  std::vector<std::string> bugs;  // known mistakes that its program has until it goes down again
  std::uint32_t version{};        // by which the engine knows them; set when it fires
  // partition
  PartitionShape shape{};
  // nodes in no group are alone; clients reach everybody. settle without a target: of each of these
  // a majority is drawn.
  std::vector<std::vector<NodeId>> groups;
  bool one_way{false};   // partition: cut only from the first group, half or target to the others
  InFlight in_flight{};  // partition, cut: what becomes of messages that are on their way
  // cut, link, hold, omit, byzantine: senders and receivers; none = every node, for hold, omit and
  // byzantine every client too. The target stands for one end of an omission, or for the other,
  // and for the liars.
  Selector from;
  Selector to;
  // heal and release: which fault to undo; "" = all
  std::string fault;
  // omit, hold and byzantine
  OmissionSide side{};                     // omit
  Probability chance = certainty;          // per matching message
  std::uint64_t count{~std::uint64_t{0}};  // how many messages at most, of each liar
  std::optional<Deceit> deceit;            // byzantine
  // fire, postpone
  std::string timer;
  std::vector<Member> where;          // fields of the timer that must equal these
  std::optional<Distribution> later;  // postpone: by how much, by the node's clock
  // request
  Operation operation;
  // clock: one of them
  std::optional<Drift> drift;  // `frozen` too
  std::optional<Probability> jitter;
  Duration jump{};             // of the wall clock
  Duration strobe{};           // of the wall clock: so far ahead or behind, drawn anew ...
  Duration strobe_every{};     // ... after every so long
  std::optional<Smear> smear;  // of the wall clock
  // link
  std::shared_ptr<const LinkSettings> settings;
  // node: how long it is busy with a handler, and how many times that
  std::optional<Distribution> cost;
  std::optional<std::uint32_t> slow;
  bool scramble{};  // node: instead, something in its memory becomes another
  // disk: one of them
  std::optional<Distribution> sync;
  std::optional<bool> stall;
  std::optional<bool> lie;
  std::optional<bool> full;
  std::optional<bool> read_only;
  std::optional<DiskHarm> harm;
};

// Whether it is a partition that nodes enter and leave one by one.
bool swizzles(const Action& action);
// By which the engine knows what the program has that a restart by this fault brings; faults are
// counted from 0.
constexpr std::uint32_t version_by(std::uint32_t fault) { return fault + 1; }
// Whether it lies so.
bool lies_by(const Action& action, Strategy strategy);

struct Fault {
  std::string id;  // unique; generated "f1", "f2", ... by position where none is given
  Trigger trigger;
  Duration after{};                   // waits this long after the trigger
  std::optional<Distribution> lasts;  // "for": undone after this long
  std::optional<Probability> share;   // "for": undone after this share of the gap that `every` drew
  Time from;  // every: gaps count from here; at: not before; else: looks from here on
  Time until{Time::never()};           // triggers at or after this moment are ignored
  std::optional<std::uint64_t> times;  // how often it may fire; absent: once, `every` without limit
  Probability chance = certainty;      // "p": per occurrence
  bool may_not_fire{false};
  Action action;
  SourcePosition at;  // in the scenario, for messages

  bool ends_by_itself() const { return lasts || share; }
};

// One line for people: "crash n3", "partition n1 n2 | n3 n4 n5".
std::string describe(const Action& action, NodeNames names);
// "n1 n2", "the leader", "a random follower", "every node".
std::string describe(const Selector& selector, NodeNames names);
// "`elected` event", "`recv` event of Vote at n1 or n2".
std::string describe(const EventPattern& pattern, NodeNames names);
// "more than half of all servers are live and ready".
std::string describe(const StatePattern& pattern);

}  // namespace quorate
