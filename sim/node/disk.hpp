// A node's one disk as the engine models it: numbered writes of whole durable images, one in flight
// at a time, those issued meanwhile combined into the next (group commit). A crash loses whatever
// is not synced, and what a disk that lies has called synced since its last true write.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include "sim/base/assert.hpp"
#include "sim/base/distribution.hpp"

namespace quorate {

struct DiskConfig {
  Distribution sync_delay;  // from the start of a write until it is durable; none = at once
};

// What is absent is as it was at the start: no disk stalls or lies by itself.
struct DiskChange {
  std::optional<Distribution> sync{};
  std::optional<bool> stall{};
  std::optional<bool> lie{};
};

// How a disk is now.
struct DiskState {
  Distribution sync_delay;
  bool stalls{};  // no write ends
  bool lies{};    // a write that ends is not on it
  friend bool operator==(const DiskState&, const DiskState&) = default;
};

// What is told at the crash that shows that a disk has lied.
inline constexpr std::string_view lost_after_all = " has lost what it had called durable";

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
  // The same for a write that takes no time: it is durable already; or, of a disk that lies, said
  // to be.
  void write_at_once(bool lies) {
    QUORATE_ASSERT(!busy(), "A disk writes one thing at a time.");
    if (!lies) synced_ = latest_;
    synced_number_ = issued_;
    hollow_ = lies;
  }
  void finish(bool lies) {
    if (!lies) synced_ = std::move(writing_);
    synced_number_ = writing_number_;
    writing_number_ = 0;
    hollow_ = lies;
  }
  // Whether something that is said to be durable is not on it. The next true write brings all.
  bool hollow() const { return hollow_; }
  // Power is gone: what was not synced never happened. True if something was lost before anybody
  // was told that it is durable.
  bool lose_unsynced() {
    const bool lost = issued_ > synced_number_;
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

 private:
  Image latest_{};
  Image writing_{};  // of the write under way, else of no meaning
  Image synced_{};
  std::uint64_t issued_{};
  std::uint64_t writing_number_{};  // 0 when idle
  std::uint64_t synced_number_{};
  bool hollow_{};
};

}  // namespace quorate
