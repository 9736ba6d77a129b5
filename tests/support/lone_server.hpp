// One Raft server without a cluster: a test calls its handlers as the engine would, and looks at
// what each call changed and asked for. It is n1; whoever it hears from exists by name alone.
#pragma once

#include <optional>
#include <vector>

#include "protocols/raft/server.hpp"

namespace quorate::testing {

// n1 is node(1).
inline NodeId node(std::uint32_t number) { return NodeId{number - 1}; }

// Entries of these terms; the entry at index i carries the command "v<i>".
inline raft::EntryLog log_of(const std::vector<raft::Term>& terms) {
  raft::EntryLog log;
  for (const raft::Term term : terms) {
    const std::uint64_t serial = log.size() + 1;
    const Text value("v" + std::to_string(serial));
    log.append({term, Request{ClientId{0}, serial, {Text("put"), Text("k"), value}}});
  }
  return log;
}
inline std::vector<raft::Term> terms_of(const raft::EntryLog& log) {
  std::vector<raft::Term> terms;
  for (raft::Index index = 1; index <= log.last_index(); ++index) terms.push_back(log[index].term);
  return terms;
}

struct LoneSetting {
  std::uint32_t nodes{3};
  raft::Params params{};
  std::vector<raft::Bug> bugs{};
  bool member{true};  // of the configuration
};

class LoneServer {
 public:
  // Something the last handler handed over, in order.
  template <class M>
  struct Sent {
    NodeId to;
    M body;
    bool waits{};  // for the disk, as things are now
  };

  explicit LoneServer(const LoneSetting& setting = {}) {
    auto setup = std::make_shared<Setup<Raft>>();
    setup->nodes.resize(setting.nodes);
    for (const raft::Bug bug : setting.bugs) {
      setup->nodes[0].bugs.push_back({static_cast<std::uint32_t>(bug), {}, Time::never()});
    }
    setup->nodes[0].params = setting.params;
    for (std::uint32_t i = setting.member ? 0 : 1; i < setting.nodes; ++i) {
      setup->members.push_back(NodeId{i});
    }
    setup->clients = 1;
    kernel_.setup = setup;
    kernel_.nodes = setting.nodes;
    kernel_.machines.resize(setting.nodes);
    machine().config = &setup->nodes[0];
    machine().timer_stream = make_stream(1, Purpose::timer);
  }

  raft::Server& state() { return std::get<raft::Server>(machine().roles); }

  // ---- what happens to it
  void start() {
    call([](raft::Server& server, raft::Out& out) { server.start(out); });
  }
  template <class M>
  void hear(NodeId from, const M& message) {
    call([&](raft::Server& server, raft::Out& out) { server.on(from, message, out); });
  }
  template <class T>
  void expire(const T& timer) {
    for (ArmedTimer<Raft>& armed : machine().timers) {
      if (armed.ref().type == &type_info<T>) armed.armed = false;
    }
    call([&](raft::Server& server, raft::Out& out) { server.on(timer, out); });
  }
  void ask(const Request& request) {
    call([&](raft::Server& server, raft::Out& out) { server.on(request, out); });
  }
  void pass(Duration time) { kernel_.now = kernel_.now + time; }
  void sync_disk() {
    if (!machine().disk.wants_to_start()) return;
    machine().disk.start();
    machine().disk.finish();
  }
  // Stands in `term` and gets the votes of all others.
  void lead(raft::Term term) {
    state().current_term = term - 1;
    expire(raft::Election{});
    for (std::uint32_t i = 2; i <= kernel_.nodes; ++i) {
      hear(node(i), raft::RequestVoteReply{term, true});
    }
    sync_disk();
  }

  // ---- what the last handler asked for
  template <class M>
  std::vector<Sent<M>> sent() {
    std::vector<Sent<M>> result;
    for (Slot slot = machine().first_output; slot != no_slot; slot = kernel_.items[slot].next) {
      const Item<Raft>& item = kernel_.items[slot];
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
    for (const ArmedTimer<Raft>& armed : machine().timers) {
      if (armed.armed && armed.ref().type == &type_info<T>) return armed.due.at() - kernel_.now;
    }
    return std::nullopt;
  }
  // What the disk would hold if every write issued so far were done.
  const Traits<Raft>::Image& issued() { return machine().disk.latest(); }

 private:
  Machine<Raft>& machine() { return kernel_.machines[0]; }
  template <class F>
  void call(F&& handler) {
    machine().first_output = machine().last_output = no_slot;
    raft::Out out(kernel_, node(1), 0, 0);
    handler(state(), out);
  }

  Kernel<Raft> kernel_;
};

}  // namespace quorate::testing
