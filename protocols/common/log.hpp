// A replicated log as a value: copied in O(1), because copies share chunks of entries; appended to
// in place as long as nobody who shares a chunk has gone another way. Every prefix has a running
// hash, so two logs are compared in O(1) and their common prefix found in O(log n).
//
// Indices start at 1, as in the papers; index 0 stands before the first entry. A log may begin
// later: its first entries are discarded once something else stands for them, a snapshot say, and
// the hash of them all is what is left. `start` is where that ends: the last index discarded, 0 as
// a rule.
#pragma once

#include <cstdint>
#include <vector>

#include "protocols/common/shared.hpp"
#include "sim/base/assert.hpp"
#include "sim/base/field_read.hpp"
#include "sim/base/fields.hpp"

namespace quorate {

// A hash as a trace may hold it: JSON's numbers are too small for 64 bits.
struct LogHash {
  std::uint32_t high{};
  std::uint32_t low{};
  QUORATE_FIELDS(LogHash, high, low)

  static constexpr LogHash of(std::uint64_t hash) {
    return {static_cast<std::uint32_t>(hash >> 32), static_cast<std::uint32_t>(hash)};
  }
  constexpr std::uint64_t value() const { return std::uint64_t{high} << 32 | low; }
};

template <class E>
class Log {
 public:
  using value_type = E;
  class Slice;

  Log() = default;
  // A log without entries that stands behind `start` entries of this hash.
  Log(std::uint64_t start, std::uint64_t hash)
      : size_(start), origin_(start), start_(start), start_hash_(hash) {}

  // How many entries there ever were, discarded ones included.
  std::uint64_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  std::uint64_t last_index() const { return size_; }
  std::uint64_t start() const { return start_; }
  // REQUIRES start() < index <= last_index().
  const E& operator[](std::uint64_t index) const {
    QUORATE_ASSERT(index > start_ && index <= size_, "A log entry must exist to be read.");
    return cell(index).entry;
  }

  void append(const E& entry) {
    make_room();
    Hasher hasher(hash());
    quorate::hash_to(hasher, entry);
    const std::uint64_t bytes = total_bytes() + quorate::wire_size(entry);
    Chunk& chunk = *(*spine_)[(size_ - origin_) / chunk_size];
    chunk.push_back({entry, hasher.result(), bytes});
    ++size_;
  }
  // Appends those entries of `entries` that lie behind this log's end. O(1) when everything before
  // them is what this log holds, as it is for a follower in step: it then shares the sender's
  // storage. REQUIRES that the slice begins at or before the place behind this log's last entry.
  void append(const Slice& entries) {
    const std::uint64_t last = entries.first_index() + entries.size();
    if (last <= size_ + 1) return;
    if (entries.log_.start_ <= start_ && entries.log_.prefix_hash(size_) == hash()) {
      const std::uint64_t start = start_;
      *this = entries.log_;
      discard(start);
      return;
    }
    for (std::uint64_t index = size_ + 1; index < last; ++index) append(entries[index]);
  }
  // Keeps the first `size` entries. O(1); what others share stays theirs.
  void truncate(std::uint64_t size) {
    QUORATE_ASSERT(size <= size_, "A log can only be truncated to a shorter one.");
    QUORATE_ASSERT(size >= start_, "What is discarded cannot be truncated.");
    size_ = size;
  }
  // Forgets the entries up to `index`, which stay part of every hash. REQUIRES index <= size().
  // O(1).
  void discard(std::uint64_t index) {
    QUORATE_ASSERT(index <= size_, "Only entries that are there can be discarded.");
    if (index <= start_) return;
    start_hash_ = prefix_hash(index);
    start_ = index;
  }

