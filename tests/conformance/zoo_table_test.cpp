// scenarios/ZOO.md, whose rows the protocols' zoo tests hold, has no others.
#include <doctest/doctest.h>

#include <fstream>
#include <set>
#include <sstream>

#include "cli/registry.hpp"

namespace quorate {
namespace {

// "## raft" and "| [`vote_ignored`](..." as "raft.vote_ignored".
std::multiset<std::string> mistakes_told() {
  std::ifstream file(std::string(QUORATE_SOURCE_DIR) + "/scenarios/ZOO.md");
  std::multiset<std::string> told;
  std::string protocol;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("## ")) protocol = line.substr(3);
    if (!line.starts_with("| [`")) continue;
    told.insert(protocol + "." + line.substr(4, line.find('`', 4) - 4));
  }
  return told;
}

}  // namespace

// Echo is the tutorial's, and no algorithm of the literature.
TEST_CASE("zoo: the table has every mistake that is listed under bugs, once, and no other") {
  std::multiset<std::string> listed;
  for (const ProtocolEntry& entry : protocols()) {
    if (entry.info.name == "echo") continue;
    for (const BugInfo& bug : entry.info.bugs) listed.insert(entry.info.name + "." + bug.name);
  }
  const auto told = mistakes_told();
  for (const std::string& name : listed) {
    CHECK_MESSAGE(told.count(name) == 1, name, " has no row of its own in scenarios/ZOO.md");
  }
  CHECK(told.size() == listed.size());
}

}  // namespace quorate
