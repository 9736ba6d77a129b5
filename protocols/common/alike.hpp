// Parameters that must be the same for all nodes, as a rule of the loader.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "sim/base/field_list.hpp"
#include "sim/base/id.hpp"

namespace quorate {

template <class Params>
struct Alike {
  const char* name;
  bool (*same)(const Params& a, const Params& b);
};

// What is not as it is for the first node, if anything; `since`: why it must be, one clause.
// `Conflict` is the loader's ParamConflict, which only a protocol.cpp knows.
template <class Conflict, class Params>
std::optional<Conflict> unlike(std::span<const Params> nodes, NodeNames names,
                               std::span<const Alike<Params>> rules, std::string_view since) {
  for (std::uint32_t i = 1; i < nodes.size(); ++i) {
    for (const Alike<Params>& rule : rules) {
      if (rule.same(nodes[0], nodes[i])) continue;
      return Conflict{NodeId{i}, rule.name,
                      "it is another for " + names[0] + ", and " + std::string(since),
                      "set it for all nodes alike, under \"params\""};
    }
  }
  return std::nullopt;
}

}  // namespace quorate
