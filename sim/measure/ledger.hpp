// Where every message went: for each type, sent + duplicated = delivered + drops + in flight.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "sim/trace/record.hpp"

namespace quorate {

struct MessageCount {
  std::uint64_t sent{};
  std::uint64_t duplicated{};
  std::uint64_t delivered{};
  std::uint64_t bytes{};
  std::array<std::uint64_t, enum_count<DropReason>> drops{};  // by reason

  std::uint64_t dropped() const;
  std::uint64_t in_flight() const { return sent + duplicated - delivered - dropped(); }
};

class Ledger {
 public:
  explicit Ledger(std::size_t types = 0) : counts_(types) {}

  void on(const Record& record) {
    switch (record.kind) {
      case Kind::send:
        ++counts_[record.type].sent;
        counts_[record.type].bytes += record.bytes;
        break;
      case Kind::recv:
        ++counts_[record.type].delivered;
        break;
      case Kind::dup:
        ++counts_[record.type].duplicated;
        break;
      case Kind::drop:
        ++counts_[record.type].drops[static_cast<std::size_t>(record.why)];
        break;
      default:
        break;
    }
  }
  // By message type number, client messages (Request, Reply, Redirect) last.
  const std::vector<MessageCount>& counts() const { return counts_; }

 private:
  std::vector<MessageCount> counts_;
};

}  // namespace quorate
