// What a crash leaves of the writes since the last sync: the choice alone.
#include "sim/node/write_cache.hpp"

#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <map>

namespace quorate::testing {

namespace {

constexpr int million = 1'000'000;

std::vector<CachedWrite> writes_of(std::initializer_list<std::uint64_t> fields) {
  std::vector<CachedWrite> writes;
  for (const std::uint64_t field : fields) writes.push_back({writes.size() + 1, {}, field, field});
  return writes;
}

// How often each outcome came: what is kept of each write, in octal digits.
std::map<std::uint64_t, int> outcomes(const CrashRule& rule, std::vector<CachedWrite> writes) {
  Stream stream = make_stream(7, Purpose::disk, 0, 1);
  std::map<std::uint64_t, int> times;
  for (int i = 0; i < million; ++i) {
    choose_survivors(rule, writes, stream);
    std::uint64_t outcome = 0;
    for (const CachedWrite& write : writes) outcome = outcome * 8 + write.kept;
    ++times[outcome];
  }
  return times;
}

// Each of the outcomes is as likely as any other, and there are no others.
void check_even(const std::map<std::uint64_t, int>& times, std::vector<std::uint64_t> wanted) {
  const double share = 1.0 / static_cast<double>(wanted.size());
  const double sigma = std::sqrt(million * share * (1 - share));
  CHECK(times.size() == wanted.size());
  for (const std::uint64_t outcome : wanted) {
    CAPTURE(outcome);
    REQUIRE(times.contains(outcome));
    CHECK(std::abs(times.at(outcome) - million * share) < 4 * sigma);
  }
}

CrashLoss crash(const CrashRule& rule, std::initializer_list<std::uint64_t> fields,
                std::uint64_t told, std::uint64_t seed, std::vector<std::uint64_t>& kept) {
  WriteCache cache(rule, make_stream(seed, Purpose::disk, 0, 1));
  for (const CachedWrite& write : writes_of(fields)) cache.add(write.number, {});
  std::size_t next = 0;
  for (CachedWrite& write : cache.writes()) write.fields = write.changed = fields.begin()[next++];
  const CrashLoss loss = cache.crash(told);
  kept.clear();
  for (const CachedWrite& write : cache.writes()) kept.push_back(write.kept);
  return loss;
}

}  // namespace

TEST_CASE("write cache: a prefix of n writes is of each length from 0 to n equally likely") {
  check_even(outcomes({LostWrites::prefix}, writes_of({1, 2, 4})), {0000, 0100, 0120, 0124});
}

TEST_CASE("write cache: independently, each write stays by half, whatever becomes of the others") {
  check_even(outcomes({LostWrites::independent}, writes_of({1, 2, 4})),
             {0000, 0100, 0020, 0120, 0004, 0104, 0024, 0124});
}

TEST_CASE("write cache: of the first that is lost each field stays by half, and of no other") {
  check_even(outcomes({LostWrites::all, true}, writes_of({3, 4})), {000, 010, 020, 030});
}

TEST_CASE("write cache: of one that ends short the beginning is there, of each length but all") {
  for (const std::uint64_t fields : {std::uint64_t{7}, std::uint64_t{0b1010'0100}}) {
    Stream stream = make_stream(7, Purpose::fault, 0, 5);
    std::map<std::uint64_t, int> times;
    for (int i = 0; i < million; ++i) ++times[beginning_of(fields, stream.next())];
    check_even(times, fields == 7 ? std::vector<std::uint64_t>{0, 1, 3}
                                  : std::vector<std::uint64_t>{0, 0b100, 0b10'0100});
  }
  CHECK(beginning_of(0, 9) == 0);
}

TEST_CASE("write cache: behind a prefix the first write that is lost is torn") {
  const auto times = outcomes({LostWrites::prefix, true}, writes_of({3, 4}));
  const double sigma = std::sqrt(million * 0.25);
  const auto share = [&](std::initializer_list<std::uint64_t> of) {
    double sum = 0;
    for (const std::uint64_t outcome : of) sum += times.contains(outcome) ? times.at(outcome) : 0;
    return sum / million;
  };
  // Nothing of the second without all of the first; torn once in three, halved twice in four.
  CHECK(share({000, 010, 020, 030, 034}) == 1);
  CHECK(std::abs(share({010, 020}) - 1.0 / 6) < 4 * sigma / million);
  CHECK(std::abs(share({034}) - 0.5) < 4 * sigma / million);
}

TEST_CASE("write cache: what is certain is not drawn") {
  Stream stream = make_stream(7, Purpose::disk, 0, 1);
  const Stream before = stream;
  std::vector<CachedWrite> writes = writes_of({1, 2});
  writes[0].kept = 1;
  choose_survivors({}, writes, stream);
  CHECK(writes[0].kept == 0);
  CHECK(stream == before);
}

TEST_CASE("write cache: a write is lost if a field of it is, a promise if nothing later makes up") {
  std::vector<std::uint64_t> kept;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    const CrashLoss loss = crash({LostWrites::independent}, {1, 2, 1}, 2, seed, kept);
    CHECK(loss.write == (kept[2] == 0));  // the third; the first two are promised
    CHECK(loss.promise == (kept[1] == 0 || (kept[0] == 0 && kept[2] == 0)));
    CHECK_FALSE(loss.torn);
  }
}

TEST_CASE("write cache: a write is torn if it came in part and nothing later hides it") {
  std::vector<std::uint64_t> kept;
  bool hidden = false;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    const CrashLoss loss = crash({LostWrites::independent, true}, {3, 1}, 0, seed, kept);
    const bool half = kept[0] == 1 || kept[0] == 2;
    const bool made_up = kept[1] == 1;  // of {1, 2} it brings 1 anew
    CHECK(loss.torn == (half && !made_up));
    hidden = hidden || (half && made_up);
    CHECK_FALSE(loss.promise);
  }
  CHECK(hidden);
}

TEST_CASE("write cache: what is not changed is not torn, and comes with all that is") {
  std::vector<CachedWrite> writes{{1, {}, 7, 3}};
  const auto times = outcomes({LostWrites::all, true}, writes);
  check_even(times, {0, 1, 2, 7});
}

TEST_CASE("write cache: a sync promises everything up to it, and no more") {
  WriteCache cache({LostWrites::prefix}, make_stream(1, Purpose::disk, 0, 1));
  for (const std::uint64_t number : {4, 5, 6}) cache.add(number, {});
  cache.sync(5);
  REQUIRE(cache.writes().size() == 1);
  CHECK(cache.writes()[0].number == 6);
  cache.sync(6);
  CHECK(cache.empty());
}

}  // namespace quorate::testing
