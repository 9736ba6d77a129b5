// The runs of all shipped scenarios, against what they were when digests.txt was written.
#include <doctest/doctest.h>

#include <map>
#include <sstream>

#include "sim/trace/writer.hpp"
#include "tests/conformance/scenarios.hpp"
#include "tests/support/process.hpp"

namespace quorate::testing {
namespace {

const std::string how_to_remake =
    "\n  If that is what you meant to do: tests/golden/remake.sh, and commit digests.txt."
    "\n  If not, a seed has lost its meaning: tests/golden/README.md.";

struct Golden {
  std::string versions;                      // the first line
  std::map<std::string, std::string> lines;  // by "FILE SEED"
};

Golden parse(const std::string& text) {
  Golden golden;
  std::istringstream in(text);
  std::getline(in, golden.versions);
  for (std::string line; std::getline(in, line);) {
    const std::size_t after_seed = line.find(' ', line.find(' ') + 1);
    golden.lines.emplace(line.substr(0, after_seed), line.substr(after_seed + 1));
  }
  return golden;
}

std::vector<std::string> all_scenarios() {
  std::vector<std::string> files;
  for (const std::string& name : protocol_names()) {
    for (const std::string& file : scenario_files(name)) {
      files.push_back(std::filesystem::relative(file, source(".")).string());
    }
  }
  return files;
}

std::string digests(std::vector<std::string> words) {
  words.insert(words.begin(), binary("quorate_digests").string());
  const Outcome outcome = run({std::move(words), source("."), {}});
  INFO(outcome.errors);
  REQUIRE(outcome.status == 0);
  return outcome.output;
}

Golden made_now() {
  std::vector<std::string> words{"--behaviour", "3"};
  for (const std::string& file : all_scenarios()) words.push_back(file);
  return parse(digests({"--versions"}) + digests(std::move(words)));
}

}  // namespace

TEST_CASE("golden: every shipped scenario runs as it did when digests.txt was written") {
  const Golden before = parse(contents(source("tests/golden/digests.txt")));
  const Golden now = made_now();
  CHECK_MESSAGE(before.versions == now.versions, "versions were raised.", how_to_remake);
  for (const auto& entry : now.lines) {
    const auto found = before.lines.find(entry.first);
    if (found == before.lines.end()) {
      FAIL_CHECK(entry.first, " is new here: tests/golden/remake.sh, and commit digests.txt");
    } else {
      CHECK_MESSAGE(found->second == entry.second, entry.first, " is not what it was.",
                    how_to_remake);
    }
  }
  for (const auto& entry : before.lines) {
    CHECK_MESSAGE(now.lines.contains(entry.first), entry.first, " is gone.", how_to_remake);
  }
}

TEST_CASE("golden: every raised version has its line in CHANGES.md") {
  const std::string changes = contents(source("tests/golden/CHANGES.md"));
  const auto told = [&](const std::string& name, int version) {
    return changes.find("\n- " + name + " " + std::to_string(version) + ": ") != changes.npos;
  };
  for (int version = 2; version <= trace_version; ++version) CHECK(told("trace", version));
  for (const ProtocolEntry& entry : protocols()) {
    CAPTURE(entry.info.name);
    for (int version = 2; version <= entry.info.version; ++version) {
      CHECK_MESSAGE(told(entry.info.name, version), "version ", version, " says nowhere why");
    }
  }
}

}  // namespace quorate::testing
