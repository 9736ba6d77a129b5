// Parameters that all nodes must have alike, such as those that say what a log is made into.
#pragma once

#include "sim/run/param_rules.hpp"

namespace quorate {

template <class Params>
struct Alike {
  const char* name;
  bool (*same)(const Params& a, const Params& b);
  const char* reason{"clients talk to both"};
};

// The first of them that a server has otherwise than the first server.
template <class Params>
std::optional<ParamConflict> not_alike(std::span<const Alike<Params>> all,
                                       std::span<const Params> servers, NodeNames names) {
  for (std::size_t i = 1; i < servers.size(); ++i) {
    for (const Alike<Params>& one : all) {
      if (one.same(servers[0], servers[i])) continue;
      return ParamConflict{NodeId{static_cast<std::uint32_t>(i)}, one.name,
                           "it is another for " + names[0] + ", and " + one.reason,
                           "set it for all servers alike, under \"params\""};
    }
  }
  return std::nullopt;
}

}  // namespace quorate
