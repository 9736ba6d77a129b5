#include "sim/measure/command_times.hpp"

#include <algorithm>

#include "sim/node/request.hpp"

namespace quorate {
namespace {

bool same(const Text& a, const Text& b) { return a.word(0) == b.word(0) && a.word(1) == b.word(1); }
// Word by word and the likeliest difference first, for every node that knows comes here.
bool same(const Operation& a, const Operation& b) {
  return same(a.value, b.value) && same(a.key, b.key) && same(a.verb, b.verb);
}

}  // namespace

void CommandTimes::on_arrival(const Record& record) {
  if (record.body.get_if<Request>() == nullptr) return;
  arrivals_[record.node].push_back({record.index, record.time});
}

// What a node puts out leaves in order, so requests older than this proposal's cause have been
// proposed, or never will be.
void CommandTimes::on_proposed(const Record& record, const Proposed& proposed) {
  std::vector<Arrival>& arrivals = arrivals_[record.node];
  const auto older = [&](const Arrival& arrival) { return arrival.index < record.cause; };
  arrivals.erase(arrivals.begin(), std::ranges::find_if_not(arrivals, older));
  const bool asked = !arrivals.empty() && arrivals.front().index == record.cause;
  if (!asked || find(proposed.instance, proposed.value) != nullptr) return;
  auto place = commands_.end();
  while (place != commands_.begin() && proposed.instance < std::prev(place)->instance) --place;
  commands_.insert(place,
                   {proposed.instance, proposed.value, arrivals.front().at, Time::never(), {}});
}

void CommandTimes::on_known(const Record& record, std::uint64_t instance, const Operation& value) {
  if (!known_[record.node].add(instance)) return;
  Command* command = find(instance, value);
  if (command == nullptr) return;
  command->first = std::min(command->first, record.time);
  command->last = record.time;
}

// Instances are mostly consecutive and the newest ones asked for: then this one stands as far from
// the end as its number.
std::vector<CommandTimes::Command>::iterator CommandTimes::first_of(std::uint64_t instance) {
  const auto before = [](const Command& command, std::uint64_t number) {
    return command.instance < number;
  };
  if (commands_.empty() || commands_.back().instance < instance) return commands_.end();
  const std::uint64_t back = commands_.back().instance - instance;
  if (back < commands_.size()) {
    const auto guess = commands_.end() - 1 - static_cast<std::ptrdiff_t>(back);
    const bool first = guess == commands_.begin() || before(*std::prev(guess), instance);
    if (guess->instance == instance && first) return guess;
  }
  return std::lower_bound(commands_.begin(), commands_.end(), instance, before);
}

CommandTimes::Command* CommandTimes::find(std::uint64_t instance, const Operation& value) {
  for (auto at = first_of(instance); at != commands_.end() && at->instance == instance; ++at) {
    if (same(at->value, value)) return &*at;
  }
  return nullptr;
}

std::vector<Duration> CommandTimes::until_first() const {
  std::vector<Duration> times;
  for (const Command& command : commands_) {
    if (command.first != Time::never()) times.push_back(command.first - command.asked);
  }
  return times;
}

std::vector<Duration> CommandTimes::until_last() const {
  std::vector<Duration> times;
  for (const Command& command : commands_) {
    if (command.first != Time::never()) times.push_back(command.last - command.asked);
  }
  return times;
}

}  // namespace quorate
