#include "sim/trace/writer.hpp"

#include <doctest/doctest.h>

#include <vector>

#include "sim/base/assert.hpp"
#include "sim/node/request.hpp"
#include "sim/trace/checksum.hpp"

using namespace quorate;

namespace writer_test {

struct RequestVote {
  std::uint64_t term{};
  QUORATE_FIELDS(RequestVote, term)
};
struct Election {
  QUORATE_FIELDS(Election)
};
struct VoteTimeout {
  std::uint64_t txn{};
  QUORATE_FIELDS(VoteTimeout, txn)
};
// An event that has a field the line itself has.
struct Moved {
  NodeId n;
  std::uint64_t epoch{};
  QUORATE_FIELDS(Moved, n, epoch)
};

}  // namespace writer_test
using namespace writer_test;

namespace {

class Change final : public StateChange {
 public:
  explicit Change(std::string json) : json_(std::move(json)) {}
  bool any() const override { return true; }
  void print(JsonWriter& out) const override { out.raw(json_); }

 private:
  std::string json_;
};

// What each call was given.
class Blocks final : public TraceSink {
 public:
  bool write(std::string_view lines) override {
    if (blocks.size() == accepted) return false;
    blocks.emplace_back(lines);
    return true;
  }
  std::vector<std::string> blocks;
  std::size_t accepted{~std::size_t{0}};
};

TraceHeader header(TraceLevel level = TraceLevel::all) {
  TraceHeader result;
  result.protocol = "raft";
  result.seed = 42;
  result.nodes = {"n1", "n2", "n3"};
  result.clients = {"c1"};
  result.scenario = R"({"quorate":1})";
  result.level = level;
  return result;
}

// Without the header.
std::string line_of(const Record& record, const StateChange* change = nullptr) {
  StringSink sink;
  TraceWriter writer(sink, header(), 0);
  sink.text.clear();
  writer.on(record, change);
  return sink.text;
}

Record at(std::uint64_t index, std::int64_t ns, Kind kind, NodeId node = no_node,
          std::uint64_t cause = no_cause) {
  Record record;
  record.index = index;
  record.time = Time{ns};
  record.kind = kind;
  record.node = node;
  record.cause = cause;
  return record;
}

constexpr NodeId n1{0};
constexpr NodeId n2{1};
constexpr NodeId n3{2};
constexpr NodeId c1{3};
const RequestVote vote{1};

Record message(std::uint64_t index, std::int64_t ns, Kind kind, NodeId node, NodeId from, NodeId to,
               std::uint64_t number, std::uint64_t cause) {
  Record record = at(index, ns, kind, node, cause);
  record.from = from;
  record.to = to;
  record.message = number;
  record.body = AnyRef::to(vote);
  return record;
}

}  // namespace

TEST_CASE("the header of a trace") {
  StringSink sink;
  const TraceWriter writer(sink, header());
  CHECK(sink.text == R"({"quorate_trace":4,"protocol":"raft","protocol_version":1,"seed":"42",)"
                     R"("nodes":["n1","n2","n3"],"clients":["c1"],"scenario":{"quorate":1}})"
                     "\n");
}

TEST_CASE("the header names a level other than all, and escapes what a scenario wrote") {
  TraceHeader strange = header(TraceLevel::messages);
  strange.nodes = {"a\"b"};
  strange.clients = {};
  StringSink sink;
  const TraceWriter writer(sink, strange);
  CHECK(sink.text == R"({"quorate_trace":4,"protocol":"raft","protocol_version":1,"seed":"42",)"
                     R"("level":"messages","nodes":["a\"b"],"clients":[],"scenario":{"quorate":1}})"
                     "\n");
}

