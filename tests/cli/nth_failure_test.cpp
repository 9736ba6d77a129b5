// The first write fails, then the second, and so on until a command comes through: each time it
// ends with a documented exit code, never a signal, and every file is whole or not there. The same
// for opening, syncing and renaming files, and for memory.
#include <doctest/doctest.h>

#include <algorithm>
#include <map>

#include "tests/cli/command_line.hpp"
#include "tests/support/sanitized.hpp"

namespace quorate::testing {

namespace {

namespace fs = std::filesystem;

struct Work {
  const char* words;
  bool needs_memory{};  // it does not clean up without any
  bool keeps_rows{};    // `sweep --out`: what is there may be unfinished, and --resume finishes it
};

constexpr Work works[] = {
    {"run good.json --trace out.jsonl"},
    {"sweep coin.json --seeds 1..3 -j1 --csv out.csv"},
    {"sweep coin.json --seeds 1..3 -j1 --json"},
    {"sweep coin.json --seeds 1..3 -j1 --out dir", false, true},
    {"merge part-1 part-2 --csv out.csv"},
    {"merge part-1 part-2 --out dir", true},
    {"replay given.jsonl"},
    {"new protocol ring", true},
};

using Files = std::map<std::string, std::string>;  // path from the folder, content

class Saboteur {
 public:
  Saboteur() {
    REQUIRE(quorate_("run good.json --trace given.jsonl").status == 0);
    for (const char* part : {"1", "2"}) {
      const std::string line = "sweep coin.json --seeds 1..3 -q --shard ";
      REQUIRE(quorate_(line + part + "/2 --out part-" + part).status == 0);
    }
    for (const char* room : {"protocols/echo", "scenarios/echo"}) {
      fs::create_directories(quorate_.folder() / room);
      fs::copy(source(room), quorate_.folder() / room, fs::copy_options::recursive);
    }
    fs::copy_file(source("CMakeLists.txt"), quorate_.folder() / "CMakeLists.txt");
    given_ = files();
  }

  // Fails calls of this kind, "+" for all from the n-th on, until nothing is left to fail.
  // `step` of 16 tries the first sixteen and then about every sixteenth part further.
  int fail_all(const Work& work, const std::string& kind, const char* later, int step) {
    remove_made();
    const Outcome undisturbed = sabotaged(work.words, "");
    REQUIRE(undisturbed.status == 0);
    const Files wanted = made();
    remove_made();
    int tries = 0;
    for (int n = 1;; n += 1 + (step == 0 ? 0 : n / step), ++tries) {
      const std::string order = kind + " " + std::to_string(n) + later;
      const Outcome outcome = sabotaged(work.words, order);
      if (!fs::remove(mark_.path() / "failed")) return tries;
      const std::string told = std::string(work.words) + ", " + order + ": " + outcome.errors;
      check_end(outcome, undisturbed, told);
      check_files(work, outcome.status == 0, wanted, told);
      remove_made();
    }
  }

 private:
  Outcome sabotaged(const std::string& words, const std::string& order) {
    std::vector<std::string> all{binary("quorate_failing").string()};
    std::istringstream in(words);
    for (std::string word; in >> word;) all.push_back(word);
    auto environment = quorate_.environment;
    environment.emplace_back("QUORATE_ROOT", quorate_.folder().string());
    environment.emplace_back("QUORATE_FAIL", order);
    // A library that ran out of memory may lose some; that is not what is tested here.
    environment.emplace_back("ASAN_OPTIONS", "detect_leaks=0");
    environment.emplace_back("QUORATE_FAILED", (mark_.path() / "failed").string());
    return run({all, quorate_.folder(), environment});
  }

  static void check_end(const Outcome& outcome, const Outcome& undisturbed,
                        const std::string& told) {
    const int ends[] = {0, 3, 70, 73, 74};
    CHECK_MESSAGE(std::ranges::find(ends, outcome.status) != std::end(ends), told);
    // What a sweep prints holds no time.
    const bool same = outcome.output == undisturbed.output || !told.starts_with("sweep");
    if (outcome.status == 0) CHECK_MESSAGE(same, told);
    if (outcome.status != 0) CHECK_MESSAGE(outcome.errors + outcome.output != "", told);
  }

  // A run that had no memory is a row of its own; what tells of it differs and is whole.
  static bool tells_of_lost_runs(const std::string& text) {
    const char* words[] = {
        "broken,",     "crashed,",  "\"broken\":1",           "\"crashed\":1",
        "1 broke the", "1 crashed", "\"verdict\":\"broken\"", "\"verdict\":\"crashed\""};
    return text.ends_with('\n') &&
           std::ranges::any_of(words, [&](const char* word) { return has(text, word); });
  }

  void check_files(const Work& work, bool passed, const Files& wanted, const std::string& told) {
    const Files here = made();
    if (passed) CHECK_MESSAGE(here == wanted, told);
    bool lost_runs = false;
    for (const auto& file : here) {  // clang 14 captures no structured binding
      const std::string& name = file.first;
      const std::string& text = file.second;
      const bool whole = wanted.contains(name) && wanted.at(name) == text;
      lost_runs = lost_runs || (!whole && tells_of_lost_runs(text));
      const bool unfinished = work.keeps_rows && name == "dir/journal.jsonl";
      CHECK_MESSAGE((whole || unfinished || tells_of_lost_runs(text)), name << " after " << told);
    }
    if (!work.keeps_rows || lost_runs) return;
    CHECK_MESSAGE(sabotaged(std::string(work.words) + " --resume", "").status == 0, told);
    CHECK_MESSAGE(made() == wanted, told);
  }

  Files files() const {
    Files all;
    for (const auto& entry : fs::recursive_directory_iterator(quorate_.folder())) {
      const std::string name = fs::relative(entry.path(), quorate_.folder()).string();
      all[name] = entry.is_directory() ? "" : contents(entry.path());
    }
    return all;
  }
  Files made() const {
    Files all = files();
    std::erase_if(all, [&](const auto& file) { return given_.contains(file.first); });
    return all;
  }
  void remove_made() const {
    for (const auto& [name, text] : made()) fs::remove_all(quorate_.folder() / name);
  }

  CommandLine quorate_;
  TemporaryFolder mark_;
  Files given_;
};

}  // namespace

TEST_CASE("cli: the n-th write, open, sync or rename fails, and no file is half there") {
  Saboteur saboteur;
  int tries = 0;
  for (const Work& work : works) {
    for (const char* kind : {"write", "open", "sync", "rename"}) {
      for (const char* later : {"", "+"}) tries += saboteur.fail_all(work, kind, later, 0);
    }
  }
  CHECK(tries > 50);
}

TEST_CASE("cli: the n-th allocation fails, and no file is half there") {
  Saboteur saboteur;
  int tries = 0;
  for (const Work& work : works) {
    if (work.needs_memory) continue;
    for (const char* later : {"", "+"})
      tries += saboteur.fail_all(work, "alloc", later, sanitized ? 2 : 8);
  }
  CHECK(tries > 100);
}

TEST_CASE("cli: every n-th allocation fails" * doctest::test_suite("long")) {
  Saboteur saboteur;
  for (const Work& work : works) {
    if (!work.needs_memory) saboteur.fail_all(work, "alloc", "", 100);
  }
}

}  // namespace quorate::testing
