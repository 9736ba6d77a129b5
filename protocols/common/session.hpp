// What a state machine remembers of one client, so that it executes nothing twice (Ongaro 2014,
// 6.3). A client may have several operations under way, so the latest serial number is not enough.
#pragma once

#include <algorithm>
#include <vector>

#include "protocols/common/log.hpp"
#include "sim/base/fields.hpp"

namespace quorate {

struct Session {
  std::uint64_t all_up_to{};          // executed: every serial number up to this one
  std::vector<std::uint64_t> beyond;  // and these, in ascending order

  QUORATE_FIELDS(Session, all_up_to, beyond)

  bool has(std::uint64_t serial) const {
    return serial <= all_up_to || std::binary_search(beyond.begin(), beyond.end(), serial);
  }
  // False if it was there already.
  bool add(std::uint64_t serial) {
    if (has(serial)) return false;
    beyond.insert(std::lower_bound(beyond.begin(), beyond.end(), serial), serial);
    auto next = beyond.begin();
    for (; next != beyond.end() && *next == all_up_to + 1; ++next) ++all_up_to;
    beyond.erase(beyond.begin(), next);
    return true;
  }
};

// What an executed operation was answered. Kept for ever: a client does not say which answers have
// reached it.
struct Answer {
  std::uint32_t client{};
  std::uint64_t serial{};
  Text result;
  QUORATE_FIELDS(Answer, client, serial, result)
};

}  // namespace quorate
