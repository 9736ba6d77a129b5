#include "analysis/story.hpp"

#include <doctest/doctest.h>

using namespace quorate;

namespace {

constexpr NodeId n1{0};
constexpr NodeId n2{1};
constexpr NodeId n3{2};

ProtocolInfo raft() {
  ProtocolInfo info;
  info.name = "raft";
  info.leader_status = "leader";
  info.epoch_word = "term";
  return info;
}

// Events of some protocol's own.
struct Moved {
  std::uint64_t token{};
  NodeId to;
  Text when;
  QUORATE_FIELDS(Moved, token, to, when)
  static constexpr std::string_view sentence = "passes token {token} to {to} ({when})";
};
QUORATE_SIGNAL(Silent);

// Hands a story one record after the other, numbered as a run would.
struct Teller {
  explicit Teller(StoryOptions options = {}, const ProtocolInfo& info = raft())
      : story(info, {"n1", "n2", "n3"}, options) {}

  Record next(std::int64_t ms, Kind kind, NodeId node = no_node) {
    Record record;
    record.index = index++;
    record.time = Time{ms * 1'000'000};
    record.kind = kind;
    record.node = node;
    return record;
  }
  template <class Event>
  void event(std::int64_t ms, NodeId node, const Event& event) {
    Record record = next(ms, Kind::event, node);
    record.body = AnyRef::to(event);
    story.on(record, nullptr);
  }
  void node(std::int64_t ms, Kind kind, NodeId node, std::uint64_t cause = no_cause) {
    Record record = next(ms, kind, node);
    record.cause = cause;
    story.on(record, nullptr);
  }
  std::uint64_t fault(std::int64_t ms, Kind kind, std::string_view id, std::string_view detail) {
    Record record = next(ms, kind);
    record.text = id;
    record.detail = detail;
    story.on(record, nullptr);
    return record.index;
  }
  std::string text() const { return story.text(); }

  Story story;
  std::uint64_t index{};
};

}  // namespace

TEST_CASE("a crash of the leader is told with its fault and the time without a leader") {
  Teller teller;
  teller.event(214, n3, Elected{1});
  teller.node(714, Kind::crash, n3, teller.fault(714, Kind::fault, "kill", "crash n3"));
  teller.event(951, n1, Elected{2});
  teller.node(1714, Kind::restart, n3);
  CHECK(teller.text() ==
        "  0.214 s  n3 becomes leader (term 1)\n"
        "  0.714 s  ✗ crash n3                            [fault \"kill\"]\n"
        "  0.951 s  n1 becomes leader (term 2)            237 ms without a leader\n"
        "  1.714 s  ↻ restart n3\n");
}

TEST_CASE("in ASCII the same story has the same columns") {
  StoryOptions options;
  options.style.ascii = true;
  Teller teller(options);
  teller.node(714, Kind::crash, n3, teller.fault(714, Kind::fault, "kill", "crash n3"));
  teller.node(1714, Kind::restart, n3);
  CHECK(teller.text() ==
        "  0.714 s  x crash n3                            [fault \"kill\"]\n"
        "  1.714 s  o restart n3\n");
}

TEST_CASE("colours are there only when asked for") {
  StoryOptions options;
  options.style.colour = true;
  Teller teller(options);
  teller.node(714, Kind::crash, n3);
  CHECK(teller.text() == "\x1b[2m  0.714 s\x1b[0m  \x1b[1;31m✗ crash n3\x1b[0m\n");
}

TEST_CASE("before the first election nobody misses a leader") {
  Teller teller;
  teller.node(10, Kind::crash, n3);
  teller.event(214, n1, Elected{1});
  CHECK(teller.text() ==
        "  0.010 s  ✗ crash n3\n"
        "  0.214 s  n1 becomes leader (term 1)\n");
}

TEST_CASE("a leader that steps down or is paused leaves the others without one") {
  Teller teller;
  teller.event(100, n1, Elected{1});
  teller.event(100, n1, Role{"leader"});
  teller.event(150, n2, Role{"candidate"});
  teller.event(200, n1, Role{"follower"});
  teller.event(1400, n2, Elected{2});
  teller.node(2000, Kind::pause, n2);
  teller.node(2100, Kind::resume, n2);
  teller.event(2200, n3, Elected{3});
  CHECK(teller.text() ==
        "  0.100 s  n1 becomes leader (term 1)\n"
        "  0.200 s  n1 steps down\n"
        "  1.400 s  n2 becomes leader (term 2)            1.200 s without a leader\n"
        "  2.000 s  ‖ pause n2\n"
        "  2.100 s  ▸ resume n2\n"
        "  2.200 s  n3 becomes leader (term 3)\n");
}

