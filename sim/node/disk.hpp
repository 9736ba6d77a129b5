// A node's one disk as the engine models it: numbered writes of whole durable images, one in flight
// at a time, those issued meanwhile combined into the next (group commit). A crash loses whatever
// is not synced.
#pragma once

#include <cstdint>
#include <utility>

#include "sim/base/assert.hpp"
#include "sim/base/distribution.hpp"

namespace quorate {

struct DiskConfig {
  Distribution sync_delay;  // from the start of a write until it is durable; none = at once
};

// `Image` is the value of every durable field of the node.
template <class Image>
class Disk {
 public:
  // A disk that already holds `initial`, synced.
  void format(const Image& initial) { latest_ = synced_ = initial; }

  // Issues a write: `edit` changes the image, which becomes the last one issued.
  template <class Edit>
  void issue(Edit&& edit) {
    edit(latest_);
    ++issued_;
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
  // The same for a write that takes no time: it is durable already.
  void write_at_once() {
    QUORATE_ASSERT(!busy(), "A disk writes one thing at a time.");
    synced_ = latest_;
    synced_number_ = issued_;
  }
  void finish() {
    synced_ = std::move(writing_);
    synced_number_ = writing_number_;
    writing_number_ = 0;
  }
  // Power is gone: what was not synced never happened. True if something was lost.
  bool lose_unsynced() {
    const bool lost = issued_ > synced_number_;
    latest_ = synced_;
    issued_ = synced_number_;
    writing_number_ = 0;
    return lost;
  }
  std::uint64_t issued() const { return issued_; }  // number of the last write issued
  std::uint64_t synced_number() const { return synced_number_; }
  const Image& synced() const { return synced_; }
  const Image& latest() const { return latest_; }

 private:
  Image latest_{};
  Image writing_{};  // of the write under way, else of no meaning
  Image synced_{};
  std::uint64_t issued_{};
  std::uint64_t writing_number_{};  // 0 when idle
  std::uint64_t synced_number_{};
};

}  // namespace quorate
