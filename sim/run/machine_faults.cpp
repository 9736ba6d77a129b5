#include "sim/run/machine_faults.hpp"

#include <algorithm>
#include <sstream>

namespace quorate {
namespace {

constexpr std::int64_t whole = 1'000'000'000;

std::int64_t per_billion(const Probability& share) {
  if (share.certain) return whole;
  return static_cast<std::int64_t>((share.threshold >> 32) * static_cast<std::uint64_t>(whole) >>
                                   32);
}

std::int64_t farthest(Between drift) { return std::max(std::abs(drift.low), std::abs(drift.high)); }

// What a fault did is told in words, "freeze the clock of n1 n3": whom it hit, by name. A word
// behind the names that is a name as well is taken for one; no harm but a warning too many.
std::vector<NodeId> nodes_named(std::string_view words, const Scenario& scenario) {
  const std::vector<std::string> names = scenario.names();
  const std::size_t of = words.find(" of ");
  std::istringstream text{std::string(of == std::string_view::npos ? words : words.substr(of + 4))};
  std::vector<NodeId> nodes;
  for (std::string word; text >> word;) {
    const auto name = std::ranges::find(names, word);
    const auto node = static_cast<std::size_t>(name - names.begin());
    if (node >= scenario.nodes.size()) break;
    nodes.push_back(NodeId{static_cast<std::uint32_t>(node)});
  }
  return nodes;
}

}  // namespace

void MachineFaults::fired(const Fault& fault, const Record& record) {
  in_force_.push_back({&fault, nodes_named(record.detail, *scenario_)});
}

void MachineFaults::healed(const Record& record) {
  const auto over = std::ranges::find_if(
      in_force_, [&](const Effect& effect) { return effect.fault->id == record.text; });
  if (over != in_force_.end()) in_force_.erase(over);
}

template <class F>
const Action* MachineFaults::latest(NodeId node, F&& concerns) const {
  for (auto effect = in_force_.rbegin(); effect != in_force_.rend(); ++effect) {
    const bool hit = std::ranges::find(effect->nodes, node) != effect->nodes.end();
    if (hit && concerns(effect->fault->action)) return &effect->fault->action;
  }
  return nullptr;
}

std::int64_t MachineFaults::off(NodeId node) const {
  const auto own = scenario_->clocks.find(node);
  const ClockConfig config = own == scenario_->clocks.end() ? ClockConfig{} : own->second;
  const Action* drift = latest(node, [](const Action& one) { return one.drift.has_value(); });
  const Action* jitter = latest(node, [](const Action& one) { return one.jitter.has_value(); });
  const std::int64_t rate = drift == nullptr ? farthest(config.drift) : std::abs(drift->drift->ppb);
  return std::max(rate, per_billion(jitter == nullptr ? config.jitter : *jitter->jitter));
}

bool MachineFaults::lies(NodeId node) const {
  return latest(node, [](const Action& one) { return one.lie.has_value(); }) != nullptr;
}

}  // namespace quorate
