// Who waits for whom, and who will wait for ever.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "sim/check/wait.hpp"
#include "sim/measure/blocked.hpp"

namespace quorate {

// The waits that will not end as things stand: of who says so, and of who waits for nodes that are
// down or wait themselves, so that too few of them can still act.
std::vector<Wait> stuck(const std::vector<Wait>& waits, const BlockedWatch& watch,
                        const std::function<bool(NodeId)>& up);

// "p1, p2 and p3 wait for co (down) or one another"; empty where nobody is stuck.
std::string waits_sentence(const std::vector<Wait>& stuck, const std::function<bool(NodeId)>& up,
                           NodeNames names);

}  // namespace quorate
