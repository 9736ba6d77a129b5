// As what a node that is down starts again.
#pragma once

#include <cstdint>

namespace quorate {

struct Comeback {
  bool amnesia{};           // with an empty disk
  std::uint32_t version{};  // of its program, until it goes down again; 0: the scenario's
};

}  // namespace quorate
