// What a transaction is called and what becomes of it, for protocols of atomic commitment.
#pragma once

#include <cstdint>
#include <string>

#include "sim/base/field_list.hpp"

namespace quorate::commitment {

// A transaction's number: 1, 2, ... in the order in which they begin.
using Txn = std::uint64_t;

QUORATE_ENUM(Decision, commit, abort)

inline std::string_view word(Decision decision) {
  return decision == Decision::commit ? "committed" : "aborted";
}
inline std::string transaction(Txn txn) { return "transaction " + std::to_string(txn); }

}  // namespace quorate::commitment
