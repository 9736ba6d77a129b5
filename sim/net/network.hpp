// What happens to a message between two nodes: cut, lost, delayed, duplicated, kept in order.
// Values only: the network decides a message's fate; the engine schedules and records it.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "sim/base/distribution.hpp"
#include "sim/base/id.hpp"
#include "sim/base/random.hpp"
#include "sim/base/time.hpp"
#include "sim/net/topology_shape.hpp"

namespace quorate {

// One direction of one link.
struct LinkConfig {
  Distribution delay;     // one way; default none
  Probability loss;       // per message, drawn when it enters the link
  Probability duplicate;  // one more copy, with a delay of its own
  bool fifo{false};       // deliver in the order sent
  std::uint32_t burst{};  // mean length of a run of losses, in messages; 0: each for itself
  std::uint64_t bytes_per_second{};  // how fast it takes messages in, one by one; 0: at once
  std::uint64_t queue{};             // bytes that may wait or be on their way in; 0: without limit
};

// Loss in bursts after Gilbert: a link is good and loses nothing, or bad and loses all. One draw a
// message moves it, then decides. Thresholds on a 64-bit draw.
struct BurstChances {
  std::uint64_t begin{};  // good to bad: loss / ((1 - loss) * length)
  std::uint64_t end{};    // bad to good: 1 / length
};
// Nothing where good times would have no room: length <= loss / (1 - loss).
std::optional<BurstChances> burst_chances(Probability loss, std::uint32_t length);

struct NetworkConfig {
  LinkConfig link;                                        // every link not named below
  std::map<std::pair<NodeId, NodeId>, LinkConfig> links;  // a directed link of its own
  LinkConfig client_link;                                 // between a client and a node
  Neighbours neighbours;                                  // empty: every node has a link to each
  std::uint32_t nodes{};                                  // ids below are nodes, above clients
  std::uint32_t clients{};
};

// What the network did with a message at its send.
struct Fate {
  bool refused{};  // the link's queue is full
  bool lost{};
  bool duplicated{};
  Time arrival;       // when neither
  Time copy_arrival;  // when duplicated
};

// Directed pairs that cannot talk. Cuts overlap:
// a pair is open again when every cut over it is undone.
class Cuts {
 public:
  explicit Cuts(std::uint32_t endpoints = 0) : endpoints_(endpoints) {}
  void cut(NodeId from, NodeId to);
  void undo(NodeId from, NodeId to);
  bool severed(NodeId from, NodeId to) const {
    return active_ != 0 && counts_[std::size_t{from.value} * endpoints_ + to.value] != 0;
  }

 private:
  std::uint32_t endpoints_{};
  std::uint32_t active_{};             // pairs with a count above zero
  std::vector<std::uint32_t> counts_;  // allocated at the first cut
};

class Network {
 public:
  // What it may keep for one directed link once a message has used it, on a 64-bit machine.
  static constexpr std::uint64_t bytes_of_link = 136;

  Network(std::shared_ptr<const NetworkConfig> config, std::uint64_t seed, Engine engine);

  // Whether some messages need more than one link.
  bool routed() const { return routed_; }
  // Who is next on the way of a message that has come to `here`. The ways never change: not when
  // links are cut, not when nodes crash. Clients have a link of their own to every node.
  NodeId next_hop(NodeId here, NodeId to) {
    return routed_ && is_node(here) && is_node(to) ? next_between(here, to) : to;
  }

  // Draws the fate of a message that goes over one link now. Loss, delay and duplication (with the
  // copy's delay) come from three streams of that directed link, and a lost message draws the rest
  // all the same: turning one of them on or off changes nothing else about the messages that
  // follow. `tie_gap` is the least distance between two deliveries of a FIFO link (0, or 1 ns under
  // seeded ties). `bytes` counts only where limited().
  Fate fate(NodeId from, NodeId to, Time now, Duration tie_gap, std::uint64_t bytes = 0);
  // Whether some link takes in only so many bytes a second.
  bool limited() const { return limited_; }

  Cuts cuts;

 private:
  struct Link {
    const LinkConfig* config{};
    Stream delay;
    Stream loss;
    Stream duplicate;
    std::uint32_t memory{no_memory};
  };
  // What a link remembers from one message to the next, if it must.
  struct Memory {
    Time last_arrival;  // FIFO
    BurstChances burst;
    bool losing{};         // burst
    Time free_at;          // bandwidth: when all that was taken on is in, but for a part of
    std::uint64_t part{};  // a nanosecond, times bytes a second
  };
  static constexpr std::uint32_t no_memory = 0xFFFF'FFFF;
  static_assert(sizeof(Link) <= bytes_of_link);
  bool is_node(NodeId id) const { return id.value < config_->nodes; }
  NodeId next_between(NodeId here, NodeId to);
  Link& link(NodeId from, NodeId to);
  void open(Link& link, NodeId from, NodeId to);  // at its first message
  std::size_t links_from(NodeId from) const;
  std::size_t position_of_link(NodeId from, NodeId to) const;
  std::uint32_t memory_for(const LinkConfig& config);
  static bool loses(const LinkConfig& config, Stream& stream, Memory& memory);
  static bool takes_in(const LinkConfig& config, Memory& memory, Time now, std::uint64_t bytes);
  static Time arrival(const LinkConfig& config, Memory& memory, Time at, Duration tie_gap);

  std::shared_ptr<const NetworkConfig> config_;
  bool routed_{};
  bool limited_{};
  std::uint64_t seed_{};
  Engine engine_{};
  // [from][to], or where there are neighbours [from][which of them, then which client]; a row
  // appears when its sender first uses it.
  std::vector<std::vector<Link>> links_;
  std::vector<Memory> memories_;
  std::vector<std::vector<NodeId>> next_hops_;  // [to][here]; a row appears when first needed
};

}  // namespace quorate
