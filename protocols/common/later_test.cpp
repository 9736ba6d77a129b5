// Fields that came later, and digests that do not notice.
#include "protocols/common/later.hpp"

#include <doctest/doctest.h>

#include "protocols/common/log.hpp"

namespace quorate {

namespace {

struct Pair {
  std::uint64_t one{};
  std::uint64_t two{};
  QUORATE_FIELDS(Pair, one, two)
};
struct Before {
  std::uint64_t old{};
  QUORATE_FIELDS(Before, old)
};
struct After {
  std::uint64_t old{};
  Later<Pair> pair;
  Later<Log<std::uint64_t>> log;
  QUORATE_FIELDS(After, old, pair, log)
};

}  // namespace

TEST_CASE("later: a field that holds nothing leaves the hash as it was, one that does changes it") {
  After after{7, {}, {}};
  CHECK(hash_of(after) == hash_of(Before{7}));
  after.pair.two = 1;
  const std::uint64_t with_pair = hash_of(after);
  CHECK(with_pair != hash_of(Before{7}));
  after.log.append(5);
  CHECK(hash_of(after) != with_pair);
  after.pair = {};
  after.log.clear();
  CHECK(hash_of(after) == hash_of(Before{7}));
}

}  // namespace quorate
