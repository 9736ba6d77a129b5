#include "cli/catalogue.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <span>

#include "analysis/terminal.hpp"
#include "sim/fault/fault.hpp"
#include "sim/measure/metrics.hpp"
#include "sim/node/request.hpp"
#include "sim/scenario/diagnostics.hpp"

namespace quorate {
namespace {

namespace fs = std::filesystem;

struct VerbText {
  std::string_view form;
  std::string_view text;
};

// In the order of Verb.
constexpr auto verbs = std::to_array<VerbText>({
    {R"({"crash": "n3"}, or {"crash": {"node": "n3", "after_sends": 2}})",
     "The nodes stop and lose what is not on disk; \"for\" restarts them. With \"after_sends\", "
     "\"before_persist\" or \"after_persist\" they stop inside a handler."},
    {R"({"restart": "n3"}, or {"restart": {"node": "n3", "amnesia": true}})",
     "Nodes that are down come back with what is on their disk; with amnesia it is empty."},
    {R"({"pause": "$leader"})",
     "The nodes stand still and lose nothing; messages and timers wait. \"for\" resumes them."},
    {R"({"resume": "n3"})", "Nodes that stand still go on."},
    {R"({"partition": [["n1", "n2"], ["n3"]]}, "random_halves", {"isolate": "$leader"})",
     "The network falls into sides that do not hear each other. Also {\"bridge\": \"n3\"}: only n3 "
     "hears both; and \"one_way\"."},
    {R"({"cut": {"from": "n1", "to": ["n2", "n3"]}})",
     "Directed links carry nothing; the way back stays open."},
    {R"({"heal": true}, or {"heal": "split"})",
     "Ends partitions, cuts, omissions and holds: all of them, or those of one fault."},
    {R"({"omit": {"node": "n2", "side": "receive", "message": "Ack", "p": "50%"}})",
     "Messages of a node get lost as it sends or receives them, by type, chance or count."},
    {R"({"hold": {"to": "n1", "message": "Append*", "count": 3}})",
     "Messages that match wait on the network until a release."},
    {R"({"release": true}, or {"release": "h1"})", "Held messages go on their way."},
    {R"({"fire": {"node": "n2", "timer": "election"}})", "A timer that is armed goes off now."},
    {R"({"request": {"node": "n1", "op": "put", "key": "x", "value": "1"}})",
     "A request reaches a node at once, over no network."},
    {R"({"clock": {"node": "n1", "drift": "-10%"}}, or "jump": "+250ms")",
     "The clock of a node runs fast or slow, and its timers with it; or its wall clock is set "
     "forward or back, which no timer notices. \"for\" undoes it."},
});
static_assert(verbs.size() == enum_count<Verb>, "Every verb is described.");

void add_named(std::vector<Item>& items, std::string_view kind,
               const std::vector<NamedText>& things) {
  for (const NamedText& thing : things) {
    items.push_back({std::string(kind), thing.name, "", thing.text});
  }
}

void add_names(std::vector<Item>& items, std::string_view kind,
               std::span<const std::string> names) {
  for (const std::string& name : names) items.push_back({std::string(kind), name, "", ""});
}

// Those between clients and nodes only where the protocol knows clients.
std::span<const std::string> messages_of(const ProtocolInfo& protocol) {
  const std::span<const std::string> all = protocol.messages;
  return protocol.takes_requests ? all : all.first(all.size() - client_message_types);
}

void add_role(std::vector<Item>& items, const RoleInfo& role) {
  items.push_back({"role", role.name, role.statuses.empty() ? "" : "is " + joined(role.statuses),
                   "Keeps " + joined(role.fields) + "; durable: " +
                       (role.durable.empty() ? "nothing" : joined(role.durable)) + "."});
}

}  // namespace

std::vector<Item> items_of(const ProtocolInfo& protocol) {
  std::vector<Item> items;
  for (const ParamInfo& param : protocol.params) {
    const std::string range = param.range.empty() ? "" : ", " + param.range;
    items.push_back({"parameter", param.name,
                     param.type + range + ", default " + param.default_value, param.text});
  }
  for (const PropertyInfo& property : protocol.properties) {
    items.push_back({"property", property.name, "", property.sentence});
  }
  for (const BugInfo& bug : protocol.bugs) {
    const std::string first = bug.first.empty() ? "" : bug.first + ", then ";
    items.push_back({"bug", bug.name, "breaks " + first + bug.breaks, bug.text});
  }
  add_named(items, "predicate", protocol.predicates);
  add_named(items, "witness", protocol.witnesses);
  for (const RoleInfo& role : protocol.roles) add_role(items, role);
  add_names(items, "message", messages_of(protocol));
  add_names(items, "timer", protocol.timers);
  const std::span<const std::string> events = protocol.events;
  add_names(items, "event", events.subspan(protocol.standard_events));
  add_names(items, "standard event", events.first(protocol.standard_events));
  return items;
}

std::vector<Item> fault_items() {
  std::vector<Item> items;
  for (std::size_t i = 0; i < verbs.size(); ++i) {
    items.push_back({"fault", std::string(enum_names<Verb>[i]), std::string(verbs[i].form),
                     std::string(verbs[i].text)});
  }
  return items;
}

std::vector<Item> metric_items() {
  std::vector<Item> items;
  for (const MetricInfo& metric : metric_list()) {
    items.push_back({"metric", std::string(metric.name), std::string(metric.unit),
                     std::string(metric.meaning)});
  }
  return items;
}

std::vector<Item> error_items() {
  std::vector<Item> items;
  for (const ErrorMeaning& error : error_codes()) {
    items.push_back(
        {"error", to_text(error.code), std::string(error.name), std::string(error.meaning)});
  }
  return items;
}

std::string root_folder() {
  const char* named = std::getenv("QUORATE_ROOT");
  return named != nullptr && *named != '\0' ? named : ".";
}

std::vector<std::string> scenario_files() {
  std::vector<std::string> files;
  std::error_code error;
  const fs::path here = fs::current_path(error);
  const fs::path scenarios = fs::path(root_folder()) / "scenarios";
  for (fs::directory_iterator folder(scenarios, error), end; !error && folder != end;
       folder.increment(error)) {
    std::error_code inner;
    for (fs::directory_iterator at(folder->path(), inner), last; !inner && at != last;
         at.increment(inner)) {
      const std::string name = at->path().filename().string();
      if (!name.ends_with(".json") || name.starts_with("_")) continue;
      files.push_back(at->path().lexically_normal().lexically_proximate(here).string());
    }
  }
  std::ranges::sort(files);
  return files;
}

}  // namespace quorate
