// Nodes in the words of an operator.
#include "sim/base/name_list.hpp"

#include <doctest/doctest.h>

namespace quorate {

namespace {

const std::vector<std::string> names{"n1", "n2", "n3", "n4", "n5", "n6"};

std::vector<std::uint32_t> places(std::string_view text) {
  std::vector<std::uint32_t> result;
  for (const NodeId node : nodes_named(text, names)) result.push_back(node.value + 1);
  return result;
}

using Places = std::vector<std::uint32_t>;

}  // namespace

TEST_CASE("name list: names and ranges, each node once, in the order of declaration") {
  CHECK(places("n3") == Places{3});
  CHECK(places("n5 n1") == Places{1, 5});
  CHECK(places("n2..n4") == Places{2, 3, 4});
  CHECK(places("n6 n1..n3 n2..n4 n2") == Places{1, 2, 3, 4, 6});
  CHECK(places("  n1   n2..n2 ") == Places{1, 2});
}

TEST_CASE("name list: who is not there, or a range the wrong way round, makes it name nobody") {
  for (const char* text : {"", " ", "n7", "n1 n7", "n1..n7", "n0..n2", "n3..n2", "n1..", "..n2",
                           "..", "n1...n3", "n1..n2..n3"}) {
    CAPTURE(text);
    CHECK(places(text).empty());
  }
}

}  // namespace quorate
