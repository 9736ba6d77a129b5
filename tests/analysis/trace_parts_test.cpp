#include "analysis/trace_parts.hpp"

#include <doctest/doctest.h>

using namespace quorate;

namespace {

Record message(Kind kind, std::uint16_t type, DropReason why = DropReason::none) {
  Record record;
  record.kind = kind;
  record.type = type;
  record.why = why;
  return record;
}

}  // namespace

TEST_CASE("a ledger becomes totals by name, client types apart, and adds up") {
  ProtocolInfo info;
  info.messages = {"Ping", "Pong", "Request", "Reply", "Redirect"};
  Ledger ledger(5);
  for (int i = 0; i < 4; ++i) ledger.on(message(Kind::send, 1));
  ledger.on(message(Kind::dup, 1));
  ledger.on(message(Kind::recv, 1));
  ledger.on(message(Kind::drop, 1, DropReason::cut));
  ledger.on(message(Kind::send, 2));
  const std::vector<MessageTotals> totals = message_totals(ledger, info);
  REQUIRE(totals.size() == 5);
  CHECK(totals[1].type == "Pong");
  CHECK_FALSE(totals[1].client);
  CHECK(totals[1].sent == 4);
  CHECK(totals[1].duplicated == 1);
  CHECK(totals[1].delivered == 1);
  CHECK(totals[1].drops[static_cast<std::size_t>(DropReason::cut)] == 1);
  CHECK(totals[1].in_flight == 3);
  CHECK(totals[2].client);
  CHECK(totals[4].client);
}

TEST_CASE("a trace header repeats the scenario as it was read") {
  Scenario scenario;
  scenario.nodes = {{"n1", 1}, {"n2", 1}};
  scenario.clients = {"c1"};
  scenario.source.kind = Value::Kind::object;
  scenario.source.members.push_back({"quorate", {}, Value::of(std::int64_t{1})});
  ProtocolInfo info;
  info.name = "raft";
  info.version = 3;
  const TraceHeader header = trace_header(scenario, info, 7, TraceLevel::outline);
  CHECK(header.protocol == "raft");
  CHECK(header.protocol_version == 3);
  CHECK(header.seed == 7);
  CHECK(header.nodes == std::vector<std::string>{"n1", "n2"});
  CHECK(header.clients == std::vector<std::string>{"c1"});
  CHECK(header.scenario == "{\"quorate\":1}");
  CHECK(header.level == TraceLevel::outline);
}
