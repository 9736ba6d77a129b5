#include "protocols/common/operations.hpp"

namespace quorate {

std::vector<std::pair<std::string_view, std::string_view>> operations_of(MachineKind kind) {
  switch (kind) {
    case MachineKind::registers:
      return {
          {"put", "The value is written under the key; the answer is ok."},
          {"get", "The answer is the key's value, or none."},
          {"cas", "With the value \"1 2\": ok where the key held 1 and now holds 2; or failed."}};
    case MachineKind::counter:
      return {{"add", "The value, a number, is added to the sum; the answer is the new sum."},
              {"read", "The answer is the sum."}};
    case MachineKind::queue:
      return {
          {"PUT", "The value becomes the last message of the topic, its key; the answer is ok."},
          {"GET", "The answer is the topic's first message, taken out; or empty."}};
    case MachineKind::none:
      break;
  }
  std::vector<std::pair<std::string_view, std::string_view>> all;
  for (const auto machine : {MachineKind::registers, MachineKind::counter, MachineKind::queue}) {
    const auto words = operations_of(machine);
    all.insert(all.end(), words.begin(), words.end());
  }
  return all;
}

bool understands(MachineKind kind, const Operation& operation) {
  const std::string_view verb = operation.verb.view();
  if (kind == MachineKind::none || (verb != "add" && verb != "cas")) return true;
  return StateMachine{}.apply(kind, operation) != Text("unknown");
}

}  // namespace quorate
