#include "tests/docs/workplace.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>

#include "tests/support/process.hpp"

namespace quorate::testing {

namespace fs = std::filesystem;

namespace {

constexpr std::array rooms{"scenarios", "protocols"};

// The folder that a "new protocol NAME" makes in both rooms; empty for another command.
std::string made_by(std::string_view command) {
  const std::string_view mark = "new protocol ";
  const std::size_t at = command.find(mark);
  if (at == command.npos) return {};
  std::string name(command.substr(at + mark.size()));
  name.resize(std::min(name.find(' '), name.size()));
  std::ranges::replace(name, '-', '_');
  return name;
}

}  // namespace

void furnish(const fs::path& tree, const std::vector<Step>& steps, const fs::path& folder) {
  fs::create_symlink(binary("quorate"), folder / "quorate");
  for (const char* room : rooms) {
    fs::copy(tree / room, folder / room, fs::copy_options::recursive);
    for (const Step& step : steps) {
      const std::string made = made_by(step.command);
      if (!made.empty()) fs::remove_all(folder / room / made);
    }
  }
}

Workplace workplace(const fs::path& folder) {
  const char* path = std::getenv("PATH");
  return {folder,
          {{"PATH", folder.string() + ":" + (path ? path : "")},
           {"QUORATE_ROOT", folder.string()},
           {"QUORATE_COMMAND", "./quorate"},
           {"QUORATE_TESTS", binary("quorate_tests").string()},
           {"LC_ALL", "C.UTF-8"}},
          {}};
}

}  // namespace quorate::testing
