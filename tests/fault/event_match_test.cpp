// What an event pattern matches: kinds, names, nodes, message types, fields of bodies and of lines.
#include "sim/fault/event_match.hpp"

#include <doctest/doctest.h>

#include "sim/node/request.hpp"

namespace quorate {

namespace matched {

struct PrepareReply {
  std::uint64_t ballot{};
  NodeId accepted_by;
  Operation value;
  QUORATE_FIELDS(PrepareReply, ballot, accepted_by, value)
};

struct VoteTimeout {
  std::uint64_t round{};
  QUORATE_FIELDS(VoteTimeout, round)
};

struct Named {
  Text name;
  QUORATE_FIELDS(Named, name)
};

}  // namespace matched

namespace {

using matched::Named;
using matched::PrepareReply;
using matched::VoteTimeout;

const std::vector<std::string> names{"n1", "n2", "c1"};

EventPattern pattern(std::string event) {
  EventPattern pattern;
  pattern.event = std::move(event);
  return pattern;
}

Value text(std::string_view value) { return Value::of(value); }
Value number(std::int64_t value) { return Value::of(value); }

bool matches(const EventPattern& pattern, const Record& record) {
  return EventMatcher(pattern).matches(record, names);
}

bool matches_field(EventPattern pattern, const Record& record, std::string key, Value value) {
  pattern.fields = {{std::move(key), {}, std::move(value)}};
  return matches(pattern, record);
}

Record record_of(Kind kind, AnyRef body = {}) {
  Record record;
  record.kind = kind;
  record.node = NodeId{1};
  record.body = body;
  return record;
}

}  // namespace

TEST_CASE("event match: a kind's name means the kind, any other an event") {
  const Elected elected{3};
  const Record event = record_of(Kind::event, AnyRef::to(elected));
  CHECK(matches(pattern("elected"), event));
  CHECK(matches(pattern("event"), event));
  CHECK_FALSE(matches(pattern("elect"), event));
  CHECK_FALSE(matches(pattern("elected_"), event));
  CHECK_FALSE(matches(pattern("crash"), event));
  CHECK(matches(pattern("crash"), record_of(Kind::crash)));
  CHECK_FALSE(matches(pattern("crash"), record_of(Kind::restart)));
  CHECK_FALSE(EventMatcher().matches(event, names));
  CHECK_FALSE(EventMatcher().could_match(Kind::send));
  CHECK(EventMatcher(pattern("elected")).could_match(Kind::event));
  CHECK_FALSE(EventMatcher(pattern("elected")).could_match(Kind::recv));
}

TEST_CASE("event match: names in snake case, without making one") {
  CHECK(is_snake_case_of("prepare_reply", "PrepareReply"));
  CHECK_FALSE(is_snake_case_of("preparereply", "PrepareReply"));
  CHECK_FALSE(is_snake_case_of("PrepareReply", "PrepareReply"));
  CHECK_FALSE(is_snake_case_of("prepare", "PrepareReply"));
  CHECK_FALSE(is_snake_case_of("prepare_reply_x", "PrepareReply"));
  CHECK_FALSE(is_snake_case_of("prepare_", "PrepareReply"));
  CHECK_FALSE(is_snake_case_of("", "PrepareReply"));
}

TEST_CASE("event match: nodes") {
  EventPattern crash = pattern("crash");
  crash.node.kind = Selector::Kind::nodes;
  crash.node.nodes = {NodeId{0}};
  CHECK_FALSE(matches(crash, record_of(Kind::crash)));
  crash.node.nodes.push_back(NodeId{1});
  CHECK(matches(crash, record_of(Kind::crash)));
  crash.node.kind = Selector::Kind::leader;  // the caller's to judge
  crash.node.nodes.clear();
  CHECK(matches(crash, record_of(Kind::crash)));
}

TEST_CASE("event match: message types, with a star for any rest") {
  const PrepareReply reply;
  const Record recv = record_of(Kind::recv, AnyRef::to(reply));
  EventPattern wanted = pattern("recv");
  for (const auto& [glob, met] : {std::pair{"PrepareReply", true},
                                  {"Prepare", false},
                                  {"Prepare*", true},
                                  {"*", true},
                                  {"Accept*", false},
                                  {"PrepareReply*", true}}) {
    wanted.message = glob;
    CHECK(matches(wanted, recv) == met);
  }
  wanted = pattern("timer");
  wanted.message = "*";
  const VoteTimeout timer;
  CHECK_FALSE(matches(wanted, record_of(Kind::timer, AnyRef::to(timer))));
}

TEST_CASE("event match: fields of a body") {
  const PrepareReply reply{7, NodeId{1}, {Text("put"), Text("x"), Text("a\"}b")}};
  const Record recv = record_of(Kind::recv, AnyRef::to(reply));
  const EventPattern any = pattern("recv");
  CHECK(matches_field(any, recv, "ballot", number(7)));
  CHECK_FALSE(matches_field(any, recv, "ballot", number(70)));
  CHECK_FALSE(matches_field(any, recv, "ballot", text("7")));
  CHECK(matches_field(any, recv, "accepted_by", text("n2")));
  CHECK_FALSE(matches_field(any, recv, "accepted_by", text("n1")));
  CHECK_FALSE(matches_field(any, recv, "ballots", number(7)));
  Value operation;
  operation.kind = Value::Kind::object;
  operation.members = {{"value", {}, text("a\"}b")}};
  CHECK(matches_field(any, recv, "value", operation));
  operation.members.push_back({"verb", {}, text("get")});
  CHECK_FALSE(matches_field(any, recv, "value", operation));
}

TEST_CASE("event match: fields of a line") {
  const PrepareReply reply;
  Record drop = record_of(Kind::drop, AnyRef::to(reply));
  drop.from = NodeId{0};
  drop.to = NodeId{1};
  drop.why = DropReason::loss;
  CHECK(matches_field(pattern("drop"), drop, "why", text("loss")));
  CHECK_FALSE(matches_field(pattern("drop"), drop, "why", text("cut")));
  CHECK(matches_field(pattern("drop"), drop, "from", text("n1")));
  CHECK(matches_field(pattern("drop"), drop, "to", text("n2")));
  const VoteTimeout timeout{3};
  const Record timer = record_of(Kind::timer, AnyRef::to(timeout));
  CHECK(matches_field(pattern("timer"), timer, "name", text("vote_timeout")));
  CHECK(matches_field(pattern("timer"), timer, "round", number(3)));
  CHECK_FALSE(matches_field(pattern("timer"), timer, "from", text("n1")));
  const Role role{Text("leader")};
  const Record event = record_of(Kind::event, AnyRef::to(role));
  CHECK(matches_field(pattern("event"), event, "name", text("role")));
  CHECK(matches_field(pattern("role"), event, "role", text("leader")));
  const Named own{Text("ann")};  // a body's own field comes first
  const Record named = record_of(Kind::event, AnyRef::to(own));
  CHECK(matches_field(pattern("named"), named, "name", text("ann")));
  CHECK_FALSE(matches_field(pattern("named"), named, "name", text("named")));
  Record fault = record_of(Kind::fault);
  fault.text = "kill";
  CHECK(matches_field(pattern("fault"), fault, "id", text("kill")));
  CHECK_FALSE(matches_field(pattern("fault"), fault, "id", text("heal")));
  const Reply answer{4, Text("ok")};
  Record ack = record_of(Kind::ack, AnyRef::to(answer));
  ack.node = NodeId{2};
  CHECK(matches_field(pattern("ack"), ack, "client", text("c1")));
  CHECK(matches_field(pattern("ack"), ack, "serial", number(4)));
  CHECK(matches_field(pattern("ack"), ack, "result", text("ok")));
  const Request asked{ClientId{0}, 4, {Text("put"), Text("k1"), Text("v1")}};
  Record op = record_of(Kind::op, AnyRef::to(asked));
  op.node = NodeId{2};
  CHECK(matches_field(pattern("op"), op, "client", text("c1")));
  CHECK_FALSE(matches_field(pattern("op"), op, "client", text("n1")));
  CHECK_FALSE(matches_field(pattern("op"), op, "client", number(0)));
  CHECK(matches_field(pattern("op"), op, "serial", number(4)));
}

TEST_CASE("event match: members are found whole in JSON text") {
  const std::string_view json = R"({"a":[1,{"b":2}],"c":"x,\"y\\","b":3,"d":{}})";
  CHECK(json_member(json, "a") == R"([1,{"b":2}])");
  CHECK(json_member(json, "b") == "3");
  CHECK(json_member(json, "c") == R"("x,\"y\\")");
  CHECK(json_member(json, "d") == "{}");
  CHECK(json_member(json, "e").empty());
  CHECK(json_member("{}", "a").empty());
  CHECK(json_member("3", "a").empty());
  CHECK(json_member("", "a").empty());
}

}  // namespace quorate
