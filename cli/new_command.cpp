// quorate new protocol NAME: a working copy of the smallest protocol, and of its scenarios, under
// another name. quorate new scenario NAME: a file to begin with.
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "analysis/terminal.hpp"
#include "cli/catalogue.hpp"
#include "cli/new_scenario.hpp"
#include "cli/output_file.hpp"
#include "cli/subject.hpp"
#include "sim/base/field_print.hpp"
#include "sim/scenario/diagnostics.hpp"
#include "sim/scenario/read_file.hpp"

namespace quorate {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view pattern = "echo";  // what is copied

constexpr auto new_examples = std::to_array<Example>({
    {"new protocol token-ring", "writes protocols/token_ring and scenarios/token_ring"},
    {"new scenario scenarios/raft/two-crashes --protocol raft", "writes two-crashes.json there"},
});

constexpr auto new_options = std::to_array<Option>({
    {.name = "protocol", .value = "P", .text = "of a scenario: the protocol it is about"},
});

// Words that the copy could not be compiled with, as its namespace or its type.
constexpr auto reserved = std::to_array<std::string_view>(
    {"alignas",   "alignof",   "and",      "answered", "asm",     "auto",      "bitand",
     "bitor",     "bool",      "break",    "bug",      "case",    "catch",     "char",
     "class",     "common",    "compl",    "concept",  "const",   "consteval", "constexpr",
     "constinit", "continue",  "decltype", "default",  "delete",  "do",        "double",
     "else",      "enum",      "explicit", "export",   "extern",  "false",     "float",
     "for",       "friend",    "goto",     "if",       "inline",  "int",       "long",
     "mutable",   "namespace", "new",      "noexcept", "not",     "nullptr",   "open",
     "operator",  "or",        "out",      "params",   "ping",    "pong",      "private",
     "protected", "public",    "quorate",  "register", "request", "requires",  "resend",
     "return",    "short",     "signed",   "sizeof",   "speaker", "static",    "std",
     "struct",    "switch",    "template", "this",     "throw",   "true",      "try",
     "typedef",   "typeid",    "typename", "types",    "union",   "unsigned",  "using",
     "virtual",   "void",      "volatile", "while",    "xor"});

// The three ways in which a name is written.
struct Name {
  std::string snake;   // token_ring
  std::string pascal;  // TokenRing
  std::string upper;   // TOKEN_RING
};

bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
char upper(char c) { return is_lower(c) ? static_cast<char>(c - 'a' + 'A') : c; }

// Lower-case letters and digits, in words separated by single '-' or '_', a letter first.
bool well_formed(std::string_view text) {
  constexpr std::size_t longest = 32;
  if (text.empty() || text.size() > longest || !is_lower(text.front())) return false;
  bool separated = false;
  for (const char c : text) {
    const bool separator = c == '-' || c == '_';
    if ((separator && separated) || !(separator || is_lower(c) || is_digit(c))) return false;
    separated = separator;
  }
  return !separated;
}

Name name_of(const std::string& text) {
  if (!well_formed(text)) {
    throw Failure(ExitCode::bad_usage, in_quotes(text) + " is not a name for a protocol",
                  "lower-case letters and digits in words joined by '-', at most 32, such as "
                  "token-ring");
  }
  Name name;
  bool begins = true;
  for (const char c : text) {
    const bool separator = c == '-' || c == '_';
    name.snake += separator ? '_' : c;
    name.upper += separator ? '_' : upper(c);
    if (!separator) name.pascal += begins ? upper(c) : c;
    begins = separator;
  }
  if (std::ranges::find(reserved, name.snake) != reserved.end()) {
    throw Failure(ExitCode::bad_usage, in_quotes(text) + " means something in C++ or in the copy",
                  "choose another name");
  }
  return name;
}

void replace_all(std::string& text, std::string_view old_word, std::string_view new_word) {
  for (std::size_t at = text.find(old_word); at != text.npos;
       at = text.find(old_word, at + new_word.size())) {
    text.replace(at, old_word.size(), new_word);
  }
}

std::string renamed(std::string text, const Name& name) {
  replace_all(text, "ECHO", name.upper);
  replace_all(text, "Echo", name.pascal);
  replace_all(text, pattern, name.snake);
  return text;
}

constexpr std::size_t longest_line = 100;

// Where a line is broken, and what stands before and behind the break.
struct Break {
  std::size_t at{};  // what stands before it stays
  std::string before;
  std::string behind;
};

// A comment goes on as a comment, a string literal as a second one, other code one level deeper.
Break break_of(std::string_view line) {
  const std::string indent(line.find_first_not_of(' '), ' ');
  const std::size_t space = line.rfind(' ', longest_line - 2);
  const std::string_view kept = line.substr(0, space);
  if (line.substr(indent.size()).starts_with("//")) return {space, "", indent + "// "};
  const bool in_literal = std::ranges::count(kept, '"') % 2 == 1;
  if (in_literal) return {space + 1, "\"", indent + "    \""};
  return {space, "", indent + "    "};
}

// A longer name makes longer lines; the house rule is 100 columns.
std::string fitted(const std::string& text) {
  std::string result;
  std::istringstream in(text);
  in.exceptions(std::ios::badbit);  // a line there is no memory for is not left out
  for (std::string line; std::getline(in, line);) {
    while (display_width(line) > longest_line) {
      const Break here = break_of(line);
      result += line.substr(0, here.at) + here.before + "\n";
      line = here.behind + line.substr(here.at + (here.before.empty() ? 1 : 0));
    }
    result += line + "\n";
  }
  return result;
}

bool is_code(const std::string& name) { return name.ends_with(".cpp") || name.ends_with(".hpp"); }

std::string contents(const fs::path& file) {
  Parsed<std::string> text = read_file_bounded(file.string());
  if (!text) throw Failure(ExitCode::invalid_input, text.error);
  return std::move(text.value);
}

void write(const fs::path& file, const std::string& text) {
  std::ofstream out(file, std::ios::binary);
  out << text;
  out.close();
  if (!out) throw Failure(ExitCode::io_error, "cannot write " + file.string());
}

// What a README says of the pattern as such is not true of a copy: a paragraph that names this
// command gives way to one that says what the copy is.
std::string readme_of_copy(std::string text, const Name& name) {
  const std::size_t named = text.find("new protocol");
  if (named == text.npos) return text;
  const std::size_t begin = text.rfind("\n\n", named) + 2;
  const std::size_t end = std::min(text.find("\n\n", named), text.size() - 1);
  const std::string copy =
      "Copied from the smallest protocol, and still doing what that does: a client asks a node, "
      "which pings all\nothers and answers once every one of them has replied. Code, scenarios and "
      "this text are to be replaced by\nthose of `" +
      name.snake + "`.";
  return text.replace(begin, end - begin, copy);
}

// The names of the files made, sorted.
std::vector<std::string> copy_renamed(const fs::path& from, const fs::path& to, const Name& name) {
  std::vector<std::string> made;
  fs::create_directory(to);
  for (const fs::directory_entry& entry : fs::directory_iterator(from)) {
    if (!entry.is_regular_file()) continue;
    made.push_back(renamed(entry.path().filename().string(), name));
    const std::string text = renamed(contents(entry.path()), name);
    const bool readme = made.back() == "README.md";
    write(to / made.back(), is_code(made.back()) ? fitted(text)
                            : readme             ? readme_of_copy(text, name)
                                                 : text);
  }
  std::ranges::sort(made);
  return made;
}

// A folder that is removed with all it still holds.
class Workshop {
 public:
  explicit Workshop(const fs::path& root) {
    std::string name = (root / ".quorate-new-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) {
      throw Failure(ExitCode::cannot_create, "cannot create a folder in " + root.string());
    }
    path_ = name;
  }
  ~Workshop() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  Workshop(const Workshop&) = delete;
  Workshop& operator=(const Workshop&) = delete;
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

struct Made {
  fs::path folder;
  std::vector<std::string> files;
};

void refuse_existing(const fs::path& folder) {
  if (fs::exists(folder)) {
    throw Failure(ExitCode::cannot_create, folder.string() + " exists already");
  }
}

void check_root(const fs::path& root) {
  if (fs::is_regular_file(root / "protocols" / pattern / "protocol.cpp")) return;
  throw Failure(ExitCode::invalid_input, "there is no source tree of quorate in " + root.string(),
                "run it as ./quorate in the tree, or let QUORATE_ROOT name the tree");
}

// Both folders appear complete, or neither does.
std::vector<Made> make_protocol(const fs::path& root, const Name& name) {
  const fs::path protocol = root / "protocols" / name.snake;
  const fs::path scenarios = root / "scenarios" / name.snake;
  check_root(root);
  refuse_existing(protocol);
  refuse_existing(scenarios);
  const Workshop workshop(root);
  const fs::path new_protocol = workshop.path() / "protocol";
  const fs::path new_scenarios = workshop.path() / "scenarios";
  std::vector<Made> made{
      {protocol, copy_renamed(root / "protocols" / pattern, new_protocol, name)}};
  const bool lessons = fs::is_directory(root / "scenarios" / pattern);
  if (lessons) {
    made.push_back({scenarios, copy_renamed(root / "scenarios" / pattern, new_scenarios, name)});
    fs::rename(new_scenarios, scenarios);
  }
  std::error_code error;
  fs::rename(new_protocol, protocol, error);
  if (!error) return made;
  if (lessons) fs::remove_all(scenarios);
  throw Failure(ExitCode::cannot_create, "cannot create " + protocol.string());
}

std::string as_json(const Name& name, const std::vector<Made>& all) {
  JsonWriter out;
  out.open_object();
  print_member(out, "schema", "quorate/new/1");
  print_member(out, "protocol", name.snake);
  out.key("files");
  out.open_array();
  for (const Made& made : all) {
    for (const std::string& file : made.files) out.string((made.folder / file).string());
  }
  out.close_array();
  out.close_object();
  return out.buffer() + "\n";
}

std::string as_text(const std::string& asked, const Name& name, const std::vector<Made>& all) {
  std::string text;
  const fs::path here = fs::current_path();
  for (const Made& made : all) {
    const fs::path folder = made.folder.lexically_proximate(here);
    for (const std::string& file : made.files) text += (folder / file).string() + "\n";
  }
  const std::string program = program_name();
  if (asked != name.snake) {
    text += "\nIn the source and in scenarios it is called " + name.snake +
            ": C++ has no '-' in names.\n";
  }
  const std::string scenario = "scenarios/" + name.snake + "/every-node-answers.json";
  return text + "\nNext\n  1. " + program + " run " + scenario +
         "      it builds and runs as it is\n  2. read protocols/" + name.snake + "/" + name.snake +
         ".hpp from top to bottom, then replace messages and state\n  3. state in protocol.cpp "
         "what must never happen\n  4. " +
         program + " selftest " + name.snake +
         "      your own test; without a name: all\n\n"
         "protocols/TUTORIAL.md goes the whole way with a token ring.\n";
}

std::string scenario_json(const std::string& protocol, const std::string& file) {
  JsonWriter out;
  out.open_object();
  print_member(out, "schema", "quorate/new/1");
  print_member(out, "protocol", protocol);
  out.key("files");
  out.open_array();
  out.string(printable(file));
  out.close_array();
  out.close_object();
  return out.buffer() + "\n";
}

// "two-crashes" and "two-crashes.json" both become "two-crashes.json", titled "two crashes".
void make_scenario(const std::string& name, const Arguments& arguments, Console& console) {
  const std::optional<std::string> asked = arguments.value("protocol");
  if (!asked) {
    throw Failure(ExitCode::bad_usage, "new scenario needs --protocol",
                  "one of " + joined(protocol_names()));
  }
  const ProtocolEntry* protocol = find_protocol(*asked);
  if (protocol == nullptr) {
    const std::string meant = did_you_mean(*asked, protocol_names());
    throw Failure(ExitCode::bad_usage,
                  "unknown protocol " + in_quotes(*asked) + (meant.empty() ? "" : "; " + meant),
                  program_name() + " list shows the protocols");
  }
  const std::string file = name.ends_with(".json") ? name : name + ".json";
  std::string title = fs::path(file).stem().string();
  std::ranges::replace(title, '-', ' ');
  OutputFile out(file, false, console, "give it another name, or remove that file");
  out.write(new_scenario(protocol->info, title));
  out.commit();
  if (console.options().json) return console.print(scenario_json(*asked, file));
  const std::string program = program_name();
  const std::string word = shell_word(file);
  console.print(printable(file) + "\n\nNext\n  1. " + program + " run " + word +
                "      it passes as it is\n  2. change it; " + program + " validate " + word +
                " finds every mistake\n  3. " + program + " fmt " + word +
                "      lays it out anew\n\nscenarios/TUTORIAL.md takes one from here to a thousand "
                "seeds.\n");
}

void make_new_protocol(const std::string& asked, Console& console) {
  const Name name = name_of(asked);
  try {
    const std::vector<Made> made = make_protocol(fs::path(root_folder()).lexically_normal(), name);
    console.print(console.options().json ? as_json(name, made) : as_text(asked, name, made));
  } catch (const fs::filesystem_error& error) {
    throw Failure(ExitCode::cannot_create, printable(error.what()));
  }
}

ExitCode run_new(const Invocation& invocation) {
  const std::vector<std::string>& operands = invocation.arguments.operands();
  const bool protocol = operands[0] == "protocol";
  if (!protocol && operands[0] != "scenario") {
    throw Failure(ExitCode::bad_usage,
                  "new makes a protocol or a scenario, not a " + in_quotes(operands[0]),
                  program_name() + " new protocol NAME");
  }
  if (!protocol) {
    make_scenario(operands[1], invocation.arguments, invocation.console);
  } else if (invocation.arguments.has("protocol")) {
    throw Failure(ExitCode::bad_usage, "--protocol is for a new scenario");
  } else {
    make_new_protocol(operands[1], invocation.console);
  }
  return ExitCode::success;
}

}  // namespace

Command new_command() {
  return {.name = "new",
          .operands = "protocol|scenario NAME",
          .fewest = 2,
          .most = 2,
          .summary = "write a protocol or scenario that runs, to be made your own",
          .details =
              "A scenario is one file: NAME, with \".json\" if it has none. It has comments and "
              "passes.\nA protocol's NAME is lower-case letters and digits in words joined by '-' "
              "or '_'. A '-' becomes "
              "a '_', which\nC++ needs: token-ring is called token_ring in its folders, its "
              "source and its scenarios.",
          .options = new_options,
          .examples = new_examples,
          .run = run_new};
}

}  // namespace quorate
