// Every scenario is run twice, the second time in another world: shuffled addresses, dirty memory,
// another folder, time zone, home and language. Trace and exit status must not notice.
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>

#include "tests/determinism/worlds.hpp"
#include "tests/support/sanitized.hpp"

namespace quorate::testing {

namespace {

namespace fs = std::filesystem;

std::vector<fs::path> scenarios() {
  std::vector<fs::path> found;
  if (!fs::exists(source("scenarios"))) return found;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(source("scenarios"))) {
    const bool base = entry.path().filename().string().starts_with("_");
    if (entry.path().extension() == ".json" && !base) found.push_back(entry.path());
  }
  std::ranges::sort(found);
  return found;
}

struct Traced {
  int status{};
  std::string trace;
};

Traced run_traced(Command command, const fs::path& scenario, const std::string& seed) {
  const TemporaryFolder folder;
  const std::string trace = (folder.path() / "trace.jsonl").string();
  command.words.insert(command.words.end(),
                       {"run", scenario.string(), "--seed", seed, "--trace", trace});
  const int status = run(command).status;
  return {status, contents(trace)};
}

Traced plain(const fs::path& scenario, const std::string& seed) {
  return run_traced({{binary("quorate").string()}, source("."), {}}, scenario, seed);
}

Traced disturbed(const fs::path& scenario, const std::string& seed) {
  const TemporaryFolder elsewhere;
  return run_traced(in_another_world({binary("quorate_shuffled").string()}, elsewhere.path()),
                    scenario, seed);
}

std::string first_difference(const std::string& a, const std::string& b) {
  const auto [in_a, in_b] = std::ranges::mismatch(a, b);
  const auto start = a.rfind('\n', static_cast<std::size_t>(in_a - a.begin()));
  const std::size_t from = start == std::string::npos ? 0 : start + 1;
  return a.substr(from, 200) + "\n  against\n" + b.substr(std::min(from, b.size()), 200);
}

void check_twice(const fs::path& scenario, const std::string& seed) {
  const Traced first = plain(scenario, seed);
  const Traced second = disturbed(scenario, seed);
  INFO(scenario.string(), " seed ", seed);
  CHECK_FALSE(first.trace.empty());
  CHECK(first.status == second.status);
  CHECK_MESSAGE(first.trace == second.trace, first_difference(first.trace, second.trace));
}

}  // namespace

TEST_CASE("determinism: a second run in another world writes the same trace") {
  const std::vector<fs::path> all = scenarios();
  // Under a sanitizer some of every protocol: what it would find, it finds in them.
  for (std::size_t i = 0; i < all.size(); i += sanitized ? 5 : 1) check_twice(all[i], "1");
}

TEST_CASE("determinism: five seeds of every scenario write the same traces twice" *
          doctest::test_suite("long")) {
  for (const fs::path& scenario : scenarios()) {
    for (int seed = 1; seed <= 5; ++seed) check_twice(scenario, std::to_string(seed));
  }
}

}  // namespace quorate::testing