TEST_CASE("an isolated leader still leads until it steps down") {
  Teller teller;
  teller.event(100, n1, Elected{1});
  teller.fault(200, Kind::fault, "f1", "isolate n1");
  teller.event(400, n2, Elected{2});
  teller.fault(900, Kind::heal, "f1", "undo isolate n1");
  teller.event(950, n1, Role{"follower"});
  CHECK(teller.text() ==
        "  0.100 s  n1 becomes leader (term 1)\n"
        "  0.200 s  ≠ isolate n1                          [fault \"f1\"]\n"
        "  0.400 s  n2 becomes leader (term 2)\n"
        "  0.900 s  ✓ undo isolate n1                     [fault \"f1\"]\n"
        "  0.950 s  n1 steps down\n");
}

TEST_CASE("what hits several nodes at once is told in one line, and the leader among them missed") {
  Teller teller;
  teller.event(100, n2, Elected{1});
  const std::uint64_t storm = teller.fault(500, Kind::fault, "storm", "crash n1 n2");
  teller.node(500, Kind::crash, n1, storm);
  teller.node(500, Kind::crash, n2, storm);
  teller.event(700, n3, Elected{2});
  const std::uint64_t calm = teller.fault(900, Kind::heal, "storm", "restart n1 n2");
  teller.node(900, Kind::restart, n1, calm);
  teller.node(900, Kind::restart, n2, calm);
  CHECK(teller.text() ==
        "  0.100 s  n2 becomes leader (term 1)\n"
        "  0.500 s  ✗ crash n1 n2                         [fault \"storm\"]\n"
        "  0.700 s  n3 becomes leader (term 2)            200 ms without a leader\n"
        "  0.900 s  ↻ restart n1 n2                       [fault \"storm\"]\n");
}

TEST_CASE("a heal is told once, and a fault that knows more than its crash speaks for it") {
  Teller teller;
  teller.fault(1, Kind::fault, "mend", "heal the network");
  teller.fault(1, Kind::heal, "split", "undo partition n1 | n2 n3");
  const std::uint64_t point =
      teller.fault(2, Kind::fault, "kill", "crash n3 after 1 send of one handler");
  teller.node(2, Kind::crash, n3, point);
  CHECK(teller.text() ==
        "  0.001 s  ✓ heal the network                    [fault \"mend\"]\n"
        "  0.002 s  ✗ crash n3 after 1 send of one handler  [fault \"kill\"]\n");
}

TEST_CASE("of what happens all the time only the first is told") {
  Teller teller;
  for (std::int64_t ms = 1; ms < 50; ++ms) {
    const auto number = static_cast<std::uint64_t>(ms);
    teller.event(ms, n1, Proposed{number, {"put", "x", "red"}});
    teller.event(ms, n1, Chosen{number, {"put", "x", "red"}});
    teller.event(ms, n2, Applied{number, {"put", "x", "red"}});
    teller.event(ms, n3, Blocked{"no decision"});
    teller.event(ms, n3, Epoch{number});
  }
  CHECK(teller.text() ==
        "  0.001 s  n1 knows the first value chosen: put x red\n"
        "  0.001 s  n3 is blocked: no decision\n");
}

TEST_CASE("who commits and who aborts is told of each node, but not of each transaction") {
  Teller teller;
  for (std::int64_t ms = 1; ms <= 20; ++ms) {
    teller.event(ms, ms % 2 == 0 ? n1 : n2, Committed{static_cast<std::uint64_t>(ms + 1) / 2});
  }
  teller.event(30, n3, Aborted{1});
  CHECK(teller.text() ==
        "  0.001 s  n2 commits transaction 1\n"
        "  0.002 s  n1 commits transaction 1\n"
        "  0.003 s  n2 commits transaction 2\n"
        "  0.004 s  n1 commits transaction 2\n"
        "  0.005 s  n2 commits transaction 3\n"
        "  0.006 s  n1 commits transaction 3\n"
        "  0.007 s  n2 commits transaction 4\n"
        "  0.008 s  n1 commits transaction 4\n"
        "           … 12 more decisions …\n"
        "  0.030 s  n3 aborts transaction 1\n");
}

TEST_CASE("one line left out is shown after all, and what is left out is said once") {
  StoryOptions options;
  options.lines = 5;
  Teller teller(options);
  for (std::int64_t ms = 1; ms <= 5; ++ms) teller.node(ms, Kind::crash, n1);
  CHECK(teller.text().find("0.003 s  ✗ crash n1\n") != std::string::npos);
  CHECK(teller.text().find("…") == std::string::npos);
  for (std::int64_t ms = 6; ms <= 30; ++ms) teller.event(ms, n2, Committed{1});
  teller.event(31, n3, Aborted{1});
  CHECK(teller.text() ==
        "  0.001 s  ✗ crash n1\n"
        "  0.002 s  ✗ crash n1\n"
        "           … 3 more crashes, 25 decisions …\n"
        "  0.031 s  n3 aborts transaction 1\n");
}

TEST_CASE("a violation is told last, after what its step put out") {
  StoryOptions options;
  options.lines = 3;
  Teller teller(options);
  const Violation violation{"election_safety", {n1, n2}, "n1 and n2 lead in term 2."};
  Record record = teller.next(3, Kind::violation);
  record.violation = &violation;
  teller.event(1, n1, Elected{2});
  teller.node(2, Kind::crash, n3);
  teller.story.on(record, nullptr);
  teller.event(3, n2, Elected{2});
  CHECK(teller.text() ==
        "  0.001 s  n1 becomes leader (term 2)\n"
        "           … 1 more leader change, 1 crash …\n"
        "  0.003 s  ✗ election_safety is violated: n1 and n2 lead in term 2.\n");
}

