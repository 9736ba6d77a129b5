// How a node that is down starts again: with which disk, as which version of its program.
#pragma once

#include <cstdint>

namespace quorate {

struct Comeback {
  bool amnesia{};           // with an empty disk
  std::uint32_t version{};  // of its program, until it goes down again; 0: the scenario's
};

}  // namespace quorate
