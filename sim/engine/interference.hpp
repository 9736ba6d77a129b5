// Faults that act inside a step, as plain data the world carries: rules on messages and crash
// points.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "sim/base/fields.hpp"
#include "sim/base/id.hpp"
#include "sim/engine/deceit.hpp"
#include "sim/engine/event_queue.hpp"

namespace quorate {

// "100%": what a chance is where nothing is said. (A default Probability is 0%.)
inline constexpr Probability certainty{.parts = 1, .decimals = 0, .certain = true, .threshold = 0};

// Whether an armed timer is the one that a fault moves.
using IsTimer = std::function<bool(AnyRef timer)>;

QUORATE_ENUM(RuleEffect, omit_send, omit_receive, hold, lie)

// Applies to messages that match. `omit_*` drops them at the node's edge; `hold` keeps them in the
// network until released. Rules are tried in the order they were added; the first match decides.
// Only lies add up.
struct MessageRule {
  std::uint32_t fault{};  // which fault of the scenario this belongs to
  RuleEffect effect{};
  NodeSet from;                                // senders
  NodeSet to;                                  // receivers
  std::optional<std::uint16_t> type;           // only this message type
  Probability chance = certainty;              // per matching message
  std::uint64_t remaining{~std::uint64_t{0}};  // how many more it may affect
  Stream stream;                               // for `chance`, and what a lie draws
  std::shared_ptr<const Deceit> deceit{};      // of a lie
};

// after_sends: when a handler's `nth` matching send has left. before_persist: when a write
// would start. during_persist: when it would be durable, and is not. after_persist: it is, what
// waited for it has not left. sync_error, short_write: when it would be durable its disk answers
// with an error, for which the node stops; nothing of what was not synced is there, or of this
// write the beginning. All but the first of these come with each write of the node.
QUORATE_ENUM(CrashMoment, after_sends, before_persist, during_persist, after_persist, sync_error,
             short_write)

// Crashes one node at a moment no clock can name. Fires once, and takes the fault's other points
// with it.
struct CrashPoint {
  std::uint32_t fault{};
  NodeId node{no_node};
  CrashMoment moment{};
  std::uint32_t nth{1};  // after_sends: of the handler's; else of such moments, from now on
  std::optional<std::uint16_t> type;  // counts only sends of this message type
  std::uint64_t draw{};               // short_write: how much is there
};

// Counts the sends of the handler whose outputs are leaving, in all and by type.
class SendCount {
 public:
  void count(std::uint64_t handler, std::uint16_t type);
  bool reached(const CrashPoint& point, std::uint16_t type) const;

 private:
  std::uint64_t handler_{~std::uint64_t{0}};
  std::uint32_t all_{};
  std::vector<std::uint32_t> by_type_;
};

// Copies of what liars have sent, the last one of each type to each node, by fault.
class LastMessages {
 public:
  struct Sent {
    std::uint32_t fault{};
    NodeId from;
    NodeId to;
    std::uint16_t type{};
    bool operator==(const Sent&) const = default;
  };
  // Keeps `copy`; the copy kept before of the same kind, which it gives up.
  std::optional<Slot> exchange(const Sent& sent, Slot copy);

 private:
  std::vector<std::pair<Sent, Slot>> last_;
};

// Messages that rules hold, in the order they were caught.
class HeldMessages {
 public:
  void add(Slot message, std::uint32_t fault) { held_.push_back({message, fault}); }
  std::size_t size() const { return held_.size(); }
  // Those that fault `fault` holds; from now on it holds none.
  std::vector<Slot> release(std::uint32_t fault);
  // Calls f(slot) for every message that a rule holds.
  template <class F>
  void for_each(F&& f) const {
    for (const Held& held : held_) f(held.message);
  }

 private:
  struct Held {
    Slot message{};
    std::uint32_t fault{};
  };
  std::vector<Held> held_;
};

// Copies of messages that faults may send again, in the order they were taken.
class OldMessages {
 public:
  void add(Slot copy, std::uint32_t fault, std::uint64_t send) {
    old_.push_back({copy, fault, send});
  }
  // The copy that `fault` keeps of the message of record `send`; none if there is none. Those of
  // earlier sends it does not want any more: they go to `unwanted`.
  std::optional<Slot> take(std::uint32_t fault, std::uint64_t send, std::vector<Slot>& unwanted);

 private:
  struct Old {
    Slot copy{};
    std::uint32_t fault{};
    std::uint64_t send{};
  };
  std::vector<Old> old_;
};

struct Interference {
  std::vector<MessageRule> rules;
  std::vector<CrashPoint> crash_points;
  std::vector<std::uint64_t> caught;       // messages that rules took, by fault; may end early
  std::vector<std::uint32_t> rememberers;  // faults that want a copy of the message being sent
  NodeSet core;                            // between two of these no rule takes anything
  NodeSet deaf;                            // clients that are down: what comes for them is dropped

  bool spares(NodeId from, NodeId to) const { return core.contains(from) && core.contains(to); }
  // Whether a message that is being sent concerns some fault.
  bool intervenes() const { return !rules.empty() || !rememberers.empty(); }

  // The first rule of this effect that takes the message, charged for it; null if none does.
  MessageRule* take(RuleEffect effect, NodeId from, NodeId to, std::uint16_t type);
  // All lies that take the message, not charged, those that send old ones again first.
  std::vector<MessageRule*> lies(NodeId from, NodeId to, std::uint16_t type);
  void charge(MessageRule& rule);
  // The crash point at `node` that a handler's send of `type` has just reached; null if none.
  const CrashPoint* after_send(NodeId node, const SendCount& sends, std::uint16_t type) const;
  // The crash point at `node` that this moment reaches; null if none. Each that waits for it counts
  // it, so ask once a moment. Disks answer with errors where a write would be durable, which is
  // `during_persist`.
  const CrashPoint* at(NodeId node, CrashMoment moment);
  void remove(std::uint32_t fault);        // everything that belongs to this fault
  void stop_holding(std::uint32_t fault);  // no more messages
  void stop_lying(std::uint32_t fault, NodeId liar);
  // Has a copy of the message that is being sent kept for this fault.
  void remember(std::uint32_t fault) { rememberers.push_back(fault); }
  // Which faults want one; they then want no other.
  std::vector<std::uint32_t> take_rememberers() { return std::exchange(rememberers, {}); }
};

}  // namespace quorate
