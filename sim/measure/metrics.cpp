#include "sim/measure/metrics.hpp"

#include <algorithm>
#include <array>

#include "sim/base/assert.hpp"
#include "sim/node/request.hpp"
#include "sim/trace/event.hpp"

namespace quorate {
namespace {

using Results = std::map<std::string, std::int64_t>;

constexpr auto metrics = std::to_array<MetricInfo>({
    {"messages.sent", "messages", "Protocol messages handed to the network by a live node."},
    {"messages.delivered", "messages",
     "Protocol messages, copies included, that reached a live node."},
    {"messages.dropped", "messages", "Protocol messages that ended without being delivered."},
    {"messages.duplicated", "messages", "Extra copies of protocol messages that the network made."},
    {"messages.in_flight", "messages", "Protocol messages still under way when the run ended."},
    {"messages.<Type>.sent", "messages", "The same for one message type."},
    {"messages.<Type>.delivered", "messages", "The same for one message type."},
    {"messages.<Type>.dropped", "messages", "The same for one message type."},
    {"messages.<Type>.duplicated", "messages", "The same for one message type."},
    {"messages.<Type>.in_flight", "messages", "The same for one message type."},
    {"wire_bytes", "bytes", "Bytes of all protocol messages sent."},
    {"client_messages.sent", "messages", "Messages between clients and nodes, both ways."},
    {"client_messages.delivered", "messages", "Client messages, copies included, that arrived."},
    {"client_messages.dropped", "messages", "Client messages that ended without being delivered."},
    {"client_messages.duplicated", "messages", "Extra copies of client messages."},
    {"client_messages.in_flight", "messages", "Client messages under way when the run ended."},
    {"leaders", "elections", "How often a node was elected."},
    {"epochs", "epochs", "The highest term, view or ballot that a node reported."},
    {"first_leader_at_us", "us", "When a node was elected first; absent if none was."},
    {"leaderless_time_us", "us",
     "Time in which nobody led: before the first leader, and while the node that took office last "
     "had crashed, stepped down or was paused."},
    {"ops.issued", "operations", "Operations that clients began."},
    {"ops.acked", "operations", "Operations whose answer reached their client."},
    {"latency_us_p50", "us", "Median time from an operation's first request to its answer."},
    {"latency_us_p90", "us", "The same that 90 of 100 operations do not exceed."},
    {"latency_us_p99", "us", "The same that 99 of 100 operations do not exceed."},
    {"latency_us_max", "us", "The longest of these times."},
    {"unanswered_time_us", "us",
     "Longest time in which an operation waited and no client was answered; one that is never "
     "answered waits until the end."},
    {"decision_delays_p50", "delays",
     "Protocol messages one after the other that lead from a request, a timer or a fault to what "
     "is chosen, committed, aborted or elected; the median."},
    {"decision_delays_max", "delays", "The most of these."},
    {"chosen", "instances", "Distinct instances of which some node knows the chosen value."},
    {"applied", "commands", "Commands executed by state machines, counted at every node."},
    {"committed", "transactions", "Distinct transactions that some node committed."},
    {"aborted", "transactions", "Distinct transactions that some node aborted."},
    {"blocked_nodes", "nodes",
     "Nodes that were blocked when the run ended: had said so, and got no further since."},
    {"blocked_time_us", "us", "Time for which nodes were blocked, added up over all of them."},
    {"suspicions", "suspicions", "How often a node suspected another."},
    {"false_suspicions", "suspicions", "How often it was wrong: the other had not crashed."},
    {"busiest_node_messages", "messages",
     "Protocol messages sent or received at the node that had most to do."},
    {"load_imbalance_pct", "percent",
     "The same, in percent of what a node had on average; 100: all had the same."},
    {"crashes", "crashes", "How often a node crashed."},
    {"restarts", "restarts", "How often a crashed node came back."},
    {"persists", "writes", "Writes that a node's disk completed."},
    {"lost_tails", "crashes", "Crashes that lost a write which was not yet durable."},
});

std::int64_t integer(std::uint64_t count) { return static_cast<std::int64_t>(count); }

std::int64_t microseconds(Duration duration) { return duration.count() / 1000; }

void add(MessageCount& sum, const MessageCount& one) {
  sum.sent += one.sent;
  sum.duplicated += one.duplicated;
  sum.delivered += one.delivered;
  sum.bytes += one.bytes;
  for (std::size_t i = 0; i < sum.drops.size(); ++i) sum.drops[i] += one.drops[i];
}

void put_messages(Results& results, const std::string& prefix, const MessageCount& count) {
  results[prefix + ".sent"] = integer(count.sent);
  results[prefix + ".delivered"] = integer(count.delivered);
  results[prefix + ".dropped"] = integer(count.dropped());
  results[prefix + ".duplicated"] = integer(count.duplicated);
  results[prefix + ".in_flight"] = integer(count.in_flight());
}

void put_ledger(Results& results, const Ledger& ledger, std::span<const std::string> types) {
  const std::vector<MessageCount>& counts = ledger.counts();
  QUORATE_ASSERT(counts.size() == types.size() && types.size() >= client_message_types,
                 "Every message type of the ledger has a name, the client's among them.");
  const std::size_t protocol_types = types.size() - client_message_types;
  MessageCount protocol;
  MessageCount client;
  for (std::size_t i = 0; i < types.size(); ++i) {
    add(i < protocol_types ? protocol : client, counts[i]);
    if (i < protocol_types) put_messages(results, "messages." + types[i], counts[i]);
  }
  put_messages(results, "messages", protocol);
  put_messages(results, "client_messages", client);
  results["wire_bytes"] = integer(protocol.bytes);
}

void put_latencies(Results& results, std::vector<Duration> latencies) {
  if (latencies.empty()) return;
  // A total order: equal durations cannot be told apart.
  std::sort(latencies.begin(), latencies.end());
  results["latency_us_p50"] = microseconds(percentile(latencies, 50));
  results["latency_us_p90"] = microseconds(percentile(latencies, 90));
  results["latency_us_p99"] = microseconds(percentile(latencies, 99));
  results["latency_us_max"] = microseconds(latencies.back());
}

// Of all decisions the middle one and the farthest, in message delays.
void put_decisions(Results& results, const std::map<std::uint16_t, std::uint64_t>& decisions) {
  if (decisions.empty()) return;
  std::uint64_t sum = 0;
  for (const auto& [depth, count] : decisions) sum += count;
  std::uint64_t below = 0;
  for (const auto& [depth, count] : decisions) {
    below += count;
    if (2 * below < sum) continue;
    results["decision_delays_p50"] = depth;
    break;
  }
  results["decision_delays_max"] = decisions.rbegin()->first;
}

}  // namespace

bool DistinctCount::add(std::uint64_t number) {
  if (begin_ == end_) {
    begin_ = end_ = number;
  }
  if (number >= begin_ && number < end_) return false;
  if (number != end_) return apart_.insert(number).second;
  ++end_;
  while (!apart_.empty() && apart_.erase(end_) != 0) ++end_;
  return true;
}

void Metrics::on_event(const Record& record) {
  blocked_.on(record);
  if (const auto* elected = record.body.get_if<Elected>()) {
    on_elected(record, elected->epoch);
  } else if (const auto* epoch = record.body.get_if<Epoch>()) {
    epoch_ = std::max(epoch_, epoch->number);
  } else if (const auto* chosen = record.body.get_if<Chosen>()) {
    if (chosen_.add(chosen->instance)) on_decided(record);
  } else if (record.body.get_if<Applied>() != nullptr) {
    ++applied_;
  } else if (const auto* committed = record.body.get_if<Committed>()) {
    if (committed_.add(committed->txn)) on_decided(record);
  } else if (const auto* aborted = record.body.get_if<Aborted>()) {
    if (aborted_.add(aborted->txn)) on_decided(record);
  } else if (const auto* suspected = record.body.get_if<Suspected>()) {
    ++suspicions_;
    if (!down_.contains(suspected->node)) ++false_suspicions_;
  }
}

void Metrics::on_elected(const Record& record, std::uint64_t epoch) {
  if (elected_ == 0) first_elected_ = record.time;
  ++elected_;
  epoch_ = std::max(epoch_, epoch);
  on_decided(record);
}

void Metrics::on_decided(const Record& record) { ++decisions_[depth_.of(record.index)]; }

Metrics::Results Metrics::result(const Ledger& ledger, std::span<const std::string> types,
                                 Ending ending) const {
  Results results;
  put_ledger(results, ledger, types);
  put_latencies(results, std::move(ending.latencies));
  put_decisions(results, decisions_);
  if (ending.elects || elected_ > 0) {
    results["leaders"] = integer(elected_);
    results["leaderless_time_us"] = microseconds(leadership_.leaderless(ending.at));
  }
  if (elected_ > 0) results["first_leader_at_us"] = microseconds(first_elected_.since_start());
  put_counts(results, ending);
  put_times(results, ending.at);
  put_loads(results, ending.nodes);
  return results;
}

void Metrics::put_counts(Results& results, const Ending& ending) const {
  results["epochs"] = integer(epoch_);
  results["ops.issued"] = integer(issued_);
  results["ops.acked"] = integer(acked_);
  results["chosen"] = integer(chosen_.size());
  results["applied"] = integer(applied_);
  results["committed"] = integer(committed_.size());
  results["aborted"] = integer(aborted_.size());
  results["blocked_nodes"] = integer(blocked_.nodes());
  results["suspicions"] = integer(suspicions_);
  results["false_suspicions"] = integer(false_suspicions_);
  results["crashes"] = integer(crashes_);
  results["restarts"] = integer(restarts_);
  results["persists"] = integer(persists_);
  results["lost_tails"] = integer(ending.lost_tails);
}

void Metrics::put_times(Results& results, Time until) const {
  results["blocked_time_us"] = microseconds(blocked_.time(until));
  if (issued_ > 0) results["unanswered_time_us"] = microseconds(unanswered_.longest(until));
}

void Metrics::put_loads(Results& results, std::uint64_t nodes) const {
  std::uint64_t most = 0;
  std::uint64_t sum = 0;
  for (const std::uint64_t count : messages_at_.items()) {
    most = std::max(most, count);
    sum += count;
  }
  results["busiest_node_messages"] = integer(most);
  if (sum > 0) results["load_imbalance_pct"] = integer(100 * most * nodes / sum);
}

std::span<const MetricInfo> metric_list() { return metrics; }

std::vector<std::string> metric_names(std::span<const std::string> types) {
  std::vector<std::string> names;
  for (const MetricInfo& metric : metrics) {
    const std::size_t mark = metric.name.find(type_mark);
    if (mark == std::string_view::npos) {
      names.emplace_back(metric.name);
      continue;
    }
    for (std::size_t i = 0; i + client_message_types < types.size(); ++i) {
      names.push_back(std::string(metric.name).replace(mark, type_mark.size(), types[i]));
    }
  }
  return names;
}

Duration percentile(std::span<const Duration> sorted, std::uint32_t percent) {
  QUORATE_ASSERT(!sorted.empty() && percent >= 1 && percent <= 100,
                 "A percentile needs values and a rank among them.");
  const std::uint64_t rank = (std::uint64_t{sorted.size()} * percent + 99) / 100;
  return sorted[static_cast<std::size_t>(rank - 1)];
}

}  // namespace quorate
