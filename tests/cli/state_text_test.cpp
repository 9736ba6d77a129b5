// What replay shows of a node's state where it does not show all of it.
#include "cli/state_text.hpp"

#include <doctest/doctest.h>

namespace quorate::testing {

TEST_CASE("cli: a state shows what holds something, and names what is empty at the end") {
  CHECK(state_text("n1",
                   R"({"term":3,"voted_for":null,"votes":[],"log":[],"role":"leader",)"
                   R"("joining":{"to":0,"newcomers":{"servers":[]}}})",
                   false) ==
        "  n1 {term: 3, voted_for: null, role: \"leader\", nothing yet: joining, "
        "empty: votes, log}\n");
  CHECK(state_text("n1", R"({"match_index":{"n2":0,"n3":0},"acks":[0]})", false) ==
        "  n1 {nothing yet: match_index, acks}\n");
  CHECK(state_text("n1", R"({"term":3,"votes":[]})", true) == "  n1 {term: 3, votes: []}\n");
}

TEST_CASE("cli: of a long field a state shows the parts that hold something, not the last ones") {
  const std::string snapshot =
      R"({"snapshot":{"last_index":40,"last_term":2,"sessions":[],"machine":{"sum":0},)"
      R"("members":["n1"],"answers":[]}})";
  CHECK(state_text("n1", snapshot, false) ==
        "  n1 {snapshot: {last_index: 40, last_term: 2, members: [\"n1\"], ...}}\n");
  CHECK(state_text("n1",
                   R"({"log":[{"term":1},{"term":2},{"command":"0123456789012345678901234"}]})",
                   false) ==
        "  n1 {log: [3 items, the last: {command: \"0123456789012345678901234\"}]}\n");
}

TEST_CASE("cli: what no summary makes shorter is shown as it is") {
  const std::string word(70, 'x');
  CHECK(state_text("n1", R"({"name":")" + word + R"("})", false) ==
        "  n1 {name: \"" + word + "\"}\n");
}

}  // namespace quorate::testing
