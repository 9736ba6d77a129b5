// Scenarios that must be good, in the protocols of made_up.hpp.
#pragma once

#include <doctest/doctest.h>

#include "tests/scenario/made_up.hpp"

namespace quorate::made_up {

using Shared = std::shared_ptr<const Scenario>;

// Reads a scenario that must be good and say nothing.
inline Shared good(std::string_view text, const LoadOptions& options = {}) {
  Diagnostics diagnostics;
  Shared scenario = read(text, diagnostics, options);
  INFO(diagnostics.rendered());
  REQUIRE(scenario != nullptr);
  CHECK(diagnostics.warnings() == 0);
  return scenario;
}

// The parts given, in a toy cluster of three.
inline Shared with(std::string_view parts, const LoadOptions& options = {}) {
  const std::string head =
      R"({"quorate": 1, "protocol": {"use": "toy", "nodes": 3}, "stop": {"at": "5s"}, )";
  return good(head + std::string(parts) + "}", options);
}

inline Action action(std::string_view body, std::string_view others = "") {
  const auto scenario = with(R"("faults": [{"at": "1s", "do": {)" + std::string(body) + "}}" +
                             std::string(others) + "]");
  return scenario->faults.front().action;
}

inline Selector aim(std::string_view selector) {
  return action("\"pause\": " + std::string(selector)).target;
}

inline std::vector<NodeId> ids(std::initializer_list<std::uint32_t> values) {
  std::vector<NodeId> result;
  for (const std::uint32_t value : values) result.push_back(NodeId{value});
  return result;
}

}  // namespace quorate::made_up
