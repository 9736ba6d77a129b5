// When each operation was first asked for: an answer may be as old as that, no older.
#pragma once

#include <vector>

#include "sim/base/time.hpp"
#include "sim/node/request.hpp"

namespace quorate {

// A copyable value that grows by 8 bytes an operation. Serials of a client are dense from 1.
class Askings {
 public:
  // Only the first time counts.
  void note(ClientId client, std::uint64_t serial, Time now) {
    if (client.value >= times_.size()) times_.resize(client.value + 1);
    std::vector<Time>& times = times_[client.value];
    if (serial > times.size()) times.resize(serial, now);
  }
  // `now` where nobody ever asked.
  Time first(ClientId client, std::uint64_t serial, Time now) const {
    if (client.value >= times_.size()) return now;
    const std::vector<Time>& times = times_[client.value];
    return serial - 1 < times.size() ? times[serial - 1] : now;
  }

 private:
  std::vector<std::vector<Time>> times_;  // by client and serial
};

}  // namespace quorate
