// Rules that tie parameters together, asked by the loader before anything runs.
//
//   entry.info.check_together = param_rule<Params>(&my_rule);
//
// where my_rule sees the parameters of every node, in the order of their declaration, and says what
// is wrong with them, or nothing. Values that are wrong by themselves never reach it.
#pragma once

#include "sim/base/field_read.hpp"
#include "sim/scenario/protocol_info.hpp"

namespace quorate {

template <class Params>
auto param_rule(std::optional<ParamConflict> (*rule)(std::span<const Params> nodes,
                                                     NodeNames names)) {
  return [rule](std::span<const std::vector<const Value*>> nodes, NodeNames names) {
    std::vector<Params> all(nodes.size());
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      for (const Value* set : nodes[i]) {
        for (const Member& member : set->members) {
          read_field(member.value, member.key, Settable::of(all[i]), names);
        }
      }
    }
    return rule(all, names);
  };
}

}  // namespace quorate
