// Several nodes in a text of few bytes: "n1 n4..n6" is n1 and all from n4 to n6, in the order in
// which a scenario declares them.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/base/id.hpp"

namespace quorate {

struct NameRange {
  std::string_view first;
  std::string_view last;  // the same, where it is one name
};
std::vector<NameRange> name_ranges(std::string_view text);

// Ascending; none where it does not name nodes alone. `names` are all nodes', by number.
std::vector<NodeId> nodes_named(std::string_view text, std::span<const std::string> names);

}  // namespace quorate