  // The hash of the entries 1..index, in order. REQUIRES index >= start().
  std::uint64_t prefix_hash(std::uint64_t index) const {
    QUORATE_ASSERT(index >= start_, "What is discarded has one hash, that of all of it.");
    return index == start_ ? start_hash_ : cell(index).hash;
  }
  std::uint64_t hash() const { return size_ == start_ ? start_hash_ : cell(size_).hash; }
  // How many first entries the two have in common. Of what either has discarded no more is known
  // than whether all of it is the same: 0 if it is not, all of the shorter if it ends before.
  std::uint64_t common_prefix(const Log& other) const {
    std::uint64_t low = start_ > other.start_ ? start_ : other.start_;
    std::uint64_t high = size_ < other.size_ ? size_ : other.size_;
    if (high < low || prefix_hash(high) == other.prefix_hash(high)) return high;
    if (prefix_hash(low) != other.prefix_hash(low)) return 0;
    while (high - low > 1) {  // equal at low, different at high
      const std::uint64_t middle = low + (high - low) / 2;
      (prefix_hash(middle) == other.prefix_hash(middle) ? low : high) = middle;
    }
    return low;
  }
  // The entries first..last as one value that shares this log's storage; none when first is last
  // + 1.
  Slice slice(std::uint64_t first, std::uint64_t last) const { return Slice(*this, first, last); }

  friend bool operator==(const Log& a, const Log& b) {
    return a.size_ == b.size_ && a.start_ == b.start_ &&
           ((a.start_ == 0 && a.spine_.same(b.spine_)) || a.hash() == b.hash());
  }
  void clear() { *this = {}; }
  // The last index up to which this log is known, without looking at entries, to hold what the
  // sender of `entries` holds.
  std::uint64_t shared_with(const Slice& entries) const {
    const std::uint64_t last = entries.last_index() < size_ ? entries.last_index() : size_;
    if (last < start_ || last < entries.log_.start_) return 0;
    return prefix_hash(last) == entries.log_.prefix_hash(last) ? last : 0;
  }

  void hash_to(Hasher& hasher) const {
    hasher.word(size_);
    hasher.word(hash());
    if (start_ != 0) hasher.word(start_);
  }
  // Its entries; where some are discarded behind a delta to none.
  void print_to(JsonWriter& out) const {
    start_ == 0 ? slice(1, size_).print_to(out) : print_change(out, Log());
  }
  // A delta: {"keep":7,"add":[…]} keeps the first 7 entries and adds the rest; of a log that begins
  // elsewhere than before, {"start":5,"hash":…,"keep":7,"add":[…]}.
  void print_change(JsonWriter& out, const Log& before) const {
    std::uint64_t keep = common_prefix(before);
    if (keep < start_ || start_ < before.start_) keep = start_;
    out.open_object();
    if (start_ != before.start_ || start_hash_ != before.start_hash_) {
      out.key("start");
      out.number(start_);
      out.key("hash");
      quorate::print_to(out, LogHash::of(start_hash_));
    }
    out.key("keep");
    out.number(keep);
    out.key("add");
    slice(keep + 1, size_).print_to(out);
    out.close_object();
  }
  std::string read_change(const Value& change, NodeNames names) {
    const Value* keep = change.find("keep");
    const Value* add = change.find("add");
    if (keep == nullptr || add == nullptr) return "expected a log's {\"keep\": 7, \"add\": […]}";
    std::uint64_t kept = 0;
    std::string error = read_from(*keep, kept, names);
    if (error.empty()) error = read_start(change, names);
    if (error.empty() && kept > size_) error = "keeps more entries than there are";
    if (error.empty() && kept < start_) error = "keeps fewer entries than are discarded";
    if (!error.empty()) return error;
    Log added;
    error = read_from(*add, added, names);
    if (!error.empty()) return error;
    truncate(kept);
    for (std::uint64_t index = 1; index <= added.size(); ++index) append(added[index]);
    return {};
  }
  std::uint64_t wire_size() const { return 4 + total_bytes() - bytes_to(start_); }

 private:
  static constexpr std::uint64_t chunk_size = 64;
  struct Cell {
    E entry;
    std::uint64_t hash;   // of all entries up to this one
    std::uint64_t bytes;  // their wire size together
  };
  using Chunk = std::vector<Cell>;
  using Spine = std::vector<detail::Shared<Chunk>>;

