// What becomes of a value when a link alters one of its fields: another value of its kind, and no
// other field with it.
#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <map>
#include <vector>

#include "sim/base/field_read.hpp"
#include "sim/base/random.hpp"

namespace quorate::alterations {

QUORATE_ENUM(Mood, glad, sad, calm)
QUORATE_ENUM(Fate, only)

namespace {

struct Number {
  std::uint64_t round{};
  NodeId proposer;
  QUORATE_FIELDS(Number, round, proposer)
};
struct Address {
  static constexpr bool stays_whole = true;
  std::uint32_t value{};
  QUORATE_FIELDS(Address, value)
};
struct Wrapped {
  Text text;
  Address address;
  QUORATE_FIELDS(Wrapped, text, address)
};
// Four fields that can be altered among six that cannot.
struct Letter {
  Text text;
  std::uint64_t term{};
  bool granted{};
  Mood mood{};
  Number ballot;
  std::vector<std::uint64_t> list;
  std::optional<std::uint64_t> perhaps;
  Fate fate{};
  Address sender;
  Wrapped wrapped;
  QUORATE_FIELDS(Letter, text, term, granted, mood, ballot, list, perhaps, fate, sender, wrapped)
};
struct Empty {
  QUORATE_FIELDS(Empty)
};

Letter letter() { return {Text("x"), 40, true, Mood::sad, {7, NodeId{2}}, {1, 2}, 3, {}, {4}, {}}; }

// The share of a draw that stands for this part of so many.
constexpr std::uint64_t part(std::uint64_t which, std::uint64_t of) {
  return ~std::uint64_t{0} / of * which + ~std::uint64_t{0} / of / 2;
}

double sigmas(int count, double share, int of) {
  return std::abs(count - share * of) / std::sqrt(share * (1 - share) * of);
}

}  // namespace

TEST_CASE("alter: exactly one field becomes another value, and is named") {
  Letter one = letter();
  CHECK(alter_field(Settable::of(one), {part(0, 4), part(2, 8), 5}) == "term");
  Letter wanted = letter();
  wanted.term = 40 ^ 4;  // the third of its 8 lowest bits
  CHECK(one == wanted);

  one = letter();
  CHECK(alter_field(Settable::of(one), {part(1, 4), 0, 5}) == "granted");
  wanted = letter();
  wanted.granted = false;
  CHECK(one == wanted);

  for (const auto& [draw, mood] : {std::pair{part(0, 2), Mood::glad}, {part(1, 2), Mood::calm}}) {
    one = letter();
    CHECK(alter_field(Settable::of(one), {part(2, 4), draw, 5}) == "mood");
    wanted = letter();
    wanted.mood = mood;
    CHECK(one == wanted);
  }
}

TEST_CASE("alter: of a struct within one of its fields, a node becomes another node") {
  Letter one = letter();
  // The last quarter of the draws, and of that quarter the first half.
  const std::uint64_t quarter = ~std::uint64_t{0} / 4;
  CHECK(alter_field(Settable::of(one), {quarter * 3 + quarter / 4, 0, 5}) == "ballot.round");
  CHECK(one.ballot.round == 6);
  one = letter();
  std::map<std::uint32_t, int> nodes;
  for (std::uint64_t which = 0; which < 4; ++which) {
    Letter other = letter();
    CHECK(alter_field(Settable::of(other), {quarter * 3 + quarter / 4 * 3, part(which, 4), 5}) ==
          "ballot.proposer");
    ++nodes[other.ballot.proposer.value];
    other.ballot.proposer = NodeId{2};
    CHECK(other == letter());
  }
  CHECK(nodes == std::map<std::uint32_t, int>{{0, 1}, {1, 1}, {3, 1}, {4, 1}});
}

TEST_CASE("alter: nobody becomes anybody, and where there is nobody else all stays") {
  Number number{3, no_node};
  const std::uint64_t second = part(1, 2);
  CHECK(alter_field(Settable::of(number), {second, part(1, 3), 3}) == "proposer");
  CHECK(number.proposer == NodeId{1});
  number.proposer = NodeId{0};
  CHECK(alter_field(Settable::of(number), {second, 0, 1}) == "");
  CHECK(number == Number{3, NodeId{0}});
}

TEST_CASE("alter: what has no field that can be altered stays whole") {
  Empty empty;
  CHECK(alter_field(Settable::of(empty), {1, 1, 5}) == "");
  Wrapped wrapped{Text("a"), {9}};
  CHECK(alter_field(Settable::of(wrapped), {1, 1, 5}) == "");
  CHECK(wrapped == Wrapped{Text("a"), {9}});
}

namespace {

// What becomes of a letter by this lot, and the name of the field that is another.
std::pair<Letter, std::string> after(const Lot& lot) {
  Letter one = letter();
  std::string name = alter_field(Settable::of(one), lot);
  return {one, name};
}

}  // namespace

TEST_CASE("alter: a field that is named becomes what is said, of whatever kind it is") {
  const Value seven = Value::of(7);
  const auto [one, name] = after({.path = "ballot.round", .constant = &seven});
  CHECK(name == "ballot.round");
  CHECK(one.ballot.round == 7);
  const Value text = Value::of("hello");
  CHECK(after({.path = "text", .constant = &text}).first.text == Text("hello"));
  const std::vector<std::string> names{"n1", "n2"};
  const Value node = Value::of("n2");
  CHECK(
      after({.path = "ballot.proposer", .constant = &node, .names = names}).first.ballot.proposer ==
      NodeId{1});
  CHECK(after({.path = "text", .constant = &seven}).second == "");
  CHECK(after({.path = "none", .constant = &seven}).second == "");
  CHECK(after({.path = "term.round", .constant = &seven}).second == "");
  CHECK(after({.path = "sender.value", .constant = &seven}).second == "");  // stays whole
}

TEST_CASE("alter: a field that is named and no more becomes another one, if it can") {
  CHECK(after({.value = part(2, 8), .path = "term"}).first.term == (40 ^ 4));
  for (const std::string_view path : {"text", "list", "perhaps", "sender", "none", "term.x",
                                      "granted.x", "mood.x", "ballot.proposer.x"}) {
    CHECK(after({.nodes = 5, .path = path}).second == "");
  }
}

TEST_CASE("alter: so many values further on, in its range or around its kind") {
  const auto moved = [](std::string_view path, std::int64_t steps) {
    const auto [one, name] = after({.nodes = 5, .path = path, .further = steps});
    CHECK(name == path);
    return one;
  };
  CHECK(moved("term", 3).term == 43);
  CHECK(moved("term", -3).term == 37);
  CHECK(moved("term", -50).term == 0);
  constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
  CHECK(moved("term", most).term == static_cast<std::uint64_t>(most));
  CHECK(moved("term", 0) == letter());
  CHECK(moved("granted", 2) == letter());
  CHECK_FALSE(moved("granted", -1).granted);
  CHECK(moved("mood", 2).mood == Mood::glad);  // after sad comes calm
  CHECK(moved("mood", -4).mood == Mood::glad);
  CHECK(moved("ballot.proposer", 4).ballot.proposer == NodeId{1});
  CHECK(moved("ballot.proposer", -3).ballot.proposer == NodeId{4});
  // Of a struct one of its fields: the first half of the draws stands for the first.
  const auto [one, name] = after({.path = "ballot", .further = 1});
  CHECK(name == "ballot.round");
  CHECK(one.ballot == Number{8, NodeId{2}});
}

TEST_CASE("alter: outright a value is what is drawn, whatever it was before") {
  const auto drawn = [](std::string_view path, std::uint64_t value, Letter one) {
    CHECK(alter_field(Settable::of(one),
                      {.value = value, .nodes = 5, .path = path, .outright = true}) == path);
    return one;
  };
  Letter other = letter();
  other.term = 77;
  other.granted = false;
  other.mood = Mood::calm;
  other.ballot.proposer = NodeId{4};
  for (const Letter& one : {letter(), other}) {
    CHECK(drawn("term", std::uint64_t{200} << 56, one).term == 200);
    CHECK(drawn("granted", part(1, 2), one).granted);
    CHECK_FALSE(drawn("granted", part(0, 2), one).granted);
    CHECK(drawn("mood", part(2, 3), one).mood == Mood::calm);
    CHECK(drawn("ballot.proposer", part(3, 5), one).ballot.proposer == NodeId{3});
  }
  other.term = 0x1234;
  CHECK(drawn("term", std::uint64_t{200} << 56, other).term == 0x1200 + 200);
}

TEST_CASE("alter: every field, and every value of it, is equally likely") {
  constexpr int draws = 500'000;  // two each: a million
  Stream stream(5);
  std::map<std::string, int> fields;
  std::array<int, 8> bits{};
  int terms = 0;
  for (int i = 0; i < draws; ++i) {
    Letter one = letter();
    const std::uint64_t field = stream.next();
    const std::uint64_t value = stream.next();
    const std::string name = alter_field(Settable::of(one), {field, value, 5});
    CHECK_FALSE(one == letter());
    ++fields[name];
    if (name != "term") continue;
    ++terms;
    for (std::size_t bit = 0; bit < bits.size(); ++bit) {
      bits[bit] += (one.term ^ letter().term) == std::uint64_t{1} << bit ? 1 : 0;
    }
  }
  CHECK(fields.size() == 5);
  for (const char* name : {"term", "granted", "mood"}) CHECK(sigmas(fields[name], 0.25, draws) < 4);
  for (const char* name : {"ballot.round", "ballot.proposer"}) {
    CHECK(sigmas(fields[name], 0.125, draws) < 4);
  }
  for (const int count : bits) CHECK(sigmas(count, 0.125, terms) < 4);
}

}  // namespace quorate::alterations
