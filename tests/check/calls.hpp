// Histories by hand.
#pragma once

#include "sim/check/linearizability.hpp"

namespace quorate {

inline ClientCall call_of(std::uint32_t client, Operation operation, std::uint64_t asked,
                          std::uint64_t answered, Text result) {
  ClientCall made;
  made.client = NodeId{client};
  made.operation = operation;
  made.asked = asked;
  made.answered = answered;
  made.result = result;
  return made;
}

}  // namespace quorate
