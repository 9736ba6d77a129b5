// Every way a scenario can be wrong that anybody thought of, with what is said about it: the rows
// are in bad_scenarios.txt, whose head says how to read and extend them.
#include <doctest/doctest.h>

#include <fstream>
#include <set>
#include <string>
#include <vector>

#include "tests/scenario/made_up.hpp"

using namespace quorate;

namespace {

struct Row {
  std::string document;
  std::string expected;
};

std::string with_line_breaks(std::string text) {
  const std::string mark = "\\n";
  for (std::size_t at; (at = text.find(mark)) != text.npos;) text.replace(at, mark.size(), "\n");
  return text;
}

std::string whole(const std::string& line) {
  if (line.front() == '{' || line.front() == '[') return line;
  const std::string head =
      R"({"quorate": 1, "protocol": {"use": "toy", "nodes": 3}, "stop": {"at": "5s"},)";
  return head + "\n" + with_line_breaks(line) + "\n}";
}

std::vector<Row> rows() {
  std::ifstream file(QUORATE_SOURCE_DIR "/tests/scenario/bad_scenarios.txt");
  std::vector<Row> result;
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line.front() == '#') continue;
    if (line.front() == ' ') {
      result.back().expected += line + "\n";
    } else {
      result.push_back({whole(line), ""});
    }
  }
  return result;
}

std::string said(const Diagnostics& diagnostics) {
  std::string result;
  for (const Diagnostic& it : diagnostics.list()) {
    result += it.severity == Severity::warning ? "    warning " : "    ";
    result += to_text(it.code) + " " + std::to_string(it.at.line) + ":" +
              std::to_string(it.at.column) + "+" + std::to_string(it.at.length) + " " + it.text;
    result += (it.hint.empty() ? "" : " | " + it.hint) + "\n";
  }
  return result;
}

}  // namespace

TEST_CASE("loader: every bad scenario is refused where it is wrong, in the words of the table") {
  const std::vector<Row> table = rows();
  CHECK(table.size() >= 200);
  for (const Row& row : table) {
    Diagnostics diagnostics("bad.json");
    const auto scenario = made_up::read(row.document, diagnostics);
    CAPTURE(row.document);
    CHECK_MESSAGE(said(diagnostics) == row.expected, said(diagnostics));
    CHECK((scenario == nullptr) == diagnostics.failed());
  }
}

TEST_CASE("loader: the table of bad scenarios covers every code the loader has") {
  std::set<std::string> seen;
  for (const Row& row : rows()) {
    for (std::size_t at = 0; (at = row.expected.find(" Q", at)) != std::string::npos; ++at) {
      seen.insert(row.expected.substr(at + 1, 4));
    }
  }
  for (const ErrorMeaning& meaning : error_codes()) {
    const bool of_the_loader =
        meaning.code >= ErrorCode::wrong_type && meaning.code != ErrorCode::bad_include;
    CAPTURE(meaning.name);
    if (of_the_loader) CHECK(seen.contains(to_text(meaning.code)));
  }
}
