// A run told record by record, for tests of what is counted in it.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "sim/measure/metrics.hpp"
#include "sim/node/request.hpp"
#include "sim/trace/event.hpp"

namespace quorate::testing {

inline const std::vector<std::string> message_types{"Vote", "VoteReply", "Request", "Reply",
                                                    "Redirect"};

inline constexpr NodeId n1{0};
inline constexpr NodeId n2{1};

// A run of two nodes with two message types, told record by record.
struct Narrated {
  Metrics metrics{"chief"};
  Ledger ledger{message_types.size()};

  void record(Record record) {
    metrics.on(record);
    ledger.on(record);
  }
  void kind(Kind kind, Duration at, NodeId node = n1) {
    Record record;
    record.kind = kind;
    record.time = Time{} + at;
    record.node = node;
    this->record(record);
  }
  // A client's request reaches a node.
  void asked(Duration at, NodeId node, const Request& request) {
    Record record;
    record.kind = Kind::recv;
    record.time = Time{} + at;
    record.client = true;
    record.type = 2;
    record.node = record.to = node;
    record.body = AnyRef::to(request);
    this->record(record);
  }
  template <class Event>
  void event(Duration at, NodeId node, const Event& event, std::uint64_t cause = no_cause) {
    Record record;
    record.kind = Kind::event;
    record.time = Time{} + at;
    record.cause = cause;
    record.node = node;
    record.body = AnyRef::to(event);
    this->record(record);
  }
  void message(Kind kind, std::uint16_t type, DropReason why = DropReason::none) {
    Record record;
    record.kind = kind;
    record.type = type;
    record.why = why;
    record.client = type >= 2;
    record.from = n1;
    record.to = n2;
    record.bytes = kind == Kind::send ? 10 : 0;
    this->record(record);
  }
  Readings result(Duration end = 10s, bool elects = true) const {
    return metrics.result(ledger, message_types, {Time{} + end, {}, 0, elects});
  }
};

}  // namespace quorate::testing
