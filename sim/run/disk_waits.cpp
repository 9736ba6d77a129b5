#include "sim/run/disk_waits.hpp"

#include <algorithm>

namespace quorate {
namespace {

// A start has no record.
std::uint64_t handler_of(std::uint64_t index) { return index == no_cause ? 0 : index; }

}  // namespace

// Outputs leave in the order of their handlers, and those that a write has let go leave together.
Time DiskWaits::handled_at(const Record& send) {
  const auto node = waiting_.find(send.from);
  if (node == waiting_.end()) return send.time;
  const auto& handlers = node->second.handlers;
  const std::uint64_t cause = handler_of(send.cause);
  const auto handler =
      std::ranges::lower_bound(handlers, cause, {}, [](const auto& one) { return one.first; });
  if (handler == handlers.end() || handler->first != cause) return send.time;
  const bool waited = handler->second < send.time;
  node->second.left = std::max(node->second.left, cause + (waited ? 1 : 0));
  return handler->second;
}

// A write begins when there is something to write and the one before is done, and has what was
// written by then. What waited for one leaves before the next handler runs.
void DiskWaits::on(const Record& record, bool synced) {
  Waiting& node = waiting_[record.node];
  if (record.kind == Kind::crash) node = {};
  if (record.kind == Kind::persist) {
    if (record.time > node.let_go) {
      node.let_go = record.time;
      node.held = node.left;
    }
    node.left = std::max(node.left, synced ? record.index : node.covers);
    node.covers = record.index;
    node.synced = synced;
  }
  if (!record.handled) return;
  while (!node.handlers.empty() && node.handlers.front().first < node.left) {
    node.handlers.pop_front();
  }
  const std::uint64_t handler = handler_of(record.index);
  if (!synced && node.synced) node.covers = handler + 1;
  if (!synced) node.handlers.emplace_back(handler, record.time);
  node.synced = synced;
}

std::vector<Time> DiskWaits::held_since(Time now) const {
  std::vector<Time> result;
  for (const auto& [name, node] : waiting_) {
    const std::uint64_t left = node.let_go == now ? node.held : node.left;
    for (const auto& [handler, since] : node.handlers) {
      if (handler < left) continue;
      result.push_back(since);
      break;
    }
  }
  return result;
}

}  // namespace quorate
