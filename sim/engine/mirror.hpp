// A cluster that is shown, not run: somebody who knows what happened to a real one sets its nodes
// accordingly, and whoever looks at a World sees the same as there. Nothing is ever pending in it.
#pragma once

#include "sim/engine/world.hpp"

namespace quorate {

template <class P>
class Mirror {
 public:
  // Every node as it is before its start().
  Mirror(std::shared_ptr<const Setup<P>> setup, std::shared_ptr<const NetworkConfig> network)
      : world_(std::move(setup), std::move(network)) {}

  const World<P>& world() const { return world_; }
  void move_to(Time now) { world_.kernel_.now = now; }
  typename Traits<P>::Roles& roles(NodeId node) { return machine(node).roles; }
  // The node's disk now holds `image`, durable.
  void write(NodeId node, const typename Traits<P>::Image& image) {
    machine(node).disk.format(image);
  }
  void ask(ClientId client, std::uint64_t serial) {
    world_.askings_.note(client, serial, world_.now());
  }
  // Each returns false where it cannot happen: a node that is down cannot crash.
  bool crash(NodeId node, bool lost_write) {
    if (!machine(node).up) return false;
    machine(node).up = machine(node).paused = false;
    world_.lost_tails_ += lost_write ? 1 : 0;
    return true;
  }
  bool restart(NodeId node) {
    if (machine(node).up) return false;
    machine(node).up = true;
    ++machine(node).incarnation;
    return true;
  }
  bool pause(NodeId node) {
    if (!machine(node).up || machine(node).paused) return false;
    return machine(node).paused = true;
  }
  bool resume(NodeId node) {
    if (!machine(node).paused) return false;
    machine(node).paused = false;
    return true;
  }

 private:
  Machine<P>& machine(NodeId node) { return world_.kernel_.machines[node.value]; }

  World<P> world_;
};

}  // namespace quorate
