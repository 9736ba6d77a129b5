// The numbers of one run: counted while it goes, finished at its end. They know standard events
// only, so every protocol has them, and all are integers: a unit stands in the name.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/measure/answers.hpp"
#include "sim/measure/blocked.hpp"
#include "sim/measure/causal_depth.hpp"
#include "sim/measure/command_times.hpp"
#include "sim/measure/distinct_count.hpp"
#include "sim/measure/leadership.hpp"
#include "sim/measure/ledger.hpp"
#include "sim/measure/readings.hpp"

namespace quorate {

class MetricSheet;  // where results are put down

class Metrics {
 public:
  // `leader_status` is the role that leads, "" where there is none: a node that takes it without an
  // election, as one may at the start, leads as well.
  explicit Metrics(std::string_view leader_status) : leadership_(leader_status) {}

  void on(const Record& record) {
    leadership_.on(record);
    depth_.on(record);
    switch (record.kind) {
      case Kind::send:
        if (!record.client) ++messages_at_[record.from];
        break;
      case Kind::recv:
        if (!record.client)
          ++messages_at_[record.to];
        else
          commands_.on_arrival(record);
        break;
      case Kind::event:
        on_event(record);
        break;
      case Kind::crash:
        if (record.client) {
          unanswered_.on(record);
          break;
        }
        ++crashes_;
        down_.insert(record.node);
        blocked_.on(record);
        break;
      case Kind::restart:
        if (record.client) break;
        ++restarts_;
        down_.erase(record.node);
        break;
      case Kind::persist:
        ++persists_;
        break;
      case Kind::op:
        ++issued_;
        unanswered_.on(record);
        break;
      case Kind::ack:
        ++acked_;
        unanswered_.on(record);
        break;
      default:
        break;
    }
  }

  // What the run knows at its end and the records do not say.
  struct Ending {
    Time at;                          // when the run ended
    std::vector<Duration> latencies;  // of every acknowledged operation, in any order
    std::uint64_t lost_tails{};       // crashes that lost an unsynced write
    bool elects{true};                // the protocol has leaders: their metrics have values
    std::uint64_t nodes{};            // how many there are
  };
  // Every metric that has a value. `types` are the message types of `ledger`, client messages last.
  // A metric without a value (the latency of no operation) is absent, not zero.
  Readings result(const Ledger& ledger, std::span<const std::string> types, Ending ending) const;

 private:
  void on_event(const Record& record);
  void on_elected(const Record& record, std::uint64_t epoch);
  void on_decided(const Record& record);
  void put_elections(MetricSheet& sheet, const Ending& ending) const;
  void put_counts(MetricSheet& sheet, const Ending& ending) const;
  void put_times(MetricSheet& sheet, Time until) const;
  void put_loads(MetricSheet& sheet, std::uint64_t nodes) const;
  void put_rates(MetricSheet& sheet, const MessageCount& protocol) const;

  Leadership leadership_;
  CausalDepth depth_;
  BlockedWatch blocked_;
  Unanswered unanswered_;
  CommandTimes commands_;
  // How many decisions came after how many messages, and after how many writes.
  std::map<std::uint16_t, std::uint64_t> delays_;
  std::map<std::uint16_t, std::uint64_t> writes_;
  PerNode<std::uint64_t> messages_at_;  // sent and received
  NodeSet down_;
  std::uint64_t suspicions_{};
  std::uint64_t false_suspicions_{};
  std::uint64_t elected_{};
  std::uint64_t epoch_{};  // the highest anybody reported
  DistinctCount epochs_;   // that nodes came to
  DistinctCount led_;      // in which somebody was elected
  bool tells_epochs_{};    // and not only who is elected in one
  Time first_elected_;
  std::uint64_t crashes_{};
  std::uint64_t restarts_{};
  std::uint64_t persists_{};
  std::uint64_t issued_{};
  std::uint64_t acked_{};
  std::uint64_t applied_{};
  DistinctCount chosen_;
  DistinctCount committed_;
  DistinctCount aborted_;
};

// In a metric's name: each of the protocol's message types.
inline constexpr std::string_view type_mark = "<Type>";

struct MetricInfo {
  std::string_view name;     // may hold type_mark
  std::string_view unit;     // "messages", "us", ...
  std::string_view meaning;  // one sentence
};

// All metrics, in the order in which `describe` shows them.
std::span<const MetricInfo> metric_list();
// What a metric is that has this name, `<Type>` filled in; null where none has.
const MetricInfo* find_metric(std::string_view name);
// The name of every metric that a run with these message types, client messages last, may have.
std::vector<std::string> metric_names(std::span<const std::string> types);
// The same in the order of the names, made once for the whole program.
std::span<const std::string_view> sorted_metric_names(std::span<const std::string> types);

// The smallest of the sorted values that at least `percent` of them do not exceed (nearest rank).
// REQUIRES at least one value, 1 <= percent <= 100.
Duration percentile(std::span<const Duration> sorted, std::uint32_t percent);

}  // namespace quorate
