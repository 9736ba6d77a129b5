#include "analysis/trace_comparison.hpp"

#include <algorithm>

namespace quorate {

TraceComparison::TraceComparison(std::string_view text, const std::optional<TraceEnd>& end)
    : rest_(text), cut_off_(!end), cut_short_(end && end->verdict == "inconclusive") {}

bool TraceComparison::write(std::string_view line) {
  if (rest_.starts_with(line)) {
    rest_.remove_prefix(line.size());
    ++lines_;
    return true;
  }
  expected_ = rest_.substr(0, rest_.find('\n'));
  produced_ = line.substr(0, line.find('\n'));
  const bool at_footer = cut_short_ && expected_.starts_with("{\"end\":");
  const bool at_cut = cut_off_ && line.starts_with(rest_);
  outlived_ = at_footer || at_cut;
  differs_ = !outlived_;
  return false;
}

std::size_t TraceComparison::column() const {
  const auto parted = std::ranges::mismatch(expected_, produced_);
  return static_cast<std::size_t>(parted.in1 - expected_.begin()) + 1;
}

}  // namespace quorate
