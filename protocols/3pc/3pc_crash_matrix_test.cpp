// The coordinator dies for good at every point of every phase, and the participants are left to
// themselves: together, or split in two in every way. What becomes of each participant is compared
// with an enumeration that knows no messages, only who had been told what.
#include <doctest/doctest.h>

#include <algorithm>

#include "protocols/3pc/messages.hpp"
#include "tests/support/run_text.hpp"
#include "tests/support/splits.hpp"

namespace quorate::p3pc {

namespace {

using testing::dies_after;
using testing::make_run;
using testing::names;
using testing::scenario_of;
using testing::Split;
using testing::splits;
using testing::then_splits;

enum class Fate { untouched, ready, prepared, committed, aborted };
using Fates = std::vector<Fate>;

// The last thing that the coordinator did: asked so many participants for their votes, all of which
// are yes; wrote PRECOMMIT (0 prepared), had so many prepare; wrote its decision (0 told), told so
// many.
QUORATE_ENUM(Phase, voting, preparing, deciding)
struct Point {
  Phase phase{};
  std::size_t reached{};
};

std::vector<Point> points(std::size_t n) {
  std::vector<Point> result;
  for (const Phase phase : {Phase::voting, Phase::preparing, Phase::deciding}) {
    for (std::size_t reached = 0; reached <= n; ++reached) result.push_back({phase, reached});
  }
  return result;
}

// ---- the enumeration ----------------------------------------------------------------------------

Fates at_crash(std::size_t n, const Point& point) {
  const auto phase = static_cast<std::size_t>(point.phase);
  constexpr Fate before[]{Fate::untouched, Fate::ready, Fate::prepared};
  constexpr Fate after[]{Fate::ready, Fate::prepared, Fate::committed};
  Fates fates(n, before[phase]);
  for (std::size_t i = 0; i < point.reached; ++i) fates[i] = after[phase];
  return fates;
}

bool some(const Fates& fates, const Split& split, int side, Fate fate) {
  for (std::size_t i = 0; i < fates.size(); ++i) {
    if (split[i] == side && fates[i] == fate) return true;
  }
  return false;
}

std::size_t count(const Fates& fates, const Split& split, int side, Fate fate) {
  std::size_t result = 0;
  for (std::size_t i = 0; i < fates.size(); ++i) {
    if (split[i] == side && fates[i] == fate) ++result;
  }
  return result;
}

// What a side comes to; `ready` where it cannot decide.
Fate outcome(const Fates& fates, const Split& split, int side, const std::string& termination) {
  if (some(fates, split, side, Fate::committed)) return Fate::committed;
  if (some(fates, split, side, Fate::untouched)) return Fate::aborted;
  const std::size_t ready = count(fates, split, side, Fate::ready);
  const std::size_t prepared = count(fates, split, side, Fate::prepared);
  const std::size_t to_commit = fates.size() / 2 + 1;
  const std::size_t to_abort = fates.size() + 1 - to_commit;
  if (termination == "elected") return prepared > 0 ? Fate::committed : Fate::aborted;
  if (prepared > 0 && ready + prepared >= to_commit) return Fate::committed;
  return ready >= to_abort ? Fate::aborted : Fate::ready;
}

Fates left_alone(const Fates& before, const Split& split, const std::string& termination) {
  Fates after = before;
  for (std::size_t i = 0; i < before.size(); ++i) {
    if (termination == "naive") {
      if (before[i] == Fate::ready) after[i] = Fate::aborted;
      if (before[i] == Fate::prepared) after[i] = Fate::committed;
      continue;
    }
    const bool begun =
        some(before, split, split[i], Fate::ready) || some(before, split, split[i], Fate::prepared);
    if (!begun || before[i] == Fate::committed) continue;
    const Fate fate = outcome(before, split, split[i], termination);
    if (fate != Fate::ready) after[i] = fate;
  }
  return after;
}

// Who has never been asked is not waiting for anything.
bool blocked(const Fates& fates) {
  return std::count(fates.begin(), fates.end(), Fate::ready) > 0 ||
         std::count(fates.begin(), fates.end(), Fate::prepared) > 0;
}
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
    if (line->record == Text("PRECOMMIT")) fate = Fate::prepared;
    if (line->record == Text("GLOBAL_COMMIT")) fate = Fate::committed;
    if (line->record == Text("VOTE_ABORT")) fate = Fate::aborted;
    if (line->record == Text("GLOBAL_ABORT")) fate = Fate::aborted;
  }
  Fates fates;
};

// START_3PC is written at 20 ms, PRECOMMIT at 40 ms, the decision at 60 ms.
std::string crash(const Point& point) {
  const auto phase = static_cast<std::size_t>(point.phase);
  constexpr std::string_view types[]{"VoteRequest", "PreCommit", "GlobalCommit"};
  constexpr std::string_view written[]{"0ms", "30ms", "50ms"};
  if (point.reached > 0) return dies_after(point.reached, std::string(types[phase]));
  return R"("at": ")" + std::string(written[phase]) +
         R"(", "do": { "crash": { "node": "co", "after_persist": true } })";
}

