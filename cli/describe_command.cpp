// quorate describe NAME: one page about a protocol, a line about anything else that has a name.
#include <algorithm>
#include <array>

#include "analysis/terminal.hpp"
#include "cli/fault_classes.hpp"
#include "cli/key_page.hpp"
#include "cli/layout.hpp"
#include "cli/subject.hpp"
#include "sim/base/field_print.hpp"
#include "sim/measure/metrics.hpp"
#include "sim/scenario/diagnostics.hpp"

namespace quorate {
namespace {

constexpr auto describe_examples = std::to_array<Example>({
    {"describe raft", "parameters, properties, bugs, messages, ..."},
    {"describe raft.election_timeout",
     "one of them; election_timeout will do where no other protocol has one"},
    {"describe disk.rot", "a fault; metrics and error codes (Q203) work too"},
    {"describe failure_models", "all faults, by what fails and what others can tell of it"},
    {"describe workload", "a part of scenarios: keys, what they take, defaults, an example"},
    {"describe network.loss", "one key"},
    {"describe event elected", "a kind first, where one word has several meanings"},
    {"describe scenarios/raft/leader-crash.json", "the lesson of a scenario"},
});

constexpr std::string_view failure_models = "failure_models";

std::string plural(const std::string& kind) {
  if (kind.ends_with("y") && !kind.ends_with("ey")) return kind.substr(0, kind.size() - 1) + "ies";
  return kind + (kind.ends_with("s") ? "es" : "s");
}

bool is_bare(const Item& item) { return item.note.empty() && item.text.empty(); }

// Items of one kind: a table, or one line of names where there is nothing more to say.
std::string group(std::span<const Item> items) {
  std::string text = "\n" + plural(items.front().kind) + "\n";
  if (std::ranges::all_of(items, is_bare)) {
    std::vector<std::string> names;
    for (const Item& item : items) names.push_back(item.name);
    return text + "  " + wrapped(joined(names), 2) + "\n";
  }
  return text + item_table(items, 2);
}

std::string page(const ProtocolInfo& protocol) {
  std::string text = protocol.name + ": " + protocol.summary + "\n";
  const std::vector<Item> items = items_of(protocol);
  for (std::size_t from = 0; from < items.size();) {
    std::size_t to = from;
    while (to < items.size() && items[to].kind == items[from].kind) ++to;
    text += group(std::span(items).subspan(from, to - from));
    from = to;
  }
  return text;
}

std::string as_json(std::string_view name, std::string_view summary,
                    const std::vector<Item>& items) {
  JsonWriter out;
  out.open_object();
  print_member(out, "schema", "quorate/describe/1");
  print_member(out, "name", name);
  print_member(out, "summary", summary);
  print_member(out, "items", items);
  out.close_object();
  return out.buffer() + "\n";
}

// A user's text with its line ends, and nothing else that moves a cursor.
std::string shown(std::string_view text) {
  std::string result;
  for (;;) {
    const std::size_t end = text.find('\n');
    result += printable(text.substr(0, end));
    if (end == std::string_view::npos) return result;
    result += '\n';
    text.remove_prefix(end + 1);
  }
}

void describe_scenario(const std::string& file, Console& console) {
  const Subject subject = load_subject(file, {}, console);
  const Scenario& scenario = *subject.scenario;
  const std::string teaches = joined(scenario.teaches);
  if (console.options().json) {
    console.print(
        as_json(file, scenario.title, {{"lesson", scenario.title, teaches, scenario.lesson}}));
    return;
  }
  std::string text = printable(scenario.title) + "\n";
  text += scenario.protocol + ", " + counted(scenario.nodes.size(), "node", "nodes");
  if (!teaches.empty()) text += "; teaches " + printable(teaches);
  text += "\n\n" + wrapped(shown(scenario.lesson), 0) + "\n";
  console.print(text);
}

// "messages.Ping.sent" is an instance of "messages.<Type>.sent", since some protocol sends Pings.
bool names_metric(const std::string& pattern, std::string_view name) {
  if (pattern == name) return true;
  const MetricInfo* metric = find_metric(name);
  if (metric == nullptr || metric->name != pattern) return false;
  return std::ranges::any_of(protocols(), [&](const ProtocolEntry& entry) {
    const std::vector<std::string> names = metric_names(entry.info.messages);
    return std::ranges::find(names, name) != names.end();
  });
}

struct Named {
  std::string name;  // as one asks for it
  Item item;
};

std::vector<Named> all_items() {
  std::vector<Named> all;
  for (const ProtocolEntry& entry : protocols()) {
    for (const Item& item : items_of(entry.info)) {
      all.push_back({entry.info.name + "." + item.name, item});
    }
  }
  for (const auto& items :
       {every_fault_item(), metric_items(), error_items(), trigger_items(), selector_items(),
        distribution_items(), diagnosis_items(), key_items()}) {
    for (const Item& item : items) all.push_back({item.name, item});
  }
  return all;
}

Failure unknown(const std::string& name, const std::vector<Named>& all) {
  std::vector<std::string> names = protocol_names();
  for (const Named& named : all) names.push_back(named.name);
  for (const Named& named : all) names.push_back(named.item.name);
  names.emplace_back(failure_models);
  for (const ProtocolEntry& entry : protocols()) {
    for (std::string& metric : metric_names(entry.info.messages)) {
      names.push_back(std::move(metric));
    }
  }
  std::string meant = did_you_mean(name, names);
  const std::string scenario = meant.empty() ? shipped_scenario(name) : "";
  if (!scenario.empty()) meant = "did you mean " + scenario + "?";
  return {ExitCode::bad_usage,
          "nothing is called " + in_quotes(name) + (meant.empty() ? "" : "; " + meant),
          program_name() + " list shows the protocols"};
}

bool same(const Item& a, const Item& b) {
  return a.kind == b.kind && a.note == b.note && a.text == b.text;
}

// The full name of the one thing that a protocol calls so: "raft.vote_once" for "vote_once".
// Where several say the same of it (a standard event), the first. Nothing is called so: the name
// itself.
std::string in_full(const std::string& name, const std::vector<Named>& all) {
  std::vector<std::string> known;
  bool differ = false;
  const Item* first = nullptr;
  for (const Named& named : all) {
    if (names_metric(named.name, name)) return name;
    const bool meant = named.item.name == name && named.name.ends_with("." + name);
    if (!meant) continue;
    if (first == nullptr) first = &named.item;
    differ = differ || !same(*first, named.item);
    if (known.empty() || known.back() != named.name) known.push_back(named.name);
  }
  if (!differ) return known.empty() ? name : known.front();
  throw Failure(ExitCode::bad_usage, in_quotes(name) + " has several meanings",
                "say which: " + joined(known));
}

// Where a fault stands in the failure models, how a scenario says it, and what forms it has.
std::vector<Item> more_about_fault(const Item& item) {
  const FaultClass* fault = item.kind == "fault" ? find_fault(item.name) : nullptr;
  if (fault == nullptr) return {};
  std::vector<Item> more{{"model", item.name, "", place_of(*fault)},
                         {"example", item.name, "", std::string(fault->example)}};
  std::vector<std::string> forms;
  for (const FaultClass& form : fault_classes()) {
    if (form.name.starts_with(item.name + ".")) forms.emplace_back(form.name);
  }
  if (!forms.empty()) more.push_back({"forms", item.name, "", joined(forms)});
  return more;
}

void print_found(const std::string& name, const std::vector<Item>& found, Console& console) {
  std::vector<Item> all = found;
  for (const Item& item : found) {
    const std::vector<Item> more = more_about_fault(item);
    all.insert(all.end(), more.begin(), more.end());
    if (console.options().json) continue;
    std::string text = name + ": " + item.kind + (item.note.empty() ? "" : " (" + item.note + ")");
    if (!item.text.empty()) text += "\n  " + wrapped(item.text, 2);
    for (const Item& one : more) text += "\n\n" + one.kind + "\n  " + wrapped(one.text, 2);
    console.print(text + "\n");
  }
  if (console.options().json) console.print(as_json(name, "", all));
}

// All of them in a table, by failure model.
void describe_failure_models(const std::string& name, Console& console) {
  if (!console.options().json) return console.print(fault_page());
  std::vector<Item> items;
  for (const FaultClass& fault : fault_classes()) {
    items.push_back({"fault", std::string(fault.name), place_of(fault), std::string(fault.words)});
  }
  console.print(as_json(name, "", items));
}

// An object of a scenario with all its keys: `describe workload`.
void describe_object(const std::string& name, const KeyPage& page, Console& console) {
  if (console.options().json) {
    std::vector<Item> items = page.keys;
    items.insert(items.end(), page.types.begin(), page.types.end());
    if (!page.example.empty()) items.push_back({"example", page.object, "", page.example});
    return console.print(as_json(name, page.text, items));
  }
  std::string text = name + (page.text.empty() ? "" : ": " + page.text) + "\n" + group(page.keys);
  if (!page.types.empty()) text += group(page.types);
  if (!page.example.empty()) text += "\nexample\n  " + page.example + "\n";
  if (page.object == "fault") {
    std::vector<std::string> faults;
    for (const FaultClass& fault : fault_classes()) faults.emplace_back(fault.name);
    text += "\nfaults: describe fault NAME; in a table: describe " + std::string(failure_models) +
            "\n  " + wrapped(joined(faults), 2) + "\n";
  }
  console.print(text);
}

// Where no thing but a key of a scenario is called so, the page of what stands under it.
bool describe_as_object(const std::string& name, Console& console) {
  const KeyPage page = key_page(name);
  if (page.keys.empty()) return false;
  const auto another = [&](const Named& named) {
    return named.item.kind != "key" && (named.item.name == name || names_metric(named.name, name));
  };
  if (std::ranges::any_of(all_items(), another)) return false;
  describe_object(name, page, console);
  return true;
}

void describe_item(const std::string& asked, const std::vector<Named>& all, Console& console) {
  const std::string name = in_full(asked, all);
  std::vector<Item> found;
  for (const Named& named : all) {
    if (names_metric(named.name, name)) found.push_back(named.item);
  }
  if (found.empty()) throw unknown(name, all);
  print_found(name, found, console);
}

// Those of one kind: "event" stands for standard events too.
std::vector<Named> of_kind(const std::string& kind, const std::vector<Named>& all) {
  std::vector<Named> found;
  std::vector<std::string> kinds;
  for (const Named& named : all) {
    const std::string& its = named.item.kind;
    if (its == kind || its.ends_with(" " + kind)) found.push_back(named);
    if (std::ranges::find(kinds, its) == kinds.end()) kinds.push_back(its);
  }
  if (!found.empty()) return found;
  const std::string meant = did_you_mean(kind, kinds);
  throw Failure(ExitCode::bad_usage,
                in_quotes(kind) + " is neither a protocol nor a kind of thing" +
                    (meant.empty() ? "" : "; " + meant),
                "kinds are " + joined(kinds));
}

ExitCode run_describe(const Invocation& invocation) {
  Console& console = invocation.console;
  const std::vector<std::string>& words = invocation.arguments.operands();
  const std::string& name = words.front();
  if (words.size() == 2 && find_protocol(name) != nullptr) {
    describe_item(name + "." + words[1], all_items(), console);
  } else if (words.size() == 2) {
    describe_item(words[1], of_kind(name, all_items()), console);
  } else if (name == failure_models) {
    describe_failure_models(name, console);
  } else if (name.ends_with(".json")) {
    describe_scenario(name, console);
  } else if (const ProtocolEntry* entry = find_protocol(name)) {
    console.print(console.options().json ? as_json(name, entry->info.summary, items_of(entry->info))
                                         : page(entry->info));
  } else if (!describe_as_object(name, console)) {
    describe_item(name, all_items(), console);
  }
  return ExitCode::success;
}

}  // namespace

Command describe_command() {
  return {.name = "describe",
          .operands = "[KIND] NAME",
          .fewest = 1,
          .most = 2,
          .summary = "explain a protocol, a scenario, or anything that has a name in them",
          .details =
              "Whatever a scenario can say: keys, triggers, faults, selectors, distributions, "
              "metrics;\nwhatever a protocol has: parameters, properties, bugs, events, messages, "
              "timers, roles.\nKIND is one of these words, or a protocol.",
          .options = {},
          .examples = describe_examples,
          .run = run_describe};
}

}  // namespace quorate
