#include "analysis/viewer/window.hpp"

#include <algorithm>

namespace quorate {

void EarlierLines::see(const TraceLine& event) {
  const auto keep = [&](std::string aspect) {
    of_node_.insert_or_assign({event.node, std::move(aspect)}, event);
  };
  switch (event.kind) {
    case Kind::event: {
      const std::string name = event.members.text("name").value_or("");
      if (name == "role" || name == "logged") keep(name);
      break;
    }
    case Kind::crash:
    case Kind::restart:
      keep("up");
      break;
    case Kind::pause:
    case Kind::resume:
      keep("awake");
      break;
    case Kind::fault:
      faults_.insert_or_assign(event.members.text("id").value_or(""), event);
      break;
    case Kind::heal:
      faults_.erase(event.members.text("id").value_or(""));
      break;
    case Kind::send:
    case Kind::dup:
      under_way_.emplace(event.index, event);
      break;
    case Kind::recv:
    case Kind::drop:
      under_way_.erase(event.cause);
      break;
    default:
      break;
  }
}

std::vector<TraceLine> EarlierLines::take() {
  std::vector<TraceLine> lines;
  for (auto& [key, line] : of_node_) lines.push_back(std::move(line));
  for (auto& [id, line] : faults_) lines.push_back(std::move(line));
  for (auto& [index, line] : under_way_) lines.push_back(std::move(line));
  std::ranges::stable_sort(lines, {}, &TraceLine::index);
  of_node_.clear();
  faults_.clear();
  under_way_.clear();
  return lines;
}

}  // namespace quorate
