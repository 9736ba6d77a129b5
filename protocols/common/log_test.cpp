// The shared log against the plainest one there is: a vector. Copies go their own ways in every
// order, and none may ever see what another did.
#include "protocols/common/log.hpp"

#include <doctest/doctest.h>

#include "sim/base/random.hpp"
#include "sim/scenario/json.hpp"

namespace quorate {

namespace {

struct Line {
  std::uint64_t term{};
  std::uint64_t value{};
  QUORATE_FIELDS(Line, term, value)
};
using LineLog = Log<Line>;
using Plain = std::vector<Line>;

LineLog log_of(const Plain& items) {
  LineLog log;
  for (const Line& item : items) log.append(item);
  return log;
}

Plain counted(std::uint64_t size, std::uint64_t term = 1) {
  Plain items;
  for (std::uint64_t i = 1; i <= size; ++i) items.push_back({term, i});
  return items;
}

Plain plain(const LineLog& log) {
  Plain items;
  for (std::uint64_t i = 1; i <= log.size(); ++i) items.push_back(log[i]);
  return items;
}

std::uint64_t common(const Plain& a, const Plain& b) {
  std::uint64_t size = 0;
  while (size < a.size() && size < b.size() && a[size] == b[size]) ++size;
  return size;
}

std::string printed(const LineLog& log) {
  JsonWriter out(NodeNames{});
  log.print_to(out);
  return out.buffer();
}

std::string delta(const LineLog& now, const LineLog& before) {
  JsonWriter out(NodeNames{});
  now.print_change(out, before);
  return out.buffer();
}

}  // namespace

TEST_CASE("log: what was appended is there, over the borders of chunks") {
  for (const std::uint64_t size : {0u, 1u, 63u, 64u, 65u, 128u, 200u}) {
    const LineLog log = log_of(counted(size));
    CHECK(log.size() == size);
    CHECK(log.last_index() == size);
    CHECK(log.empty() == (size == 0));
    CHECK(plain(log) == counted(size));
  }
}

TEST_CASE("log: reading outside is an assertion") {
  LineLog log = log_of(counted(3));
  CHECK_THROWS_AS(log[0], AssertionFailure);
  CHECK_THROWS_AS(log[4], AssertionFailure);
  CHECK_THROWS_AS(log.truncate(4), AssertionFailure);
  log.truncate(2);
  CHECK_THROWS_AS(log[3], AssertionFailure);
}

TEST_CASE("log: copies that go their own ways never see each other") {
  for (const std::uint64_t size : {10u, 64u, 70u, 130u}) {
    LineLog one = log_of(counted(size));
    LineLog other = one;
    one.append({2, 1});
    other.append({3, 1});
    other.append({3, 2});
    LineLog third = one;
    third.truncate(size / 2);
    third.append({4, 4});
    CHECK(one[size + 1] == Line{2, 1});
    CHECK(other[size + 1] == Line{3, 1});
    CHECK(other.size() == size + 2);
    CHECK(third.size() == size / 2 + 1);
    CHECK(third[size / 2 + 1] == Line{4, 4});
    CHECK(one[size / 2 + 1] == Line{1, size / 2 + 1});
    CHECK(one.common_prefix(other) == size);
    CHECK(one.common_prefix(third) == size / 2);
  }
}

TEST_CASE("log: thousands of random appends, cuts and copies agree with plain vectors") {
  Stream random = make_stream(7, Purpose::workload);
  std::vector<LineLog> logs(6);
  std::vector<Plain> plains(6);
  for (int step = 0; step < 20'000; ++step) {
    const auto at = static_cast<std::size_t>(random.below(logs.size()));
    const auto from = static_cast<std::size_t>(random.below(logs.size()));
    const std::uint64_t what = random.below(10);
    if (what < 7) {
      const Line item{random.below(3), random.below(3)};
      logs[at].append(item);
      plains[at].push_back(item);
    } else if (what < 8) {
      const std::uint64_t size = random.below(logs[at].size() + 1);
      logs[at].truncate(size);
      plains[at].resize(size);
    } else if (what < 9) {
      logs[at] = logs[from];
      plains[at] = plains[from];
    }
    REQUIRE(logs[at].size() == plains[at].size());
    REQUIRE(logs[at].common_prefix(logs[from]) == common(plains[at], plains[from]));
    REQUIRE((logs[at] == logs[from]) == (plains[at] == plains[from]));
    if (step % 100 == 0) REQUIRE(plain(logs[at]) == plains[at]);
  }
}

TEST_CASE("log: a slice keeps what it held, whatever becomes of its log") {
  LineLog log = log_of(counted(100));
  const LineLog::Slice slice = log.slice(60, 70);
  log.truncate(50);
  for (int i = 0; i < 40; ++i) log.append({9, 9});
  CHECK(slice.size() == 11);
  CHECK(slice.first_index() == 60);
  CHECK(slice.last_index() == 70);
  for (std::uint64_t i = 60; i <= 70; ++i) CHECK(slice[i] == Line{1, i});
  CHECK(log.slice(91, 90).empty());
  CHECK_THROWS_AS(log.slice(92, 90), AssertionFailure);
  CHECK_THROWS_AS(log.slice(0, 1), AssertionFailure);
}

TEST_CASE("log: slices are equal by what they hold and where, not by what came before") {
  Plain changed = counted(10);
  changed[0] = {7, 7};
  const LineLog log = log_of(counted(10));
  const LineLog other = log_of(changed);
  const LineLog::Slice slice = log.slice(3, 5);
  CHECK((slice == other.slice(3, 5)));
  CHECK_FALSE((slice == log_of(counted(10)).slice(3, 6)));
  CHECK_FALSE((slice == log_of(counted(10)).slice(4, 6)));
  CHECK_FALSE((log_of(counted(10)).slice(1, 5) == other.slice(1, 5)));
}

TEST_CASE("log: appending a slice adds only what lies behind the end") {
  const LineLog source = log_of(counted(100));
  for (const std::uint64_t held : {0u, 40u, 64u, 99u, 100u}) {
    LineLog log = log_of(counted(held));  // equal, but sharing nothing
    log.append(source.slice(held / 2 + 1, 100));
    CHECK(log == source);
  }
  LineLog longer = log_of(counted(120));
  longer.append(source.slice(50, 100));
  CHECK(longer.size() == 120);
  LineLog different = log_of(counted(50, 2));
  different.append(source.slice(51, 60));
  CHECK(different.size() == 60);
  CHECK(different[50] == Line{2, 50});
  CHECK(different[51] == Line{1, 51});
}

TEST_CASE("log: shared_with claims no entry that differs") {
  const LineLog source = log_of(counted(100));
  CHECK(source.shared_with(source.slice(10, 80)) == 80);
  CHECK(log_of(counted(30)).shared_with(source.slice(10, 80)) == 30);
  CHECK(log_of(counted(30, 2)).shared_with(source.slice(10, 80)) == 0);
  Plain fork = counted(50);
  fork[39] = {2, 40};
  CHECK(log_of(fork).shared_with(source.slice(10, 80)) < 40);
}

TEST_CASE("log: prints itself, and a change as what is kept and what is added") {
  const LineLog log = log_of({{1, 5}, {2, 6}});
  CHECK(printed(log) == R"([{"term":1,"value":5},{"term":2,"value":6}])");
  CHECK(printed({}) == "[]");
  LineLog next = log;
  next.truncate(1);
  next.append({3, 7});
  CHECK(delta(next, log) == R"({"keep":1,"add":[{"term":3,"value":7}]})");
  CHECK(delta(log, log) == R"({"keep":2,"add":[]})");
}

TEST_CASE("log: the wire size of a slice is that of its entries") {
  const LineLog log = log_of(counted(100));
  const std::uint64_t header = log.slice(1, 0).wire_size();
  const std::uint64_t entry = wire_size(Line{1, 1});
  CHECK(log.slice(1, 100).wire_size() == header + 100 * entry);
  CHECK(log.slice(60, 70).wire_size() == header + 11 * entry);
  CHECK(log.wire_size() == header + 100 * entry);
}

// ---- a log whose first entries are discarded

TEST_CASE("log: what is discarded stays part of size and hash, and cannot be read or cut") {
  LineLog log = log_of(counted(100));
  const std::uint64_t hash = log.hash();
  log.discard(70);
  CHECK(log.start() == 70);
  CHECK(log.size() == 100);
  CHECK(log.hash() == hash);
  CHECK(log[71] == Line{1, 71});
  CHECK_THROWS_AS(log[70], AssertionFailure);
  CHECK_THROWS_AS(log.truncate(69), AssertionFailure);
  CHECK_THROWS_AS(log.prefix_hash(69), AssertionFailure);
  CHECK_THROWS_AS(log.discard(101), AssertionFailure);
  log.discard(60);  // is discarded already
  CHECK(log.start() == 70);
  log.truncate(70);
  CHECK(log.size() == 70);
  CHECK(log.hash() == log_of(counted(70)).hash());
  CHECK_FALSE((log == log_of(counted(70))));
  CHECK((log == LineLog(70, log_of(counted(70)).hash())));
}

TEST_CASE("log: a compacted log and one that began behind it go on as the whole one does") {
  Stream random = make_stream(9, Purpose::workload);
  for (int round = 0; round < 300; ++round) {
    LineLog whole = log_of(counted(random.below(200)));
    LineLog compact = whole;
    compact.discard(random.below(whole.size() + 1));
    LineLog installed(compact.start(), whole.prefix_hash(compact.start()));
    installed.append(whole.slice(compact.start() + 1, whole.size()));
    LineLog ahead = whole;
    for (int step = 0; step < 60; ++step) {
      const Line item{2, random.below(3)};
      for (LineLog* log : {&whole, &compact, &installed}) log->append(item);
      if (random.below(10) == 0) {
        const std::uint64_t size =
            compact.start() + random.below(whole.size() - compact.start() + 1);
        for (LineLog* log : {&whole, &compact, &installed}) log->truncate(size);
      }
      ahead.append({3, random.below(3)});
      for (const LineLog* log : {&compact, &installed}) {
        REQUIRE(log->hash() == whole.hash());
        REQUIRE(log->wire_size() == 4 + (whole.size() - compact.start()) * wire_size(Line{1, 1}));
        REQUIRE(log->common_prefix(ahead) == whole.common_prefix(ahead));
        if (log->size() > log->start()) REQUIRE((*log)[log->size()] == whole[whole.size()]);
      }
      REQUIRE((compact == installed));
    }
  }
}

TEST_CASE("log: of what either has discarded it is known only whether all of it is the same") {
  LineLog log = log_of(counted(20));
  LineLog late = log;
  late.discard(10);
  CHECK(late.common_prefix(log_of(counted(5))) == 5);
  CHECK(late.common_prefix(log_of(counted(20, 2))) == 0);
  CHECK(log_of(counted(20, 2)).common_prefix(late) == 0);
  LineLog fork = log;
  fork.truncate(15);
  fork.append({2, 2});
  CHECK(late.common_prefix(fork) == 15);
}

TEST_CASE("log: entries from a log that is compacted further are appended one by one") {
  LineLog source = log_of(counted(100));
  source.discard(60);
  LineLog behind = log_of(counted(80));
  behind.append(source.slice(61, 100));
  CHECK((behind == log_of(counted(100))));
  CHECK(behind[1] == Line{1, 1});
  LineLog ahead = log_of(counted(80));
  ahead.discard(75);
  ahead.append(source.slice(61, 100));
  CHECK(ahead.start() == 75);
  CHECK(ahead.hash() == source.hash());
  CHECK(LineLog(70, 0).shared_with(source.slice(61, 65)) == 0);
}

TEST_CASE("log: a change tells where the log begins, and is read back") {
  Stream random = make_stream(11, Purpose::workload);
  LineLog before = log_of(counted(3));
  before.discard(2);
  LineLog now = log_of(counted(5));
  now.discard(4);
  const LogHash hash = LogHash::of(now.prefix_hash(4));
  CHECK(delta(now, before) == R"({"start":4,"hash":{"high":)" + std::to_string(hash.high) +
                                  R"(,"low":)" + std::to_string(hash.low) +
                                  R"(},"keep":4,"add":[{"term":1,"value":5}]})");
  for (int round = 0; round < 300; ++round) {
    LineLog was = log_of(counted(random.below(20), 1 + random.below(2)));
    was.discard(random.below(was.size() + 1));
    LineLog next = random.below(2) == 0 ? was : log_of(counted(random.below(20), 1));
    for (std::uint64_t more = random.below(4); more > 0; --more) next.append({5, more});
    next.discard(random.below(next.size() + 1));
    Diagnostics diagnostics;
    const std::optional<Value> change = parse_json(delta(next, was), diagnostics);
    REQUIRE(change);
    REQUIRE(was.read_change(*change, NodeNames{}) == "");
    REQUIRE((was == next));
  }
}

}  // namespace quorate
