#include "sim/base/name_list.hpp"

#include <algorithm>

namespace quorate {

std::vector<NameRange> name_ranges(std::string_view text) {
  std::vector<NameRange> result;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (word.empty()) continue;
    const std::size_t dots = word.find("..");
    if (dots == std::string_view::npos) {
      result.push_back({word, word});
    } else {
      result.push_back({word.substr(0, dots), word.substr(dots + 2)});
    }
  }
  return result;
}

std::vector<NodeId> nodes_named(std::string_view text, std::span<const std::string> names) {
  NodeSet result;
  for (const NameRange& range : name_ranges(text)) {
    const auto first = std::ranges::find(names, range.first);
    const auto last = std::ranges::find(names, range.last);
    if (last == names.end() || first > last) return {};
    for (auto name = first; name <= last; ++name) {
      result.insert(NodeId{static_cast<std::uint32_t>(name - names.begin())});
    }
  }
  return result.members();
}

}  // namespace quorate
