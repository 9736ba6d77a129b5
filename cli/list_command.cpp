// quorate list: what there is to run, to break and to measure.
#include <algorithm>
#include <array>
#include <filesystem>
#include <optional>
#include <set>
#include <utility>

#include "cli/catalogue.hpp"
#include "cli/course.hpp"
#include "cli/layout.hpp"
#include "cli/subject.hpp"
#include "sim/base/field_print.hpp"
#include "sim/scenario/diagnostics.hpp"

namespace quorate {
namespace {

constexpr auto list_examples = std::to_array<Example>({
    {"list", "the protocols, and what else can be listed"},
    {"list scenarios", "every lesson, in the order of the course; -v adds what it teaches"},
    {"list scenarios raft", "those of one folder"},
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
Item scenario_item(const std::string& file) {
  Diagnostics diagnostics(file);
  const auto scenario = try_load(file, {}, diagnostics);
  if (scenario == nullptr) return {"scenario", file, "", "(invalid: quorate validate tells why)"};
  return {"scenario", file, printable(joined(scenario->teaches)), printable(scenario->title)};
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
  if (topic == "faults") return fault_items();
  if (topic == "metrics") return metric_items();
  return bug_items();
}

// Units go behind the sentence.
std::string as_text(std::string_view topic, std::vector<Item> items) {
  for (Item& item : items) {
    if (topic == "metrics") item.text += " (" + std::exchange(item.note, {}) + ")";
  }
  return item_table(items, 0);
}

// Each course and chapter under its title. What a scenario teaches is shown on request.
std::string as_text(const std::vector<Lesson>& lessons, bool verbose) {
  const auto same = [](const Lesson& one, const Lesson& other) {
    return one.course == other.course && one.chapter == other.chapter;
  };
  std::string text;
  std::string course;
  for (auto first = lessons.begin(); first != lessons.end();) {
    const auto last = std::find_if_not(first, lessons.end(),
                                       [&](const Lesson& lesson) { return same(lesson, *first); });
    if (first->course != course) text += (text.empty() ? "" : "\n") + first->course + "\n";
    course = first->course;
    if (!first->chapter.empty()) text += "  " + first->chapter + "\n";
    std::vector<Item> items;
    for (auto lesson = first; lesson != last; ++lesson) {
      items.push_back(scenario_item(lesson->file));
      if (!verbose) items.back().note.clear();
    }
    text += item_table(items, first->chapter.empty() ? 2 : 4);
    first = last;
  }
  return text;
}

void print_item(JsonWriter& out, const Item& item) {
  print_member(out, "name", item.name);
  print_member(out, "note", item.note);
  print_member(out, "text", item.text);
}

// Every element as `print` writes it.
template <class T, class F>
std::string as_json(std::string_view topic, const std::vector<T>& elements, F print) {
  JsonWriter out;
  out.open_object();
  print_member(out, "schema", "quorate/list/1");
  out.key(topic);
  out.open_array();
  for (const T& element : elements) {
    out.open_object();
    print(out, element);
    out.close_object();
  }
  out.close_array();
  out.close_object();
  return out.buffer() + "\n";
}

std::string folder_of(const Lesson& lesson) {
  return std::filesystem::path(lesson.file).parent_path().filename().string();
}

// Of one folder of scenarios, if one is named.
std::vector<Lesson> lessons_of(const std::optional<std::string>& folder) {
  std::vector<Lesson> all = lessons();
  if (!folder) return all;
  std::set<std::string> folders;
  for (const Lesson& lesson : all) folders.insert(folder_of(lesson));
  if (!folders.contains(*folder)) {
    const std::vector<std::string> names(folders.begin(), folders.end());
    throw Failure(ExitCode::bad_usage, "no scenarios are kept under " + in_quotes(*folder),
                  "there are " + joined(names));
  }
  std::erase_if(all, [&](const Lesson& lesson) { return folder_of(lesson) != *folder; });
  return all;
}

// Prints the lessons; returns whether there are any.
bool list_scenarios(const std::optional<std::string>& folder, Console& console) {
  const std::vector<Lesson> all = lessons_of(folder);
  const auto print = [](JsonWriter& out, const Lesson& lesson) {
    print_item(out, scenario_item(lesson.file));
    print_member(out, "course", lesson.course);
    print_member(out, "chapter", lesson.chapter);
  };
  console.print(console.options().json ? as_json("scenarios", all, print)
                                       : as_text(all, console.options().verbose));
  return !all.empty();
}

bool list_items(std::string_view topic, Console& console) {
  const std::vector<Item> items = items_about(topic);
  console.print(console.options().json ? as_json(topic, items, print_item) : as_text(topic, items));
  return !items.empty();
}

ExitCode run_list(const Invocation& invocation) {
  Console& console = invocation.console;
  const std::vector<std::string>& operands = invocation.arguments.operands();
  const std::string topic = operands.empty() ? "protocols" : operands.front();
  const std::vector<std::string> topics(list_topics().begin(), list_topics().end());
  if (std::ranges::find(topics, topic) == topics.end()) {
    const std::string meant = did_you_mean(topic, topics);
    throw Failure(ExitCode::bad_usage,
                  "nothing to list under " + in_quotes(topic) + (meant.empty() ? "" : "; " + meant),
                  "there are " + joined(topics));
  }
  std::optional<std::string> folder;
  if (operands.size() > 1) folder = operands[1];
  if (folder && topic != "scenarios") {
    throw Failure(ExitCode::bad_usage, "only scenarios are listed by folder",
                  "quorate describe " + *folder + " tells what belongs to a protocol");
  }
  const bool found =
      topic == "scenarios" ? list_scenarios(folder, console) : list_items(topic, console);
  if (!found) console.note("none found; " + root_folder() + " is where I looked");
  if (operands.empty()) {
    console.note("more: list scenarios, list faults, list metrics, list bugs");
  }
  return ExitCode::success;
}

}  // namespace

Command list_command() {
  return {.name = "list",
          .operands = "[TOPIC [FOLDER]]",
          .fewest = 0,
          .most = 2,
          .summary = "list protocols, scenarios, faults, metrics or bugs",
          .details = {},
          .options = {},
          .examples = list_examples,
          .run = run_list};
}

}  // namespace quorate
