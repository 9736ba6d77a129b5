// Clients: actors of the engine that issue operations, wait, retry, follow redirects and keep a
// history. Protocol code never sees them, only their requests.
//
// An operation is asked in tries. A try begins with one request and ends with an answer or, after
// the line's timeout, without one; then, if the line retries, the next try asks the next target,
// or, where it asks anew, another operation begins that asks it for the same.
// Within a try the client follows redirects: a node named is asked at once, and after "I do not
// know whom to ask" the next target is asked once a tenth of the timeout has passed. After as many
// redirects as there are nodes the try only waits, so that nodes which name each other cost a
// bounded number of messages. A line that is bound to one node follows no redirect; it asks its
// node again after the same pause.
//
// A client that crashes asks and hears nothing. Its open operations are orphans: servers may carry
// them out, and nobody waits. When it is back it goes on with its lines, under further serials:
// what came due meanwhile is due at once, and a closed loop thinks before it asks the next.
#pragma once

#include <deque>
#include <memory>
#include <vector>

#include "sim/client/workload.hpp"
#include "sim/engine/control.hpp"

namespace quorate {

// One operation as its client saw it: the row a linearizability checker reads.
struct HistoryEntry {
  ClientId client;
  std::uint64_t serial{};  // dense from 1 for each client, over all of its lines
  Operation operation;
  Time invoked;
  std::optional<Time> completed;  // absent: outcome unknown
  Text result;
  std::uint32_t tries{};  // redirects do not count
};

// A copyable value. Every call costs O(1), however many operations are or were outstanding.
class Clients {
 public:
  Clients(std::shared_ptr<const std::vector<Workload>> workload, std::uint32_t clients,
          std::uint64_t seed, Engine engine);

  // Schedules the first operations. Call once, before the first step.
  void start(Control& control);
  // A moment asked for with Control::call_client has come.
  void due(std::uint32_t token, Control& control);
  // An answer reached a client; `cause` is its recv record. Late answers to finished serials are
  // ignored, as are redirects by a node that the try is not waiting for.
  void on_reply(ClientId client, NodeId from, const Reply& reply, std::uint64_t cause,
                Control& control);
  void on_redirect(ClientId client, NodeId from, const Redirect& redirect, std::uint64_t cause,
                   Control& control);
  // Someone was elected: where TargetPolicy::leader sends.
  void on_elected(NodeId node) { leader_ = node; }

  // Each returns whether it changed anything. Costs as much as the client has asked so far.
  bool crash(ClientId client, std::uint64_t cause, Control& control);
  bool restart(ClientId client, std::uint64_t cause, Control& control);
  bool up(ClientId client) const { return !clients_[client.value].down; }

  // In the order of invocation.
  const std::vector<HistoryEntry>& history() const { return history_; }
  std::uint64_t issued() const { return history_.size(); }
  std::uint64_t acked() const { return acked_; }
  // Operations without an answer that somebody misses: not orphans, nor what is asked anew.
  std::uint64_t unanswered() const { return issued() - acked_ - unmissed_; }
  // From invocation to answer, of every answered operation, in the order of invocation.
  std::vector<Duration> latencies() const;

 private:
  enum class Wake : std::uint8_t { issue, timeout, pause };
  static constexpr std::uint32_t wakes = 3;

  // A moment at which a try is looked at again, unless it is over by then.
  struct Deadline {
    Time at;
    std::size_t call{};
    std::uint32_t tries{};  // void when the call has begun another try
  };
  // Deadlines of one line and one kind. All are equally long, so they come due in the order they
  // were made, and one pending event, for the first of them, serves all.
  struct Alarm {
    std::deque<Deadline> deadlines;
    bool set{};
  };
  struct Line {
    Stream stream;  // gaps or think times
    std::uint64_t issued{};
    std::uint64_t cause{no_cause};  // of the next operation: the answer a closed loop waited for
    Alarm timeout;
    Alarm pause;
    bool missed{};   // its next operation came due while its client was down
    bool waiting{};  // a closed loop: for an answer when its client crashed
  };
  struct Client {
    std::vector<std::size_t> calls;  // by serial, less 1: position in calls_ and history_
    Stream stream;                   // random targets
    NodeId target;                   // whom a sticky line asks
    std::uint32_t turn{};            // whom a round-robin line asks next
    bool down{};
  };
  struct Call {
    std::uint64_t cause{no_cause};  // of the next request
    std::uint64_t op{no_cause};     // the record of its beginning
    std::uint32_t line{};
    std::uint32_t redirects{};  // followed in this try
    NodeId asked{no_node};      // whose answer the try waits for
    bool open{true};
    bool paused{};
  };

  const Workload& workload(const Call& call) const { return (*workload_)[call.line]; }
  void schedule_next(std::uint32_t line, Duration gap, Control& control);
  void issue(std::uint32_t line, Control& control);
  // Writes an operation down and returns its position; `again`: it was asked before.
  std::size_t begin(std::uint32_t line, Operation operation, std::uint64_t cause, bool again,
                    Control& control);
  void begin_try(std::size_t call, Control& control);
  void ask(std::size_t call, NodeId node, Control& control);
  NodeId next_target(const Call& call, Client& client, Control& control);
  NodeId sticky_target(const Call& call, Client& client, Control& control);
  void finish(std::size_t call, std::uint64_t cause, Control& control);
  void ask_anew(std::size_t call, Control& control);
  void close(std::size_t call);
  void go_on(std::uint32_t line, std::uint64_t cause, Control& control);
  void try_timed_out(std::size_t call, Control& control);
  void pause_over(std::size_t call, Control& control);

  Alarm& alarm(std::uint32_t line, Wake wake);
  bool stale(const Deadline& deadline) const;
  void add_deadline(std::size_t call, Wake wake, Duration after, Control& control);
  void ring(std::uint32_t line, Wake wake, Control& control);
  void drop_stale(Alarm& alarm);
  std::size_t find_open(ClientId client, std::uint64_t serial) const;

  std::shared_ptr<const std::vector<Workload>> workload_;
  std::vector<Line> lines_;  // beside workload_
  std::vector<Client> clients_;
  std::vector<Call> calls_;  // beside history_
  std::vector<HistoryEntry> history_;
  std::uint64_t acked_{};
  std::uint64_t unmissed_{};  // operations given up whose answer nobody misses
  NodeId leader_{no_node};
};

}  // namespace quorate