std::string scenario(const Point& point, const Split& split, const std::string& termination) {
  return R"({ "quorate": 1, "network": { "delay": "10ms" }, "stop": { "at": "3s" },
    "protocol": { "use": "3pc", "roles": { "coordinator": ["co"], "participant": )" +
         names(Split(split.size(), 0), 0) + R"( }, "params": { "termination": ")" + termination +
         R"(" } }, "workload": [{ "client": "c1", "op": "transfer", "at": "10ms", "node": "co",
      "timeout": "2s" }], "check": ["stability"], "faults": [{ )" +
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
      CAPTURE(enum_name(point.phase));
      CAPTURE(point.reached);
      CAPTURE(names(split, 0));
      const Fates fates = run(point, split, termination);
      CHECK(fates == left_alone(at_crash(n, point), split, termination));
      ++count.points;
      count.blocked += blocked(fates) ? 1 : 0;
      count.inconsistent += inconsistent(fates) ? 1 : 0;
    }
  }
  return count;
}

// ---- total failure ------------------------------------------------------------------------------

// The coordinator dies, 25 ms later everybody does, and all come back in this order.
std::string total_failure(const Point& point, const std::vector<std::string>& order) {
  std::string faults;
  for (const char* node : {"p1", "p2", "p3"}) {
    faults += std::string(R"(, { "on": { "event": "crash", "node": "co" }, "after": "25ms", )") +
              R"("do": { "crash": ")" + node + R"(" } })";
  }
  for (std::size_t i = 0; i < order.size(); ++i) {
    faults += R"(, { "at": ")" + std::to_string(1000 + 100 * i) + R"(ms", "do": { "restart": ")" +
              order[i] + R"(" } })";
  }
  return R"({ "quorate": 1, "network": { "delay": "10ms" }, "stop": { "at": "4s" },
    "protocol": { "use": "3pc", "roles": { "coordinator": ["co"],
      "participant": ["p1", "p2", "p3"] } },
    "workload": [{ "client": "c1", "op": "transfer", "at": "10ms", "node": "co",
      "timeout": "3s" }], "faults": [{ )" +
         crash(point) + " }" + faults + "] }";
}

Fates recovered(const Point& point, const std::vector<std::string>& order) {
  const auto run = make_run(scenario_of(total_failure(point, order)), 1);
  LastLines lines(3);
  run->observe(lines);
  run->run();
  CHECK(run->outcome().verdict == Verdict::pass);
  return lines.fates;
}

}  // namespace

TEST_CASE("3pc crash matrix: after a total failure all decide once all are back, in any order") {
  std::vector<std::string> order{"co", "p1", "p2", "p3"};
  int runs = 0;
  do {
    for (const Point& point : points(3)) {
      CAPTURE(enum_name(point.phase));
      CAPTURE(point.reached);
      CAPTURE(order[0] + order[1] + order[2] + order[3]);
      const bool prepared = point.phase != Phase::voting;
      Fates fates = recovered(point, order);
      // Who was never asked may be told of the abort while it is still down.
      if (!prepared) std::ranges::replace(fates, Fate::untouched, Fate::aborted);
      CHECK(fates == Fates(3, prepared ? Fate::committed : Fate::aborted));
      ++runs;
    }
  } while (std::ranges::next_permutation(order).found);
  CHECK(runs == 12 * 24);
}

TEST_CASE("3pc crash matrix: three participants, 12 points, without a split") {
  const Count naive = matrix(3, "naive", true);
  CHECK(naive.points == 12);
  CHECK(naive.inconsistent == 2);
  for (const char* termination : {"elected", "quorum"}) {
    CAPTURE(termination);
    const Count right = matrix(3, termination, true);
    CHECK(right.blocked == 0);
    CHECK(right.inconsistent == 0);
  }
}

TEST_CASE("3pc crash matrix: three participants, 12 points, every split") {
  const Count naive = matrix(3, "naive", false);
  CHECK(naive.points == 48);
  CHECK(naive.inconsistent == 8);
  CHECK(naive.blocked == 0);
  const Count elected = matrix(3, "elected", false);
  CHECK(elected.inconsistent == 4);
  CHECK(elected.blocked == 0);
  const Count quorum = matrix(3, "quorum", false);
  CHECK(quorum.inconsistent == 0);
  CHECK(quorum.blocked == 24);
}

TEST_CASE("3pc crash matrix: four participants, 15 points, every split") {
  for (const char* termination : {"naive", "elected"}) {
    CAPTURE(termination);
    const Count all = matrix(4, termination, false);
    CHECK(all.points == 15 * 8);
    CHECK(all.blocked == 0);
  }
  CHECK(matrix(4, "elected", true).inconsistent == 0);
  CHECK(matrix(4, "quorum", false).inconsistent == 0);
  CHECK(matrix(4, "quorum", true).blocked == 0);
}

}  // namespace quorate::p3pc
