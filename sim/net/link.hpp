// What one direction of a link does to its messages, and how a scenario changes it: at the start
// for some links, or by a fault for a while.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sim/base/bytes.hpp"
#include "sim/base/distribution.hpp"
#include "sim/base/field_list.hpp"
#include "sim/base/id.hpp"

namespace quorate {

// What a full queue drops: the message that comes last, or those that have waited longest.
QUORATE_ENUM(Drops, tail, head)

// What few links have. Kept apart, so that a network of many links stays small.
struct LinkExtras {
  std::uint32_t copies{};     // of a doubled message at most; 0: one
  Distribution copy_delay{};  // of each copy, on top of the link's
  Probability corrupt{};      // per copy: it arrives unreadable
  std::uint32_t reorder{};    // how many sent later may overtake a message; 0: any number
  std::uint32_t slow{};       // so many times its delay; 0: once
  bool unchecked{};           // a spoilt copy arrives as another message
  Drops drops{};              // of a full queue
  friend bool operator==(const LinkExtras&, const LinkExtras&) = default;
};

// One direction of one link.
struct LinkConfig {
  Distribution delay;     // one way; default none
  Probability loss;       // per message, drawn when it enters the link
  Probability duplicate;  // one more copy, with a delay of its own
  bool fifo{false};       // deliver in the order sent
  std::uint32_t burst{};  // mean length of a run of losses, in messages; 0: each for itself
  std::uint64_t bytes_per_second{};  // how fast it takes messages in, one by one; 0: at once
  std::uint64_t queue{};             // bytes that may wait or be on their way in; 0: without limit
  std::shared_ptr<const LinkExtras> extras{};  // null: none

  const LinkExtras& more() const;
  void set(const LinkExtras& more);
  // Whether it only delays, loses and doubles, be it in order: then it has nothing to remember from
  // one message to the next but when the last arrives.
  bool is_plain() const { return burst == 0 && bytes_per_second == 0 && extras == nullptr; }
  friend bool operator==(const LinkConfig& a, const LinkConfig& b);
};

// Loss in bursts after Gilbert: a link is good and loses nothing, or bad and loses all. One draw a
// message moves it, then decides. Thresholds on a 64-bit draw.
struct BurstChances {
  std::uint64_t begin{};  // good to bad: loss / ((1 - loss) * length)
  std::uint64_t end{};    // bad to good: 1 / length
};
// Nothing where good times would have no room: length <= loss / (1 - loss).
std::optional<BurstChances> burst_chances(Probability loss, std::uint32_t length);

// New settings for links; what is absent stays as it was. A default value is no setting, as if
// nothing had been said; no bandwidth means no queue either, unless one is given.
struct LinkSettings {
  std::optional<Distribution> delay;
  std::optional<Probability> loss;
  std::optional<Probability> duplicate;
  std::optional<bool> fifo;
  std::optional<std::uint32_t> burst;
  std::optional<Rate> bandwidth;
  std::optional<Bytes> queue;
  std::optional<Drops> drops;
  std::optional<std::uint32_t> copies;
  std::optional<Distribution> copy_delay;
  std::optional<Probability> corrupt;
  std::optional<std::uint32_t> reorder;
  std::optional<std::uint32_t> slow;
  std::optional<bool> checksum;  // whether it is seen that a message is spoilt

  bool empty() const { return *this == LinkSettings{}; }
  void apply_to(LinkConfig& link) const;
  friend bool operator==(const LinkSettings&, const LinkSettings&) = default;
};

// As a scenario writes them: "delay 20ms, loss 50%".
std::string to_text(const LinkSettings& settings);

// The same with the links that get them.
struct LinkChange : LinkSettings {
  bool from_all{};  // "*"; `from` is then ignored
  bool to_all{};
  std::vector<NodeId> from;
  std::vector<NodeId> to;
};

}  // namespace quorate
