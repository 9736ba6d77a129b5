// What the parts of the loader share: the scenario being filled, the names seen so far, and how
// names are looked up. For loader*.cpp alone.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/scenario/loader.hpp"
#include "sim/scenario/reader.hpp"

namespace quorate::loader {

// Counts a scenario may state: those that every JSON reader keeps exactly.
inline constexpr std::int64_t largest_integer = (std::int64_t{1} << 53) - 1;

// A fault named by its id. Looked up when all faults are known, since it may stand further down.
struct FaultReference {
  enum class Use : std::uint8_t { named, heal, release };
  std::string id;
  SourcePosition at;
  Use use{Use::named};
};

struct Context {
  Scenario& scenario;
  const LoadOptions& options;
  Diagnostics& diagnostics;
  const ProtocolInfo* protocol{};  // null: unknown; then names of its things are not checked
  bool params_right{};             // one by one; else nothing is said of them together
  bool nodes_known{};  // false: `nodes` was in error; then names of nodes are not checked
  std::map<std::string, NodeId> ids{};                   // of nodes, then of clients
  std::map<std::string, std::vector<NodeId>> regions{};  // once the network is read
  std::optional<std::vector<std::string>> operations{};  // of clients, once somebody has asked
  std::vector<FaultReference> references{};
  std::string fault{};                             // id of the fault being read
  std::uint64_t named{};                           // nodes that "*" and roles stood for so far
  std::map<ErrorCode, SourcePosition> accepted{};  // warnings, and where they are accepted

