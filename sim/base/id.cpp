#include "sim/base/id.hpp"

#include <bit>

namespace quorate {

std::vector<NodeId> node_range(std::uint32_t first, std::uint32_t end) {
  std::vector<NodeId> result;
  for (std::uint32_t i = first; i < end; ++i) result.push_back(NodeId{i});
  return result;
}

bool NodeSet::insert(NodeId node) {
  if (contains(node)) return false;
  if (node.value < 64) {
    low_ |= std::uint64_t{1} << node.value;
    return true;
  }
  const std::size_t word = node.value / 64 - 1;
  if (word >= high_.size()) high_.resize(word + 1);
  high_[word] |= std::uint64_t{1} << (node.value % 64);
  return true;
}

bool NodeSet::erase(NodeId node) {
  if (!contains(node)) return false;
  std::uint64_t& word = node.value < 64 ? low_ : high_[node.value / 64 - 1];
  word &= ~(std::uint64_t{1} << (node.value % 64));
  return true;
}

bool NodeSet::contains(NodeId node) const {
  if (node.value < 64) return (low_ >> node.value & 1) != 0;
  const std::size_t word = node.value / 64 - 1;
  return word < high_.size() && (high_[word] >> (node.value % 64) & 1) != 0;
}

std::uint32_t NodeSet::size() const {
  auto count = static_cast<std::uint32_t>(std::popcount(low_));
  for (const std::uint64_t word : high_) count += static_cast<std::uint32_t>(std::popcount(word));
  return count;
}

void NodeSet::clear() {
  low_ = 0;
  high_.clear();
}

std::vector<NodeId> NodeSet::members() const {
  std::vector<NodeId> result;
  for_each([&](NodeId node) { result.push_back(node); });
  return result;
}

bool operator==(const NodeSet& a, const NodeSet& b) {
  if (a.low_ != b.low_) return false;
  const std::size_t words = a.high_.size() > b.high_.size() ? a.high_.size() : b.high_.size();
  for (std::size_t i = 0; i < words; ++i) {
    const std::uint64_t left = i < a.high_.size() ? a.high_[i] : 0;
    const std::uint64_t right = i < b.high_.size() ? b.high_[i] : 0;
    if (left != right) return false;
  }
  return true;
}

}  // namespace quorate
