#include "sim/measure/metrics.hpp"

#include <algorithm>
#include <array>

#include "sim/base/assert.hpp"
#include "sim/base/uint128.hpp"
#include "sim/node/request.hpp"
#include "sim/trace/event.hpp"

namespace quorate {
namespace {

constexpr auto metrics = std::to_array<MetricInfo>({
    {"messages.sent", "messages", "Protocol messages handed to the network by a live node."},
    {"messages.delivered", "messages",
     "Protocol messages, copies included, that reached a live node."},
    {"messages.dropped", "messages", "Protocol messages that ended without being delivered."},
    {"messages.duplicated", "messages", "Extra copies of protocol messages that the network made."},
    {"messages.in_flight", "messages", "Protocol messages still under way when the run ended."},
    {"messages.<Type>.sent", "messages",
     "Messages of this type handed to the network by a live node."},
    {"messages.<Type>.delivered", "messages",
     "Messages of this type, copies included, that reached a live node."},
    {"messages.<Type>.dropped", "messages",
     "Messages of this type that ended without being delivered."},
    {"messages.<Type>.duplicated", "messages",
     "Extra copies of messages of this type that the network made."},
    {"messages.<Type>.in_flight", "messages",
     "Messages of this type still under way when the run ended."},
    {"messages.<Type>.bytes", "bytes", "Bytes of all messages of this type sent."},
    {"wire_bytes", "bytes", "Bytes of all protocol messages sent."},
    {"messages_per_decision_milli", "messages/1000",
     "Protocol messages sent for each instance chosen and each transaction committed or aborted, "
     "in thousandths; heartbeats and elections are among them, for no standard event says what a "
     "message was sent for."},
    {"messages_per_election_milli", "messages/1000",
     "Protocol messages sent for each time a node was elected, in thousandths; all of them, "
     "whatever they were sent for, so it is the cost of elections where nothing else happens."},
    {"messages_per_op_milli", "messages/1000",
     "Protocol messages sent for each operation that was answered, in thousandths; whatever they "
     "were sent for."},
    {"wire_bytes_per_decision", "bytes",
     "Bytes of all protocol messages sent, for each instance chosen and each transaction committed "
     "or aborted; rounded down."},
    {"client_messages.sent", "messages", "Messages between clients and nodes, both ways."},
    {"client_messages.delivered", "messages", "Client messages, copies included, that arrived."},
    {"client_messages.dropped", "messages", "Client messages that ended without being delivered."},
    {"client_messages.duplicated", "messages", "Extra copies of client messages."},
    {"client_messages.in_flight", "messages", "Client messages under way when the run ended."},
    {"client_messages.bytes", "bytes", "Bytes of all client messages sent."},
    {"leaders", "elections", "How often a node was elected."},
    {"epochs", "epochs", "The highest term, view or ballot that a node reported."},
    {"epochs_used", "epochs",
     "Different terms, views or ballots that nodes came to; absent where a protocol reports none."},
    {"epochs_without_leader", "epochs",
     "The epochs_used in which nobody was elected: votes were split, or a candidate gave up, "
     "failed, was overtaken or has not won yet, which standard events do not tell apart."},
    {"first_leader_at_us", "us", "When a node was elected first; absent if none was."},
    {"leaderless_time_us", "us",
     "Time in which nobody led: before the first leader, and while the node that took office last "
     "had crashed, stepped down or was paused."},
    {"ops.issued", "operations", "Operations that clients began."},
    {"ops.acked", "operations", "Operations whose answer reached their client."},
    {"latency_us_p50", "us", "Median time from an operation's first request to its answer."},
    {"latency_us_p90", "us",
     "Time from an operation's first request to its answer that 90 of 100 do not exceed."},
    {"latency_us_p99", "us",
     "Time from an operation's first request to its answer that 99 of 100 do not exceed."},
    {"latency_us_max", "us", "Longest time from an operation's first request to its answer."},
    {"leader_latency_us_p50", "us",
     "Median time from when a client's request reached the node that proposed it until a node knew "
     "it chosen, or applied it. Forwarded requests and transactions do not count: no standard "
     "event says whose they are."},
    {"leader_latency_us_p90", "us", "The leader_latency_us that 90 of 100 commands do not exceed."},
    {"leader_latency_us_p99", "us", "The leader_latency_us that 99 of 100 commands do not exceed."},
    {"leader_latency_us_max", "us", "The longest leader_latency_us of a command."},
    {"replica_latency_us_p50", "us",
     "Median time from when a client's request reached the node that proposed it until the last "
     "node that got to know it chosen, or applied it, had; for the commands of leader_latency_us. "
     "A node that never did before the end does not count."},
    {"replica_latency_us_p90", "us",
     "The replica_latency_us that 90 of 100 commands do not exceed."},
    {"replica_latency_us_p99", "us",
     "The replica_latency_us that 99 of 100 commands do not exceed."},
    {"replica_latency_us_max", "us", "The longest replica_latency_us of a command."},
    {"unanswered_time_us", "us",
     "Longest time in which an operation waited and no client was answered; one that is never "
     "answered waits until the end, or until its client crashes."},
    {"outages", "outages",
     "How often an operation waited and no client was answered for over 100 ms on end; an "
     "operation that is never answered waits until the end, or until its client crashes."},
    {"outage_time_us", "us",
     "How long all outages were, added up, each from when the waiting began (see outages)."},
    {"availability_ppm", "ppm",
     "Millionths of the time from the first operation to the last answer, or to the end if an "
     "operation still waits, that were no outage (see outages); rounded down. 999990 is called "
     "five nines."},
    {"ops_per_second_milli", "operations/1000",
     "Operations answered for each second of virtual time from the first operation to the last "
     "answer, or to the end if an operation still waits; in thousandths."},
    {"decision_delays_p50", "delays",
     "Protocol messages one after the other that lead from a request, a timer or a fault to what "
     "is chosen, committed, aborted or elected; the median."},
    {"decision_delays_max", "delays",
     "Most protocol messages one after the other that lead from a request, a timer or a fault to "
     "what is chosen, committed, aborted or elected."},
    {"decision_writes_p50", "writes",
     "Writes of disks one after the other on the way that decision_delays counts messages of: what "
     "a node put out there had to wait for them; the median."},
    {"decision_writes_max", "writes",
     "Most writes of disks one after the other on the way to a decision."},
    {"chosen", "instances", "Distinct instances of which some node knows the chosen value."},
    {"applied", "commands", "Commands executed by state machines, counted at every node."},
    {"committed", "transactions", "Distinct transactions that some node committed."},
    {"aborted", "transactions", "Distinct transactions that some node aborted."},
    {"blocked_nodes", "nodes",
     "Nodes that were blocked when the run ended: had said so, and got no further since."},
    {"blocked_time_us", "us", "Time for which nodes were blocked, added up over all of them."},
    {"suspicions", "suspicions", "How often a node suspected another."},
    {"false_suspicions", "suspicions", "How often a node suspected another that had not crashed."},
    {"busiest_node_messages", "messages",
     "Protocol messages sent or received at the node that had most to do."},
    {"load_imbalance_pct", "percent",
     "busiest_node_messages in percent of what a node had on average; 100: all had the same."},
    {"crashes", "crashes", "How often a node crashed."},
    {"restarts", "restarts", "How often a crashed node came back."},
    {"persists", "writes", "Writes that a node's disk completed."},
    {"lost_tails", "crashes", "Crashes that lost a write which was not yet durable."},
});

std::int64_t integer(std::uint64_t count) { return static_cast<std::int64_t>(count); }

std::int64_t microseconds(Duration duration) { return duration.count() / 1000; }

std::uint64_t nanoseconds(Duration duration) {
  return static_cast<std::uint64_t>(duration.count());
}

void add(MessageCount& sum, const MessageCount& one) {
  sum.sent += one.sent;
  sum.duplicated += one.duplicated;
  sum.delivered += one.delivered;
  sum.bytes += one.bytes;
  for (std::size_t i = 0; i < sum.drops.size(); ++i) sum.drops[i] += one.drops[i];
}

}  // namespace

// A metric by its name, which the compiler looks up: one that is not in the list does not compile.
struct MetricId {
  consteval MetricId(const char* name) {
    while (metrics[index].name != name) ++index;
  }
  std::size_t index{};
};

// Where each metric of runs with some message types has its place, in the order of metric_names(),
// and in which order their names are.
struct MetricPlaces {
  std::array<std::size_t, metrics.size()>
      first{};                          // of each metric; of a type's, of the first type
  std::vector<std::string_view> names;  // sorted
  std::vector<std::size_t> of_name;     // the place of each
};

namespace {

MetricPlaces places_of(std::span<const std::string> types) {
  MetricPlaces places;
  std::size_t next = 0;
  for (std::size_t i = 0; i < metrics.size(); ++i) {
    places.first[i] = next;
    const bool each = metrics[i].name.find(type_mark) != std::string_view::npos;
    next += each ? types.size() - client_message_types : 1;
  }
  const std::vector<std::string> unsorted = metric_names(types);
  for (std::size_t i = 0; i < unsorted.size(); ++i) places.of_name.push_back(i);
  // A total order: no two names are alike.
  std::ranges::sort(places.of_name, {},
                    [&](std::size_t place) -> const std::string& { return unsorted[place]; });
  for (const std::size_t place : places.of_name) places.names.push_back(kept_name(unsorted[place]));
  return places;
}

// Made once for each protocol.
const MetricPlaces& kept_places_of(std::span<const std::string> types) {
  static std::map<std::vector<std::string>, MetricPlaces> kept;
  for (const auto& [known, places] : kept) {
    if (std::ranges::equal(known, types)) return places;
  }
  return kept.emplace(std::vector<std::string>(types.begin(), types.end()), places_of(types))
      .first->second;
}

}  // namespace

// Every metric of a run at its place; what is not put down has no value.
class MetricSheet {
 public:
  explicit MetricSheet(const MetricPlaces& places) : places_(places), cells_(places.names.size()) {}