TEST_CASE("message lines") {
  Record send = message(17, 214'000'000, Kind::send, n3, n3, n1, 12, 16);
  CHECK(line_of(send) ==
        R"({"i":17,"t":214000000,"k":"send","n":"n3","m":12,"to":"n1","type":"RequestVote",)"
        R"("body":{"term":1},"cause":16})"
        "\n");
  send.bytes = 8;
  CHECK(line_of(send) ==
        R"({"i":17,"t":214000000,"k":"send","n":"n3","m":12,"to":"n1","type":"RequestVote",)"
        R"("body":{"term":1},"bytes":8,"cause":16})"
        "\n");
  const Change change(R"({"current_term":1,"voted_for":"n3"})");
  CHECK(line_of(message(21, 219'118'004, Kind::recv, n1, n3, n1, 12, 17), &change) ==
        R"({"i":21,"t":219118004,"k":"recv","n":"n1","m":12,"from":"n3","type":"RequestVote",)"
        R"("cause":17,"set":{"current_term":1,"voted_for":"n3"}})"
        "\n");
  Record drop = message(19, 214'000'000, Kind::drop, n3, n3, n2, 13, 18);
  drop.why = DropReason::loss;
  CHECK(line_of(drop) ==
        R"({"i":19,"t":214000000,"k":"drop","n":"n3","m":13,"from":"n3","to":"n2",)"
        R"("type":"RequestVote","why":"loss","cause":18})"
        "\n");
  CHECK(line_of(message(20, 7, Kind::dup, n3, n3, n2, 13, 18)) ==
        R"({"i":20,"t":7,"k":"dup","n":"n3","m":13,"from":"n3","to":"n2","type":"RequestVote",)"
        R"("cause":18})"
        "\n");
  CHECK(line_of(message(22, 7, Kind::unexpected, n1, n3, n1, 12, 21)) ==
        R"({"i":22,"t":7,"k":"unexpected","n":"n1","m":12,"from":"n3","type":"RequestVote",)"
        R"("cause":21})"
        "\n");
}

TEST_CASE("client messages are marked, and operations name their client") {
  const Request request{{0}, 5, {"put", "k1", "v\"1"}};
  Record op = at(3, 1000, Kind::op, c1);
  op.client = true;
  op.body = AnyRef::to(request);
  CHECK(line_of(op) == R"({"i":3,"t":1000,"k":"op","client":"c1","serial":5,)"
                       R"("operation":{"verb":"put","key":"k1","value":"v\"1"}})"
                       "\n");
  Record send = message(4, 1000, Kind::send, c1, c1, n1, 2, 3);
  send.client = true;
  CHECK(line_of(send) ==
        R"({"i":4,"t":1000,"k":"send","n":"c1","m":2,"to":"n1","type":"RequestVote",)"
        R"("body":{"term":1},"client":true,"cause":3})"
        "\n");
  const Reply reply{5, "ok"};
  Record ack = at(9, 2000, Kind::ack, c1, 8);
  ack.client = true;
  ack.body = AnyRef::to(reply);
  CHECK(line_of(ack) ==
        R"({"i":9,"t":2000,"k":"ack","client":"c1","serial":5,"result":"ok","cause":8})"
        "\n");
}

TEST_CASE("timers, local messages and events") {
  const Election election;
  const Change change(R"({"role":"candidate"})");
  Record timer = at(16, 214'000'000, Kind::timer, n3);
  timer.body = AnyRef::to(election);
  CHECK(
      line_of(timer, &change) ==
      R"({"i":16,"t":214000000,"k":"timer","n":"n3","name":"election","set":{"role":"candidate"}})"
      "\n");
  const VoteTimeout timeout{7};
  timer.body = AnyRef::to(timeout);
  CHECK(line_of(timer) ==
        R"({"i":16,"t":214000000,"k":"timer","n":"n3","name":"vote_timeout","body":{"txn":7}})"
        "\n");
  Record local = at(18, 5, Kind::local, n2, 4);
  local.body = AnyRef::to(vote);
  CHECK(line_of(local) ==
        R"({"i":18,"t":5,"k":"local","n":"n2","type":"RequestVote","body":{"term":1},"cause":4})"
        "\n");
  const Elected elected{1};
  Record event = at(44, 224'000'000, Kind::event, n3, 40);
  event.body = AnyRef::to(elected);
  CHECK(line_of(event) ==
        R"({"i":44,"t":224000000,"k":"event","n":"n3","name":"elected","epoch":1,"cause":40})"
        "\n");
  const Election nothing;
  event.body = AnyRef::to(nothing);
  CHECK(line_of(event) ==
        R"({"i":44,"t":224000000,"k":"event","n":"n3","name":"election","cause":40})"
        "\n");
}

