// What the injector and the clients may do to a running cluster, and what they may see of it. The
// simulation implements it; a virtual call here happens per fault or client step, never per
// message.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "sim/base/id.hpp"
#include "sim/base/time.hpp"
#include "sim/engine/interference.hpp"
#include "sim/net/network.hpp"
#include "sim/node/clock.hpp"
#include "sim/node/comeback.hpp"
#include "sim/node/disk.hpp"
#include "sim/node/request.hpp"
#include "sim/node/work.hpp"
#include "sim/trace/record.hpp"

namespace quorate {

// What a client does that has a record. `asks_anew`: what it has asked before, under another
// serial.
enum class ClientStep : std::uint8_t { asks, asks_anew, answered, crashes, restarts };

class Control {
 public:
  virtual ~Control() = default;

  // ---- sight
  virtual Time now() const = 0;
  virtual std::uint32_t nodes() const = 0;
  virtual NodeNames names() const = 0;     // nodes, then clients
  virtual bool up(NodeId node) const = 0;  // or client, as for crash and restart
  virtual bool paused(NodeId node) const = 0;
  virtual bool plays(NodeId node, std::string_view role) const = 0;
  virtual std::string_view status(NodeId node,
                                  std::string_view role) const = 0;  // "" = only role; "leader"
  virtual std::optional<std::uint16_t> message_type(std::string_view name) const = 0;

  // ---- faults. Each returns whether it changed anything; `cause` is the fault's record.
  virtual bool crash(NodeId node, std::uint64_t cause) = 0;
  virtual bool restart(NodeId node, Comeback how, std::uint64_t cause) = 0;
  virtual bool pause(NodeId node, std::uint64_t cause) = 0;
  virtual bool resume(NodeId node, std::uint64_t cause) = 0;
  virtual Network& network() = 0;  // its cuts, and settings of its links
  virtual Interference& interference() = 0;
  virtual void release(std::uint32_t fault) = 0;  // messages held by that fault
  // Sends again the message whose send was record `send` and of which the fault has kept a copy.
  virtual bool replay(std::uint32_t fault, std::uint64_t send) = 0;
  // Of an armed timer: it goes off now or, by its node's clock, so much later than it would.
  virtual bool move_timer(NodeId node, const IsTimer& is, std::optional<Duration> later) = 0;
  virtual void submit(NodeId node, const Operation& operation, std::uint64_t cause) = 0;
  virtual void step_clock(NodeId node, Duration by) = 0;
  virtual void smear_clock(NodeId node, const Smear& smear) = 0;
  virtual void take_back_smear(NodeId node, const Smear& smear) = 0;
  virtual bool set_drift(NodeId node, std::optional<Drift> drift) = 0;  // none: the clock's own
  virtual bool set_work(NodeId node, const WorkChange& change) = 0;     // absent: its own
  virtual bool set_disk(NodeId node, const DiskChange& change) = 0;     // absent: its own
  virtual bool set_jitter(NodeId node, std::optional<Probability> share) = 0;  // none: its own
  // Lets one value in the memory of a node become another: the name of its field, empty where there
  // is none. Nobody is told until `tell_memory` says so, in words, and with what it is now.
  virtual std::string harm_memory(NodeId node, const MemoryHarm& harm) = 0;
  virtual void tell_memory(NodeId node, std::string_view text, std::uint64_t cause) = 0;

  // Numbers and records a fault or heal line, or a note whose text is `id`, that follows from
  // `cause`; returns its index, the cause of what follows from it.
  virtual std::uint64_t announce(Kind kind, std::string_view id, std::string_view detail,
                                 std::uint64_t cause) = 0;

  // ---- time. The simulation calls the owner back with `token` at `at`.
  virtual void call_injector(Time at, std::uint32_t token) = 0;
  virtual void call_client(Time at, std::uint32_t token) = 0;

  // ---- clients
  // The body is a Request or a Reply, or none.
  virtual std::uint64_t client_record(ClientStep step, ClientId client, AnyRef body,
                                      std::uint64_t cause) = 0;
  virtual void client_send(ClientId client, NodeId node, const Request& request,
                           std::uint64_t cause) = 0;
};

}  // namespace quorate