TEST_CASE("suspicion, trust and violations are told") {
  Teller teller;
  teller.event(1, n1, Suspected{n2});
  teller.event(2, n1, Trusted{n2});
  const Violation violation{"election_safety", {n1, n2}, "n1 and n2 lead in term 2."};
  Record record = teller.next(3, Kind::violation);
  record.violation = &violation;
  teller.story.on(record, nullptr);
  CHECK(teller.text() ==
        "  0.001 s  n1 suspects n2\n"
        "  0.002 s  n1 trusts n2 again\n"
        "  0.003 s  ✗ election_safety is violated: n1 and n2 lead in term 2.\n");
}

TEST_CASE("a protocol without epochs, and one whose leader has another name") {
  ProtocolInfo bully = raft();
  bully.leader_status = "coordinator";
  bully.epoch_word = "";
  Teller teller({}, bully);
  teller.event(1000, n3, Elected{0});
  teller.node(12'000, Kind::crash, n3);
  teller.event(12'050, n2, Elected{0});
  CHECK(teller.text() ==
        "  1.000 s  n3 becomes coordinator\n"
        " 12.000 s  ✗ crash n3\n"
        " 12.050 s  n2 becomes coordinator                50 ms without a coordinator\n");
}

TEST_CASE("the middle of a long run is counted, not told") {
  StoryOptions options;
  options.lines = 7;
  Teller teller(options);
  for (std::int64_t i = 0; i < 1000; ++i) {
    teller.event(10 * i, n1, Elected{static_cast<std::uint64_t>(i)});
    teller.node(10 * i + 5, Kind::crash, n1);
  }
  CHECK(teller.text() ==
        "  0.000 s  n1 becomes leader (term 0)\n"
        "  0.005 s  ✗ crash n1\n"
        "  0.010 s  n1 becomes leader (term 1)            5 ms without a leader\n"
        "           … 997 more leader changes, 997 crashes …\n"
        "  9.985 s  ✗ crash n1\n"
        "  9.990 s  n1 becomes leader (term 999)          5 ms without a leader\n"
        "  9.995 s  ✗ crash n1\n");
  CHECK(Teller(options).text().empty());
}

TEST_CASE("texts of a scenario cannot reach the terminal unescaped") {
  Teller teller;
  teller.fault(1, Kind::fault, "f1", "request \x1b[2J at n1");
  CHECK(teller.text().find('\x1b') == std::string::npos);
}

TEST_CASE("a protocol's own events are told in their own words, or not at all") {
  Teller teller;
  teller.event(10, n2, Moved{3, n1, Text("soon")});
  teller.event(20, n2, Silent{});
  CHECK(teller.text() == "  0.010 s  n2 passes token 3 to n1 (soon)\n");
}

TEST_CASE("own events that come again and again are counted, and crowd out nothing") {
  Teller teller;
  for (std::int64_t i = 1; i <= 100; ++i) {
    teller.event(i, n2, Moved{static_cast<std::uint64_t>(i), n1, {}});
  }
  teller.node(200, Kind::crash, n3);
  CHECK(teller.text().find("passes token 8 to") != std::string::npos);
  CHECK(teller.text().find("passes token 9 to") == std::string::npos);
  CHECK(teller.text().find("92 more protocol events") != std::string::npos);
  CHECK(teller.text().find("crash n3") != std::string::npos);
}

TEST_CASE("what was counted once is counted once, though its line is left out as well") {
  StoryOptions options;
  options.lines = 7;
  Teller teller(options);
  for (std::int64_t group = 0; group < 10; ++group) {
    teller.node(100 * group, Kind::crash, n3);
    for (std::int64_t i = 1; i <= 12; ++i) {
      teller.event(100 * group + i, n2, Moved{static_cast<std::uint64_t>(i), n1, {}});
    }
  }
  // Of 120 events two are told at the beginning and two at the end, and four are counted there.
  CHECK(teller.text().find("9 more crashes, 112 protocol events") != std::string::npos);
  CHECK(teller.text().find("4 more protocol events") != std::string::npos);
}

TEST_CASE("a sentence may only name fields that there are") {
  static_assert(detail::names_fields_of("passes {token} to {to}", "token, to"));
  static_assert(!detail::names_fields_of("passes {tokens}", "token, to"));
  static_assert(!detail::names_fields_of("passes {token", "token, to"));
}

TEST_CASE("who leads from the start is missed when it crashes") {
  Teller teller;
  teller.event(0, n3, Role{Text("leader")});
  teller.node(500, Kind::crash, n3);
  teller.event(700, n1, Elected{2});
  CHECK(teller.text().find("200 ms without a leader") != std::string::npos);
}
