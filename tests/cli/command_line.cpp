#include "tests/cli/command_line.hpp"

#include <fstream>

namespace quorate::testing {

void CommandLine::write(const std::string& name, const std::string& text) const {
  std::ofstream(folder() / name, std::ios::binary) << text;
}

std::size_t CommandLine::things() const {
  const std::filesystem::directory_iterator all(folder());
  return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

std::string CommandLine::echo(std::string_view more, std::string_view faults,
                              std::string_view expect) {
  std::string text = R"j({"quorate": 1, "title": "Made up",
 "protocol": {"use": "echo", "nodes": 3MORE},
 "seed": 7, "stop": {"at": "2s"}, "network": {"delay": "uniform(1ms, 5ms)"},
 "workload": [{"client": "c1", "op": "say", "every": "10ms", "count": 20, "node": "n1"}],
 "faults": FAULTS,
 "expect": EXPECT}
)j";
  text.replace(text.find("MORE"), 4, more);
  text.replace(text.find("FAULTS"), 6, faults);
  text.replace(text.find("EXPECT"), 6, expect);
  return text;
}

}  // namespace quorate::testing
