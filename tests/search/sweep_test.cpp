// Sweeps of runs that are made up, so that every end a run can come to is there.
#include <doctest/doctest.h>
#include <unistd.h>

#include <limits>
#include <new>

#include "cli/performance.hpp"
#include "sim/search/sweep.hpp"
#include "sim/search/tally.hpp"

namespace quorate {

namespace {

// A run without a protocol: its seed says how it ends.
class MadeUp final : public Run {
 public:
  explicit MadeUp(std::uint64_t seed) : seed_(seed) {}
  bool step() override {
    if (seed_ % 10 == 7) assertion_failed("Made up.", "sim/made/up.cpp", 12);
    if (seed_ % 10 == 8) _exit(3);
    if (seed_ % 10 == 9) throw std::bad_alloc();
    finished_ = true;
    outcome_ = made_up();
    return false;
  }
  void run() override { step(); }
  void give_up(std::string) override {}
  bool finished() const override { return finished_; }
  std::unique_ptr<Run> copy() const override { return std::make_unique<MadeUp>(seed_); }
  void observe(Observer&) override {}
  Time now() const override { return {}; }
  std::uint64_t events() const override { return 42; }
  std::uint64_t digest() const override { return seed_; }
  const Outcome& outcome() const override { return outcome_; }
  Outcome take_outcome() override { return std::move(outcome_); }
  const Ledger& ledger() const override { return ledger_; }
  const std::vector<HistoryEntry>& history() const override { return history_; }
  std::string state(NodeId) const override { return "{}"; }
  std::string field(NodeId, std::string_view) const override { return {}; }

 private:
  Outcome made_up() const {
    Outcome outcome;
    outcome.verdict = Verdict::pass;
    outcome.metrics = {{"always", static_cast<std::int64_t>(seed_)}};
    if (seed_ % 2 == 0) outcome.metrics["even"] = 1;
    outcome.witnesses = {{"threes", seed_ % 3 == 0 ? 2U : 0U}, {"unseen", 0}};
    outcome.properties = {{"tested", 5, 1}, {"untested", 5, 0}};
    outcome.faults = {{"some", seed_ % 10 == 1 ? 0U : 1U, false}, {"none", 0, true}};
    outcome.digest = seed_ * 3;
    outcome.events = 42;
    if (seed_ % 10 == 1) fail(outcome, "the fault \"some\" never fired");
    if (seed_ % 10 == 2) {
      outcome.violation = Violation{"tested", {NodeId{1}, NodeId{2}}, "They differ."};
      outcome.violation_event = 41;
      fail(outcome, "They differ.");
    }
    if (seed_ % 10 == 3) {
      outcome.expectations = {{"{}", false, "It did not come."}};
      fail(outcome, "It did not come.");
    }
    if (seed_ % 10 == 4) outcome.verdict = Verdict::inconclusive;
    return outcome;
  }
  static void fail(Outcome& outcome, const char* reason) {
    outcome.verdict = Verdict::fail;
    outcome.reason = reason;
  }

  std::uint64_t seed_;
  bool finished_{};
  Outcome outcome_;
  Ledger ledger_;
  std::vector<HistoryEntry> history_;
};

ProtocolEntry made_up_protocol() {
  ProtocolEntry entry;
  entry.info.name = "made-up";
  entry.make = [](std::shared_ptr<const Scenario>, std::uint64_t seed, const RunOptions&) {
    return std::make_unique<MadeUp>(seed);
  };
  return entry;
}

// Adds up what comes, and keeps it as well.
class Gathered final : public Harvest {
 public:
  void add(const SweepRow& row) override {
    fresh_.add(row);
    rows_.number(row.point);
    rows_.number(row.seed);
    rows_.raw(quorate::packed(row));
  }
  std::string packed() override {
    Packer out;
    fresh_.unload(out);
    return out.take() + rows_.take();
  }
  bool take(std::string_view packed) override {
    Unpacker in(packed);
    tally.load(in);
    while (!in.empty()) {
      const auto point = in.number<std::size_t>();
      const auto seed = in.number();
      rows.push_back(unpacked(in.raw()));
      rows.back().point = point;
      rows.back().seed = seed;
    }
    return true;
  }

  SweepTally tally{1};
  std::vector<SweepRow> rows;

