// What happens to a message between two nodes: cut, lost, delayed, duplicated, kept in order.
// Values only: the network decides a message's fate; the engine schedules and records it.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "sim/base/random.hpp"
#include "sim/base/time.hpp"
#include "sim/base/uint128.hpp"
#include "sim/net/link.hpp"
#include "sim/net/topology_shape.hpp"

namespace quorate {

using LinkEnds = std::pair<NodeId, NodeId>;  // sender, receiver

struct NetworkConfig {
  LinkConfig link;                                        // every link not named below
  std::map<std::pair<NodeId, NodeId>, LinkConfig> links;  // a directed link of its own
  LinkConfig client_link;                                 // between a client and a node
  Neighbours neighbours;                                  // empty: every node has a link to each
  std::uint32_t nodes{};                                  // ids below are nodes, above clients
  std::uint32_t clients{};
  // Partial synchrony: from the global stabilisation time on no link loses, refuses or spoils
  // anything, and whatever is under way then or sent later is there within so long.
  Time gst{Time::never()};
  Duration within{};
};

// What the network did with a message at its send.
struct Fate {
  bool refused{};  // the link's queue is full
  bool lost{};
  bool duplicated{};
  bool spoilt{};       // it will be unreadable
  bool copy_spoilt{};  // so will its copy
  Time arrival;        // when neither refused nor lost
  Time copy_arrival;   // when duplicated
};
struct CopyFate {
  bool spoilt{};
  Time arrival;
};
// A message that a link takes in in its turn.
struct Passage {
  std::uint64_t bytes{};
  Time since;  // when it was sent, or passed on to this link
};
// How it leaves the queue: taken in from now until then, or dropped.
struct Leaving {
  Time now;
  Time in;
  bool fits{};
};
// What a spoilt message is altered by where nobody sees that it is spoilt: two draws.
struct Alteration {
  std::uint64_t field{};
  std::uint64_t value{};
};

// What becomes of messages that are on a link when it is cut: they are lost with it if it is still
// cut when they would arrive, or they are past the place where it is cut.
QUORATE_ENUM(InFlight, drop, keep)

// Directed pairs that cannot talk. Cuts overlap:
// a pair is open again when every cut over it is undone.
class Cuts {
 public:
  explicit Cuts(std::uint32_t endpoints = 0) : endpoints_(endpoints) {}
  void cut(NodeId from, NodeId to, InFlight in_flight = InFlight::drop);
  // REQUIRES the `in_flight` that it was cut with.
  void undo(NodeId from, NodeId to, InFlight in_flight = InFlight::drop);
  // Whether nothing enters the link.
  bool severed(NodeId from, NodeId to) const { return active_ != 0 && at(from, to).all != 0; }
  // Whether nothing arrives over it either, whenever it entered.
  bool swallows(NodeId from, NodeId to) const {
    return active_ != 0 && at(from, to).all != at(from, to).keeping;
  }

 private:
  struct Count {
    std::uint32_t all{};
    std::uint32_t keeping{};  // of them, those that keep what is in flight
  };
  const Count& at(NodeId from, NodeId to) const {
    return counts_[std::size_t{from.value} * endpoints_ + to.value];
  }

  std::uint32_t endpoints_{};
  std::uint32_t active_{};     // pairs with a count above zero
  std::vector<Count> counts_;  // allocated at the first cut
};

class Network {
 public:
  // What it may keep for one directed link once a message has used it, on a 64-bit machine; and of
  // one that remembers something of its messages.
  static constexpr std::uint64_t bytes_of_link = 136;
  static constexpr std::uint64_t bytes_of_memory = 200;
  static std::uint64_t bytes_of(const NetworkConfig& network, const LinkConfig& link);

  Network(std::shared_ptr<const NetworkConfig> config, std::uint64_t seed, Engine engine);

  // Whether some messages need more than one link.
  bool routed() const { return routed_; }
  // Who is next on the way of a message that has come to `here`. The ways never change: not when
  // links are cut, not when nodes crash. Clients have a link of their own to every node.
  NodeId next_hop(NodeId here, NodeId to) {
    return routed_ && is_node(here) && is_node(to) ? next_between(here, to) : to;
  }

  // Draws the fate of a message that goes over one link now. Loss, delay, duplication (with the
  // copies' delays) and corruption come from four streams of that directed link, and a lost message
  // draws the rest all the same: turning one of them on or off changes nothing else about the
  // messages that follow. `tie_gap` is the least distance between two deliveries of a FIFO link (0,
  // or 1 ns under seeded ties). `bytes` counts only where limited().
  Fate fate(NodeId from, NodeId to, Time now, Duration tie_gap, std::uint64_t bytes = 0);
  // Whether the queue of that link drops what has waited longest. Then the caller keeps the queue,
  // and goes on until it is empty if that is changed: each message has its fate drawn when the link
  // begins to take it in, or when it is dropped, and so in the order sent.
  bool drops_head(LinkEnds link);
  // Whether so many bytes fit into the queue, with what is left of those that were taken on: the
  // message being taken in, and whatever a queue that drops its tail has let in before.
  bool has_room(LinkEnds link, Time now, std::uint64_t bytes);
  // When the link has taken it in, if it begins now, or right `behind` the message before it.
  Time take_in(LinkEnds link, Time now, const Passage& message, bool behind);
  Fate fate(LinkEnds link, const Passage& message, const Leaving& leaving, Duration tie_gap);
  // What becomes of its further copies, beside the one that the fate tells of.
  const std::vector<CopyFate>& more_copies() const { return more_copies_; }
  // Of a spoilt message (0), its copy (1) or a further one (2, ...) what it is altered by; null
  // where a checksum tells that it is spoilt.
  const Alteration* alteration(std::size_t copy) const {
    return copy < alterations_.size() ? &alterations_[copy] : nullptr;
  }
  // Whether some link takes in only so many bytes a second.
  bool limited() const { return limited_; }
  // Whether a message that arrives may have come to a relay only, or be spoilt.
  bool looks_closely() const { return looks_closely_; }

