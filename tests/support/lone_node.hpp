// One node of a cluster without the others: a test calls the handlers of one role as the engine
// would, and looks at what each call changed and asked for. It is n1; whoever it hears from exists
// by name alone.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sim/engine/out.hpp"

namespace quorate::testing {

// n1 is node(1).
inline NodeId node(std::uint32_t number) { return NodeId{number - 1}; }

template <class P>
struct LoneSetting {
  std::uint32_t nodes{3};
  typename Traits<P>::Params params{};
  std::vector<typename Traits<P>::Bug> bugs{};
  bool member{true};  // of the configuration
};

// All nodes play all roles.
template <class P, class R>
class LoneNode {
 public:
  // Something the last handler handed over, in order.
  template <class M>
  struct Sent {
    NodeId to;
    M body;
    bool waits{};  // for the disk, as things are now
  };

  explicit LoneNode(const LoneSetting<P>& setting = {}) {
    auto setup = std::make_shared<Setup<P>>();
    setup->nodes.resize(setting.nodes);
    for (std::uint32_t i = 1; i <= setting.nodes; ++i) {
      setup->names.push_back("n" + std::to_string(i));
    }
    for (auto& node : setup->nodes) node.plays = ~std::uint32_t{0};
    for (const auto bug : setting.bugs) {
      setup->nodes[0].bugs.push_back({static_cast<std::uint32_t>(bug), {}, Time::never()});
    }
    setup->nodes[0].params = setting.params;
    setup->set_members(node_range(setting.member ? 0 : 1, setting.nodes));
    setup->clients = 1;
    kernel_.setup = setup;
    kernel_.nodes = setting.nodes;
    kernel_.machines.resize(setting.nodes);
    machine().node = node(1);
    machine().config = &setup->nodes[0];
    machine().timer_stream = make_stream(1, Purpose::timer);
  }

  std::uint32_t nodes() const { return kernel_.nodes; }
  R& state() { return std::get<R>(machine().roles); }

  // ---- what happens to it
  void start() {
    call([](R& role, Out<P>& out) { role.start(out); });
  }
  // As after a crash that kept what it has; a test takes away what was volatile.
  void restart() {
    call([](R& role, Out<P>& out) { role.restart(out); });
  }
  template <class M>
  void hear(NodeId from, const M& message) {
    call([&](R& role, Out<P>& out) { role.on(from, message, out); });
  }
  template <class T>
  void expire(const T& timer) {
    for (ArmedTimer<P>& armed : machine().timers) {
      if (armed.ref().type == &type_info<T>) armed.armed = false;
    }
    call([&](R& role, Out<P>& out) { role.on(timer, out); });
  }
  void ask(const Request& request) {
    call([&](R& role, Out<P>& out) { role.on(request, out); });
  }
  void pass(Duration time) { kernel_.now = kernel_.now + time; }
  void sync_disk() {
    if (!machine().disk.wants_to_start()) return;
    machine().disk.start();
    machine().disk.finish(false);
  }
  // ---- what the last handler asked for
  template <class M>
  std::vector<Sent<M>> sent() {
    std::vector<Sent<M>> result;
    for (Slot slot = machine().first_output; slot != no_slot; slot = kernel_.items[slot].next) {
      const Item<P>& item = kernel_.items[slot];
      if (item.ref().type != &type_info<M>) continue;
      const M& body = *static_cast<const M*>(item.ref().value);
      result.push_back({item.to, body, item.barrier > machine().disk.synced_number()});
    }
    return result;
  }
  template <class E>
  std::vector<E> told() {
    std::vector<E> result;
    for (const Sent<E>& event : sent<E>()) result.push_back(event.body);
    return result;
  }
  // How long until a timer fires; nothing when it is not armed.
  template <class T>
  std::optional<Duration> timer() {
    for (const ArmedTimer<P>& armed : machine().timers) {
      if (armed.armed && armed.ref().type == &type_info<T>) return armed.due.at() - kernel_.now;
    }
    return std::nullopt;
  }
  // What the disk would hold if every write issued so far were done.
  const typename Traits<P>::Image& issued() { return machine().disk.latest(); }

 private:
  Machine<P>& machine() { return kernel_.machines[0]; }
  template <class F>
  void call(F&& handler) {
    machine().first_output = machine().last_output = no_slot;
    Out<P> out(kernel_, machine(), position_of<R, typename P::Roles>, 0);
    handler(state(), out);
  }

  Kernel<P> kernel_;
};

// What the last handler wrote in its log, line by line.
using Lines = std::vector<std::string>;
template <class Lone>
Lines logged(Lone& lone) {
  Lines lines;
  for (const Logged& line : lone.template told<Logged>()) lines.emplace_back(line.record.view());
  return lines;
}

}  // namespace quorate::testing
