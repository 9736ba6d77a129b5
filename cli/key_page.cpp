#include "cli/key_page.hpp"

#include <algorithm>
#include <array>

namespace quorate {
namespace {

struct Meaning {
  std::string_view word;
  std::string_view text;
};

// What keys take, by the words of the grammar.
constexpr auto types = std::to_array<Meaning>({
    {"count", "A whole number from 0: 100."},
    {"integer", "A whole number, which may be negative: -3."},
    {"duration", "A number and ns, us, ms, s, m or h, in quotes: \"150ms\"."},
    {"distribution", "A duration, or lengths that are drawn: \"uniform(1ms, 5ms)\"."},
    {"chance", "From 0% to 100%, in quotes: \"2.5%\"."},
    {"size", "A number and B, kB, MB, GB, KiB, MiB or GiB, in quotes: \"64kB\"."},
    {"rate", "A size each second, in quotes: \"1.5MB/s\"."},
    {"name", "1 to 64 of A-Z, a-z, 0-9 and _ . -, in quotes: \"n1\"."},
    {"nodes", "A node, a list of nodes, \"*\", a role or a status; in faults \"$leader\" too."},
    {"operand", "At most 15 bytes, in quotes: \"x\"."},
    {"target", "\"sticky\": who answered last; \"round_robin\", \"random\", or \"leader\"."},
    {"drift", "How much faster or slower, in quotes: \"+200ppm\", \"-1%\"."},
    {"shift", "A duration with a sign, in quotes: \"-250ms\"."},
    {"event", "An event of the protocol (describe PROTOCOL), or send, recv, crash, ..."},
});

constexpr auto examples = std::to_array<Meaning>({
    {"workload",
     R"({ "client": "c1", "op": "put", "every": "20ms", "from": "500ms", "count": 50 })"},
    {"fault", R"({ "id": "kill", "at": "1s", "for": "500ms", "do": { "crash": "n1" } })"},
    {"expectation", R"({ "metric": "latency_us_p99", "max": "40ms" })"},
    {"network", R"j({ "delay": "uniform(1ms, 5ms)", "loss": "1%" })j"},
    {"link", R"({ "from": "n1", "to": "*", "delay": "40ms" })"},
    {"disk", R"j({ "sync": "uniform(1ms, 3ms)" })j"},
    {"stop", R"({ "at": "5s" })"},
    {"budgets", R"({ "events": 2000000, "wire_bytes": "64MB" })"},
});

std::string_view meaning(std::span<const Meaning> list, std::string_view word) {
  const auto found = std::ranges::find(list, word, &Meaning::word);
  return found == list.end() ? std::string_view() : found->text;
}

// "fault" of "[fault]"; the whole where it is in no brackets.
std::string_view inner(std::string_view type) {
  while (type.starts_with('[') || type.starts_with('{')) type = type.substr(1, type.size() - 2);
  return type;
}

bool is_object(std::string_view name) {
  return std::ranges::find(grammar_keys(), name, &KeyInfo::object) != grammar_keys().end();
}

// Adds what the words of a key's type mean, each once.
void add_types(std::string_view type, std::vector<Item>& found) {
  while (!type.empty()) {
    const std::size_t end = std::min(type.find('|'), type.size());
    const std::string word(inner(type.substr(0, end)));
    type.remove_prefix(std::min(end + 1, type.size()));
    const std::string_view text = meaning(types, word);
    if (text.empty() || std::ranges::find(found, word, &Item::name) != found.end()) continue;
    found.push_back({"type", word, "", std::string(text)});
  }
}

}  // namespace

std::string_view example_of(std::string_view object) { return meaning(examples, object); }

KeyPage key_page(std::string_view name) {
  KeyPage page;
  for (const KeyInfo& key : grammar_keys()) {
    const bool holds = key.object == "scenario" && key.key == name && is_object(inner(key.type));
    if (!holds) continue;
    page.object = inner(key.type);
    page.text = key.text;
  }
  if (page.object.empty() && is_object(name)) page.object = name;
  for (const KeyInfo& key : grammar_keys()) {
    if (key.object != page.object) continue;
    page.keys.push_back({"key", std::string(key.key), note_of(key), std::string(key.text)});
    add_types(key.type, page.types);
  }
  page.example = example_of(page.object);
  return page;
}

}  // namespace quorate
