// Objects of a scenario: all their keys, what these take, and an example.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/catalogue.hpp"

namespace quorate {

// One object of the grammar of scenarios, as `describe` tells of it.
struct KeyPage {
  std::string object;       // "workload"
  std::string text;         // what it is; may be empty
  std::vector<Item> keys;   // with what they take and what they are where they are not given
  std::vector<Item> types;  // what the words for values mean that `keys` use
  std::string example;      // JSON; empty where there is none
};

// The page of what a key holds ("workload", "expect"), or of an object by its own name ("fault");
// one without keys where there is no such object.
KeyPage key_page(std::string_view name);

// An example of an object, JSON on one line; empty where there is none.
std::string_view example_of(std::string_view object);

}  // namespace quorate
