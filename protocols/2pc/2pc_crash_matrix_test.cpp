// The coordinator dies for good at every point of every phase, and the participants are left to
// themselves: together, or split in two in every way. What becomes of each participant is compared
// with an enumeration that knows no messages, only who had been told what.
#include <doctest/doctest.h>

#include "protocols/2pc/messages.hpp"
#include "tests/support/run_text.hpp"
#include "tests/support/splits.hpp"

namespace quorate::p2pc {

namespace {

using testing::dies_after;
using testing::make_run;
using testing::names;
using testing::scenario_of;
using testing::Split;
using testing::splits;
using testing::then_splits;

enum class Fate { untouched, ready, committed, aborted };
using Fates = std::vector<Fate>;

// How far the coordinator came: `asked` participants are asked for their votes, all of which are
// yes; then, if `logged`, the decision is on its disk and `told` are told.
struct Point {
  std::size_t asked{};
  bool logged{};
  std::size_t told{};
};

std::vector<Point> points(std::size_t n) {
  std::vector<Point> result;
  for (std::size_t asked = 0; asked <= n; ++asked) result.push_back({asked, false, 0});
  for (std::size_t told = 0; told <= n; ++told) result.push_back({n, true, told});
  return result;
}

// ---- the enumeration ----------------------------------------------------------------------------

Fates at_crash(std::size_t n, const Point& point) {
  Fates fates(n, Fate::untouched);
  for (std::size_t i = 0; i < point.asked; ++i) fates[i] = Fate::ready;
  for (std::size_t i = 0; i < point.told; ++i) fates[i] = Fate::committed;
  return fates;
}

bool some(const Fates& fates, const Split& split, int side, Fate fate) {
  for (std::size_t i = 0; i < fates.size(); ++i) {
    if (split[i] == side && fates[i] == fate) return true;
  }
  return false;
}

// Who is ready does as one does who knows; who has never been asked aborts when somebody asks.
Fates cooperate(const Fates& before, const Split& split) {
  Fates after = before;
  for (std::size_t i = 0; i < before.size(); ++i) {
    const int side = split[i];
    if (!some(before, split, side, Fate::ready)) continue;
    if (before[i] == Fate::untouched) after[i] = Fate::aborted;
    if (before[i] != Fate::ready) continue;
    if (some(before, split, side, Fate::untouched)) after[i] = Fate::aborted;
    if (some(before, split, side, Fate::committed)) after[i] = Fate::committed;
  }
  return after;
}

bool blocked(const Fates& fates) { return std::count(fates.begin(), fates.end(), Fate::ready) > 0; }
bool inconsistent(const Fates& fates) {
  return std::count(fates.begin(), fates.end(), Fate::committed) > 0 &&
         std::count(fates.begin(), fates.end(), Fate::aborted) > 0;
}

// ---- the run ------------------------------------------------------------------------------------

struct LastLines final : Observer {
  explicit LastLines(std::size_t n) : fates(n, Fate::untouched) {}
  void on(const Record& record, const StateChange*) override {
    if (record.kind != Kind::event || record.node == NodeId{0}) return;
    const auto* line = record.body.get_if<Logged>();
    if (line == nullptr) return;
    Fate& fate = fates[record.node.value - 1];  // co is node 0
    if (line->record == Text("VOTE_COMMIT")) fate = Fate::ready;
    if (line->record == Text("GLOBAL_COMMIT")) fate = Fate::committed;
    if (line->record == Text("VOTE_ABORT")) fate = Fate::aborted;
    if (line->record == Text("GLOBAL_ABORT")) fate = Fate::aborted;
  }
  Fates fates;
};

// START_2PC is written at 20 ms, the decision at 40 ms.
std::string crash(const Point& point) {
  const std::string written = R"("do": { "crash": { "node": "co", "after_persist": true } })";
  if (point.told > 0) return dies_after(point.told, "GlobalCommit");
  if (point.logged) return R"("at": "30ms", )" + written;
  if (point.asked > 0) return dies_after(point.asked, "VoteRequest");
  return R"("at": "0s", )" + written;
}

std::string scenario(const Point& point, const Split& split, const std::string& termination) {
  return R"({ "quorate": 1, "network": { "delay": "10ms" }, "stop": { "at": "3s" },
    "protocol": { "use": "2pc", "roles": { "coordinator": ["co"], "participant": )" +
         names(Split(split.size(), 0), 0) + R"( }, "params": { "termination": ")" + termination +
         R"(" } }, "workload": [{ "client": "c1", "op": "transfer", "at": "10ms", "node": "co",
      "timeout": "2s" }], "faults": [{ )" +
         crash(point) + " }" + then_splits(split) + "] }";
}

Fates run(const Point& point, const Split& split, const std::string& termination) {
  const auto run = make_run(scenario_of(scenario(point, split, termination)), 1);
  LastLines lines(split.size());
  run->observe(lines);
  run->run();
  CHECK(run->outcome().verdict == Verdict::pass);
  return lines.fates;
}

struct Count {
  int points{};
  int blocked{};
  int inconsistent{};
};

// Every run against the enumeration. `whole`: without splits.
Count matrix(std::size_t n, const std::string& termination, bool whole) {
  Count count;
  for (const Point& point : points(n)) {
    for (const Split& split : splits(n)) {
      if (whole && split != Split(n, 0)) continue;
      CAPTURE(point.asked);
      CAPTURE(point.logged);
      CAPTURE(point.told);
      CAPTURE(names(split, 0));
      const Fates before = at_crash(n, point);
      const Fates expected = termination == "basic" ? before : cooperate(before, split);
      const Fates fates = run(point, split, termination);
      CHECK(fates == expected);
      ++count.points;
      count.blocked += blocked(fates) ? 1 : 0;
      count.inconsistent += inconsistent(fates) ? 1 : 0;
    }
  }
  return count;
}

// Six participants in a tree of two levels: p3 and p4 stand below p1. `victim` dies for good when
// it has sent that much.
Fates tree(const std::string& victim, const std::string& message, int sends,
           const std::string& termination) {
  const std::string text =
      R"({ "quorate": 1, "network": { "delay": "10ms" }, "stop": { "at": "3s" },
    "protocol": { "use": "2pc", "roles": { "coordinator": ["co"],
      "participant": ["p1", "p2", "p3", "p4", "p5", "p6"] },
      "params": { "form": "tree", "fan_out": 2, "termination": ")" +
      termination + R"(" } }, "workload": [{ "client": "c1", "op": "transfer", "at": "10ms",
      "node": "co", "timeout": "2s" }], "faults": [{ "at": "0s", "do": { "crash": { "node": ")" +
      victim + R"(", "after_sends": )" + std::to_string(sends) + R"(, "message": ")" + message +
      R"(" } } }] })";
  const auto run = make_run(scenario_of(text), 1);
  LastLines lines(6);
  run->observe(lines);
  run->run();
  CHECK(run->outcome().verdict == Verdict::pass);
  return lines.fates;
}

}  // namespace

