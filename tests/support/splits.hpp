// A coordinator "co" and participants p1, p2, ..., whom a split of the network parts in two: for
// tests that try every split after every point at which the coordinator can die.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace quorate::testing {

// split[i] is where participant i is; the last one's is 0, so that no split is named twice.
using Split = std::vector<int>;

inline std::vector<Split> splits(std::size_t n) {
  std::vector<Split> result;
  for (std::uint32_t mask = 0; mask < (1U << (n - 1)); ++mask) {
    Split split(n, 0);
    for (std::size_t i = 0; i + 1 < n; ++i) split[i] = static_cast<int>(mask >> i & 1);
    result.push_back(split);
  }
  return result;
}

// ["p1", "p3"]: those of one side, as a scenario lists them.
inline std::string names(const Split& split, int side) {
  std::string list;
  for (std::size_t i = 0; i < split.size(); ++i) {
    if (split[i] != side) continue;
    if (!list.empty()) list += ", ";
    list += "\"p" + std::to_string(i + 1) + '"';
  }
  return "[" + list + "]";
}

// Of a fault: the coordinator dies when it has sent so many messages of a type.
inline std::string dies_after(std::size_t sends, const std::string& type) {
  return R"("at": "0s", "do": { "crash": { "node": "co", "after_sends": )" + std::to_string(sends) +
         R"(, "message": ")" + type + "\" } }";
}

// A fault more, behind the crash: what is on its way then arrives, and the network splits. Nothing
// where all are on one side.
inline std::string then_splits(const Split& split) {
  if (names(split, 1) == "[]") return {};
  return R"(, { "on": { "event": "crash" }, "after": "25ms", "do": { "partition": [)" +
         names(split, 0) + ", " + names(split, 1) + "] } }";
}

}  // namespace quorate::testing
