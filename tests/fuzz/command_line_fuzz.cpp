// libFuzzer target for the command line: whatever the words, the program ends with a documented
// exit code, tells on stderr what is wrong, keeps --json one value, and prints nothing that could
// drive a terminal. What would write a file or start a process is left out, and runs are short.
// Run: fuzz_command_line_fuzz corpus/
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/command.hpp"
#include "cli/program.hpp"
#include "sim/base/utf8.hpp"
#include "tests/fuzz/fuzz.hpp"

using namespace quorate;
using fuzz::demand;

namespace {

using Words = std::vector<std::string>;

// ---- words --------------------------------------------------------------------------------------

constexpr const char* values[] = {
    "good.json", "bad.json", "fails.json",  "given.jsonl", "cut.jsonl",
    "none.json", "-",        "--",          ".",           "",
    "0",         "1",        "7",           "-1",          "18446744073709551615",
    "1..3",      "3..1",     "0x5eed",      "e3",          "18446744073709551616",
    "1ms",       "-1s",      "0s",          "5%",          "1e9",
    "on",        "off",      "always",      "all",         "events",
    "raft",      "echo",     "crash",       "leader",      "properties",
    "protocol",  "scenario", "bash",        "fish",        "protocols",
    "stop.at",   "faults.0", "faults.0.at", "seed",        "protocol.nodes",
    "1,2,7",     "network",  "null",        "[]",          "{\"crash\": \"n2\"}",
    "title",     "\x1b[31m", "\xff\xfe",    "x-note",      "network.loss",
};

const Words& vocabulary() {
  static const Words all = [] {
    Words words;
    const auto add = [&](std::span<const Option> options) {
      for (const Option& option : options) words.push_back("--" + std::string(option.name));
    };
    for (const Command& command : commands()) {
      words.emplace_back(command.name);
      add(command.options);
    }
    add(global_options());
    words.insert(words.end(), std::begin(values), std::end(values));
    return words;
  }();
  return all;
}

constexpr std::uint8_t literally = 0xFF;  // what follows, up to the next, is a word as it stands
constexpr std::uint8_t joined = 0xFE;     // "=" between the word before and the next

// A byte is a word of the vocabulary, so that small changes of the input are other command lines.
Words words_of(std::string_view input) {
  constexpr std::size_t most = 16;
  Words words;
  bool join = false;
  for (std::size_t i = 0; i < input.size() && words.size() < most; ++i) {
    const auto byte = static_cast<std::uint8_t>(input[i]);
    if (byte == joined) {
      join = !words.empty();
      continue;
    }
    std::string word = vocabulary()[byte % vocabulary().size()];
    if (byte == literally) {
      const std::size_t end = std::min(input.find('\xFF', i + 1), input.size());
      word = input.substr(i + 1, end - i - 1);
      std::erase(word, '\0');  // ends a word
      i = end;
    }
    if (join) {
      words.back() += "=" + word;
    } else {
      words.push_back(std::move(word));
    }
    join = false;
  }
  return words;
}

// ---- what may run -------------------------------------------------------------------------------

struct Line {
  SplitWords split;
  bool has_command{};
  const Command* command{};
  std::optional<Arguments> arguments;  // absent where they are refused
};

Line line_of(const Words& words) {
  Line line{split_words(words), false, nullptr, std::nullopt};
  line.has_command = line.split.before.size() < words.size();
  line.command = find_command(line.split.command);
  if (line.command == nullptr) return line;
  Words all = line.split.before;
  all.insert(all.end(), line.split.behind.begin(), line.split.behind.end());
  try {
    read_arguments(line.split.before, {});  // for themselves first, as the program does
    line.arguments = read_arguments(all, line.command->options);
  } catch (const Failure&) {
    // The program will say so.
  }
  return line;
}

// It would write a file, become another program, or read what is not in our folder.
bool reaches_out(const Line& line) {
  if (line.command == nullptr || !line.arguments) return false;
  constexpr std::string_view writing[] = {"new", "report", "selftest"};  // without being told where
  if (std::ranges::find(writing, line.command->name) != std::end(writing)) return true;
  for (const Option& option : line.command->options) {
    const bool file = option.value == "FILE" || option.value == "DIR";
    if (file && line.arguments->value(option.name).value_or("-") != "-") return true;
  }
  return std::ranges::any_of(line.arguments->operands(),
                             [](const std::string& word) { return word.find('/') != word.npos; });
}

// Runs end soon, sweeps before they begin, when all their words have been read.
Words held_back(const Line& line) {
  Words words = line.split.before;
  if (line.has_command) words.push_back(line.split.command);  // "" is one that does not exist
  if (line.split.command == "fmt") words.emplace_back("--check");
  if (line.split.command == "run" && line.arguments && !line.arguments->has("wall-time")) {
    words.emplace_back("--wall-time=20ms");
  }
  if (line.split.command == "sweep") words.insert(words.end(), {"--stop-first", "--keep-going"});
  words.insert(words.end(), line.split.behind.begin(), line.split.behind.end());
  return words;
}

bool takes_long(const Line& line) {
  if (line.split.command != "run" || !line.arguments) return false;
  const auto limit = parse_duration(line.arguments->value("wall-time").value_or("0s"));
  return limit && limit.value > parse_duration("20ms").value;
}

// ---- running ------------------------------------------------------------------------------------

// A stream of the C library as text, as long as it lives; the sanitizers' own words pass by it.
class Captured {
 public:
  explicit Captured(std::FILE*& stream) : stream_(stream), before_(stream) {
    stream_ = open_memstream(&text_, &size_);
    demand(stream_ != nullptr, "A stream can be opened.");
  }
  Captured(const Captured&) = delete;
  Captured& operator=(const Captured&) = delete;
  ~Captured() {
    std::fclose(stream_);
    stream_ = before_;
    std::free(text_);
  }
  std::string text() {
    std::fflush(stream_);
    return {text_, size_};
  }

