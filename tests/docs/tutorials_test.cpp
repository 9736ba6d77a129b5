// Both tutorials are followed here as they stand: every file saved, every command typed, its output
// compared. The protocol that the reader writes is compiled and linked to what this build holds.
#include <doctest/doctest.h>

#include <algorithm>

#include "tests/docs/workplace.hpp"
#include "tests/support/process.hpp"
#include "tests/support/sanitized.hpp"

namespace quorate::testing {

namespace {

namespace fs = std::filesystem;

// Stops at the first step that is not as the document says: the rest would follow from it.
void check_document(const std::string& path, const Workplace& place,
                    const std::vector<Step>& steps) {
  for (const Step& step : steps) {
    const std::string wrong = follow(step, place);
    REQUIRE_MESSAGE(wrong.empty(), path << ", " << wrong);
  }
}

// The name of a file behind the language of a block is not shown to who reads the page.
void check_names(const std::string& path, const std::vector<Step>& steps) {
  const std::string prose = prose_of(contents(source(path)));
  for (const Step& step : steps) {
    const bool named = prose.find("`" + step.file + "`") != std::string::npos;
    CHECK_MESSAGE((step.file.empty() || named), path << " does not name " << step.file);
  }
}

std::string all_text(const fs::path& folder) {
  std::vector<fs::path> files;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    files.push_back(entry.path());
  }
  std::ranges::sort(files);  // total order: no two files of a folder have one path
  std::string text;
  for (const fs::path& file : files) text += file.string() + "\n" + contents(file);
  return text;
}

// Builds the protocol when its folder is there and is not as it was built last.
class Launcher {
 public:
  Launcher(fs::path tree, std::string name) : tree_(std::move(tree)), name_(std::move(name)) {}
  std::string operator()() {
    const fs::path folder = tree_ / "protocols" / name_;
    if (!fs::exists(folder)) return {};
    const std::string text = all_text(folder);
    if (text == built_) return {};
    built_ = text;
    const Outcome outcome = run({{source("tests/docs/build_protocol.sh").string(),
                                  binary("docs_build.sh").string(), tree_.string(), name_},
                                 ".",
                                 {}});
    return outcome.status == 0 ? "" : "does not build\n" + outcome.output + outcome.errors;
  }

 private:
  fs::path tree_;
  std::string name_;
  std::string built_;
};

}  // namespace

TEST_CASE("docs: the tutorial about a scenario can be followed word by word") {
  const std::string path = "scenarios/TUTORIAL.md";
  const std::vector<Step> steps = steps_in(contents(source(path)));
  REQUIRE(steps.size() > 10);
  const TemporaryFolder folder;
  furnish(source("."), steps, folder.path());
  check_names(path, steps);
  check_document(path, workplace(folder.path()), steps);
}

// Not under sanitizers: compiling takes three times as long there, and what runs is tested there.
// Nor where somebody has followed it to the end: two rings of one name cannot be linked.
TEST_CASE("docs: the tutorial about a protocol can be followed word by word") {
  if (sanitized || fs::exists(source("protocols/token_ring"))) return;
  const std::string path = "protocols/TUTORIAL.md";
  const std::vector<Step> steps = steps_in(contents(source(path)));
  REQUIRE(steps.size() > 10);
  const TemporaryFolder folder;
  furnish(source("."), steps, folder.path());
  Workplace place = workplace(folder.path());
  place.environment.emplace_back("QUORATE_TESTS", (folder.path() / "quorate_tests").string());
  place.before_command = Launcher(folder.path(), "token_ring");
  check_names(path, steps);
  check_document(path, place, steps);
}

}  // namespace quorate::testing
