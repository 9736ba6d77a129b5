// Everything that can be named in a scenario or asked about, as a list of named things: what `list`
// and `describe` show.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/scenario/grammar.hpp"

namespace quorate {

struct Item {
  std::string kind;  // "parameter", "bug", "fault", ...
  std::string name;
  std::string note;  // type and default, what a bug breaks, ...; may be empty
  std::string text;  // a sentence; may be empty
  QUORATE_FIELDS(Item, kind, name, note, text)
};

// What belongs to one protocol, in the order in which a page about it shows it.
std::vector<Item> items_of(const ProtocolInfo& protocol);
std::vector<Item> fault_items();  // every action that `do` knows
// And every form of one, "disk.rot", and what goes wrong without one, "network.loss".
std::vector<Item> every_fault_item();
std::vector<Item> metric_items();  // "<Type>" stands for a message type
std::vector<Item> error_items();   // the codes of diagnostics
std::vector<Item> trigger_items();
std::vector<Item> selector_items();
std::vector<Item> distribution_items();
std::vector<Item> diagnosis_items();
std::vector<Item> key_items();  // of scenarios: "network.loss"
// "duration, default \"1s\"": what a key takes.
std::string note_of(const KeyInfo& key);

// What `list` lists: "protocols", ...
std::span<const std::string_view> list_topics();

// Where protocols/ and scenarios/ are: QUORATE_ROOT, which the launcher sets, else here.
std::string root_folder();
// The files of scenarios/*/*.json, named so that they can be opened from here; sorted.
std::vector<std::string> scenario_files();

}  // namespace quorate