  bool is_client(NodeId id) const { return id.value >= scenario.nodes.size(); }
};

// Which names a selector may use.
enum class Scope : std::uint8_t {
  nodes,      // nodes, however they are picked
  endpoints,  // clients too
};

// ---- names (loader_names.cpp) -------------------------------------------------------------------

template <class T>
std::vector<std::string> names_of(const std::vector<T>& things) {
  std::vector<std::string> names;
  names.reserve(things.size());
  for (const T& thing : things) names.push_back(thing.name);
  return names;
}
std::vector<std::string> role_names(const Context& context);
std::vector<std::string> status_names(const Context& context);
std::vector<std::string> node_names(const Context& context);

// Reports `unknown NOUN "word"` with the nearest of the known names, or a list of all if they are
// few, or `elsewhere`, which says where the list is.
void report_unknown(Context& context, SourcePosition at, ErrorCode code, std::string_view noun,
                    std::string_view word, const std::vector<std::string>& known,
                    std::string_view elsewhere = {});
// Whether the value is a string that is one of the known names; else an error.
bool check_name(Context& context, const Value& value, ErrorCode code, std::string_view noun,
                const std::vector<std::string>& known, std::string_view elsewhere = {});

// One node by its name.
std::optional<NodeId> read_node(Context& context, const Value& value, std::string_view what);
// Nodes known before the run: one name, a list, "*" or a role.
std::vector<NodeId> read_nodes(Context& context, const Value& value, std::string_view what,
                               Scope scope);
// Nodes that may be known only when the run is under way.
Selector read_selector(Context& context, const Value& value, std::string_view what, Scope scope);
// Calls read(node, value) for every member of an object whose keys are nodes.
void each_node(Context& context, const Value* object, std::string_view what,
               const std::function<void(NodeId node, const Value& value)>& read);
// Calls read(item, index) for every item of a list that may have 10,000 of them.
void each_item(Context& context, ObjectReader& in, std::string_view key,
               const std::function<void(const Value& item, std::size_t index)>& read);
void refer_to_fault(Context& context, const Value& value, FaultReference::Use use);

// ---- event patterns (loader_patterns.cpp) -------------------------------------------------------

// Whether a pattern's node may be one that is known only during the run. Faults know; expectations
// and stop conditions look at plain names.
enum class Place : std::uint8_t { named, found_in_run };

// "event", "node", "message", "nth" and "where" of an object that may hold other keys.
EventPattern read_pattern(Context& context, ObjectReader& in, Place place);
// An event's name, or an object with the keys above.
EventPattern read_pattern_value(Context& context, const Value& value, std::string_view what,
                                Place place);
// The name of a message type as it stands in the source.
std::string read_message(Context& context, const Value& value);

// ---- operations (loader_workload.cpp) ----------------------------------------------------------

// At most 15 bytes.
std::optional<Text> read_text(const Value& value, std::string_view what, Diagnostics& diagnostics);
// "op", "key" and "value". An error where the protocol takes no requests, or does not know the
// word; `also` are words that it knows beside those of clients.
Operation read_operation(Context& context, ObjectReader& in,
                         const std::vector<std::string>& also = {});

// ---- the parts of a file ------------------------------------------------------------------------

void read_protocol(Context& context, ObjectReader& in);
// "bugs": known mistakes of the version as which nodes come back.
void read_version(Context& context, ObjectReader& in, Action& action);
// Whether parameters and known mistakes go together; with all else known.
void check_params_together(Context& context);
void read_network(Context& context, ObjectReader& in);
// Settings that a fault gives to links; an error where there are none, or where some link cannot
// have them.
// The settings of a link; what is absent stays as it is in `change`.
void read_link_keys(ObjectReader& in, LinkSettings& change);
// Reports, at `key` or at the key it is about, settings that no link can have together; `which`
// link it is, where it is one of several.
void check_link(Context& context, ObjectReader& in, const LinkConfig& link,
                std::string_view key = {},
                const std::optional<std::pair<NodeId, NodeId>>& which = {});
// Of the links between the ends that the action names, at `at` in the scenario.
std::shared_ptr<const LinkSettings> read_link_settings(Context& context, ObjectReader& in,
                                                       const Action& action, SourcePosition at);
void read_disk(Context& context, ObjectReader& in);
void read_clocks(Context& context, ObjectReader& in);
void read_work(Context& context, ObjectReader& in);
void read_workload(Context& context, ObjectReader& in);
void read_faults(Context& context, ObjectReader& in);
// "profile": with liveness a fault more, named "gst". After the network and the faults.
void read_profile(Context& context, ObjectReader& in);
// Whether anything is asked of what comes after that. After what is expected.
void check_profile(Context& context);
Action read_action(Context& context, const Value& value);
// "node", required; "message", "p" and "count".
void read_node_key(Context& context, ObjectReader& in, Action& action, Scope scope = Scope::nodes);
void read_rule_keys(Context& context, ObjectReader& in, Action& action);
// Whether this key is there, which is true if it is.
bool is_true(ObjectReader& in, std::string_view key);
// `fire` and `postpone`; any of the ways in which a clock goes wrong. (loader_timing.cpp)
void read_timer_change(Context& context, const Value& value, Action& action);
void read_clock(Context& context, const Value& value, Action& action);
// What nodes do that lie. (loader_byzantine.cpp)
void read_byzantine(Context& context, const Value& value, Action& action);
// Who plays each role among the initial members: of each the core has a majority.
std::vector<std::vector<NodeId>> players(const Scenario& scenario);
// Whether `for` can end what the verb does.
bool can_be_undone(const Action& action);
void read_expect(Context& context, ObjectReader& in);

// Whether the distribution can be anything but 0.
bool can_be_positive(const Distribution& distribution);
// "13.6 GB", for messages.
std::string bytes_in_words(std::uint64_t bytes);
// Gives a warning, unless the scenario accepts it.
void warn(Context& context, ErrorCode code, SourcePosition at, const std::string& text,
          std::string_view hint = {});
// "accept": which warnings are meant, and why. Before whatever gives one.
void read_accept(Context& context, ObjectReader& in);
// Warns of what is legal but cannot mean what it says. Only for a scenario without errors.
void lint(Context& context);
// Looks at the parts together: references between faults, things that can never happen.
void check_whole(Context& context);

}  // namespace quorate::loader
