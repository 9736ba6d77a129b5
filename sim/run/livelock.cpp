#include "sim/run/livelock.hpp"

#include <algorithm>
#include <array>

namespace quorate {
namespace {

constexpr std::size_t longest_cycle = 64;
constexpr std::size_t repetitions = 5;
constexpr std::size_t kept = longest_cycle * repetitions;

// Without such a step a cycle may be how the protocol works: a token that goes round.
bool is_attempt(const TypeInfo* type) {
  return type == &type_info<Proposed> || type == &type_info<Epoch> || type == &type_info<Role>;
}

}  // namespace

void CycleWatch::note(const Record& record) {
  note_leader(record);
  if (record.body.type == &type_info<Blocked>) return;  // that is waiting, not doing
  if (is_progress(record.body.type)) {
    progressed_ = true;
    return steps_.clear();
  }
  if (steps_.size() == 2 * kept) {
    steps_.erase(steps_.begin(), steps_.begin() + static_cast<std::ptrdiff_t>(kept));
  }
  steps_.push_back({record.node, record.body.type, record.time});
}

// A handler may tell of an election and of the role that comes with it in either order.
void CycleWatch::note_leader(const Record& record) {
  if (record.body.type == &type_info<Elected>) {
    elected_.insert(record.node);
    elected_by_[record.node] = record.cause;
  } else if (record.body.type == &type_info<Role> && elected_.contains(record.node)) {
    if (elected_by_[record.node] != record.cause) elected_.erase(record.node);
  }
}

// Whether the last steps are so many repetitions of the last `period` ones.
bool CycleWatch::repeats(std::size_t period, std::size_t times) const {
  if (steps_.size() < period * times) return false;
  for (std::size_t i = steps_.size() - period * (times - 1); i < steps_.size(); ++i) {
    const Step& one = steps_[i];
    const Step& before = steps_[i - period];
    if (one.node != before.node || one.type != before.type) return false;
  }
  return true;
}

std::size_t CycleWatch::period() const {
  for (std::size_t period = 2; period <= longest_cycle; ++period) {
    if (!repeats(period, repetitions)) continue;
    const auto tries = [](const Step& step) { return is_attempt(step.type); };
    const auto last = steps_.end() - static_cast<std::ptrdiff_t>(period);
    const auto another = [&](const Step& step) { return step.node != last->node; };
    const bool all =
        std::any_of(last, steps_.end(), tries) && std::any_of(last, steps_.end(), another);
    return all ? period : 0;
  }
  return 0;
}

NodeSet CycleWatch::nodes_of_cycle() const {
  NodeSet nodes;
  for (std::size_t i = steps_.size() - period(); i < steps_.size(); ++i) {
    nodes.insert(steps_[i].node);
  }
  return nodes;
}

std::string CycleWatch::cycle(NodeNames names) const {
  const std::size_t length = period();
  if (length == 0) return {};
  std::string text;
  for (std::size_t i = steps_.size() - length; i < steps_.size(); ++i) {
    text += (text.empty() ? "" : ", ") + names[steps_[i].node.value] + " " +
            snake_case(steps_[i].type->name);
  }
  std::size_t times = repetitions;
  while (repeats(length, times + 1)) ++times;
  return "nothing is reached while " + std::to_string(nodes_of_cycle().size()) +
         " nodes repeat, at least since " + to_seconds(steps_[steps_.size() - length * times].at) +
         ": " + text;
}

}  // namespace quorate
