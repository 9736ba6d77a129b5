// quorate list: what there is to run, to break and to measure.
#include <algorithm>
#include <array>
#include <utility>

#include "cli/catalogue.hpp"
#include "cli/layout.hpp"
#include "cli/subject.hpp"
#include "sim/base/field_print.hpp"
#include "sim/scenario/diagnostics.hpp"

namespace quorate {
namespace {

constexpr auto topics =
    std::to_array<std::string_view>({"protocols", "scenarios", "faults", "metrics", "bugs"});

constexpr auto list_examples = std::to_array<Example>({
    {"list", "the protocols, and what else can be listed"},
    {"list scenarios", "every shipped lesson with its title; -v adds what it teaches"},
    {"list faults", "what can go wrong, as a scenario writes it"},
});

std::vector<Item> protocol_items() {
  std::vector<Item> items;
  for (const ProtocolEntry& entry : protocols()) {
    items.push_back({"protocol", entry.info.name, "", entry.info.summary});
  }
  return items;
}

// The note of a scenario is what it teaches.
std::vector<Item> scenario_items() {
  std::vector<Item> items;
  for (const std::string& file : scenario_files()) {
    Diagnostics diagnostics(file);
    const auto scenario = try_load(file, {}, diagnostics);
    Item item{"scenario", file, "", "(invalid: quorate validate tells why)"};
    if (scenario != nullptr) {
      item.text = printable(scenario->title);
      item.note = printable(joined(scenario->teaches));
    }
    items.push_back(std::move(item));
  }
  return items;
}

std::vector<Item> bug_items() {
  std::vector<Item> items;
  for (const ProtocolEntry& entry : protocols()) {
    for (Item& item : items_of(entry.info)) {
      if (item.kind != "bug") continue;
      item.name = entry.info.name + "." + item.name;
      items.push_back(std::move(item));
    }
  }
  return items;
}

std::vector<Item> items_about(std::string_view topic) {
  if (topic == "protocols") return protocol_items();
  if (topic == "scenarios") return scenario_items();
  if (topic == "faults") return fault_items();
  if (topic == "metrics") return metric_items();
  return bug_items();
}

// Units go behind the sentence, and what a scenario teaches is shown on request.
std::string as_text(std::string_view topic, std::vector<Item> items, bool verbose) {
  for (Item& item : items) {
    if (topic == "metrics") item.text += " (" + std::exchange(item.note, {}) + ")";
    if (topic == "scenarios" && !verbose) item.note.clear();
  }
  return item_table(items, 0);
}

std::string as_json(std::string_view topic, const std::vector<Item>& items) {
  JsonWriter out;
  out.open_object();
  print_member(out, "schema", "quorate/list/1");
  out.key(topic);
  out.open_array();
  for (const Item& item : items) {
    out.open_object();
    print_member(out, "name", item.name);
    print_member(out, "note", item.note);
    print_member(out, "text", item.text);
    out.close_object();
  }
  out.close_array();
  out.close_object();
  return out.buffer() + "\n";
}

ExitCode run_list(const Invocation& invocation) {
  Console& console = invocation.console;
  const std::vector<std::string>& operands = invocation.arguments.operands();
  const std::string topic = operands.empty() ? "protocols" : operands.front();
  if (std::ranges::find(topics, topic) == topics.end()) {
    const std::string meant = did_you_mean(topic, topics);
    throw Failure(ExitCode::bad_usage,
                  "nothing to list under " + in_quotes(topic) + (meant.empty() ? "" : "; " + meant),
                  "there are protocols, scenarios, faults, metrics and bugs");
  }
  const std::vector<Item> items = items_about(topic);
  console.print(console.options().json ? as_json(topic, items)
                                       : as_text(topic, items, console.options().verbose));
  if (items.empty()) console.note("none found; " + root_folder() + " is where I looked");
  if (operands.empty()) {
    console.note("more: list scenarios, list faults, list metrics, list bugs");
  }
  return ExitCode::success;
}

}  // namespace

Command list_command() {
  return {.name = "list",
          .operands = "[TOPIC]",
          .fewest = 0,
          .most = 1,
          .summary = "list protocols, scenarios, faults, metrics or bugs",
          .details = {},
          .options = {},
          .examples = list_examples,
          .run = run_list};
}

}  // namespace quorate
