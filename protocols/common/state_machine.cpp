#include "protocols/common/state_machine.hpp"

#include <array>
#include <charconv>
#include <optional>

namespace quorate {

namespace {

constexpr Text ok{"ok"};
constexpr Text unknown{"unknown"};

// A whole number of at most 15 characters, which is what a Text holds.
std::optional<std::int64_t> number_in(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// Empty is what nobody has written yet, or what was written empty.
Text value_of(const std::map<Text, Text>& registers, Text key) {
  const auto found = registers.find(key);
  return found == registers.end() ? Text() : found->second;
}

Text on_registers(std::map<Text, Text>& registers, const Operation& operation) {
  const std::string_view verb = operation.verb.view();
  const std::string_view value = operation.value.view();
  const Text was = value_of(registers, operation.key);
  if (verb == "get") return was.empty() ? Text("none") : was;
  if (verb == "put") {
    registers[operation.key] = operation.value;
    return ok;
  }
  const std::size_t space = value.find(' ');
  if (verb != "cas" || space == std::string_view::npos) return unknown;
  if (was.view() != value.substr(0, space)) return "failed";
  registers[operation.key] = Text(value.substr(space + 1));
  return ok;
}

Text on_counter(std::int64_t& sum, const Operation& operation) {
  if (operation.verb == Text("read")) return Text(std::to_string(sum));
  const auto more = number_in(operation.value.view());
  if (operation.verb != Text("add") || !more) return unknown;
  const std::string next = std::to_string(sum + *more);  // two numbers of 15 digits never overflow
  if (next.size() > Text::capacity) return "too_large";
  sum += *more;
  return Text(next);
}

// "PUT(topic, message) the message will be appended to the end of the topic's message queue; GET
// (topic) will pop the first message from the topic's queue and return the message."
Text on_topics(std::map<Text, std::vector<Text>>& topics, const Operation& operation) {
  const std::string_view verb = operation.verb.view();
  if (verb == "PUT") {
    topics[operation.key].push_back(operation.value);
    return ok;
  }
  if (verb != "GET") return unknown;
  const auto found = topics.find(operation.key);
  if (found == topics.end()) return "empty";
  std::vector<Text>& messages = found->second;
  const Text first = messages.front();
  messages.erase(messages.begin());
  if (messages.empty()) topics.erase(found);
  return first;
}

}  // namespace

bool StateMachine::only_reads(const Operation& operation) {
  return operation.verb == Text("get") || operation.verb == Text("read");
}

std::string_view object_of(MachineKind kind) {
  constexpr std::array<std::string_view, enum_count<MachineKind>> names{"", "register", "counter",
                                                                        "queue"};
  return names[static_cast<std::size_t>(kind)];
}

Text StateMachine::apply(MachineKind kind, const Operation& operation) {
  switch (kind) {
    case MachineKind::registers:
      return on_registers(registers, operation);
    case MachineKind::counter:
      return on_counter(sum, operation);
    case MachineKind::queue:
      return on_topics(topics, operation);
    case MachineKind::none:
      break;
  }
  return ok;
}

}  // namespace quorate
