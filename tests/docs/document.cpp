#include "tests/docs/document.hpp"

#include <algorithm>
#include <fstream>
#include <regex>
#include <sstream>

#include "tests/support/process.hpp"

namespace quorate::testing {

namespace fs = std::filesystem;

namespace {

using Lines = std::vector<std::string>;

Lines lines_of(const std::string& text) {
  Lines lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

std::string joined(Lines::const_iterator begin, Lines::const_iterator end) {
  std::string text;
  for (; begin != end; ++begin) text += *begin + "\n";
  return text;
}

int promised_status(const std::string& command) {
  const std::string_view mark = "# exits ";
  const std::size_t at = command.find(mark);
  return at == command.npos ? 0 : std::stoi(command.substr(at + mark.size()));
}

// A fenced block: "```" and `info`, then the lines up to the next fence.
struct Block {
  int line{};  // of its first line, from 1
  std::string info;
  Lines lines;
};

std::vector<Block> blocks_in(const std::string& markdown) {
  std::vector<Block> blocks;
  bool inside = false;
  int number = 0;
  for (const std::string& line : lines_of(markdown)) {
    ++number;
    const bool fence = line.starts_with("```");
    if (fence && !inside) blocks.push_back({number + 1, line.substr(3), {}});
    if (!fence && inside) blocks.back().lines.push_back(line);
    if (fence) inside = !inside;
  }
  return blocks;
}

// The command that begins at lines[at], joined across '\'; `at` is left behind it.
std::string command_at(const Lines& lines, std::size_t& at) {
  std::string command = lines[at++];
  if (command.starts_with("$ ")) command.erase(0, 2);
  while (command.ends_with('\\') && at < lines.size()) command += "\n" + lines[at++];
  return command;
}

Step typed(const Block& block, std::size_t& at) {
  Step step;
  step.line = block.line + static_cast<int>(at);
  step.command = command_at(block.lines, at);
  step.status = promised_status(step.command);
  return step;
}

void read_commands(const Block& block, std::vector<Step>& steps) {
  for (std::size_t at = 0; at < block.lines.size();) {
    const Step step = typed(block, at);
    const bool calls =
        step.command.starts_with("./quorate ") || step.command.starts_with("quorate ");
    if (calls) steps.push_back(step);
  }
}

void read_session(const Block& block, std::vector<Step>& steps) {
  for (std::size_t at = 0; at < block.lines.size();) {
    Step step = typed(block, at);
    const auto begin = block.lines.begin() + static_cast<std::ptrdiff_t>(at);
    const auto end = std::find_if(begin, block.lines.end(),
                                  [](const std::string& line) { return line.starts_with("$ "); });
    step.shown = joined(begin, end);
    at += static_cast<std::size_t>(end - begin);
    steps.push_back(step);
  }
}

std::string without_measures(const std::string& line) {
  static const std::regex measured(R"(\bin [0-9.,]+ (ns|us|ms|s)\b)");
  return std::regex_replace(line, measured, "in no time");
}

bool matches(const Lines& printed, std::size_t i, const Lines& shown, std::size_t j) {
  for (; j < shown.size(); ++i, ++j) {
    if (shown[j] == "…") {
      while (i <= printed.size()) {
        if (matches(printed, i++, shown, j + 1)) return true;
      }
      return false;
    }
    if (i >= printed.size() || without_measures(printed[i]) != without_measures(shown[j])) {
      return false;
    }
  }
  return i == printed.size();
}

std::string save(const Step& step, const fs::path& file) {
  std::string text = step.text;
  if (step.change) {
    const std::optional<std::string> result = changed(contents(file), step.text);
    if (!result) return step.file + " does not hold, once, what is to be changed:\n" + step.text;
    text = *result;
  }
  fs::create_directories(file.parent_path());
  std::ofstream(file, std::ios::binary) << text;
  return {};
}

std::string type(const Step& step, const Workplace& place) {
  if (place.before_command) {
    if (std::string wrong = place.before_command(); !wrong.empty()) return wrong;
  }
  const Outcome outcome = run({{"sh", "-c", step.command}, place.folder, place.environment});
  const std::string printed = "printed\n" + outcome.output + outcome.errors;
  if (outcome.status != step.status) {
    return step.command + "\nexits " + std::to_string(outcome.status) + "; " + printed;
  }
  const std::string& result = outcome.output.empty() ? outcome.errors : outcome.output;
  if (!step.shown || as_shown(result, *step.shown)) return {};
  return step.command + "\nwas to print\n" + *step.shown + printed;
}

}  // namespace

std::vector<Step> steps_in(const std::string& markdown) {
  std::vector<Step> steps;
  for (const Block& block : blocks_in(markdown)) {
    const std::size_t space = block.info.find(' ');
    const bool session = !block.lines.empty() && block.lines.front().starts_with("$ ");
    if (block.info == "sh") {
      read_commands(block, steps);
    } else if (block.info == "text" && session) {
      read_session(block, steps);
    } else if (space != block.info.npos) {
      Step step;
      step.line = block.line;
      step.file = block.info.substr(space + 1);
      step.change = block.info.starts_with("diff ");
      step.text = joined(block.lines.begin(), block.lines.end());
      steps.push_back(step);
    }
  }
  return steps;
}

std::string prose_of(const std::string& markdown) {
  std::string prose;
  bool inside = false;
  for (const std::string& line : lines_of(markdown)) {
    const bool fence = line.starts_with("```");
    if (!fence && !inside) prose += line + "\n";
    if (fence) inside = !inside;
  }
  return prose;
}

bool as_shown(const std::string& printed, const std::string& shown) {
  return matches(lines_of(printed), 0, lines_of(shown), 0);
}

std::optional<std::string> changed(const std::string& text, const std::string& change) {
  std::string before = "\n";
  std::string after = "\n";
  for (const std::string& line : lines_of(change)) {
    const std::string rest = line.empty() ? "" : line.substr(1);
    if (!line.starts_with('+')) before += rest + "\n";
    if (!line.starts_with('-')) after += rest + "\n";
  }
  const std::string whole = "\n" + text;  // so that a first line begins like all others
  const std::size_t at = whole.find(before);
  if (at == whole.npos || whole.find(before, at + 1) != whole.npos) return std::nullopt;
  return (whole.substr(0, at) + after + whole.substr(at + before.size())).substr(1);
}

std::string follow(const Step& step, const Workplace& place) {
  const std::string wrong =
      step.command.empty() ? save(step, place.folder / step.file) : type(step, place);
  return wrong.empty() ? wrong : "line " + std::to_string(step.line) + ": " + wrong;
}

}  // namespace quorate::testing
