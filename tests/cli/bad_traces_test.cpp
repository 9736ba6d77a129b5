// Files that are no trace, or no whole one: what each command that reads a trace says of them.
#include <doctest/doctest.h>

#include <algorithm>

#include "tests/cli/command_line.hpp"

namespace quorate::testing {

namespace {

struct BadTrace {
  std::string name;
  std::string text;
  std::string message;  // on stderr of every command that refuses it
  std::string advice;   // below it
  // Only replay and check need the protocol; to the others this is a trace like any.
  bool good_without_protocol{};
};

std::string with_windows_lines(const std::string& text) {
  std::string result;
  for (const char c : text) result += c == '\n' ? std::string("\r\n") : std::string(1, c);
  return result;
}

std::string as_utf16(const std::string& text) {
  std::string result = "\xFF\xFE";
  for (const char c : text) result += std::string{c, '\0'};
  return result;
}

constexpr auto original = "take the file as quorate wrote it";
constexpr auto write_one = "`quorate run SCENARIO --trace FILE` writes a trace";
constexpr auto what_there_is = "--allow-truncated takes what there is of it";

// What never was a trace of this program.
std::vector<BadTrace> foreign_files(const std::string& good) {
  return {
      {"empty", "", "bad trace at byte 0: it is empty", write_one},
      {"scenario", "{\n  \"quorate\": 1\n}\n", "its first line is no trace header", write_one},
      {"results", "{\"seed\":1}\n{\"seed\":2}\n", "its first line is no trace header", write_one},
      {"binary",
       std::string("\x7F"
                   "ELF\0\0\0\n",
                   8),
       "its first line is no trace header", write_one},
      {"gzip", "\x1F\x8B\x08\x01" + good, "it is compressed", "unpack it first"},
      {"byte_order_mark", "\xEF\xBB\xBF" + good, "it begins with a byte order mark", original},
      {"utf16", as_utf16(good), "it is UTF-16", original},
      {"windows", with_windows_lines(good), "its lines end in \\r\\n instead of \\n", original},
      {"newer", replaced(good, "\"quorate_trace\":4", "\"quorate_trace\":5"),
       "it was written in version 5 of the format; this program reads version 4",
       "use the quorate that wrote it"},
      {"other_protocol", replaced(good, "\"protocol_version\":1", "\"protocol_version\":9"),
       " was written by version 9 of echo; this program has version 1",
       "use the quorate that wrote it", true},
      {"no_protocol", replaced(replaced(good, "\"echo\"", "\"ecco\""), "\"echo\"", "\"ecco\""),
       "unknown protocol \"ecco\"", "did you mean \"echo\"?", true},
  };
}

// What was one before something happened to it.
std::vector<BadTrace> damaged_traces(const std::string& good) {
  const std::size_t middle = good.find('\n', good.size() / 2) + 1;
  const std::string cut = "head -c " + std::to_string(middle) + " ";
  const std::string at = "bad trace at byte " + std::to_string(middle) + ": ";
  const auto spoiled = [&](std::string_view bytes) {
    return good.substr(0, middle + 3) + std::string(bytes) + good.substr(middle + 3);
  };
  return {
      {"not_utf8", spoiled("\xFF"), at + "a line holds, as its byte 4, one that is not UTF-8", cut},
      {"nul", spoiled(std::string_view("\0", 1)),
       at + "a line holds, as its byte 4, the control character \\x00; the last good record is e",
       cut},
      {"not_json", spoiled("]"), at + "a line ", cut},
      {"line_missing", good.substr(0, middle) + good.substr(good.find('\n', middle) + 1),
       " is missing before e", cut},
      {"twice", good + good,
       "bad trace at byte " + std::to_string(good.size()) + ": something follows its footer",
       "head -c " + std::to_string(good.size()) + " "},
      {"cut_in_a_line", good.substr(0, middle + 9), at + "it ends before its footer",
       what_there_is},
      {"cut_between", good.substr(0, middle),
       at + "it ends before its footer; the last good record", what_there_is},
      {"power_loss", good.substr(0, middle) + std::string(5000, '\0'),
       at + "it ends before its footer", what_there_is},
      {"cut_in_the_header", good.substr(0, 50), "it ends inside its first line", ""},
  };
}

std::string replaced_all(std::string text, std::string_view old_part, std::string_view new_part) {
  for (std::size_t at = 0; (at = text.find(old_part, at)) != std::string::npos;) {
    text.replace(at, old_part.size(), new_part);
    at += new_part.size();
  }
  return text;
}

const std::vector<std::string> commands_on_traces{"replay X", "check X", "why X e3",
                                                  "diff good.jsonl X", "diff X good.jsonl"};

bool needs_the_protocol(const std::string& command) {
  return command.starts_with("replay") || command.starts_with("check");
}

}  // namespace

TEST_CASE("cli: a bad trace is refused by every command alike: where, why, and what to do") {
  const CommandLine quorate;
  quorate("run good.json --trace good.jsonl");
  const std::string good = quorate.read("good.jsonl");
  std::vector<BadTrace> traces = foreign_files(good);
  for (BadTrace& trace : damaged_traces(good)) traces.push_back(std::move(trace));
  for (const BadTrace& trace : traces) {
    quorate.write("bad.jsonl", trace.text);
    for (const std::string& command : commands_on_traces) {
      const Outcome outcome = quorate(replaced_all(command, "X", "bad.jsonl"));
      INFO(trace.name, ": ", command, "\n", outcome.output, outcome.errors);
      if (trace.good_without_protocol && !needs_the_protocol(command)) {
        CHECK(outcome.status == 0);
        continue;
      }
      CHECK(outcome.status == 3);
      CHECK(outcome.output == "");
      CHECK(has(outcome.errors, "bad.jsonl"));
      CHECK(has(outcome.errors, trace.message));
      CHECK(has(outcome.errors, trace.advice));
    }
  }
}

TEST_CASE("cli: a line without an end is given up, not read into memory") {
  const CommandLine quorate;
  quorate("run good.json --trace good.jsonl");
  std::string text = quorate.read("good.jsonl");
  quorate.write("bad.jsonl", text.substr(0, text.find('\n') + 1) + "{");
  std::filesystem::resize_file(quorate.path("bad.jsonl"), 100'000'000);
  for (const std::string& command : commands_on_traces) {
    const Outcome outcome = quorate(replaced_all(command, "X", "bad.jsonl"));
    CAPTURE(command);
    CHECK(outcome.status == 3);
    CHECK(has(outcome.errors, "a line is longer than 64 MiB"));
  }
}

TEST_CASE("cli: with --allow-truncated every command takes what there is, and never passes it") {
  const CommandLine quorate;
  quorate("run good.json --trace good.jsonl");
  const std::string good = quorate.read("good.jsonl");
  for (const std::size_t cut : {good.size() / 3, good.size() / 2, good.rfind("{\"end\"")}) {
    quorate.write("cut.jsonl", good.substr(0, cut));
    for (const auto& [line, status, words] :
         {std::tuple{"check cut.jsonl", 5, "up to where the trace was cut off"},
          std::tuple{"replay cut.jsonl", 5, "INCONCLUSIVE"},
          std::tuple{"why cut.jsonl e20", 0, "e20"},
          std::tuple{"diff good.jsonl cut.jsonl", 1, "the trace was cut off here"},
          std::tuple{"diff cut.jsonl cut.jsonl", 5, "up to where both were cut off"}}) {
      const std::string command(line);
      const Outcome outcome = quorate(command + " --allow-truncated");
      INFO(command, "\n", outcome.output, outcome.errors);
      CHECK(outcome.status == status);
      CHECK(has(outcome.output, words));
      CHECK(has(outcome.errors, "cut.jsonl: bad trace at byte "));
      const Outcome json = quorate(command + " --allow-truncated --json");
      CHECK(json.status == status);
      CHECK(json_of(json.output)["truncated"] == true);
    }
  }
  quorate.write("cut.jsonl", good.substr(0, 50));
  CHECK(quorate("check cut.jsonl --allow-truncated").status == 3);
}

TEST_CASE("cli: a trace that was cut off replays as far as it goes, wherever that is") {
  const CommandLine quorate;
  quorate("run violated.json --trace whole.jsonl");
  const std::string whole = quorate.read("whole.jsonl");
  const std::size_t first = whole.find('\n') + 1;
  for (std::size_t cut = first; cut < whole.size(); cut += 1 + (whole.size() - first) / 40) {
    quorate.write("cut.jsonl", whole.substr(0, cut));
    const auto lines =
        std::count(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(cut), '\n');
    const Outcome outcome = quorate("replay cut.jsonl --allow-truncated --json");
    INFO("cut at ", cut, "\n", outcome.output, outcome.errors);
    const auto json = json_of(outcome.output);
    CHECK(json["identical"] == true);
    CHECK(json["lines"] == lines);
    CHECK(outcome.status == (json["run"]["verdict"] == "fail" ? 1 : 5));
  }
  const std::string half = whole.substr(0, whole.size() / 2);
  quorate.write("cut.jsonl", half.substr(0, half.rfind('\n')) + "\n{\"i\":x");
  CHECK(quorate("replay cut.jsonl --allow-truncated").status == 4);
  quorate.write("cut.jsonl", half);
  CHECK(quorate("replay cut.jsonl --allow-truncated --until e9").status == 0);
  CHECK(has(quorate("replay cut.jsonl --allow-truncated --until 1h").errors, "is never reached"));
}

}  // namespace quorate::testing