TEST_CASE("no standard event has a field its line has already; others move into a body") {
  const Role role{"leader"};
  Record event = at(1, 0, Kind::event, n1);
  event.body = AnyRef::to(role);
  CHECK(line_of(event) == R"({"i":1,"t":0,"k":"event","n":"n1","name":"role","role":"leader"})"
                          "\n");
  const Moved moved{n2, 4};
  event.body = AnyRef::to(moved);
  CHECK(line_of(event) ==
        R"({"i":1,"t":0,"k":"event","n":"n1","name":"moved","body":{"n":"n2","epoch":4}})"
        "\n");
}

TEST_CASE("what happens to nodes") {
  CHECK(line_of(at(1, 2, Kind::crash, n1, 0)) ==
        "{\"i\":1,\"t\":2,\"k\":\"crash\",\"n\":\"n1\",\"cause\":0}\n");
  const Change change(R"({"role":"follower"})");
  CHECK(line_of(at(1, 2, Kind::restart, n1, 0), &change) ==
        "{\"i\":1,\"t\":2,\"k\":\"restart\",\"n\":\"n1\",\"cause\":0,"
        "\"set\":{\"role\":\"follower\"}}\n");
  CHECK(line_of(at(1, 2, Kind::pause, n1)) == "{\"i\":1,\"t\":2,\"k\":\"pause\",\"n\":\"n1\"}\n");
  CHECK(line_of(at(1, 2, Kind::resume, n1)) == "{\"i\":1,\"t\":2,\"k\":\"resume\",\"n\":\"n1\"}\n");
  CHECK(line_of(at(1, 2, Kind::persist, n1)) ==
        "{\"i\":1,\"t\":2,\"k\":\"persist\",\"n\":\"n1\"}\n");
}

TEST_CASE("faults, heals, notes and violations") {
  Record fault = at(3, 9, Kind::fault);
  fault.text = "kill";
  fault.detail = "crash n3";
  CHECK(line_of(fault) == R"({"i":3,"t":9,"k":"fault","id":"kill","do":"crash n3"})"
                          "\n");
  fault.kind = Kind::heal;
  CHECK(line_of(fault) == R"({"i":3,"t":9,"k":"heal","id":"kill","do":"crash n3"})"
                          "\n");
  Record note = at(4, 9, Kind::note, n1);
  note.text = "a\nb";
  CHECK(line_of(note) == R"({"i":4,"t":9,"k":"note","n":"n1","text":"a\nb"})"
                         "\n");
  const Violation violation{"election_safety", {n1, n3}, "n1 and n3 lead in term 2."};
  Record broken = at(95, 951'000'000, Kind::violation, no_node, 94);
  broken.violation = &violation;
  CHECK(line_of(broken) == R"({"i":95,"t":951000000,"k":"violation","property":"election_safety",)"
                           R"("nodes":["n1","n3"],"why":"n1 and n3 lead in term 2.","cause":94})"
                           "\n");
}

TEST_CASE("the footer of a trace") {
  TraceFooter footer;
  footer.events = 5120;
  footer.digest = 0xABC;
  footer.verdict = "fail";
  footer.diagnosis = {"blocked", "outside_model"};
  MessageTotals votes;
  votes.type = "RequestVote";
  votes.sent = 4;
  votes.delivered = 3;
  votes.drops[static_cast<std::size_t>(DropReason::loss)] = 1;
  MessageTotals unused;
  unused.type = "AppendEntries";
  MessageTotals requests;
  requests.type = "Request";
  requests.client = true;
  requests.sent = 2;
  requests.duplicated = 1;
  requests.delivered = 2;
  requests.in_flight = 1;
  footer.messages = {votes, unused, requests};
  footer.ended = Time{5'000'000'000};
  footer.ending = "violation";
  footer.in_vain = {"hold_votes"};
  StringSink sink;
  TraceWriter writer(sink, header());
  const std::string header_line = std::exchange(sink.text, {});
  Checksum of_header;
  of_header.add(header_line);
  CHECK(writer.finish(footer));
  CHECK(sink.text ==
        R"({"end":true,"events":5120,"digest":"0000000000000abc","verdict":"fail",)"
        R"("diagnosis":["blocked","outside_model"],)"
        R"("messages":{"RequestVote":{"sent":4,"duplicated":0,"delivered":3,"in_flight":0,)"
        R"("drops":{"loss":1}}},)"
        R"("client_messages":{"Request":{"sent":2,"duplicated":1,"delivered":2,"in_flight":1,)"
        R"("drops":{}}},"ended":5000000000,"ending":"violation","in_vain":["hold_votes"],)"
        R"("checksum":")" +
            digest_text(of_header.value()) + "\"}\n");
}

