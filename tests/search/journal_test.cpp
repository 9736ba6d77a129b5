// The journal of a sweep: whatever happened to its bytes, what is read is the beginning of what was
// written, and what is appended then makes it whole again.
#include <doctest/doctest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <fstream>
#include <limits>
#include <random>

#include "sim/search/journal.hpp"
#include "tests/support/process.hpp"

namespace quorate {

namespace {

constexpr std::uint64_t runs = 40;

SweepPlan plan_of_two_variants() {
  SweepPlan plan;
  plan.points = {{nullptr, nullptr}, {nullptr, nullptr}};
  plan.first_seed = 7;
  plan.seeds = runs / 2;
  return plan;
}

// Ends of every kind, and words that a file of lines could stumble over.
SweepRow made_up(const SweepPlan& plan, std::uint64_t run) {
  SweepRow row;
  row.point = plan.point_of(run);
  row.seed = plan.seed_of(run);
  row.end = run % 9 == 8 ? RowEnd::crashed : run % 9 == 7 ? RowEnd::broken : RowEnd::finished;
  if (row.end != RowEnd::finished) {
    row.trouble = "it said \"no\"\n{\"sum\":\"0\",\"row\":\"\\%41\"}";
    return row;
  }
  row.outcome.verdict = run % 5 == 0 ? Verdict::fail : Verdict::pass;
  row.missed_faults = run % 10 == 0;
  row.verdict = row.missed_faults ? Verdict::pass : row.outcome.verdict;
  row.outcome.reason = row.outcome.verdict == Verdict::fail ? "n1 läuft; 50% \t of n2" : "";
  row.outcome.metrics = {{"least", std::numeric_limits<std::int64_t>::min()}, {"run", 3}};
  row.outcome.witnesses = {{"seen", run}};
  row.outcome.digest = run * 0x9E37'79B9'7F4A'7C15;
  return row;
}

std::string told(const SweepRow& row) {
  return std::to_string(row.point) + " " + std::to_string(row.seed) + " " +
         std::string(end_word(row)) + " " + packed(row);
}

struct Kept {
  Kept() : plan(plan_of_two_variants()), path((folder.path() / "journal").string()) {
    append_rest();
    whole = testing::contents(path);
  }
  // Reads what is there, checks that it is the beginning of what was written, and appends the rest.
  std::uint64_t append_rest() {
    SweepJournal journal(path);
    std::uint64_t next = 0;
    const std::uint64_t known = journal.read(plan, [&](const SweepRow& row) {
      CHECK(told(row) == told(made_up(plan, next++)));
      return true;
    });
    CHECK(known == next);
    for (std::uint64_t run = known; run < runs; ++run)
      journal.append(journal_line(plan, made_up(plan, run)));
    CHECK(journal.sync());
    return known;
  }
  void put(const std::string& text) const { std::ofstream(path, std::ios::binary) << text; }

