// All that a handler may do to the world. Handlers run to completion, one at a time, and return;
// what they asked for happens then. This page is the contract between a protocol and the engine.
//
// Timers and choices act at once. Sends (to oneself too), events, replies and redirects are
// *outputs*: they form one FIFO per node and leave in order. An output issued after `persist()`
// waits until everything issued before it is on disk; a crash discards what has not left.
#pragma once

#include <algorithm>

#include "sim/base/name_list.hpp"
#include "sim/engine/kernel.hpp"

namespace quorate {

// Marks "the one role that handles this message".
struct Infer {};

template <class P>
class Out {
 public:
  Out(Kernel<P>& kernel, Machine<P>& machine, std::uint8_t role, std::uint64_t handler)
      : kernel_(kernel), machine_(machine), handler_(handler), role_(role) {}

  NodeId self() const { return machine_.node; }
  // The nodes of the initial configuration, in declaration order, this one included.
  const std::vector<NodeId>& nodes() const { return kernel_.setup->members; }
  // Those of them that play the role R.
  template <class R>
  const std::vector<NodeId>& nodes() const {
    return kernel_.setup->players[position_of<R, typename P::Roles>];
  }
  // Which node has this name, as an operator's request may say it, a member or not; none if none
  // has.
  std::optional<NodeId> node_named(std::string_view name) const {
    for (std::uint32_t node = 0; node < kernel_.nodes; ++node) {
      if (kernel_.setup->names[node] == name) return NodeId{node};
    }
    return std::nullopt;
  }
  // The same for several, "n1 n4..n6", ascending; none where there is a word too much.
  std::vector<NodeId> nodes_named(std::string_view names) const {
    return quorate::nodes_named(names, std::span(kernel_.setup->names).first(kernel_.nodes));
  }
  std::string_view name_of(NodeId node) const { return kernel_.setup->names[node.value]; }
  const typename Traits<P>::Params& params() const { return machine_.config->params; }

  // Sends `message` to a role at `to`; the role may be left out where exactly one handles the type.
  // To oneself: delivered at this instant after the handler, over no network, and never counted.
  template <class R = Infer, class M>
  void send(NodeId to, M&& message) {
    Item<P>& item =
        output(to == self() ? ItemKind::local : ItemKind::message, std::forward<M>(message));
    item.to = to;
    item.role = target_role<R, std::remove_cvref_t<M>>();
  }
  // Sends a copy of `message` to every other node that plays its role, in declaration order:
  // separate sends, between any two of which the node may crash.
  template <class R = Infer, class M>
  void broadcast(const M& message) {
    for (const NodeId node : kernel_.setup->players[target_role<R, M>()]) {
      if (node != self()) send<R>(node, message);
    }
  }
  // The same, but this node is one of the group if it plays the role.
  template <class R = Infer, class M>
  void multicast(const M& message) {
    for (const NodeId node : kernel_.setup->players[target_role<R, M>()]) send<R>(node, message);
  }

  // Writes this role's durable fields, as they are now, to the node's disk. Free when nothing
  // changed since the last call.
  void persist() { persist_role(std::make_index_sequence<Traits<P>::roles>{}); }

  // Arms `timer`, which then calls on(const Timer&, Out&). Re-arming replaces. The delay is by the
  // node's local clock. A distribution is drawn by the engine from the node's own timer stream.
  template <class T>
  void set_timer(const T& timer, Duration delay) {
    static_assert(position_of<T, typename Traits<P>::Timers> < Traits<P>::Timers::size,
                  "this type is not listed in the protocol's Timers");
    kernel_.arm(machine_, role_, timer, delay);
  }
  template <class T>
  void set_timer(const T& timer, const Distribution& delay) {
    set_timer(timer, sample(delay, machine_.timer_stream));
  }
  template <class T>
  void cancel_timer(const T& timer) {
    kernel_.cancel(machine_, role_, timer);
  }