 private:
  std::FILE*& stream_;
  std::FILE* before_;
  char* text_{};
  std::size_t size_{};
};

struct Answer {
  int code{};
  std::string output;
  std::string errors;
};

Answer run(Words words) {
  words.insert(words.begin(), "quorate");
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  Answer answer;
  Captured output(stdout);
  Captured errors(stderr);
  answer.code = run_program(static_cast<int>(arguments.size()), arguments.data());
  answer.output = output.text();
  answer.errors = errors.text();
  return answer;
}

constexpr std::string_view good = R"j({"quorate": 1, "title": "Three nodes, and one crashes",
  "protocol": {"use": "echo", "nodes": 3}, "stop": {"at": "200ms"},
  "network": {"delay": "uniform(1ms, 5ms)"},
  "workload": [{"client": "c1", "op": "say", "every": "10ms", "count": 5, "node": "n1"}],
  "faults": [{"at": "50ms", "for": "20ms", "do": {"crash": "n3"}}],
  "expect": [{"metric": "ops.acked", "min": 1}]})j";

// A folder with a few files, in which the program runs; removed at the end.
class Folder {
 public:
  Folder() : before_(std::filesystem::current_path()) {
    std::string name = (std::filesystem::temp_directory_path() / "quorate_fuzz_XXXXXX").string();
    demand(mkdtemp(name.data()) != nullptr, "A temporary folder can be made.");
    path_ = name;
    write("good.json", good);
    write("bad.json", "{\n  \"quorate\": 1, \"stopp\": {\"at\": \"1s\"}\n}\n");
    std::string fails(good);
    write("fails.json", fails.replace(fails.find("\"min\": 1"), 8, "\"min\": 9"));
    enter();
    demand(run({"run", "good.json", "--trace", "given.jsonl"}).code == 0, "The scenario is good.");
    leave();
    std::ifstream given(path_ / "given.jsonl");
    const std::string trace{std::istreambuf_iterator<char>(given), {}};
    write("cut.jsonl", trace.substr(0, trace.size() / 2));
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  // libFuzzer keeps its corpus and findings by paths from where it was started.
  void enter() const { std::filesystem::current_path(path_); }
  void leave() const { std::filesystem::current_path(before_); }

 private:
  void write(const char* name, std::string_view text) const {
    std::ofstream(path_ / name, std::ios::binary) << text;
  }

  std::filesystem::path before_;
  std::filesystem::path path_;
};

const Folder& folder() {
  static const Folder one;
  return one;
}

// ---- judging ------------------------------------------------------------------------------------

bool drives_a_terminal(const std::string& text, bool coloured) {
  for (std::string_view rest = text; !rest.empty();) {
    const std::size_t length = utf8_length(rest);
    if (length == 0) return true;
    const bool control = length == 1 && (rest[0] < ' ' || rest[0] == '\x7f') && rest[0] != '\n';
    if (control && !(coloured && rest[0] == '\x1b')) return true;
    rest.remove_prefix(length);
  }
  return false;
}

// Behind a "--", which may be an option's value, it is found only where all words could be read.
bool promises_json(const Line& line, const Words& words) {
  const auto dashes = std::ranges::find(words, "--");
  if (std::find(words.begin(), dashes, "--json") == dashes) return false;
  if (line.command == nullptr || !line.arguments || !line.arguments->has("json")) return false;
  return !line.arguments->has("help") && !line.arguments->has("trace") &&
         !line.arguments->has("man") && line.command->name != "completion";
}

// What is wrong with the answer; null if nothing is.
const char* complaint(const Line& line, const Words& words, const Answer& answer) {
  constexpr int documented[] = {0, 1, 2, 3, 4, 5};
  const bool known = std::ranges::find(documented, answer.code) != std::end(documented);
  if (!known) return "the exit code is none of the documented ones";
  const bool refused = answer.code == 2 || answer.code == 3;
  if (refused && answer.errors.empty() && !promises_json(line, words)) return "nothing says why";
  const bool silent = answer.output.empty() && answer.errors.empty();
  if (answer.code != 0 && silent) return "a failure without a word";
  const bool coloured =
      std::ranges::any_of(words, [](const std::string& word) { return word.ends_with("always"); });
  if (drives_a_terminal(answer.errors, coloured)) return "stderr could drive a terminal";
  if (drives_a_terminal(answer.output, coloured)) return "stdout could drive a terminal";
  const bool json = !promises_json(line, words) || nlohmann::json::accept(answer.output);
  return json ? nullptr : "--json is not one value";
}

void judge(const Line& line, const Words& words, const Answer& answer) {
  const char* wrong = complaint(line, words, answer);
  if (wrong == nullptr) return;
  for (const std::string& word : words) std::fprintf(stderr, "word: %s\n", word.c_str());
  std::fprintf(stderr, "exit code %d\nstdout:\n%s\nstderr:\n%s\n%s\n", answer.code,
               answer.output.c_str(), answer.errors.c_str(), wrong);
  std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerInitialize(int*, char***) {
  for (const char* name : {"NO_COLOR", "LC_ALL", "LC_CTYPE", "LANG"}) unsetenv(name);
  setenv("QUORATE_COMMAND", "quorate", 1);
  folder();
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Line line = line_of(words_of({reinterpret_cast<const char*>(data), size}));
  if (reaches_out(line) || takes_long(line)) return 0;
  const Words words = held_back(line);
  folder().enter();
  const Answer answer = run(words);
  folder().leave();
  judge(line, words, answer);
  return 0;
}
