// What passes between clients and nodes. Clients are actors of the engine; a protocol sees a
// Request and answers it with out.reply or out.redirect.
#pragma once

#include "sim/trace/event.hpp"

namespace quorate {

struct ClientId {
  static constexpr bool stays_whole = true;  // an address, which no link alters
  std::uint32_t value{};
  QUORATE_FIELDS(ClientId, value)
  void print_to(JsonWriter& out) const { out.number(value); }
};

// Who asks for what no client asked for: a fault that hands a node a request, a leader that orders
// a command for itself. Nobody waits for an answer.
inline constexpr ClientId no_client{0xFFFF'FFFF};

// One client's operation. A retry carries the same serial, so a protocol that remembers serials can
// answer twice and execute once.
struct Request {
  ClientId client;
  std::uint64_t serial{};
  Operation operation;
  QUORATE_FIELDS(Request, client, serial, operation)
};

struct Reply {
  std::uint64_t serial{};
  Text result;
  QUORATE_FIELDS(Reply, serial, result)
};

// "Ask that node instead"; no_node when the protocol does not know whom.
struct Redirect {
  std::uint64_t serial{};
  NodeId node{no_node};
  QUORATE_FIELDS(Redirect, serial, node)
};

// Request, Reply and Redirect are the last types of every list of message types.
inline constexpr std::size_t client_message_types = 3;

}  // namespace quorate