  const Cell& cell(std::uint64_t index) const {
    const std::uint64_t position = index - 1 - origin_;
    return (*(*spine_)[position / chunk_size])[position % chunk_size];
  }
  // Of all entries up to this one, less those before the log's origin.
  std::uint64_t bytes_to(std::uint64_t index) const {
    return index == origin_ ? 0 : cell(index).bytes;
  }
  std::uint64_t total_bytes() const { return bytes_to(size_); }
  // The start that a change tells: what lies before it is forgotten, and if it was another log's or
  // reaches further than this one, all.
  std::string read_start(const Value& change, NodeNames names) {
    const Value* start = change.find("start");
    const Value* hash = change.find("hash");
    if (start == nullptr || hash == nullptr) return {};
    std::uint64_t index = 0;
    LogHash sum;
    std::string error = read_from(*start, index, names);
    if (error.empty()) error = read_from(*hash, sum, names);
    if (!error.empty()) return error;
    if (index >= start_ && index <= size_ && prefix_hash(index) == sum.value()) {
      discard(index);
    } else {
      *this = Log(index, sum.value());
    }
    return {};
  }

  // After this, position size_ of the last chunk is ours to write. Where another log that shares
  // the chunk wrote there first, its entries are left to it: we copy at most one chunk and the list
  // of chunks.
  void make_room() {
    if (!spine_) spine_ = detail::Shared<Spine>::make();
    const std::uint64_t chunk = (size_ - origin_) / chunk_size;
    const std::uint64_t offset = (size_ - origin_) % chunk_size;
    if (spine_->size() == chunk) return spine_->push_back(new_chunk());
    const detail::Shared<Chunk> old = (*spine_)[chunk];
    if (old->size() == offset) return;
    if (!spine_.unique()) spine_ = detail::Shared<Spine>::make(*spine_);
    spine_->resize(chunk);
    spine_->push_back(new_chunk());
    const auto end = old->begin() + static_cast<std::ptrdiff_t>(offset);
    spine_->back()->insert(spine_->back()->end(), old->begin(), end);
  }
  // Never grows past its first allocation, so that references into it stay good while it is
  // appended to.
  static detail::Shared<Chunk> new_chunk() {
    auto chunk = detail::Shared<Chunk>::make();
    chunk->reserve(chunk_size);
    return chunk;
  }

  detail::Shared<Spine> spine_;
  std::uint64_t size_{};
  std::uint64_t origin_{};  // the entry behind it lies first in the spine
  std::uint64_t start_{};   // origin_ or later
  std::uint64_t start_hash_{};
};

// A run of a log's entries, first..last, as a message carries it: O(1) to make, copy, hash and
// measure. Its hash covers the history before `first` too, which suits a digest; equality does not.
template <class E>
class Log<E>::Slice {
 public:
  using value_type = E;

  Slice() = default;
  // REQUIRES 1 <= first <= last + 1 <= log.size() + 1.
  Slice(const Log& log, std::uint64_t first, std::uint64_t last) : log_(log), first_(first) {
    QUORATE_ASSERT(first >= 1 && first <= last + 1,
                   "A slice begins inside its log or just behind it.");
    log_.truncate(last);
  }

  bool empty() const { return size() == 0; }
  std::uint64_t size() const { return log_.last_index() + 1 - first_; }
  // For reading one back from a trace, which does not tell where in the log it began.
  void clear() { *this = {}; }
  void append(const E& entry) { log_.append(entry); }
  std::uint64_t first_index() const { return first_; }
  std::uint64_t last_index() const { return log_.last_index(); }
  // By log index. REQUIRES first_index() <= index <= last_index().
  const E& operator[](std::uint64_t index) const { return log_[index]; }
  friend bool operator==(const Slice& a, const Slice& b) {
    if (a.size() != b.size() || a.first_ != b.first_) return false;
    for (std::uint64_t i = 0; i < a.size(); ++i) {
      if (!(a[a.first_ + i] == b[b.first_ + i])) return false;
    }
    return true;
  }

  void hash_to(Hasher& hasher) const {
    hasher.word(first_);
    hasher.word(size());
    hasher.word(log_.hash());
  }
  void print_to(JsonWriter& out) const {
    out.open_array();
    for (std::uint64_t i = 0; i < size(); ++i) quorate::print_to(out, (*this)[first_ + i]);
    out.close_array();
  }
  std::uint64_t wire_size() const {
    if (empty()) return 4;
    return 4 + log_.total_bytes() - log_.bytes_to(first_ - 1);
  }

 private:
  friend class Log;
  Log log_;
  std::uint64_t first_{1};
};

}  // namespace quorate
