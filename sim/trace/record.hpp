// One numbered event of a run, as every observer sees it: digest, trace, checkers, metrics,
// triggers, story. It borrows what it points to and is valid only during the call that hands it
// over.
#pragma once

#include <cstdint>
#include <limits>
#include <string_view>
#include <vector>

#include "sim/base/fields.hpp"

namespace quorate {

QUORATE_ENUM(Kind, send, recv, drop, dup, local, timer, unexpected, event, op, ack, crash, restart,
             pause, resume, persist, fault, heal, note, violation, alter)

// One of a set of kinds.
constexpr std::uint32_t bit(Kind kind) { return std::uint32_t{1} << static_cast<unsigned>(kind); }

// Why a message ended without being delivered.
QUORATE_ENUM(DropReason, none, loss, send_omission, cut, queue, dead, receive_omission, corrupt,
             stale)

// The cause of a root event. 0 is a valid index, so absence needs a value of its own.
inline constexpr std::uint64_t no_cause = std::numeric_limits<std::uint64_t>::max();

struct Violation {
  std::string property;
  std::vector<NodeId> nodes;  // who conflicts
  std::string why;            // one line, a whole sentence
};

struct Record {
  std::uint64_t index{};  // dense from 0
  Time time{};
  std::uint64_t cause{no_cause};
  Kind kind{};
  DropReason why{};
  bool client{};         // client traffic, ledgered apart; a client's crash or restart
  bool handled{};        // a handler ran at `node`, so its state may have changed
  std::uint16_t type{};  // which message type (position in the protocol's payload list)
  NodeId node{no_node};  // where it happened; for a send and a drop at the source, the sender
  NodeId from{no_node};  // the message's ends, for send, recv, drop, dup, unexpected, alter
  NodeId to{no_node};
  std::uint64_t message{};    // the message's unique number
  AnyRef body{};              // message, timer, event, operation or result
  std::uint64_t body_hash{};  // of a send's body
  std::uint64_t bytes{};      // of a send, on the wire
  std::string_view text{};    // fault id, property, note, field that is altered
  // What a fault does. Of a send's drop, dup or alter: by which strategy its sender lies so. Of an
  // op: not empty where its cause asked for the same.
  std::string_view detail{};
  const Violation* violation{};
};

}  // namespace quorate
