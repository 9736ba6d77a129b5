// The real binary in an empty folder with a few small scenarios.
#pragma once

#include <doctest/doctest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/support/process.hpp"

namespace quorate::testing {

class CommandLine {
 public:
  CommandLine() {
    // Passes under every seed; the fault always fires.
    write("good.json", echo("", R"([{"at": "100ms", "for": "50ms", "do": {"crash": "n3"}}])",
                            R"([{"metric": "ops.acked", "is": 20}])"));
    write("missed.json", echo("", "[]", R"([{"metric": "ops.acked", "min": 21}])"));
    write("violated.json", echo(R"(, "bugs": ["answers_early"])",
                                R"([{"id": "kill", "at": "100ms", "do": {"crash": "n3"}}])", "[]"));
    write("idle.json", echo("", R"([{"id": "late", "at": "9s", "do": {"crash": "n3"}}])", "[]"));
    // Fires under about half of the seeds.
    write("coin.json",
          echo("",
               R"([{"id": "coin", "at": "50ms", "p": "50%", "do": {"pause": "n2"}, "for": "1ms"}])",
               "[]"));
    write("bad.json", "{\n  \"quorate\": 1,\n  \"stopp\": {\"at\": \"1s\"}\n}\n");
  }

  const std::filesystem::path& folder() const { return folder_.path(); }
  std::string path(const std::string& name) const { return (folder() / name).string(); }
  void write(const std::string& name, const std::string& text) const;
  std::string read(const std::string& name) const { return contents(folder() / name); }
  bool exists(const std::string& name) const { return std::filesystem::exists(folder() / name); }
  // How many things the folder holds, hidden ones too.
  std::size_t things() const;

  // Words are parted by spaces; further words may hold some.
  Outcome operator()(std::string_view line, std::vector<std::string> more = {}) const {
    std::vector<std::string> words{binary("quorate").string()};
    std::istringstream in{std::string(line)};
    for (std::string word; in >> word;) words.push_back(word);
    words.insert(words.end(), more.begin(), more.end());
    return run({words, folder(), environment});
  }

  std::vector<std::pair<std::string, std::string>> environment{{"QUORATE_COMMAND", "quorate"},
                                                               {"QUORATE_ROOT", ""},
                                                               {"QUORATE_TESTS", ""},
                                                               {"LC_ALL", "C.UTF-8"}};

  // Three echo nodes and twenty operations in 200 ms.
  static std::string echo(std::string_view more, std::string_view faults, std::string_view expect);

 private:
  TemporaryFolder folder_;
};

// A shell's function: waits until process $1 handles SIGTERM, so that a signal does not meet a
// program that has not begun yet.
inline const std::string until_it_catches =
    "until_it_catches() { until [ $((0x$(sed -n 's/^SigCgt:[[:space:]]*//p' /proc/$1/status) >> 14 "
    "& "
    "1)) = 1 ]; do sleep 0.01; done; }\n";

inline bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

// With the first `old_part` replaced.
inline std::string replaced(std::string text, std::string_view old_part,
                            std::string_view new_part) {
  const std::size_t at = text.find(old_part);
  REQUIRE(at != std::string::npos);
  return text.replace(at, old_part.size(), new_part);
}

inline nlohmann::json json_of(const std::string& text) { return nlohmann::json::parse(text); }

}  // namespace quorate::testing