  testing::TemporaryFolder folder;
  SweepPlan plan;
  std::string path;
  std::string whole;
};

// One of the things that may happen to a file.
void damage(std::string& text, std::mt19937_64& random) {
  const std::size_t at = random() % text.size();
  const std::size_t size = random() % 500;
  switch (random() % 6) {
    case 0:
      text[at] = static_cast<char>(text[at] ^ (1 << random() % 8));
      break;
    case 1:
      text.resize(at);
      break;
    case 2:
      text.erase(at, size);
      break;
    case 3:
      text.insert(at, text.substr(random() % text.size(), size));
      break;
    case 4:
      text.replace(at, size, size, '\0');
      break;
    default:
      text += text.substr(text.rfind('\n', text.size() - 2) + 1);
      break;
  }
}

}  // namespace

TEST_CASE("search: a journal gives back every row, and one line each") {
  Kept kept;
  CHECK(std::ranges::count(kept.whole, '\n') == runs);
  CHECK(kept.append_rest() == runs);
  CHECK(testing::contents(kept.path) == kept.whole);
}

TEST_CASE("search: metrics that both sides know are told without their names") {
  constexpr std::string_view known[] = {"a metric", "b metric", "c metric", "d metric"};
  SweepRow row;
  row.outcome.metrics = {{"b metric", -1}, {"c metric", 7}};
  const std::string text = packed(row, known);
  CHECK(text.find("metric") == std::string::npos);
  CHECK(unpacked(text, known).outcome.metrics == row.outcome.metrics);
  for (const char* other : {"a", "b metric2", "z"}) row.outcome.metrics[other] = 9;
  CHECK(unpacked(packed(row, known), known).outcome.metrics == row.outcome.metrics);
  CHECK(unpacked(packed(row)).outcome.metrics == row.outcome.metrics);
  row.outcome.metrics.clear();
  CHECK(unpacked(packed(row, known), known).outcome.metrics.empty());
}

TEST_CASE("search: whatever is done to a journal, its rows are the beginning of the true ones") {
  Kept kept;
  std::mt19937_64 random(1);
  std::uint64_t shorter = 0;
  for (int i = 0; i < 2000; ++i) {
    std::string text = kept.whole;
    for (std::uint64_t times = random() % 3 + 1; times > 0 && !text.empty(); --times) {
      damage(text, random);
    }
    kept.put(text);
    shorter += kept.append_rest() < runs ? 1 : 0;
    REQUIRE(testing::contents(kept.path) == kept.whole);
  }
  CHECK(shorter > 1000);
}

TEST_CASE("search: rows of a journal that nobody wants stay in it") {
  Kept kept;
  {
    SweepJournal journal(kept.path);
    int wanted = 5;
    CHECK(journal.read(kept.plan, [&](const SweepRow&) { return --wanted > 0; }) == 5);
  }
  CHECK(testing::contents(kept.path) == kept.whole);
}

TEST_CASE("search: a journal is for one process, and for none that died") {
  Kept kept;
  std::array<int, 2> ready{};
  REQUIRE(pipe(ready.data()) == 0);
  const pid_t other = fork();
  if (other == 0) {
    const SweepJournal journal(kept.path);
    (void)!write(ready[1], journal.good() ? "y" : "n", 1);
    for (;;) pause();
  }
  char answer = 0;
  REQUIRE(read(ready[0], &answer, 1) == 1);
  CHECK(answer == 'y');
  const SweepJournal second(kept.path);
  CHECK(second.busy());
  CHECK(second.owner() == other);
  kill(other, SIGKILL);
  waitpid(other, nullptr, 0);
  CHECK(SweepJournal(kept.path).good());
  close(ready[0]);
  close(ready[1]);
}

TEST_CASE("search: a journal on a full disk says so, and keeps what it had") {
  Kept kept;
  kept.put(kept.whole.substr(0, kept.whole.find('\n') + 1));
  rlimit before{};
  getrlimit(RLIMIT_FSIZE, &before);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit limit{1000, before.rlim_max};
  {
    SweepJournal journal(kept.path);
    CHECK(journal.read(kept.plan, [](const SweepRow&) { return true; }) == 1);
    setrlimit(RLIMIT_FSIZE, &limit);
    for (std::uint64_t run = 1; run < runs; ++run) {
      journal.append(journal_line(kept.plan, made_up(kept.plan, run)));
    }
    setrlimit(RLIMIT_FSIZE, &before);
    CHECK(journal.error() == "cannot write " + kept.path + ": File too large");
    CHECK_FALSE(journal.sync());
  }
  std::signal(SIGXFSZ, handler);
  CHECK(testing::contents(kept.path) == kept.whole.substr(0, 1000));
  CHECK(kept.append_rest() > 1);
  CHECK(testing::contents(kept.path) == kept.whole);
}

TEST_CASE("search: where no journal can be, that is said") {
  const testing::TemporaryFolder folder;
  const SweepJournal journal((folder.path() / "missing" / "journal").string());
  CHECK_FALSE(journal.good());
  CHECK_FALSE(journal.busy());
  CHECK(journal.error().starts_with("cannot open "));
}

}  // namespace quorate
