#include "sim/scenario/json.hpp"

#include <doctest/doctest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "tests/support/sanitized.hpp"

#include "sim/base/random.hpp"

using namespace quorate;

namespace {

std::string repeated(std::size_t times, std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < times; ++i) result += text;
  return result;
}

// The code of the only error, 0 if there is none.
int code_of(std::string_view text) {
  Diagnostics diagnostics;
  const bool whole = parse_json(text, diagnostics).has_value();
  if (!diagnostics.failed()) {
    CHECK(whole);
    return 0;
  }
  CHECK(diagnostics.errors() == 1);
  return static_cast<int>(diagnostics.list().front().code);
}

Value parsed(std::string_view text) {
  Diagnostics diagnostics;
  auto value = parse_json(text, diagnostics);
  INFO(diagnostics.rendered());
  REQUIRE(value);
  REQUIRE(!diagnostics.failed());
  return *value;
}

std::string message(std::string_view text) {
  Diagnostics diagnostics;
  parse_json(text, diagnostics);
  REQUIRE(diagnostics.failed());
  const Diagnostic first = diagnostics.list().front();
  return first.hint.empty() ? first.text : first.text + " | " + first.hint;
}

}  // namespace

TEST_CASE("messages say what was found, what was expected and what to do") {
  CHECK(message("[1 2]") ==
        "expected \",\" or \"]\", found a number | a comma is missing before this");
  CHECK(message("{\"a\" 1}") == "expected \":\", found a number");
  CHECK(message("{\"a\":1,2}") == "expected a key, found a number");
  CHECK(message("[1,,2]") == "expected a value, found \",\"");
  CHECK(message("[1,]") == "a comma must not stand before \"]\"");
  CHECK(message("{a:1}") == "unknown word \"a\" | keys and strings stand in double quotes");
  CHECK(message("[True]") == "unknown word \"True\" | did you mean true?");
  CHECK(message("{'a':1}") == "unexpected character \"'\" | strings stand in double quotes");
  CHECK(message("# x") == "unexpected character \"#\" | comments begin with //");
  CHECK(message("[0x10]") == "malformed number \"0x10\"");
  CHECK(message("[-]") == "malformed number \"-\": expected digit after '-'");
  CHECK(message("[\n {\"a\":") == "the file ends inside the object that begins at 2:2");
  CHECK(message("\"a\nb\"") == "the string is not closed on its line");
  CHECK(message("\"a") == "the string is not closed");
  CHECK(message("\"\\x\"") == "forbidden character after backslash");
  CHECK(message("/* a") == "malformed comment: missing closing '*/'");
  CHECK(message("1 2") == "text follows the end of the value");
  CHECK(message("{\"a\":1,\n\"a\":2}") == "key \"a\" appears twice (first at 1:2)");
  CHECK(message(std::string("1\n\0", 3)) == "a NUL byte at offset 2");
  CHECK(message("") == "the file holds no value");
}

