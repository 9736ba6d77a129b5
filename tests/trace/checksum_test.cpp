// What a checksum depends on, and what it must not depend on.
#include "sim/trace/checksum.hpp"

#include <doctest/doctest.h>

#include <set>
#include <string>

namespace quorate {
namespace {

std::uint64_t checksum_of(std::string_view text) {
  Checksum sum;
  sum.add(text);
  return sum.value();
}

// Longer than two strides, so that cuts fall into each, between them and into the rest.
const std::string text =
    "{\"i\":16,\"t\":214000000,\"k\":\"timer\",\"n\":\"n3\",\"name\":\"election\"}\n{\"i\":17}\n";

TEST_CASE("checksum: the pieces that bytes come in make no difference") {
  const std::uint64_t whole = checksum_of(text);
  for (std::size_t first = 0; first <= text.size(); ++first) {
    for (std::size_t second = first; second <= text.size(); ++second) {
      Checksum sum;
      sum.add(std::string_view(text).substr(0, first));
      sum.add(std::string_view(text).substr(first, second - first));
      CHECK(sum.value() == checksum_of(std::string_view(text).substr(0, second)));
      sum.add(std::string_view(text).substr(second));
      CHECK(sum.value() == whole);
    }
  }
}

TEST_CASE("checksum: no changed, lost or added byte goes unnoticed") {
  std::set<std::uint64_t> seen{checksum_of(text)};
  for (std::size_t at = 0; at < text.size(); ++at) {
    for (const char bit : {1, 32}) {
      std::string changed = text;
      changed[at] = static_cast<char>(changed[at] ^ bit);
      CHECK(seen.insert(checksum_of(changed)).second);
    }
    CHECK(seen.insert(checksum_of(text.substr(0, at))).second);
  }
  CHECK(seen.insert(checksum_of(text + '\0')).second);
}

// Traces are read by other builds, so their checksums are the same everywhere. The values were
// reckoned by another program.
TEST_CASE("checksum: known values") {
  CHECK(checksum_of("") == 0x74158DBD7E073134);
  CHECK(checksum_of(text) == 0x3381043D2D89BD26);
}

}  // namespace
}  // namespace quorate
