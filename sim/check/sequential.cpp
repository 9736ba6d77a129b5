#include "sim/check/sequential.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace quorate {
namespace {

// One decision: whoever proposes learns what was proposed first (Herlihy 1991, "consensus object").
std::optional<Text> decide_once(std::string& state, const Operation& operation) {
  if (state.empty()) state = operation.value.view();
  return Text(state);
}

std::optional<std::int64_t> number_of(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  return whole ? std::optional(number) : std::nullopt;
}

// The state is the sum as text. A sum that no answer could hold is refused.
std::optional<Text> count(std::string& state, const Operation& operation) {
  const std::int64_t sum = number_of(state).value_or(0);
  if (operation.verb == Text("read")) return Text(std::to_string(sum));
  const auto more = number_of(operation.value.view());
  if (operation.verb != Text("add") || !more) return std::nullopt;
  const std::string next = std::to_string(sum + *more);  // neither has more than 15 digits
  if (next.size() > Text::capacity) return Text("too_large");
  state = next;
  return Text(state);
}

// The state is the topic's messages, each behind a byte that holds its length.
std::optional<Text> queue(std::string& state, const Operation& operation) {
  if (operation.verb == Text("PUT")) {
    state += static_cast<char>(operation.value.view().size());
    state += operation.value.view();
    return Text("ok");
  }
  if (operation.verb != Text("GET")) return std::nullopt;
  if (state.empty()) return Text("empty");
  const auto length = static_cast<std::size_t>(static_cast<unsigned char>(state.front()));
  const Text first(std::string_view(state).substr(1, length));
  state.erase(0, length + 1);
  return first;
}

// The state is the value. "" is no value yet; a put of nothing leaves the register so, as the
// servers' own does.
std::optional<Text> keep(std::string& state, const Operation& operation) {
  const std::string_view value = operation.value.view();
  if (operation.verb == Text("get")) return state.empty() ? Text("none") : Text(state);
  if (operation.verb == Text("put")) {
    state = value;
    return Text("ok");
  }
  const std::size_t gap = value.find(' ');
  if (operation.verb != Text("cas") || gap == std::string_view::npos) return std::nullopt;
  if (state != value.substr(0, gap)) return Text("failed");
  state = value.substr(gap + 1);
  return Text("ok");
}

Access of_consensus(const Operation& operation) {
  return operation.value.empty() ? Access::compares : Access::leaves;
}
Access of_counter(const Operation&) { return Access::compares; }
Access of_queue(const Operation& operation) {
  return operation.verb == Text("PUT") ? Access::leaves : Access::takes;
}
// A put of nothing shows as "none".
Access of_register(const Operation& operation) {
  if (operation.verb == Text("get")) return Access::looks;
  const bool writes = operation.verb == Text("put") && !operation.value.empty();
  return writes ? Access::writes : Access::compares;
}

constexpr std::array all{
    Model{"consensus", "every proposal is answered by the value that was proposed first", false,
          &decide_once, &of_consensus},
    Model{"counter", "\"add 2\" adds and \"read\" looks; both are answered by the sum", false,
          &count, &of_counter},
    Model{"queue",
          "\"PUT topic message\" appends; \"GET topic\" takes the first message, or is told "
          "\"empty\"",
          true, &queue, &of_queue},
    Model{"register",
          "\"put x 1\" writes, \"get x\" reads (\"none\" before the first write), \"cas x 1 2\" "
          "writes 2 where 1 is and else is told \"failed\"",
          true, &keep, &of_register},
};

}  // namespace

std::span<const Model> models() { return all; }

const Model* find_model(std::string_view name) {
  const auto found = std::ranges::find(all, name, &Model::name);
  return found == all.end() ? nullptr : &*found;
}

}  // namespace quorate