  // The node's clocks (sim/node/clock.hpp), for what no timer can tell, such as leases. The local
  // one begins at 0 with the run, may run fast or slow and never steps; the wall clock may also be
  // set forward and back, and differ between nodes. Nothing tells a node the true time. A protocol
  // must declare `reads_clocks`.
  Time local_time() const {
    static_assert(Traits<P>::reads_clocks, "the protocol does not declare reads_clocks = true");
    return machine_.clock.local(kernel_.now);
  }
  Time wall_clock() const {
    static_assert(Traits<P>::reads_clocks, "the protocol does not declare reads_clocks = true");
    return machine_.clock.wall(kernel_.now);
  }

  // Asks for a number in [0, n), n >= 1; answered by on(const Tag&, std::uint32_t picked, Out&) at
  // this instant.
  template <class T>
  void choose(std::uint32_t n, const T& tag) {
    static_assert(position_of<T, typename Traits<P>::Choices> < Traits<P>::Choices::size,
                  "this type is not listed in the protocol's Choices");
    Item<P>& item = kernel_.schedule(kernel_.now, ItemKind::choice);
    item.body.emplace(tag);
    item.to = self();
    item.role = role_;
    item.incarnation = machine_.incarnation;
    item.cause = handler_;
    item.number = static_cast<std::uint32_t>(machine_.choice_stream.below(n));
  }

  // Tells the world something happened: a standard event (sim/trace/event.hpp) or one of P::Events.
  template <class E>
  void emit(E&& event) {
    output(ItemKind::output, std::forward<E>(event));
  }

  // Answers a client, or sends it to another node (no_node: "I do not know whom to ask").
  void reply(const Request& request, Text result) {
    to_client(request.client, quorate::Reply{request.serial, result});
  }
  void redirect(const Request& request, NodeId node) {
    to_client(request.client, quorate::Redirect{request.serial, node});
  }

  // True where the scenario switches this known mistake on, at this node and time.
  template <class B>
  [[gnu::always_inline]] bool bug(B bug) const {
    return !machine_.config->bugs.empty() && is_on(static_cast<std::uint32_t>(bug));
  }

 private:
  bool is_on(std::uint32_t bug) const {
    return std::ranges::any_of(machine_.config->bugs, [&](const BugWindow& window) {
      return window.bug == bug && window.from <= kernel_.now && kernel_.now < window.until &&
             (window.version == 0 || window.version == machine_.version);
    });
  }

  template <class Body>
  Item<P>& output(ItemKind kind, Body&& body) {
    Item<P>& item = kernel_.put_out(machine_, kind, handler_);
    item.body.emplace(std::forward<Body>(body));
    return item;
  }
  template <class M>
  void to_client(ClientId client, const M& message) {
    if (client.value >= kernel_.setup->clients)
      return;  // submitted by a scenario: nobody waits for it
    Item<P>& item = output(ItemKind::message, message);
    item.to = NodeId{kernel_.nodes + client.value};
  }
  template <class R, class M>
  static constexpr std::uint8_t target_role() {
    static_assert(position_of<M, typename Traits<P>::Messages> < Traits<P>::Messages::size,
                  "this type is not listed in the protocol's Messages");
    if constexpr (std::is_same_v<R, Infer>) {
      return role_for_message<P, M>(typename P::Roles{});
    } else {
      static_assert(HandlesMessage<R, M, P>,
                    "this role lacks  void on(NodeId from, const M&, Out&)");
      return static_cast<std::uint8_t>(position_of<R, typename P::Roles>);
    }
  }
  template <std::size_t... I>
  void persist_role(std::index_sequence<I...>) {
    ((I == role_ ? persist_at<I>() : void()), ...);
  }
  template <std::size_t I>
  void persist_at() {
    const auto now = detail::durable_fields(std::get<I>(machine_.roles));
    if (std::get<I>(machine_.disk.latest()) == now) return;
    machine_.disk.issue([&](auto& image) { std::get<I>(image) = now; });
  }

  Kernel<P>& kernel_;
  Machine<P>& machine_;
  std::uint64_t handler_;
  std::uint8_t role_;
};

}  // namespace quorate
