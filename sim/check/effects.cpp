#include "sim/check/effects.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <utility>

namespace quorate {
namespace {

using Words = std::array<Text, 3>;

Words words_of(const Operation& operation) {
  return {operation.verb, operation.key, operation.value};
}

// Calls of the same operation that have no effect yet, those answered first before the others.
std::map<Words, std::vector<ClientCall*>> by_operation(std::vector<ClientCall>& history) {
  std::map<Words, std::vector<ClientCall*>> result;
  for (ClientCall& call : history) {
    call.effect = ClientCall::never;
    result[words_of(call.operation)].push_back(&call);
  }
  for (auto& [words, calls] : result) {
    // A total order: no two moments are the same.
    std::ranges::sort(
        calls, {}, [](const ClientCall* call) { return std::pair(call->answered, call->asked); });
  }
  return result;
}

}  // namespace

void match_effects(const Model& model, std::span<const Effect> effects,
                   std::vector<ClientCall>& history) {
  auto waiting = by_operation(history);
  std::map<Text, std::string> states;  // of each object
  for (std::size_t place = 0; place < effects.size(); ++place) {
    const Effect& effect = effects[place];
    const auto answer =
        model.apply(states[model.by_key ? effect.operation.key : Text()], effect.operation);
    std::vector<ClientCall*>& calls = waiting[words_of(effect.operation)];
    const auto found = std::ranges::find_if(calls, [&](const ClientCall* call) {
      const bool answered = call->answered != ClientCall::never;
      return call->asked < effect.moment && effect.moment < call->answered &&
             (!answered || answer == call->result);
    });
    if (found == calls.end()) continue;
    (*found)->effect = place;
    calls.erase(found);
  }
}

}  // namespace quorate