TEST_CASE("levels leave lines or set out and never renumber") {
  const Change change("{}");
  const Elected elected{1};
  const Election election;
  const auto lines = [&](TraceLevel level) {
    StringSink sink;
    TraceWriter writer(sink, header(level), 0);
    sink.text.clear();
    CHECK(writer.wants_state() == (level == TraceLevel::all));
    writer.on(message(0, 1, Kind::send, n1, n1, n2, 1, no_cause), nullptr);
    writer.on(message(1, 2, Kind::recv, n2, n1, n2, 1, 0), &change);
    Record event = at(2, 2, Kind::event, n2, 1);
    event.body = AnyRef::to(elected);
    writer.on(event, nullptr);
    Record timer = at(3, 3, Kind::timer, n2);
    timer.body = AnyRef::to(election);
    writer.on(timer, &change);
    writer.on(at(4, 4, Kind::crash, n1), nullptr);
    return sink.text;
  };
  const std::string send =
      R"({"i":0,"t":1,"k":"send","n":"n1","m":1,"to":"n2","type":"RequestVote","body":{"term":1}})"
      "\n";
  const std::string recv =
      R"({"i":1,"t":2,"k":"recv","n":"n2","m":1,"from":"n1","type":"RequestVote","cause":0})"
      "\n";
  const std::string recv_set =
      R"({"i":1,"t":2,"k":"recv","n":"n2","m":1,"from":"n1","type":"RequestVote",)"
      R"("cause":0,"set":{}})"
      "\n";
  const std::string event =
      R"({"i":2,"t":2,"k":"event","n":"n2","name":"elected","epoch":1,"cause":1})"
      "\n";
  const std::string timer = R"({"i":3,"t":3,"k":"timer","n":"n2","name":"election"})"
                            "\n";
  const std::string timer_set = R"({"i":3,"t":3,"k":"timer","n":"n2","name":"election","set":{}})"
                                "\n";
  const std::string crash = R"({"i":4,"t":4,"k":"crash","n":"n1"})"
                            "\n";
  CHECK(lines(TraceLevel::all) == send + recv_set + event + timer_set + crash);
  CHECK(lines(TraceLevel::events) == send + recv + event + timer + crash);
  CHECK(lines(TraceLevel::messages) == send + recv + crash);
  CHECK(lines(TraceLevel::outline) == event + crash);
}

TEST_CASE("lines leave in blocks of whole lines, or one by one") {
  Blocks one_by_one;
  TraceWriter single(one_by_one, header(), 0);
  for (std::uint64_t i = 0; i < 3; ++i) single.on(at(i, 0, Kind::crash, n1), nullptr);
  REQUIRE(one_by_one.blocks.size() == 4);
  CHECK(one_by_one.blocks[3] == "{\"i\":2,\"t\":0,\"k\":\"crash\",\"n\":\"n1\"}\n");

  Blocks in_blocks;
  TraceWriter buffered(in_blocks, header(), 100);  // a line has 37 bytes
  for (std::uint64_t i = 0; i < 4; ++i) buffered.on(at(i, 0, Kind::crash, n1), nullptr);
  REQUIRE(in_blocks.blocks.size() == 2);
  CHECK(in_blocks.blocks[1].size() == 3 * one_by_one.blocks[3].size());
  CHECK(buffered.finish({}));
  REQUIRE(in_blocks.blocks.size() == 4);  // the last line tells the checksum of what has left
  CHECK(in_blocks.blocks[2].starts_with(R"({"i":3,)"));
  CHECK(in_blocks.blocks[3].starts_with(R"({"end":true,)"));
}

TEST_CASE("a sink that refuses is told nothing more") {
  Blocks sink;
  sink.accepted = 2;  // the header and one line
  TraceWriter writer(sink, header(), 0);
  writer.on(at(0, 0, Kind::crash, n1), nullptr);
  CHECK_FALSE(writer.failed());
  writer.on(at(1, 0, Kind::crash, n1), nullptr);
  CHECK(writer.failed());
  sink.accepted = 100;
  writer.on(at(2, 0, Kind::crash, n1), nullptr);
  CHECK_FALSE(writer.finish({}));
  CHECK(sink.blocks.size() == 2);
}
