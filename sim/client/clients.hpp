// Clients: actors of the engine that issue operations, wait, retry with the same serial, follow redirects
// and keep a history. Protocol code never sees them, only their requests.
#pragma once

#include <memory>
#include <vector>

#include "sim/client/workload.hpp"
#include "sim/engine/control.hpp"

namespace quorate {

// One operation as its client saw it: the row a linearizability checker reads.
struct HistoryEntry {
  ClientId client;
  std::uint64_t serial{};
  Operation operation;
  Time invoked;
  std::optional<Time> completed;       // absent: outcome unknown
  Text result;
  std::uint32_t tries{};
};

class Clients {
 public:
  Clients(std::shared_ptr<const std::vector<Workload>> workload, std::uint32_t clients, std::uint64_t seed,
          Engine engine);

  // Schedules the first operations. Call once, before the first step.
  void start(Control& control);
  // A moment asked for with Control::call_client has come.
  void due(std::uint32_t token, Control& control);
  // An answer reached a client; `cause` is its recv record. Late answers to finished serials are ignored.
  void on_reply(ClientId client, NodeId from, const Reply& reply, std::uint64_t cause, Control& control);
  void on_redirect(ClientId client, NodeId from, const Redirect& redirect, std::uint64_t cause, Control& control);
  // Someone was elected: where TargetPolicy::leader sends.
  void on_elected(NodeId node) { leader_ = node; }

  const std::vector<HistoryEntry>& history() const { return history_; }
  std::uint64_t issued() const;
  std::uint64_t acked() const;

 private:
  // (private layout is the implementer's)
  std::vector<HistoryEntry> history_;
  NodeId leader_{no_node};
};

}  // namespace quorate
