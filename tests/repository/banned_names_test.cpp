// What may not be written where results must be equal on every machine: floating point, clocks,
// addresses, library order, environment. Comments and strings do not count; planted samples prove
// the rule sees.
#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <set>

#include "tests/repository/lexer.hpp"
#include "tests/repository/source_tree.hpp"

namespace quorate::repository {

namespace {

using Names = std::set<std::string_view>;

const Names banned_headers{"cmath",
                           "math.h",
                           "complex",
                           "random",
                           "unordered_map",
                           "unordered_set",
                           "ctime",
                           "time.h",
                           "locale",
                           "clocale",
                           "thread",
                           "mutex",
                           "shared_mutex",
                           "future",
                           "atomic",
                           "valarray",
                           "execution",
                           "locale.h",
                           "condition_variable",
                           "pthread.h"};

const Names banned_in_protocols{"iostream", "fstream", "cstdio", "filesystem", "cstdlib", "chrono"};

// Names that mean one thing only, wherever they stand.
const Names banned_names{"float",
                         "double",
                         "__float128",
                         "random_device",
                         "random_shuffle",
                         "unordered_map",
                         "unordered_set",
                         "unordered_multimap",
                         "unordered_multiset",
                         "system_clock",
                         "steady_clock",
                         "high_resolution_clock",
                         "clock_gettime",
                         "gettimeofday",
                         "localtime",
                         "gmtime",
                         "mktime",
                         "strftime",
                         "tzset",
                         "getenv",
                         "secure_getenv",
                         "setlocale",
                         "uintptr_t",
                         "intptr_t",
                         "thread_local",
                         "memcmp",
                         "__DATE__",
                         "__TIME__",
                         "__TIMESTAMP__",
                         "default_random_engine",
                         "uniform_01",
                         "rand",
                         "srand",
                         "drand48",
                         "pthread_create",
                         "strtod",
                         "stod",
                         "atof"};

// Common words that are banned only as members of std.
const Names banned_in_std{"thread", "jthread", "async", "mutex", "atomic", "shuffle",   "sample",
                          "hash",   "locale",  "time",  "clock", "less",   "owner_less"};

// Sorting is repeatable only where no two elements tie, which the author must state beside it.
const Names sorts{"sort", "nth_element", "partial_sort", "sort_heap"};

const Names ordered_containers{"set", "map", "multiset", "multimap", "priority_queue"};

// Where a banned name has its reason. A prefix ends in '/' or names a file.
struct Exception {
  std::string_view prefix;
  std::string_view name;
  std::string_view reason;
};

constexpr std::array exceptions{
    Exception{"sim/run/wall_clock", "steady_clock", "a wall budget ends runs as inconclusive"},
    Exception{"sim/search/", "steady_clock", "progress and time left of a sweep, between runs"},
};

bool excepted(std::string_view path, std::string_view name) {
  return std::ranges::any_of(exceptions, [&](const Exception& one) {
    return path.starts_with(one.prefix) && name == one.name;
  });
}

// Reads one file's tokens; each rule looks around one position.
class Reader {
 public:
  explicit Reader(const SourceFile& file)
      : file_(file), tokens_(tokens_of(code_only(file.text))), lines_(lines_of(file.text)) {}

  Findings banned() {
    for (std::size_t i = 0; i < tokens_.size(); ++i) {
      const std::string_view why = reason(i);
      if (why.empty() || excepted(file_.path, tokens_[i].text)) continue;
      found_.push_back(
          finding(file_.path, tokens_[i].line, tokens_[i].text + ": " + std::string(why)));
    }
    check_headers();
    return std::move(found_);
  }

 private:
  std::string_view text(std::size_t i) const {
    return i < tokens_.size() ? std::string_view(tokens_[i].text) : std::string_view{};
  }

  bool in_std(std::size_t i) const {
    if (i < 2 || text(i - 1) != "::") return false;
    return text(i - 2) == "std" || text(i - 2) == "ranges";
  }

  std::string_view reason(std::size_t i) const {
    const std::string_view name = text(i);
    if (tokens_[i].kind == Token::Kind::number) {
      return is_floating_literal(name) ? "floating point" : "";
    }
    if (tokens_[i].kind != Token::Kind::name) return "";
    if (banned_names.contains(name)) return "not repeatable on every machine";
    if (in_std(i) && banned_in_std.contains(name)) return "not repeatable as a member of std";
    if (in_std(i) && sorts.contains(name) && !states_order(i)) {
      return "say why no two elements tie (comment with 'total order'), or use stable_sort";
    }
    if (is_distribution(i)) return "only fixed-width boost::random::uniform_int_distribution";
    if (is_long(i)) return "differs in width between machines";
    if (name == "__int128" && file_.text.find("__SIZEOF_INT128__") == file_.text.npos) {
      return "needs a portable fallback under #ifdef __SIZEOF_INT128__";
    }
    return keyed_by_pointer(i) ? "ordered by address" : "";
  }

  // The sort's own line or one of the two above explains it.
  bool states_order(std::size_t i) const {
    const std::size_t last = tokens_[i].line;
    for (std::size_t line = last > 2 ? last - 2 : 1; line <= last; ++line) {
      if (lines_[line - 1].find("total order") != std::string_view::npos) return true;
    }
    return false;
  }

  bool is_distribution(std::size_t i) const {
    if (!text(i).ends_with("_distribution") || i < 2 || text(i - 1) != "::") return false;
    if (in_std(i)) return true;
    const bool boosts = text(i - 2) == "random" || text(i - 2) == "boost";
    return boosts && text(i) != "uniform_int_distribution";
  }