TEST_CASE("2pc crash matrix: in a tree, who stands between blocks those below it, and no other") {
  const std::pair<const char*, int> points[] = {{"VoteRequest", 1},
                                                {"VoteRequest", 2},
                                                {"Vote", 1},
                                                {"GlobalCommit", 1},
                                                {"GlobalCommit", 2}};
  for (const auto& point : points) {
    const char* const message = point.first;
    const int sends = point.second;
    for (const std::string termination : {"basic", "cooperative"}) {
      CAPTURE(message);
      CAPTURE(sends);
      CAPTURE(termination);
      const Fates fates = tree("p1", message, sends, termination);
      CHECK_FALSE(inconsistent(fates));
      for (const std::size_t outside : {1, 4, 5}) CHECK(fates[outside] != Fate::ready);
      const bool all_told = message == std::string("GlobalCommit") && sends == 2;
      const bool stuck = fates[2] == Fate::ready || fates[3] == Fate::ready;
      CHECK(stuck == (termination == "basic" && !all_told));
    }
  }
}

TEST_CASE("2pc crash matrix: in a tree, the coordinator dies at any send, and nobody disagrees") {
  for (const std::string message : {"VoteRequest", "GlobalCommit"}) {
    for (const int sends : {1, 2}) {
      for (const std::string termination : {"basic", "cooperative"}) {
        CAPTURE(message);
        CAPTURE(sends);
        CAPTURE(termination);
        const Fates fates = tree("co", message, sends, termination);
        CHECK_FALSE(inconsistent(fates));
        const bool all_told = message == "GlobalCommit" && sends == 2;
        const bool help = termination == "cooperative" && !(message == "VoteRequest" && sends == 2);
        CHECK(blocked(fates) == !(all_told || help));
      }
    }
  }
}

TEST_CASE(
    "2pc crash matrix: three participants, 6 of 8 points block, 2 where they help each other") {
  const Count basic = matrix(3, "basic", true);
  CHECK(basic.points == 8);
  CHECK(basic.blocked == 6);
  const Count cooperative = matrix(3, "cooperative", true);
  CHECK(cooperative.points == 8);
  CHECK(cooperative.blocked == 2);
}

TEST_CASE("2pc crash matrix: no split ever makes three or four participants disagree") {
  for (const std::size_t n : {std::size_t{3}, std::size_t{4}}) {
    for (const char* termination : {"basic", "cooperative"}) {
      CAPTURE(n);
      CAPTURE(termination);
      const Count all = matrix(n, termination, false);
      CHECK(all.points == static_cast<int>((2 * n + 2) << (n - 1)));
      CHECK(all.inconsistent == 0);
    }
  }
}

}  // namespace quorate::p2pc
