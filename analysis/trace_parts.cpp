#include "analysis/trace_parts.hpp"

#include "sim/base/assert.hpp"

namespace quorate {

TraceHeader trace_header(const Scenario& scenario, const ProtocolInfo& protocol, std::uint64_t seed,
                         TraceLevel level) {
  TraceHeader header;
  header.protocol = protocol.name;
  header.protocol_version = protocol.version;
  header.seed = seed;
  for (const ScenarioNode& node : scenario.nodes) header.nodes.push_back(node.name);
  header.clients = scenario.clients;
  header.scenario = to_json(scenario.source);
  header.level = level;
  return header;
}

std::vector<MessageTotals> message_totals(const Ledger& ledger, const ProtocolInfo& protocol) {
  const std::vector<MessageCount>& counts = ledger.counts();
  QUORATE_ASSERT(counts.size() == protocol.messages.size(),
                 "Every message type of the ledger has a name.");
  std::vector<MessageTotals> result;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    MessageTotals totals;
    totals.type = protocol.messages[i];
    totals.client = i + client_message_types >= counts.size();
    totals.sent = counts[i].sent;
    totals.duplicated = counts[i].duplicated;
    totals.delivered = counts[i].delivered;
    totals.in_flight = counts[i].in_flight();
    totals.drops = counts[i].drops;
    result.push_back(std::move(totals));
  }
  return result;
}

TraceFooter trace_footer(const Run& run, const ProtocolInfo& protocol) {
  const Outcome& outcome = run.outcome();
  TraceFooter footer;
  footer.events = outcome.events;
  footer.digest = outcome.digest;
  footer.verdict = std::string(enum_name(outcome.verdict));
  footer.diagnosis = outcome.diagnosis;
  footer.messages = message_totals(run.ledger(), protocol);
  footer.ended = outcome.ended;
  footer.ending = std::string(enum_name(outcome.ending));
  for (const FaultResult& fault : outcome.faults) {
    if (fault.in_vain) footer.in_vain.push_back(fault.id);
  }
  return footer;
}

}  // namespace quorate