  bool is_long(std::size_t i) const {
    return text(i) == "long" && text(i + 1) != "long" && (i == 0 || text(i - 1) != "long");
  }

  // std::map<T*, ...>: the first argument, up to the comma or the end, ends in '*'.
  bool keyed_by_pointer(std::size_t i) const {
    if (!ordered_containers.contains(text(i)) || text(i + 1) != "<") return false;
    int depth = 0;
    for (std::size_t at = i + 1; at < tokens_.size(); ++at) {
      if (text(at) == "<" || text(at) == "(") ++depth;
      const bool ends = depth == 1 && (text(at) == "," || text(at) == ">");
      if (ends) return text(at - 1) == "*";
      if (text(at) == ">" || text(at) == ")") --depth;
      if (text(at) == ";") return false;
    }
    return false;
  }

  void check_headers() {
    for (std::size_t i = 0; i < lines_.size(); ++i) {
      std::string_view line = lines_[i];
      if (!line.starts_with("#include <")) continue;
      line.remove_prefix(10);
      const std::string_view header = line.substr(0, line.find('>'));
      const bool protocol = file_.path.starts_with("protocols/");
      if (banned_headers.contains(header) || (protocol && banned_in_protocols.contains(header))) {
        found_.push_back(finding(file_.path, i + 1, "header <" + std::string(header) + ">"));
      }
    }
  }

  const SourceFile& file_;
  std::vector<Token> tokens_;
  std::vector<std::string_view> lines_;
  Findings found_;
};

Findings banned_in(const SourceFile& file) {
  return on_simulation_path(file.path) ? Reader(file).banned() : Findings{};
}

std::size_t count(std::string_view code, std::string_view path = "sim/engine/sample.cpp") {
  return banned_in({std::string(path), std::string(code)}).size();
}

}  // namespace

TEST_CASE("repository: nothing unrepeatable on the simulation path") {
  CHECK_NO_FINDINGS(findings_in_tree(banned_in));
}

TEST_CASE("repository: the rule on banned names sees every planted mistake") {
  for (const char* bad : {"float share;",
                          "long double x;",
                          "auto x = 0.5;",
                          "auto x = 1e9;",
                          "long ticks;",
                          "std::unordered_map<int, int> m;",
                          "std::shuffle(a, b, c);",
                          "std::sort(a, b);",
                          "std::ranges::sort(a);",
                          "std::nth_element(a, b, c);",
                          "std::hash<int>{}(1);",
                          "std::set<const Node*> nodes;",
                          "std::map<Node*, int> m;",
                          "std::less<int> less;",
                          "auto now = std::chrono::steady_clock::now();",
                          "std::time(nullptr);",
                          "getenv(\"A\");",
                          "std::thread t;",
                          "thread_local int i;",
                          "auto p = reinterpret_cast<uintptr_t>(&x);",
                          "std::uniform_int_distribution<int> d;",
                          "boost::random::normal_distribution<> d;",
                          "__int128 wide;",
                          "memcmp(&a, &b, sizeof a);",
                          "auto d = __DATE__;",
                          "rand();",
                          "#include <cmath>\n",
                          "#include <unordered_map>\n"}) {
    CHECK_MESSAGE(count(bad) >= 1, bad);
  }
}

TEST_CASE("repository: the rule on banned names sees the planted mistakes that no run shows") {
  const SourceFile* planted = nullptr;
  for (const SourceFile& file : source_tree()) {
    if (file.path == "tests/tools/planted.cpp") planted = &file;
  }
  REQUIRE(planted != nullptr);
  const std::string found = joined(banned_in({"sim/engine/planted.cpp", planted->text}));
  for (const char* name : {"thread", "setlocale", "unordered_set", "set", "sort", "less",
                           "steady_clock", "getenv", "localtime"}) {
    CHECK_MESSAGE(found.find(": " + std::string(name) + ": ") != std::string::npos, name);
  }
}

TEST_CASE("repository: the rule on banned names leaves good code alone") {
  for (const char* good :
       {"int floating; // a float, a double, 0.5", "auto text = \"double 0.5 getenv\";",
        "std::stable_sort(a, b);", "int sort; long long n; unsigned long long m;",
        "// A total order: sequence numbers are unique.\nstd::sort(a, b);",
        "std::map<NodeId, Node*> by_id;", "std::set<std::pair<int, int>> s;",
        "boost::random::uniform_int_distribution<std::uint64_t> d;", "Time time; time(1);",
        "auto d = parse_distribution(text); quorate::parse_distribution(text);",
        "std::uint64_t mix = 0x9E37'79B9'7F4A'7C15;", "auto e = 0xE5;", "bool a = b < c * d;",
        "#ifdef __SIZEOF_INT128__\n__int128 wide;\n#endif", "#include <vector>\n"}) {
    CHECK_MESSAGE(count(good) == 0, good);
  }
}

TEST_CASE("repository: banned names are judged by room") {
  CHECK(count("double mean;", "analysis/mean.cpp") == 0);
  CHECK(count("double mean;", "protocols/raft/raft_test.cpp") == 0);
  CHECK(count("double mean;", "protocols/raft/server.cpp") == 1);
  CHECK(count("#include <cstdio>\n", "protocols/raft/server.cpp") == 1);
  CHECK(count("steady_clock c;", "sim/search/sweep.cpp") == 0);
}

}  // namespace quorate::repository