 private:
  SweepTally fresh_{1};
  Packer rows_;
};

Gathered gathered_of(std::uint64_t first, std::uint64_t seeds, unsigned workers) {
  const ProtocolEntry entry = made_up_protocol();
  SweepPlan plan;
  plan.points = {{std::make_shared<const Scenario>(), &entry}};
  plan.first_seed = first;
  plan.seeds = seeds;
  plan.workers = workers;
  Gathered gathered;
  CHECK(sweep(plan, gathered, [] { return true; }) == WorkEnd::done);
  return gathered;
}

SweepTally tally_of(std::uint64_t first, std::uint64_t seeds, unsigned workers) {
  return gathered_of(first, seeds, workers).tally;
}

}  // namespace

TEST_CASE("search: every end of a run is a row, and the sweep goes on") {
  const Gathered gathered = gathered_of(1, 30, 2);
  const SweepTally& tally = gathered.tally;
  const std::vector<SweepRow>& rows = gathered.rows;
  CHECK(tally.counts.pass == 12);  // seeds 0, 1, 5, 6 of ten: 1 missed a fault, alone
  CHECK(tally.counts.fail == 6);
  CHECK(tally.counts.inconclusive == 3);
  CHECK(tally.counts.broken == 6);
  CHECK(tally.counts.crashed == 3);
  REQUIRE(rows.size() == 30);
  CHECK(rows[0].verdict == Verdict::pass);
  CHECK(rows[0].missed_faults);
  CHECK(reason_of(rows[1]) == "tested: They differ.");
  CHECK(rows[1].outcome.violation->nodes == std::vector{NodeId{1}, NodeId{2}});
  CHECK(rows[1].outcome.violation_event == 41);
  CHECK(reason_of(rows[2]) == "It did not come.");
  CHECK(reason_of(rows[6]) == "Made up. (sim/made/up.cpp:12) at event e42");
  CHECK(rows[7].end == RowEnd::crashed);
  CHECK(reason_of(rows[8]) == "out of memory");
  CHECK(rows[29].outcome.digest == 90);
}

TEST_CASE("search: a mean has two decimals, rounded half up") {
  Spread spread;
  for (int i = 0; i < 199; ++i) spread.add(1);
  CHECK(spread.mean().whole == 1);
  CHECK(spread.mean().hundredths == 0);
  spread.add(2);  // 1.005
  CHECK(spread.mean().whole == 1);
  CHECK(spread.mean().hundredths == 1);
  Spread nearly;  // 1.995 and more
  for (int i = 0; i < 200; ++i) nearly.add(i == 0 ? 1 : 2);
  CHECK(nearly.mean().whole == 2);
  CHECK(nearly.mean().hundredths == 0);
}

TEST_CASE("search: tallies add up metrics, witnesses, properties and faults") {
  const SweepTally tally = tally_of(1, 6, 3);
  const PointTally& point = tally.points.at(0);
  CHECK(point.metrics.at("always").least == 1);
  CHECK(point.metrics.at("always").most == 6);
  CHECK(point.metrics.at("always").mean().whole == 3);
  CHECK(point.metrics.at("always").mean().hundredths == 50);
  CHECK(point.metrics.at("even").runs == 3);
  CHECK(tally.witnesses.at("threes").runs == 2);
  CHECK(tally.witnesses.at("threes").total == 4);
  CHECK(tally.witnesses.at("unseen").runs == 0);
  CHECK(tally.never_exercised() == std::vector<std::string>{"untested"});
  CHECK(tally.faults.at("some").fired.runs == 5);
  CHECK(tally.never_fired().empty());
}

TEST_CASE("search: parts added up are the whole, whatever each of them has seen") {
  const Gathered gathered = gathered_of(1, 60, 2);
  SweepTally whole(3);
  SweepTally part(3);
  SweepTally of_parts(3);
  for (std::size_t i = 0; i < gathered.rows.size(); ++i) {
    SweepRow row = gathered.rows[i];
    row.point = i / 30;
    row.outcome.metrics["only " + std::to_string(i % 7)] = -1;
    whole.add(row);
    part.add(row);
    if (i % 4 != 0) continue;
    Packer out;
    part.unload(out);
    Unpacker in(out.bytes());
    of_parts.load(in);
    CHECK(in.empty());
    CHECK(part.counts.runs() == 0);
  }
  Packer rest;
  part.unload(rest);
  Unpacker in(rest.bytes());
  of_parts.load(in);
  Packer one;
  Packer other;
  whole.unload(one);
  of_parts.unload(other);
  CHECK(one.bytes() == other.bytes());
  CHECK(one.bytes().find("only 6") != std::string::npos);
}

TEST_CASE("search: a fault that fired under no seed is told, unless it need not fire") {
  CHECK(tally_of(1, 1, 1).never_fired() == std::vector<std::string>{"some"});
}

TEST_CASE("search: sums do not wrap") {
  Spread spread;
  for (int i = 0; i < 3; ++i) spread.add(std::numeric_limits<std::int64_t>::max() / 2);
  CHECK(spread.sum == std::numeric_limits<std::int64_t>::max());
}

TEST_CASE("cli: a failed assertion of the engine names seed, event and command") {
  const ProtocolEntry entry = made_up_protocol();
  const Subject subject{std::make_shared<const Scenario>(), &entry};
  Console console;
  Performance performance(subject, 7, {}, "quorate run x --seed 7", console);
  try {
    performance.play({});
    FAIL("no failure came");
  } catch (const Failure& failure) {
    CHECK(failure.code() == ExitCode::internal_error);
    CHECK(std::string(failure.what()) == "Made up. (sim/made/up.cpp:12) at event e42 with seed 7");
    CHECK(failure.hint() == "again: quorate run x --seed 7");
  }
}

}  // namespace quorate