  // Whether there is a link, over which messages go without a relay.
  bool has_link(NodeId from, NodeId to) const;
  // The link has these settings from now on, until this change is taken back, over those it was
  // configured with and those of earlier changes. What is under way does not notice. Nothing
  // happens where there is no such link.
  void change(std::uint32_t number, NodeId from, NodeId to,
              std::shared_ptr<const LinkSettings> settings);
  // Whether there is such a link and they would be new to it, or something changes it for a while.
  bool would_change(NodeId from, NodeId to, const LinkSettings& settings) const;
  // Takes back all that has this number, or what has it of one link.
  void take_back(std::uint32_t number);
  void take_back(std::uint32_t number, NodeId from, NodeId to);

  Cuts cuts;

 private:
  struct Link {
    const LinkConfig* config{};
    Stream delay;
    Stream loss;
    Stream duplicate;
    std::uint32_t memory{no_memory};
    bool careful{};  // not plain, or of a network that will be stable
  };
  // Bytes that a link takes in at one bandwidth, behind whatever came before.
  struct Backlog {
    Time until;            // when they are in, but for a part of a nanosecond,
    std::uint64_t part{};  // times bytes a second
    std::uint64_t rate{};  // bytes a second
    Time end() const { return until + Duration{part == 0 ? 0 : 1}; }
    // How many are not in at `now`, times a second in nanoseconds.
    UInt128 left(Time now) const;
  };
  // What a link that is not plain, or FIFO, remembers from one message to the next.
  struct Memory {
    Time last_arrival;  // FIFO, reorder: the latest of all so far
    // reorder: that as it was after each of the last `reorder` + 1, in a circle, and where the
    // oldest of them stands.
    std::vector<Time> latest;
    std::size_t oldest{};
    std::optional<BurstChances> burst;
    bool losing{};                 // burst
    Backlog taken_on;              // bandwidth: all that was, at the present one
    std::vector<Backlog> earlier;  // and at earlier ones, which is in before that
    Stream corrupt;
  };
  // A link whose settings were changed.
  struct Changed {
    std::vector<std::pair<std::uint32_t, std::shared_ptr<const LinkSettings>>> changes;  // in order
    // What they come to. Copies share it, so that a Link can point at it.
    std::shared_ptr<const LinkConfig> config;
  };
  static constexpr std::uint32_t no_memory = 0xFFFF'FFFF;
  static_assert(sizeof(Link) <= bytes_of_link && sizeof(Memory) <= bytes_of_memory);
  bool is_node(NodeId id) const { return id.value < config_->nodes; }
  NodeId next_between(NodeId here, NodeId to);
  Link& link(NodeId from, NodeId to);
  void open(Link& link, NodeId from, NodeId to);  // at its first message
  std::size_t links_from(NodeId from) const;
  std::size_t position_of_link(NodeId from, NodeId to) const;
  const LinkConfig& configured(NodeId from, NodeId to) const;
  void reconfigure(NodeId from, NodeId to, Changed& changed);
  // Sees to it that the link remembers what its settings ask for.
  void remember(Link& link, NodeId from, NodeId to);
  Fate careful_fate(Link& link, Time now, Duration tie_gap, std::uint64_t bytes);
  Fate fate_of(Link& link, Time since, const Leaving& leaving, Duration tie_gap);
  // Partial synchrony: when what was sent then is there at the latest.
  Time latest_arrival(Time since) const { return std::max(since, config_->gst) + config_->within; }
  void draw_more_copies(const LinkConfig& config, Stream& stream, Memory& memory, bool duplicated);
  bool spoils(const LinkConfig& config, Memory& memory);
  static bool loses(const LinkConfig& config, Stream& stream, Memory& memory);
  bool has_room(const Link& link, Time now, std::uint64_t bytes);
  static void take_on(const LinkConfig& config, Memory& memory, Time from, std::uint64_t bytes);
  static UInt128 not_yet_in(Memory& memory, Time now);
  static Time in_order(Memory& memory, Time at, Duration tie_gap);
  static Time arrival(const LinkConfig& config, Memory& memory, Time at, Duration tie_gap);

  std::shared_ptr<const NetworkConfig> config_;
  bool routed_{};
  bool limited_{};
  bool looks_closely_{};
  std::uint64_t seed_{};
  Engine engine_{};
  // [from][to], or where there are neighbours [from][which of them, then which client]; a row
  // appears when its sender first uses it.
  std::vector<std::vector<Link>> links_;
  std::vector<Memory> memories_;
  std::vector<std::vector<NodeId>> next_hops_;  // [to][here]; a row appears when first needed
  std::map<std::pair<NodeId, NodeId>, Changed> changed_;
  std::vector<CopyFate> more_copies_;    // of the message whose fate was drawn last
  std::vector<Alteration> alterations_;  // of it and its copies; empty where there is a checksum
};

}  // namespace quorate
