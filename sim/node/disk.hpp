// A node's one disk as the engine models it: numbered writes of whole durable images, one in flight
// at a time, those issued meanwhile combined into the next (group commit). A crash loses whatever
// is not synced, but for what its rule leaves, and what a disk that lies has called synced since
// its last true write.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include "sim/base/assert.hpp"
#include "sim/base/distribution.hpp"
#include "sim/node/disk_harm.hpp"
#include "sim/node/write_cache.hpp"

namespace quorate {

struct DiskConfig {
  Distribution sync_delay;  // from the start of a write until it is durable; none = at once
  CrashRule crash{};
};

// What is absent is as it was at the start: no disk stalls, lies, is full or
// read-only by itself.
struct DiskChange {
  std::optional<Distribution> sync{};
  std::optional<bool> stall{};
  std::optional<bool> lie{};
  std::optional<bool> full{};
  std::optional<bool> read_only{};
  std::optional<DiskHarm> harm{};  // once, and nothing else
};

// How a disk is now.
struct DiskState {
  Distribution sync_delay;
  bool stalls{};     // no write ends
  bool lies{};       // a write that ends is not on it
  bool full{};       // no write begins: it is answered with an error
  bool read_only{};  // the same, and of those under way when it became so
  bool refuses() const { return full || read_only; }
  friend bool operator==(const DiskState&, const DiskState&) = default;
};

// `Image` is the value of every durable field of the node.
template <class Image>
class Disk {
 public:
  // A disk that already holds `initial`, synced.
  void format(const Image& initial) {
    latest_ = synced_ = initial;
    cache_.clear();
  }
  void keep_writes_in(WriteCache cache) { cache_ = std::move(cache); }

  // Issues a write: `edit` changes the image, which becomes the last one issued.
  template <class Edit>
  void issue(Edit&& edit) {
    edit(latest_);
    ++issued_;
    if (cache_.keeps()) [[unlikely]]
      keep_latest();
  }
  bool wants_to_start() const { return !busy() && issued_ > synced_number_; }
  bool busy() const { return writing_number_ != 0; }
  // Starts the next physical write, which covers everything issued so far.
  void start() {
    QUORATE_ASSERT(wants_to_start(),
                   "A disk starts a write only when idle with something to write.");
    writing_ = latest_;
    writing_number_ = issued_;
  }
  // The same for a write that takes no time: it is durable already; or, of a disk that lies, said
  // to be.
  void write_at_once(bool lies) {
    QUORATE_ASSERT(!busy(), "A disk writes one thing at a time.");
    if (!lies) synced_ = latest_;
    end_write(issued_, lies);
  }
  void finish(bool lies) {
    if (!lies) synced_ = std::move(writing_);
    end_write(std::exchange(writing_number_, 0), lies);
  }
  // Whether something that is said to be durable is not on it. The next true write brings all.
  bool hollow() const { return hollow_; }
  // A sync ends with an error, and the node stops, for it cannot know what is on the disk: nothing
  // that was not synced is there or will be.
  void fail_sync() { cache_.clear(); }
  // The same of a write, of which the beginning is there, by this draw.
  [[gnu::cold, gnu::noinline]] void cut_short(std::uint64_t draw) {
    const std::uint64_t number = busy() ? writing_number_ : issued_;
    cache_.cut_short(number, std::make_shared<const Image>(busy() ? writing_ : latest_), draw);
  }
  // Power is gone: what was not synced never happened, but for what the cache then says is left.
  CrashLoss lose_unsynced() {
    const bool cut = cache_.is_cut_short();
    CrashLoss lost = cache_.empty() ? CrashLoss{issued_ > synced_number_, hollow_, false}
                                    : cache_.crash(synced_number_);
    lost.promise = lost.promise || (hollow_ && cut);
    latest_ = synced_;
    issued_ = synced_number_;
    writing_number_ = 0;
    hollow_ = false;
    return lost;
  }
  std::uint64_t issued() const { return issued_; }  // number of the last write issued
  std::uint64_t synced_number() const { return synced_number_; }
  const Image& synced() const { return synced_; }
  const Image& latest() const { return latest_; }
  WriteCache& cache() { return cache_; }

 private:
  void end_write(std::uint64_t number, bool lies) {
    synced_number_ = number;
    hollow_ = lies;
    if (!lies) cache_.sync(number);
  }
  [[gnu::cold, gnu::noinline]] void keep_latest() {
    cache_.add(issued_, std::make_shared<const Image>(latest_));
  }

  Image latest_{};
  Image writing_{};  // of the write under way, else of no meaning
  Image synced_{};
  std::uint64_t issued_{};
  std::uint64_t writing_number_{};  // 0 when idle
  std::uint64_t synced_number_{};
  bool hollow_{};
  WriteCache cache_;
};

}  // namespace quorate
