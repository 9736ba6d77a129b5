// What stands for the first entries of a log once they are discarded (section 7; Figure 12).
#pragma once

#include "protocols/common/later.hpp"
#include "protocols/common/session.hpp"
#include "protocols/common/shared.hpp"
#include "protocols/common/state_machine.hpp"
#include "protocols/raft/configuration.hpp"

namespace quorate::raft {

struct Snapshot {
  std::uint64_t last_index{};  // "the last entry in the log that the snapshot replaces"
  std::uint64_t last_term{};   // of that entry
  LogHash log_hash{};          // of all the entries it replaces
  // What the state machine held then, as the server has it.
  std::uint64_t executed{};
  Sessions sessions;
  StateMachine machine;
  Log<Answer> answers;
  Later<Configuration> configuration;  // absent: the scenario's goes on
  QUORATE_FIELDS(Snapshot, last_index, last_term, log_hash, executed, sessions, machine, answers,
                 configuration)
  void print_to(JsonWriter& out) const { print_present(out, *this); }
};

// What a leader knows of the snapshots it has sent. Volatile.
struct Installing {
  NodeSet unanswered;  // who was sent one that may still arrive
  QUORATE_FIELDS(Installing, unanswered)
};

}  // namespace quorate::raft
