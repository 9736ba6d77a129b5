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

std::optional<ParamConflict> not_understood(MachineKind kind, const Scenario& scenario) {
  std::vector<Operation> all;
  for (const Workload& line : scenario.workload) all.push_back(line.operation);
  for (const Fault& fault : scenario.faults) {
    if (fault.action.verb == Verb::request) all.push_back(fault.action.operation);
  }
  for (const Operation& operation : all) {
    const std::string verb(operation.verb.view());
    if (verb != "add" && verb != "cas") continue;
    if (StateMachine{}.apply(kind, operation) != Text("unknown")) continue;
    return ParamConflict{
        NodeId{0}, "state_machine",
        "it answers \"unknown\" to \"" + verb + "\" with the value \"" +
            std::string(operation.value.view()) + "\"",
        verb == "add" ? "the value is a whole number" : "the value is two, such as \"1 2\""};
  }
  return std::nullopt;
}

}  // namespace quorate