  void put(MetricId metric, std::int64_t value, std::size_t type = 0) {
    cells_[places_.first[metric.index] + type] = {value, true};
  }
  Readings readings() const {
    std::vector<Readings::Reading> sorted;
    sorted.reserve(cells_.size());
    for (std::size_t i = 0; i < cells_.size(); ++i) {
      const Cell& cell = cells_[places_.of_name[i]];
      if (cell.is_set) sorted.push_back({places_.names[i], cell.value});
    }
    return Readings(std::move(sorted));
  }

 private:
  struct Cell {
    std::int64_t value{};
    bool is_set{};
  };
  const MetricPlaces& places_;
  std::vector<Cell> cells_;
};

namespace {

// What is told of messages, whoever sent them.
struct MessageMetrics {
  MetricId sent;
  MetricId duplicated;
  MetricId delivered;
  MetricId dropped;
  MetricId in_flight;
  MetricId bytes;
};
constexpr MessageMetrics of_type{"messages.<Type>.sent",      "messages.<Type>.duplicated",
                                 "messages.<Type>.delivered", "messages.<Type>.dropped",
                                 "messages.<Type>.in_flight", "messages.<Type>.bytes"};
constexpr MessageMetrics of_protocol{"messages.sent",      "messages.duplicated",
                                     "messages.delivered", "messages.dropped",
                                     "messages.in_flight", "wire_bytes"};
constexpr MessageMetrics of_clients{"client_messages.sent",      "client_messages.duplicated",
                                    "client_messages.delivered", "client_messages.dropped",
                                    "client_messages.in_flight", "client_messages.bytes"};

void put_messages(MetricSheet& sheet, const MessageMetrics& metrics, const MessageCount& count,
                  std::size_t type = 0) {
  sheet.put(metrics.sent, integer(count.sent), type);
  sheet.put(metrics.duplicated, integer(count.duplicated), type);
  sheet.put(metrics.delivered, integer(count.delivered), type);
  sheet.put(metrics.dropped, integer(count.dropped()), type);
  sheet.put(metrics.in_flight, integer(count.in_flight()), type);
  sheet.put(metrics.bytes, integer(count.bytes), type);
}

// Returns the sum of the protocol's own.
MessageCount put_ledger(MetricSheet& sheet, const Ledger& ledger,
                        std::span<const std::string> types) {
  const std::vector<MessageCount>& counts = ledger.counts();
  QUORATE_ASSERT(counts.size() == types.size() && types.size() >= client_message_types,
                 "Every message type of the ledger has a name, the client's among them.");
  const std::size_t protocol_types = types.size() - client_message_types;
  MessageCount protocol;
  MessageCount client;
  for (std::size_t i = 0; i < types.size(); ++i) {
    add(i < protocol_types ? protocol : client, counts[i]);
    if (i < protocol_types) put_messages(sheet, of_type, counts[i], i);
  }
  put_messages(sheet, of_protocol, protocol);
  put_messages(sheet, of_clients, client);
  return protocol;
}

struct LatencyMetrics {
  MetricId p50;
  MetricId p90;
  MetricId p99;
  MetricId max;
};

void put_latencies(MetricSheet& sheet, const LatencyMetrics& metrics,
                   std::vector<Duration> latencies) {
  if (latencies.empty()) return;
  // A total order: equal durations cannot be told apart.
  std::sort(latencies.begin(), latencies.end());
  sheet.put(metrics.p50, microseconds(percentile(latencies, 50)));
  sheet.put(metrics.p90, microseconds(percentile(latencies, 90)));
  sheet.put(metrics.p99, microseconds(percentile(latencies, 99)));
  sheet.put(metrics.max, microseconds(latencies.back()));
}

// floor(part * factor / whole); nothing where there is no whole.
void put_ratio(MetricSheet& sheet, MetricId metric, std::uint64_t part, std::uint64_t factor,
               std::uint64_t whole) {
  const UInt128 product = multiply_wide(part, factor);
  if (product.high < whole) sheet.put(metric, integer(divide(product, whole).quotient));
}

// Of all decisions the middle one and the farthest.
void put_decisions(MetricSheet& sheet, MetricId middle, MetricId farthest,
                   const std::map<std::uint16_t, std::uint64_t>& decisions) {
  if (decisions.empty()) return;
  std::uint64_t sum = 0;
  for (const auto& [steps, count] : decisions) sum += count;
  std::uint64_t below = 0;
  for (const auto& [steps, count] : decisions) {
    below += count;
    if (2 * below < sum) continue;
    sheet.put(middle, steps);
    break;
  }
  sheet.put(farthest, decisions.rbegin()->first);
}

// "messages.<Type>.sent" is matched by "messages.Vote.sent".
bool matches(std::string_view pattern, std::string_view name) {
  const std::size_t mark = pattern.find(type_mark);
  if (mark == pattern.npos) return pattern == name;
  const std::string_view tail = pattern.substr(mark + type_mark.size());
  return name.size() > pattern.size() - type_mark.size() && name.ends_with(tail) &&
         name.starts_with(pattern.substr(0, mark));
}

}  // namespace

void Metrics::on_event(const Record& record) {
  blocked_.on(record);
  if (const auto* elected = record.body.get_if<Elected>()) {
    on_elected(record, elected->epoch);
  } else if (const auto* epoch = record.body.get_if<Epoch>()) {
    epoch_ = std::max(epoch_, epoch->number);
    epochs_.add(epoch->number);
    tells_epochs_ = true;
  } else if (const auto* chosen = record.body.get_if<Chosen>()) {
    if (chosen_.add(chosen->instance)) on_decided(record);
    commands_.on_known(record, chosen->instance, chosen->value);
  } else if (const auto* applied = record.body.get_if<Applied>()) {
    ++applied_;
    commands_.on_known(record, applied->index, applied->command);
  } else if (const auto* proposed = record.body.get_if<Proposed>()) {
    commands_.on_proposed(record, *proposed);
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
  epochs_.add(epoch);
  led_.add(epoch);
  on_decided(record);
}

void Metrics::on_decided(const Record& record) {
  const CausalDepth::Way way = depth_.of(record.index);
  ++delays_[way.messages];
  ++writes_[way.writes];
}

Readings Metrics::result(const Ledger& ledger, std::span<const std::string> types,
                         Ending ending) const {
  MetricSheet sheet(kept_places_of(types));
  const MessageCount protocol = put_ledger(sheet, ledger, types);
  put_latencies(sheet, {"latency_us_p50", "latency_us_p90", "latency_us_p99", "latency_us_max"},
                std::move(ending.latencies));
  put_latencies(sheet,
                {"leader_latency_us_p50", "leader_latency_us_p90", "leader_latency_us_p99",
                 "leader_latency_us_max"},
                commands_.until_first());
  put_latencies(sheet,
                {"replica_latency_us_p50", "replica_latency_us_p90", "replica_latency_us_p99",
                 "replica_latency_us_max"},
                commands_.until_last());
  put_decisions(sheet, "decision_delays_p50", "decision_delays_max", delays_);
  put_decisions(sheet, "decision_writes_p50", "decision_writes_max", writes_);
  put_elections(sheet, ending);
  put_counts(sheet, ending);
  put_times(sheet, ending.at);
  put_loads(sheet, ending.nodes);
  put_rates(sheet, protocol);
  return sheet.readings();
}

void Metrics::put_elections(MetricSheet& sheet, const Ending& ending) const {
  sheet.put("epochs", integer(epoch_));
  if (tells_epochs_) {
    sheet.put("epochs_used", integer(epochs_.size()));
    sheet.put("epochs_without_leader", integer(epochs_.size() - led_.size()));
  }
  if (ending.elects || elected_ > 0) {
    sheet.put("leaders", integer(elected_));
    sheet.put("leaderless_time_us", microseconds(leadership_.leaderless(ending.at)));
  }
  if (elected_ > 0) sheet.put("first_leader_at_us", microseconds(first_elected_.since_start()));
}

void Metrics::put_counts(MetricSheet& sheet, const Ending& ending) const {
  sheet.put("ops.issued", integer(issued_));
  sheet.put("ops.acked", integer(acked_));
  sheet.put("chosen", integer(chosen_.size()));
  sheet.put("applied", integer(applied_));
  sheet.put("committed", integer(committed_.size()));
  sheet.put("aborted", integer(aborted_.size()));
  sheet.put("blocked_nodes", integer(blocked_.nodes()));
  sheet.put("suspicions", integer(suspicions_));
  sheet.put("false_suspicions", integer(false_suspicions_));
  sheet.put("crashes", integer(crashes_));
  sheet.put("restarts", integer(restarts_));
  sheet.put("persists", integer(persists_));
  sheet.put("lost_tails", integer(ending.lost_tails));
}

void Metrics::put_times(MetricSheet& sheet, Time until) const {
  sheet.put("blocked_time_us", microseconds(blocked_.time(until)));
  if (issued_ == 0) return;
  const Unanswered::Outages outages = unanswered_.outages(until);
  const std::uint64_t service = nanoseconds(unanswered_.service(until));
  sheet.put("unanswered_time_us", microseconds(unanswered_.longest(until)));
  sheet.put("outages", integer(outages.count));
  sheet.put("outage_time_us", microseconds(outages.time));
  put_ratio(sheet, "availability_ppm", service - nanoseconds(outages.time), 1'000'000, service);
  put_ratio(sheet, "ops_per_second_milli", acked_, 1'000'000'000'000, service);
}

void Metrics::put_loads(MetricSheet& sheet, std::uint64_t nodes) const {
  std::uint64_t most = 0;
  std::uint64_t sum = 0;
  for (const std::uint64_t count : messages_at_.items()) {
    most = std::max(most, count);
    sum += count;
  }
  sheet.put("busiest_node_messages", integer(most));
  if (sum > 0) sheet.put("load_imbalance_pct", integer(100 * most * nodes / sum));
}

void Metrics::put_rates(MetricSheet& sheet, const MessageCount& protocol) const {
  const std::uint64_t decided = chosen_.size() + committed_.size() + aborted_.size();
  put_ratio(sheet, "messages_per_decision_milli", protocol.sent, 1000, decided);
  put_ratio(sheet, "messages_per_election_milli", protocol.sent, 1000, elected_);
  put_ratio(sheet, "messages_per_op_milli", protocol.sent, 1000, acked_);
  put_ratio(sheet, "wire_bytes_per_decision", protocol.bytes, 1, decided);
}

std::span<const MetricInfo> metric_list() { return metrics; }

const MetricInfo* find_metric(std::string_view name) {
  const auto is_called = [name](const MetricInfo& metric) { return matches(metric.name, name); };
  const auto found = std::ranges::find_if(metrics, is_called);
  return found == metrics.end() ? nullptr : &*found;
}

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

std::span<const std::string_view> sorted_metric_names(std::span<const std::string> types) {
  return kept_places_of(types).names;
}

Duration percentile(std::span<const Duration> sorted, std::uint32_t percent) {
  QUORATE_ASSERT(!sorted.empty() && percent >= 1 && percent <= 100,
                 "A percentile needs values and a rank among them.");
  const std::uint64_t rank = (std::uint64_t{sorted.size()} * percent + 99) / 100;
  return sorted[static_cast<std::size_t>(rank - 1)];
}

}  // namespace quorate
