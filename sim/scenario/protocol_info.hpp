// What the scenario loader, `describe` and the docs need to know about a protocol, as data. Made by
// the protocol's entry from its own types, so it cannot drift from the code.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/base/fields.hpp"
#include "sim/base/value.hpp"
#include "sim/check/failure_model.hpp"
#include "sim/scenario/cost.hpp"

namespace quorate {

struct Scenario;

struct ParamInfo {
  std::string name;
  std::string type;  // "duration", "distribution", "boolean", "integer", or the choices "a | b"
  std::string default_value;  // as JSON
  std::string text;           // one sentence
  std::string range{};        // "at least 1us", "from 1 to 64"; "" = any value of the type
};
struct BugInfo {
  std::string name;
  std::string breaks;  // the property (or "liveness", "cost") that its lesson is about
  std::string text;
  std::string first{};  // the property that breaks earlier where all are checked; "" = `breaks`
};
// A parameter has this value, written as in a scenario but without quotes; or has any other.
struct ParamValue {
  std::string_view param;
  std::string_view value;
  bool is{true};
};
// A known mistake acts only where one of these holds; one with several rows where one of each does.
struct BugNeed {
  std::string_view bug;
  std::vector<ParamValue> any;
};
// "\"reads\" is \"lease\" or \"read_index\""
std::string words_of(const BugNeed& need);

struct PropertyInfo {
  std::string name;
  std::string sentence;
};
struct NamedText {
  std::string name;
  std::string text;
};
struct RoleInfo {
  std::string name;                   // snake_case of the type: "server"
  std::vector<std::string> fields;    // settable by `initial`, in order
  std::vector<std::string> statuses;  // values of its status field
  std::vector<std::string> durable;
};

// Parameters that exclude each other.
struct ParamConflict {
  NodeId node;       // one whose parameters do
  std::string name;  // the parameter to point at
  std::string sentence;
  std::string hint;
};

struct ProtocolInfo {
  std::string name;
  std::string summary;  // one line
  int version{1};
  std::string leader_status;        // the status a leader has: "leader", "coordinator"; "" if none
  std::string epoch_word{"epoch"};  // what it is called here: "term", "view"; "" = there is none
  std::vector<ParamInfo> params;
  std::vector<RoleInfo> roles;
  bool takes_requests{true};  // some role has on(const Request&, Out&)
  // The words with which clients may ask, for nodes with these parameters. Absent where a word is
  // but a name that the protocol does not look at.
  std::function<std::vector<NamedText>(const Value& params, NodeNames names)> operations;
  std::vector<std::string> names_node;  // a fault's requests whose value is a node's name
  std::string names_nodes;              // the one whose value is several, "n1 n4..n6"; "" = none
  bool reads_clocks{};                  // its nodes look at their clocks, not only at timers
  std::vector<std::string> messages;    // in type-number order, client messages last
  std::vector<std::string> timers;      // snake_case
  std::vector<std::string> events;      // snake_case; standard ones, then its own
  std::size_t standard_events{};        // of these, whether it ever emits them or not
  std::vector<std::string> emits;       // of the standard ones, those it does; all where empty
  bool majorities{};                    // it decides by majorities of its members
  std::optional<FailureModel> assumes;  // with its parameters as they are by default
  // The fields of each of these messages, timers and events, by the names above.
  std::map<std::string, std::vector<std::string>> fields;
  // The words in which a story tells some of its own events, "answers request {serial}".
  std::map<std::string, std::string> sentences;
  std::vector<BugInfo> bugs;
  std::vector<std::string> disk_bugs;  // those of what its nodes keep on disk, or wait for
  std::vector<BugNeed> bug_needs;
  std::vector<PropertyInfo> properties;
  std::vector<NamedText> predicates;  // for {"at": "end", "state": NAME}
  std::vector<NamedText> witnesses;   // counted in every run: "leader_changed", ...
  std::span<const Cost> costs;        // what theory says, each held against runs by a test
  // Empty if `value` is right for parameter `name`, else one sentence.
  std::function<std::string(std::string_view name, const Value& value, NodeNames names)>
      check_param;
  // Whether `value`, right for the parameter, also lies in its range.
  std::function<bool(std::string_view name, const Value& value, NodeNames names)> param_in_range;
  // The value of a parameter, as JSON, where these objects set some, a later one over an earlier.
  std::function<std::string(std::string_view name, std::span<const Value* const> set,
                            NodeNames names)>
      param_text;
  // What is wrong with parameters that are right one by one; with them the scenario is looked at
  // that they stand in. Absent where nothing can be.
  std::function<std::optional<ParamConflict>(const Scenario& scenario)> check_together;
  // Whether this field of a message can be set to `value`; without one, whether it can be altered.
  std::function<bool(std::string_view message, std::string_view field, const Value* value,
                     NodeNames names)>
      check_lie;
  // As check_param, for a field of a role in `initial`.
  std::function<std::string(std::string_view field, const Value& value, NodeNames names)>
      check_initial;
};

}  // namespace quorate
