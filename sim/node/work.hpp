// How long a node is busy with each of its handlers: a slow machine, or one with much to do. It
// takes one handler after the other; what a handler put out leaves when the node is done with it.
#pragma once

#include <cstdint>
#include <optional>

#include "sim/base/distribution.hpp"

namespace quorate {

struct WorkConfig {
  Distribution cost{};  // of one handler; the default is no time at all
  std::uint32_t slow{1};
  friend bool operator==(const WorkConfig&, const WorkConfig&) = default;
};

// What is absent is as it was at the start.
struct WorkChange {
  std::optional<Distribution> cost{};
  std::optional<std::uint32_t> slow{};
};

struct NodeWork {
  WorkConfig config;
  Stream stream;
  bool busy{};

  // How long the next handler takes: one draw, so many times; never beyond the longest.
  Duration next();
};

}  // namespace quorate