TEST_CASE("a message about a huge token stays short") {
  for (const std::string& text :
       {repeated(1'000'000, "x"), "[" + repeated(300'000, "1") + "e5]",
        "[+" + repeated(300'000, "1"), "{\"" + repeated(300'000, "k") + "\" 1}",
        "[1" + repeated(1'000'000, "x")}) {
    Diagnostics diagnostics;
    parse_json(text, diagnostics);
    CHECK(diagnostics.failed());
    CHECK(diagnostics.rendered().size() < 1'000);
  }
}

TEST_CASE("single bad tokens are all reported and leave a tree") {
  Diagnostics diagnostics;
  const auto value = parse_json(
      R"({"a": 1, "a": {"b": [2]}, "c": -0, "c": 3, "d": 99999999999999999999, "a": 4, "e": 5})",
      diagnostics);
  REQUIRE(value);
  CHECK(diagnostics.errors() == 5);
  CHECK(to_json(*value) == R"({"a":1,"c":0,"d":0,"e":5})");
}

TEST_CASE("an overlong key is dropped with its value") {
  Diagnostics diagnostics;
  const std::string key = repeated(300, "k");
  const auto value = parse_json("{\"" + key + "\": {\"a\": 1}, \"b\": 2}", diagnostics);
  REQUIRE(value);
  CHECK(to_json(*value) == R"({"b":2})");
}

TEST_CASE("every limit holds exactly") {
  using namespace json_limits;
  SUBCASE("depth") {
    CHECK(code_of(repeated(depth, "[") + repeated(depth, "]")) == 0);
    CHECK(code_of(repeated(depth + 1, "[") + repeated(depth + 1, "]")) == 16);
    CHECK(code_of(repeated(depth, "{\"a\":") + "1" + repeated(depth, "}")) == 0);
    CHECK(code_of(repeated(depth + 1, "{\"a\":") + "1" + repeated(depth + 1, "}")) == 16);
    CHECK(code_of(repeated(1'000'000, "[")) == 16);
  }
  SUBCASE("values") {
    CHECK(code_of("[" + repeated(values - 2, "0,") + "0]") == 0);
    CHECK(code_of("[" + repeated(values - 1, "0,") + "0]") == 17);
  }
  SUBCASE("strings and keys") {
    CHECK(code_of('"' + repeated(string_bytes, "x") + '"') == 0);
    CHECK(code_of('"' + repeated(string_bytes + 1, "x") + '"') == 18);
    CHECK(code_of('"' + repeated(string_bytes, "\\u0041") + '"') == 0);
    CHECK(code_of('"' + repeated(string_bytes + 1, "\\u0041") + '"') == 18);
    CHECK(code_of('"' + repeated(4'000'000, "x") + '"') == 18);
    CHECK(code_of("{\"" + repeated(key_bytes, "k") + "\":1}") == 0);
    CHECK(code_of("{\"" + repeated(key_bytes + 1, "k") + "\":1}") == 19);
    CHECK(code_of("{\"" + repeated(4'000'000, "k") + "\":1}") == 18);
  }
  SUBCASE("keys of one object") {
    std::string text = "{";
    for (std::size_t i = 0; i < keys; ++i) text += "\"" + std::to_string(i) + "\":0,";
    text.back() = '}';
    CHECK(code_of(text) == 0);
    text.back() = ',';
    CHECK(code_of(text + "\"x\":0}") == 20);
  }
  SUBCASE("digits") {
    CHECK(code_of("0." + repeated(number_bytes - 2, "5")) == 0);
    CHECK(code_of("0." + repeated(number_bytes - 1, "5")) == 23);
    CHECK(code_of("[0." + repeated(1'000'000, "5") + "]") == 23);
    CHECK(code_of(repeated(1'000'000, "5")) == 21);
  }
  SUBCASE("bytes") {
    std::string text(bytes, ' ');
    for (std::size_t i = 0; i < bytes; i += 500'000) text[i] = i == 0 ? '[' : '0';
    for (std::size_t i = 500'001; i < bytes; i += 500'000) text[i] = ',';
    text[text.rfind(',')] = ']';
    CHECK(code_of(text) == 0);
    CHECK(code_of(text + " ") == 2);
  }
  SUBCASE("blanks without a string or number") {
    CHECK(code_of("[1," + repeated(stretch - 10, " ") + "2]") == 0);
    CHECK(code_of("[1," + repeated(stretch, " ") + "2]") == 24);
    CHECK(code_of("[1,/*" + repeated(stretch, " ") + "*/2]") == 24);
    CHECK(code_of("1" + repeated(stretch + 2, "\n")) == 24);
    CHECK(code_of(repeated(stretch + 1, "\n") + "1") == 24);
    CHECK(code_of("[" + repeated(200'000, "true,") + "true]") == 24);
  }
}

TEST_CASE("16 MiB of anything fit into 400 MiB of memory" *
          doctest::skip(quorate::testing::sanitized)) {
  using json_limits::bytes;
  struct Hostile {
    std::string_view beginning, repeated, end;
    std::size_t times{json_limits::bytes};
  };
  constexpr Hostile hostile[] = {
      {"", "[", ""},
      {"[", "{},", ""},
      {"[", "0,", ""},
      {"[", "-0,", ""},
      {"[", "\"aaaaaaaaaaaaaa\"", ""},
      {"[", "\"aaaaaaaaaaaaa\",", ""},
      {"", "\n", ""},
      {"", "{\"a\"", ""},
      {"{", "\"a\":-0,", ""},
      {"\"", "a", ""},
      {"", "9", ""},
      {"", "/", ""},
      {"[", "[{\"a\":[0,{}", ""},
      {"[", "null,\n\n\n\n\n\n\n\n\n\n", "x", 999'000},
      {"[", "0", "]", 999'000},
      {"[0", ",0", "x", 999'000},
  };
  for (const auto& [beginning, middle, end, times] : hostile) {
    const std::size_t most = (bytes - 2) / middle.size();
    const std::string text =
        std::string(beginning) + repeated(std::min(times, most), middle) + std::string(end);
    CAPTURE(text.substr(0, 20));
    const pid_t child = fork();
    if (child == 0) {
      const rlimit limit{400u << 20, 400u << 20};
      setrlimit(RLIMIT_AS, &limit);
      Diagnostics diagnostics;
      const bool whole = parse_json(text, diagnostics).has_value();
      _exit(diagnostics.failed() && diagnostics.rendered().size() < 20'000 ? 0 : whole ? 1 : 2);
    }
    int status = -1;
    REQUIRE(waitpid(child, &status, 0) == child);
    CHECK(status == 0);
  }
}

namespace {

// Writes a random document and notes where each key and value stands, by its own count.
class Writer {
 public:
  explicit Writer(std::uint64_t seed) : random_(seed) {}

  struct Token {
    std::string lexeme;
    SourcePosition at;
  };

  void value(int depth) {
    const auto kind = pick(depth > 5 ? 7 : 9);
    if (kind < 7) return scalar(kind);
    if (kind == 7) return array(depth);
    object(depth);
  }
  void blanks() {
    constexpr std::string_view blank[] = {" ",    "\n",           "\t",
                                          "\r\n", "// c, \" {\n", "/* :\n* \u00fc */"};
    while (pick(3) == 0) text += blank[pick(6)];
  }

  std::string text;
  std::vector<Token> tokens;  // in the order a walk through the tree meets them

 private:
  std::uint64_t pick(std::uint64_t n) { return random_.next() % n; }
  void scalar(std::uint64_t kind) {
    constexpr std::string_view lexemes[] = {"null",         "true",   "false", "0",
                                            "-12345678901", "-2.5e3", ""};
    token(kind < 6 ? std::string(lexemes[kind]) : string());
  }
  std::string string() {
    constexpr std::string_view pieces[] = {"a",       "\\\"", "\\\\", "\u00fc",
                                           "\\u00fc", "//",   "\\n",  "{"};
    std::string result = "\"";
    while (pick(4) != 0) result += pieces[pick(8)];
    return result + "\"";
  }
  void array(int depth) {
    token("[");
    bool first = true;
    for (blanks(); pick(4) != 0; blanks()) {
      if (!std::exchange(first, false)) text += ',';
      blanks();
      value(depth + 1);
    }
    text += ']';
  }
  void object(int depth) {
    token("{");
    int number = 0;
    for (blanks(); pick(4) != 0; blanks()) {
      if (number != 0) text += ',';
      blanks();
      token("\"" + std::to_string(number++) + string().substr(1));
      blanks();
      text += ':';
      blanks();
      value(depth + 1);
    }
    text += '}';
  }
  void token(const std::string& lexeme) {
    SourcePosition at{text.size(), 1, 1, static_cast<std::uint32_t>(lexeme.size())};
    for (const char byte : text) {
      ++at.column;
      if (byte != '\n') continue;
      ++at.line;
      at.column = 1;
    }
    tokens.push_back({lexeme, at});
    text += lexeme;
  }

  Stream random_;
};

void walk(const Value& value, std::vector<SourcePosition>& places) {
  places.push_back(value.at);
  for (const Value& item : value.items) walk(item, places);
  for (const Member& member : value.members) {
    places.push_back(member.key_at);
    walk(member.value, places);
  }
}

}  // namespace

TEST_CASE("every key and value knows exactly where it stands") {
  std::size_t total = 0;
  for (std::uint64_t seed = 0; seed < 2'000; ++seed) {
    Writer writer(seed);
    writer.blanks();
    writer.value(0);
    writer.blanks();
    CAPTURE(writer.text);
    std::vector<SourcePosition> places;
    walk(parsed(writer.text), places);
    REQUIRE(places.size() == writer.tokens.size());
    for (std::size_t i = 0; i < places.size(); ++i) {
      CAPTURE(writer.tokens[i].lexeme);
      const SourcePosition wanted = writer.tokens[i].at;
      REQUIRE(places[i].offset == wanted.offset);
      REQUIRE(places[i].line == wanted.line);
      REQUIRE(places[i].column == wanted.column);
      REQUIRE(places[i].length == wanted.length);
    }
    total += places.size();
  }
  CHECK(total > 5'000);
}

TEST_CASE("a text read after another continues its offsets") {
  Diagnostics diagnostics("base.json");
  REQUIRE(parse_json("{}", diagnostics));
  diagnostics.use_file("top.json");
  const auto value = parse_json("\n[5]", diagnostics);
  REQUIRE(value);
  diagnostics.error(ErrorCode::wrong_type, value->items[0].at, "bad");
  CHECK(diagnostics.rendered() ==
        "top.json:2:2: error[Q101]: bad\n"
        "  2 | [5]\n"
        "    |  ^\n");
}

TEST_CASE("a dotted path sets values, creating missing members") {
  Value root = parsed(R"({"seed": 1, "faults": [{"at": "1s"}, {"at": "2s"}]})");
  Diagnostics diagnostics;
  CHECK(set_path(root, "seed", "42", diagnostics).empty());
  CHECK(set_path(root, "faults.1.at", "3s", diagnostics).empty());
  CHECK(set_path(root, "faults.0.do", "{\"crash\": \"n1\"}", diagnostics).empty());
  CHECK(set_path(root, "network.links.loss", "5%", diagnostics).empty());
  CHECK(set_path(root, "protocol.nodes", "[3, 5]", diagnostics).empty());
  CHECK(set_path(root, "quoted", "\"42\"", diagnostics).empty());
  CHECK(set_path(root, "empty", "", diagnostics).empty());
  CHECK(set_path(root, "ready", Value::of("swept")).empty());
  CHECK(to_json(root) ==
        R"({"seed":42,"faults":[{"at":"1s","do":{"crash":"n1"}},{"at":"3s"}],)"
        R"("network":{"links":{"loss":"5%"}},"protocol":{"nodes":[3,5]},"quoted":"42",)"
        R"("empty":"","ready":"swept"})");
  CHECK(!diagnostics.failed());
}

TEST_CASE("a path that leads nowhere names the part that failed") {
  Value root = parsed(R"({"seed": 1, "faults": [0, 1], "none": []})");
  const std::string before = to_json(root);
  const auto sentence = [&](std::string_view path, std::string_view text = "1") {
    Diagnostics diagnostics;
    return set_path(root, path, text, diagnostics);
  };
  CHECK(sentence("seed.x") == "\"seed\" is an integer and has no part \"x\"");
  CHECK(sentence("faults.2") == "\"faults\" has no item \"2\"; its items are 0 to 1");
  CHECK(sentence("faults.-1") == "\"faults\" has no item \"-1\"; its items are 0 to 1");
  CHECK(sentence("faults.first.at") == "\"faults\" has no item \"first\"; its items are 0 to 1");
  CHECK(sentence("none.0") == "\"none\" is empty and has no item \"0\"");
  CHECK(sentence("a..b") == "the path \"a..b\" has an empty part");
  CHECK(sentence("") == "the path \"\" has an empty part");
  CHECK(sentence("a.") == "the path \"a.\" has an empty part");
  CHECK(sentence(repeated(64, "a.") + "a") == "the path has more than 64 parts");
  CHECK(sentence("seed", "99999999999999999999").starts_with("integer out of range"));
  CHECK(sentence("seed", "{\"a\":1,\"a\":2}") == "key \"a\" appears twice (first at 1:7)");
  CHECK(sentence("seed", "\xff") == "the value for \"seed\" is not UTF-8 text");
  CHECK(to_json(root) == before);
  Value scalar = Value::of(5);
  CHECK(set_path(scalar, "a", Value{}) == "the file is an integer and has no part \"a\"");
}

TEST_CASE("values set from the command line know where they were typed") {
  Value root = parsed("{\"network\":{}}");
  Diagnostics diagnostics("run.json");
  REQUIRE(set_path(root, "network.losss", "[7, \"x\"]", diagnostics).empty());
  const Member& member = root.find("network")->members[0];
  diagnostics.error(ErrorCode::unknown_key, member.key_at, "key");
  diagnostics.error(ErrorCode::wrong_type, member.value.items[1].at, "item");
  REQUIRE(set_path(root, "a", "5 ms", diagnostics).empty());
  diagnostics.error(ErrorCode::wrong_type, root.find("a")->at, "text");
  CHECK(diagnostics.rendered() ==
        "--set:1:9: error[Q201]: key\n"
        "  1 | network.losss=[7, \"x\"]\n"
        "    |         ^~~~~\n"
        "--set:1:19: error[Q101]: item\n"
        "  1 | network.losss=[7, \"x\"]\n"
        "    |                   ^~~\n"
        "--set:1:3: error[Q101]: text\n"
        "  1 | a=5 ms\n"
        "    |   ^~~~\n");
}

// As a list that a shell has robbed of its quotes.
TEST_CASE("a value typed like JSON that is none is no text") {
  Value root = parsed("{}");
  Diagnostics diagnostics("run.json");
  CHECK(set_path(root, "bugs", "[vote_ignored]", diagnostics) ==
        "the value for \"bugs\" begins like JSON and is none: names in it stand in double quotes, "
        "'[\"a\", \"b\"]'");
  CHECK_FALSE(set_path(root, "odd", "[3, 5,]", diagnostics).empty());
  CHECK_FALSE(set_path(root, "faults.kill", "{at: 5}", diagnostics).empty());
  CHECK(root.members.empty());
  CHECK(set_path(root, "title", "no [list]", diagnostics).empty());
}

namespace {

struct Folder {
  std::filesystem::path path;
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "quorate-XXXXXX").string();
    REQUIRE(mkdtemp(name.data()) != nullptr);
    path = name;
  }
  ~Folder() { std::filesystem::remove_all(path); }
  std::string file(std::string_view name) const { return (path / name).string(); }
};

}  // namespace

TEST_CASE("files are read up to a limit, whatever they are") {
  const Folder folder;
  const std::string plain = folder.file("plain");
  std::ofstream(plain) << "12345678";
  CHECK(read_file_bounded(plain).value == "12345678");
  CHECK(read_file_bounded(plain, 8).value == "12345678");
  CHECK(read_file_bounded(plain, 7).error ==
        "cannot read \"" + plain + "\": it is longer than 7 bytes");
  CHECK(read_file_bounded(folder.file("none")).error ==
        "cannot read \"" + folder.file("none") + "\": No such file or directory");
  CHECK(read_file_bounded(folder.path.string()).error.ends_with("it is a directory"));
  CHECK(read_file_bounded("/dev/zero").error.ends_with("neither a file nor a pipe"));

  const std::string sparse = folder.file("sparse");
  std::ofstream(sparse).flush();
  std::filesystem::resize_file(sparse, std::uintmax_t{1} << 40);
  CHECK(read_file_bounded(sparse).error.ends_with("it is longer than 16777216 bytes"));
}

TEST_CASE("a file is read piece by piece, and what cannot be read says so") {
  const Folder folder;
  std::ofstream(folder.file("plain")) << "12345678";
  InputFile file(folder.file("plain"));
  CHECK(file.size() == 8);
  char bytes[5];
  CHECK(file.read(bytes, 5) == 5);
  CHECK(std::string_view(bytes, 5) == "12345");
  CHECK(file.read(bytes, 5) == 3);
  CHECK(std::string_view(bytes, 3) == "678");
  CHECK(file.read(bytes, 5) == 0);
  CHECK(file.error().empty());

  InputFile missing(folder.file("none"));
  CHECK(missing.error().ends_with("No such file or directory"));
  CHECK(missing.read(bytes, 5) == 0);
  CHECK(InputFile(folder.path.string()).error().ends_with("it is a directory"));
}

TEST_CASE("named pipes end") {
  const Folder folder;
  const std::string pipe = folder.file("pipe");
  REQUIRE(mkfifo(pipe.c_str(), 0600) == 0);
  CHECK(read_file_bounded(pipe).value.empty());
  CHECK(read_file_bounded(pipe));

  const auto read_from_child = [](std::size_t writes, std::size_t limit) {
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    const pid_t child = fork();
    if (child == 0) {
      close(ends[0]);
      usleep(20'000);  // the reader must wait for the first byte
      const std::string block(1'000, 'x');
      for (std::size_t i = 0; i < writes; ++i) {
        if (write(ends[1], block.data(), block.size()) < 0) break;
      }
      _exit(0);
    }
    close(ends[1]);
    auto result = read_file_bounded("/dev/fd/" + std::to_string(ends[0]), limit);
    close(ends[0]);
    waitpid(child, nullptr, 0);
    return result;
  };
  CHECK(read_from_child(3, 5'000).value.size() == 3'000);
  CHECK(read_from_child(std::size_t{1} << 50, 5'000).error.ends_with("longer than 5000 bytes"));
}
