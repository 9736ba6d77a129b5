// What a state machine remembers of one client, so that it executes nothing twice (Ongaro 2014,
// 6.3). A client may have several operations under way, so the latest serial number is not enough.
#pragma once

#include <algorithm>
#include <map>
#include <vector>

#include "protocols/common/command.hpp"
#include "protocols/common/log.hpp"

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

using Sessions = std::map<std::uint32_t, Session>;  // by client

// Whether the command is executed already. Only what a client asked for can be asked twice.
inline bool has_executed(const Sessions& sessions, const Request& command) {
  if (!is_of_client(command)) return false;
  const auto session = sessions.find(command.client.value);
  return session != sessions.end() && session->second.has(command.serial);
}

// What an executed operation was answered. Kept for ever: a client does not say which answers have
// reached it.
struct Answer {
  std::uint32_t client{};
  std::uint64_t serial{};
  Text result;
  QUORATE_FIELDS(Answer, client, serial, result)
};

// What the executed command was answered; "ok" where all answers are, and none is kept. Most who
// ask again do so soon, so it looks from the end. O(answers since).
inline Text answer_to(const Log<Answer>& answers, const Request& command) {
  for (std::uint64_t i = answers.last_index(); i > 0; --i) {
    const Answer& answer = answers[i];
    if (answer.client == command.client.value && answer.serial == command.serial) {
      return answer.result;
    }
  }
  return "ok";
}

}  // namespace quorate
