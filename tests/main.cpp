// The one main() of all tests. Its last line is always "N passed, N failed", counted in test cases,
// after the names of those that failed. Cases of the suite "long" run only with --long.
// QUORATE_TESTS_ONLY=PATTERN restricts a run started by another program to matching case names.
#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>

#include <cstdlib>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

namespace {

struct Tally {
  int passed{};
  std::vector<std::string> failed;
};

Tally tally;

// Counts what doctest reports; doctest's own reporter keeps printing the details.
class TallyListener : public doctest::IReporter {
 public:
  explicit TallyListener(const doctest::ContextOptions&) {}
  void test_case_start(const doctest::TestCaseData& data) override { name_ = data.m_name; }
  void test_case_end(const doctest::CurrentTestCaseStats& stats) override {
    if (stats.testCaseSuccess) {
      ++tally.passed;
    } else {
      tally.failed.push_back(name_);
    }
  }
  void report_query(const doctest::QueryData&) override {}
  void test_run_start() override {}
  void test_run_end(const doctest::TestRunStats&) override {}
  void test_case_reenter(const doctest::TestCaseData&) override {}
  void test_case_exception(const doctest::TestCaseException&) override {}
  void subcase_start(const doctest::SubcaseSignature&) override {}
  void subcase_end() override {}
  void log_assert(const doctest::AssertData&) override {}
  void log_message(const doctest::MessageData&) override {}
  void test_case_skipped(const doctest::TestCaseData&) override {}

 private:
  std::string name_;
};

REGISTER_LISTENER("tally", 1, TallyListener);

void select_cases(doctest::Context& context, int argc, char** argv) {
  bool long_too = false;
  for (int i = 1; i < argc; ++i) long_too = long_too || std::string_view(argv[i]) == "--long";
  if (!long_too) context.addFilter("test-suite-exclude", "long");
  if (const char* only = std::getenv("QUORATE_TESTS_ONLY")) context.addFilter("test-case", only);
  context.applyCommandLine(argc, argv);
}

}  // namespace

int main(int argc, char** argv) {
  // What the launcher tells the simulator must not reach the programs that tests spawn.
  for (const char* name : {"QUORATE_ROOT", "QUORATE_COMMAND", "QUORATE_TESTS"}) unsetenv(name);
  doctest::Context context;
  context.setOption("no-intro", true);
  context.setOption("minimal", true);  // the summary is ours, so that no tests are no success
  select_cases(context, argc, argv);
  const int status = context.run();
  if (context.shouldExit()) return status;  // only a listing or the help was asked for
  for (const std::string& name : tally.failed) std::cout << "failed: " << name << '\n';
  const bool nothing_ran = tally.passed == 0 && tally.failed.empty();
  if (nothing_ran) std::cerr << "no test case has a name like that" << std::endl;
  std::cout << tally.passed << " passed, " << tally.failed.size() << " failed" << std::endl;
  return nothing_ran ? 1 : status;
}
