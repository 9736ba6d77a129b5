// Protocols that exist only as descriptions, so that tests of the loader do not move when a real
// protocol does: "toy" has one role and a leader, "pact" has a coordinator and participants and
// reads its clocks, "mute" takes no requests.
#pragma once

#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "sim/base/field_read.hpp"
#include "sim/scenario/loader.hpp"

namespace quorate::made_up {

template <class T>
std::string read_as(const Value& value, NodeNames names) {
  T target{};
  return read_from(value, target, names);
}

// Terms are numbers; what is granted is true or false.
inline bool check_lie(std::string_view message, std::string_view field, const Value* value,
                      NodeNames) {
  const bool term = field == "term" && message.starts_with("AskVote");
  const bool granted = field == "granted" && message == "AskVoteReply";
  if (value == nullptr) return term || granted;
  return (term && value->kind == Value::Kind::integer) ||
         (granted && value->kind == Value::Kind::boolean);
}

inline std::string check_param(std::string_view name, const Value& value, NodeNames names) {
  if (name == "timeout") return read_as<Distribution>(value, names);
  if (name == "heartbeat") return read_as<Duration>(value, names);
  if (name == "eager") return read_as<bool>(value, names);
  return read_as<std::uint32_t>(value, names);
}

inline bool param_in_range(std::string_view name, const Value& value, NodeNames) {
  return name != "batch" || (value.integer >= 1 && value.integer <= 64);
}

inline std::string check_initial(std::string_view field, const Value& value, NodeNames names) {
  if (field == "voted_for") return read_as<std::optional<NodeId>>(value, names);
  if (field == "log") return read_as<std::vector<std::uint64_t>>(value, names);
  return read_as<std::uint64_t>(value, names);
}

inline std::string param_text(std::string_view name, std::span<const Value* const> set, NodeNames) {
  std::string text = name == "eager" ? "false" : "1";
  for (const Value* object : set) {
    if (const Value* value = object->find(name)) text = to_json(*value);
  }
  return text;
}

inline ProtocolInfo toy() {
  ProtocolInfo info;
  info.name = "toy";
  info.leader_status = "leader";
  info.params = {{"timeout", "distribution", "\"1s\"", ""},
                 {"heartbeat", "duration", "\"50ms\"", ""},
                 {"eager", "boolean", "false", ""},
                 {"batch", "integer", "1", "", "from 1 to 64"}};
  info.roles = {{"server",
                 {"term", "voted_for", "log"},
                 {"follower", "candidate", "leader"},
                 {"term", "voted_for", "log"}}};
  info.messages = {"AskVote", "AskVoteReply", "Append", "Request", "Reply", "Redirect"};
  info.timers = {"election", "heartbeat"};
  info.events = {"elected", "committed", "applied"};
  info.standard_events = 2;
  info.emits = {"elected"};
  info.majorities = true;
  info.operations = [](const Value&, NodeNames) {
    return std::vector<NamedText>{{"put", ""}, {"get", ""}};
  };
  info.names_node = {"retire"};
  info.names_nodes = "regroup";
  info.fields = {{"elected", {"epoch"}},
                 {"applied", {"index", "command"}},
                 {"AskVote", {"term"}},
                 {"AskVoteReply", {"term", "granted"}}};
  info.bugs = {{"vote_twice", "election_safety", ""}, {"no_sync", "durability", ""}};
  info.disk_bugs = {"no_sync"};
  info.bug_needs = {{"no_sync", {{"eager", "true"}, {"batch", "1", false}}}};
  info.properties = {{"election_safety", ""}, {"log_matching", ""}};
  info.predicates = {{"logs_equal", ""}, {"one_leader", ""}};
  info.witnesses = {{"leader_changed", ""}};
  info.check_lie = check_lie;
  info.check_param = check_param;
  info.param_in_range = param_in_range;
  info.param_text = param_text;
  info.check_initial = check_initial;
  return info;
}

inline ProtocolInfo pact() {
  ProtocolInfo info;
  info.name = "pact";
  info.roles = {{"coordinator", {"decision"}, {"init", "wait", "decided"}, {}},
                {"participant", {"vote"}, {"init", "ready", "decided"}, {"vote"}}};
  info.params = {{"timeout", "distribution", "\"1s\"", ""}};
  info.messages = {"Prepare", "Vote", "Decide", "Request", "Reply", "Redirect"};
  info.timers = {"vote"};
  info.reads_clocks = true;
  info.events = {"committed", "aborted", "blocked"};
  info.properties = {{"atomicity", ""}};
  info.predicates = {{"decided", ""}};
  info.check_param = check_param;
  info.check_initial = check_initial;
  return info;
}

inline ProtocolInfo mute() {
  ProtocolInfo info;
  info.name = "mute";
  info.roles = {{"listener", {}, {}, {}}};
  info.takes_requests = false;
  return info;
}

inline const std::vector<std::string>& protocol_names() {
  static const std::vector<std::string> names{"mute", "pact", "toy"};
  return names;
}

inline const ProtocolInfo* find_protocol(std::string_view name) {
  static const std::array<ProtocolInfo, 3> known{mute(), pact(), toy()};
  for (const ProtocolInfo& one : known) {
    if (one.name == name) return &one;
  }
  return nullptr;
}

inline std::shared_ptr<const Scenario> read(std::string_view text, Diagnostics& diagnostics,
                                            const LoadOptions& options = {}) {
  return read_scenario(text, "made-up.json", find_protocol, protocol_names(), options, diagnostics);
}

}  // namespace quorate::made_up
