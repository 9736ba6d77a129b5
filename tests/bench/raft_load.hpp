// Raft under load, as the benchmarks run it: 5 nodes, heartbeat 50 ms, election timeout 150-300 ms,
// FIFO links of 1-10 ms that lose 1 %, one command a millisecond to the leader, replicated at once
// and pipelined.
#pragma once

#include <memory>

#include "cli/registry.hpp"
#include "protocols/raft/server.hpp"
#include "sim/base/atomic_file.hpp"
#include "sim/engine/world.hpp"
#include "sim/trace/digest.hpp"
#include "sim/trace/writer.hpp"

namespace quorate::bench {

// What the two loads below must come to, for these lengths and seed 42, on every machine.
inline constexpr std::uint64_t raft_world_digest = 0xc50f455ad2ee283f;
inline constexpr std::uint64_t raft_run_digest = 0x7cc0d95a936fe907;
inline constexpr std::uint64_t raft_resending_digest = 0x13ac27809a05c8f7;  // no pipelining

inline std::vector<std::string> raft_nodes() { return {"n1", "n2", "n3", "n4", "n5"}; }

inline NetworkConfig raft_network(std::uint32_t clients) {
  NetworkConfig network;
  network.nodes = 5;
  network.clients = clients;
  network.link.delay = Distribution::uniform(1ms, 10ms);
  network.link.loss = parse_probability("1%").value;
  network.link.fifo = true;
  return network;
}

// The whole thing, as `quorate run` does it: a client that knows the leader asks for one operation
// a millisecond over a link without delay.
inline std::shared_ptr<const Scenario> raft_scenario(Duration length, bool pipelining) {
  auto scenario = std::make_shared<Scenario>();
  scenario->protocol = "raft";
  scenario->nodes = {{"n1"}, {"n2"}, {"n3"}, {"n4"}, {"n5"}};
  scenario->clients = {"c1"};
  scenario->params.kind = Value::Kind::object;
  Value on;
  on.kind = Value::Kind::boolean;
  on.boolean = pipelining;
  scenario->params.members.push_back({"pipelining", {}, on});
  scenario->network = raft_network(1);
  scenario->stop = Time{} + length;
  Workload line;
  line.operation.verb = "put";
  line.every = Distribution::constant(1ms);
  line.target = TargetPolicy::leader;
  scenario->workload = {line};
  return scenario;
}

inline std::unique_ptr<Run> raft_run(Duration length, bool properties, bool pipelining = true) {
  RunOptions options;
  options.properties = properties;
  return find_protocol("raft")->make(raft_scenario(length, pipelining), 42, options);
}

// The cluster alone: a World whose sink folds the digest and hands the leader its commands.
class RaftWorld {
 public:
  explicit RaftWorld(Duration length)
      : world_(setup(), std::make_shared<const NetworkConfig>(raft_network(0))),
        stop_(Time{} + length) {}

  // Returns how many events were handled.
  std::uint64_t run() {
    world_.schedule_external(Time{} + 1ms, 0);
    world_.start(*this);
    std::uint64_t steps = 0;
    while (world_.next_time() <= stop_ && world_.step(*this)) ++steps;
    return steps;
  }
  std::uint64_t records() const { return world_.next_index(); }
  std::uint64_t digest() const { return digest_.value(); }

  // ---- the world's sink
  void started(NodeId) {}
  void on(const Record& record) {
    digest_.fold(record);
    if (record.kind == Kind::event && record.body.type == &type_info<Elected>) {
      leader_ = record.node;
    }
  }
  void external(std::uint32_t) {
    const Request request{ClientId{0}, ++serial_, {"put", "k1", "v"}};
    if (leader_ != no_node) world_.submit(leader_, request, no_cause);
    world_.schedule_external(world_.now() + 1ms, 0);
  }
  void client(ClientId, const Item<Raft>&, std::uint64_t) {}
  std::uint64_t crash_point(const CrashPoint&) { return no_cause; }

 private:
  static std::shared_ptr<const Setup<Raft>> setup() {
    auto setup = std::make_shared<Setup<Raft>>();
    setup->nodes.resize(5);
    for (auto& node : setup->nodes) node.params.pipelining = true;
    setup->names = {"n1", "n2", "n3", "n4", "n5"};
    setup->set_members(node_range(0, 5));
    setup->seed = 42;
    return setup;
  }

  World<Raft> world_;
  Time stop_;
  Digest digest_;
  NodeId leader_{no_node};
  std::uint64_t serial_{};
};

}  // namespace quorate::bench
