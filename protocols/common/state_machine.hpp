// What a replicated log is for: a machine that does the same commands in the same order on every
// server, and so is in the same state everywhere (Schneider 1990).
//
// A command is a client's operation; the answer is what the client is told.
//
//   registers  put x 1        ok                                  one register for each key
//              get x          the value, or none
//              cas x "1 2"    ok: x was 1 and now is 2; or failed
//   counter    add c 2        the sum, 2 more than before         one sum, whatever the key
//              read           the sum
//   queue      PUT topic m    ok: m is the topic's last message   one queue for each topic
//              GET topic      the first message, taken out; or empty
//
// Anything else is answered "unknown", and changes nothing.
#pragma once

#include <map>
#include <vector>

#include "sim/engine/out.hpp"

namespace quorate {

// `none` has no state and answers "ok" to all.
QUORATE_ENUM(MachineKind, none, registers, counter, queue)

// A value. Of its fields a kind uses one; the others stay empty.
struct StateMachine {
  std::map<Text, Text> registers;
  std::int64_t sum{};
  std::map<Text, std::vector<Text>> topics;
  QUORATE_FIELDS(StateMachine, registers, sum, topics)

  // Whether the operation changes nothing: get and read.
  static bool only_reads(const Operation& operation);
  // Executes one operation and returns its answer. O(log keys); of a GET, O(messages waiting).
  Text apply(MachineKind kind, const Operation& operation);
};

// The object that its clients talk to, by its name in sim/check/sequential.hpp; none of `none`.
std::string_view object_of(MachineKind kind);

}  // namespace quorate
