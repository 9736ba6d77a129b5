// What happens to a disk behind its node's back, while the node is down: what it had called durable
// is not there, or is something else, when the node comes back.
#pragma once

#include <cstdint>
#include <string_view>

#include "sim/base/field_list.hpp"
#include "sim/base/id.hpp"

namespace quorate {

// rot: one value on it becomes another. misdirect: the newest entry of a log or table lies where
// an older one was, and not in its own place. truncate: the newest entries of its logs and tables
// are gone. swap: it is exchanged for another node's, which is down as well. restore: it is as it
// was at the last snapshot, which may be taken while the node is up. read_error: it cannot be read,
// until it is exchanged, restored or empty. short_read, misread: it is as it was, but when its node
// starts again only the beginning of a log or table is read, or one entry of it where another is;
// unless something else is done to the disk before that.
QUORATE_ENUM(DiskAct, rot, misdirect, truncate, swap, snapshot, restore, read_error, short_read,
             misread)

inline bool is_of_reading(DiskAct act) {
  return act == DiskAct::short_read || act == DiskAct::misread;
}

struct DiskHarm {
  DiskAct act{};
  std::uint64_t entries{};  // truncate: how many of each
  NodeId other{no_node};    // swap
  // rot: draws for which value, and what it becomes; misdirect, short_read,
  // misread: which list, and which entry
  std::uint64_t which{};
  std::uint64_t how{};
  bool undone{};  // short_read, misread: it will be read as it is, after all
  friend bool operator==(const DiskHarm&, const DiskHarm&) = default;
};

// What becomes of the memory of a node that is up: draws for which value becomes another of its
// kind, and which.
struct MemoryHarm {
  std::uint64_t which{};
  std::uint64_t how{};
};
// How a note begins that tells of it.
inline constexpr std::string_view memory_hit = "in the memory of ";

}  // namespace quorate
