// What a liar makes of a message that leaves it, whatever the protocol.
#pragma once

#include <string>

#include "sim/engine/kernel.hpp"

namespace quorate {

// A message as its sender lets it go. Borrowed for one call.
struct Letter {
  AnyRef body;
  void* address{};       // of the body, to write to
  std::uint16_t type{};  // of the wire types
  NodeId from;
  NodeId to;
  NodeId& named;  // whom it names as its sender
};

struct Lie {
  // What is not true of it: a field, "its sender: n3", "its time: 50ms later". Empty: all is true.
  std::string about{};
  Duration wait{};  // until it leaves
};

// Tells the lie that a rule is about, of a strategy that changes the message or the time it leaves
// at; of the one that keeps it back, that it does.
Lie lie(const SetupBase& setup, const Letter& letter, MessageRule& rule);

}  // namespace quorate
