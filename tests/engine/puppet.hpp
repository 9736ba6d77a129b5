// A protocol that does what a test tells it, and a sink that writes down what happened.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "sim/engine/world.hpp"

namespace quorate::testing {

struct Note {
  std::uint64_t number{};
  QUORATE_FIELDS(Note, number)
};
struct Alarm {
  QUORATE_FIELDS(Alarm)
};
struct Dice {
  QUORATE_FIELDS(Dice)
};

struct Doll;

struct Puppet {
  struct Params {
    QUORATE_FIELDS(Params)
  };
  using Roles = Types<Doll>;
  using Messages = Types<Note>;
  using Timers = Types<Alarm>;
  using Choices = Types<Dice>;
  static constexpr bool reads_clocks = true;
};

// Obeys requests whose verb names what to do; `value` is a small number as text.
struct Doll {
  std::uint64_t stored{};            // durable
  std::uint64_t beside{};            // durable, too
  std::vector<std::uint64_t> heard;  // numbers of the notes received, in order
  std::uint64_t rung{};              // times the alarm rang
  std::uint64_t rolled{};            // what the dice showed, plus one
  std::int64_t local{};              // what its clocks showed when last told to look
  std::int64_t wall{};
  std::vector<NodeId> senders;  // of those notes, as they named them
  QUORATE_FIELDS(Doll, stored, beside, heard, rung, rolled, local, wall, senders)
  static constexpr auto durable = std::tuple(&Doll::stored, &Doll::beside);

  void start(Out<Puppet>&) {}
  void restart(Out<Puppet>& out) { out.broadcast(Note{900 + stored}); }
  void on(NodeId from, const Note& m, Out<Puppet>&) {
    heard.push_back(m.number);
    senders.push_back(from);
  }
  void on(const Alarm&, Out<Puppet>&) { ++rung; }
  void on(const Dice&, std::uint32_t picked, Out<Puppet>&) { rolled = picked + 1; }
  void on(const Request& request, Out<Puppet>& out) {
    const std::string_view verb = request.operation.verb.view();
    const std::uint64_t value = number_of(request.operation.value.view());
    if (verb == "say") out.broadcast(Note{value});
    if (verb == "say_twice") {
      out.broadcast(Note{value});
      out.broadcast(Note{value + 1});
    }
    if (verb == "self") out.send(out.self(), Note{value});
    if (verb == "store_beside" || verb == "store_both") {
      beside = value;
      if (verb == "store_both") stored = value;
      out.persist();
    }
    if (verb == "scribble") stored = value;  // a handler that forgets persist()
    if (verb == "store" || verb == "say_store_say") {
      if (verb == "say_store_say") out.broadcast(Note{value + 100});
      stored = value;
      out.persist();
      out.broadcast(Note{value});
    }
    if (verb == "arm") out.set_timer(Alarm{}, std::chrono::milliseconds(value));
    if (verb == "disarm") out.cancel_timer(Alarm{});
    if (verb == "roll") out.choose(6, Dice{});
    if (verb == "look") {
      local = out.local_time().ns;
      wall = out.wall_clock().ns;
    }
  }

 private:
  static std::uint64_t number_of(std::string_view text) {
    std::uint64_t number = 0;
    for (const char c : text) number = number * 10 + static_cast<std::uint64_t>(c - '0');
    return number;
  }
};

// One line per event: "5ms send n1>n2 7", "3ms crash n2", ...
class Stage {
 public:
  explicit Stage(std::uint32_t nodes, const std::function<void(Setup<Puppet>&)>& adjust = {},
                 LinkConfig link = {Distribution::constant(1ms), {}, {}, false})
      : Stage(network(nodes, link), adjust) {}
  explicit Stage(const NetworkConfig& network,
                 const std::function<void(Setup<Puppet>&)>& adjust = {})
      : world_(setup(network.nodes, adjust), std::make_shared<const NetworkConfig>(network)) {
    world_.start(*this);
  }

  void tell(std::uint32_t node, Text verb, Text value = "0") {
    world_.submit(NodeId{node - 1}, Request{ClientId{99}, ++serial_, {verb, "", value}}, no_cause);
    world_.step(*this);
  }
  void run_until(Duration at) {
    while (!world_.idle() && world_.next_time() <= Time{} + at) world_.step(*this);
  }
  void run() { run_until(Duration{std::chrono::hours(1)}); }
  // The same, and then it is that late even if nothing happens.
  void pass_time(Duration until) {
    world_.schedule_external(Time{} + until, 0);
    run_until(until);
  }
  World<Puppet>& world() { return world_; }
  const Doll& doll(std::uint32_t node) const { return world_.role<Doll>(NodeId{node - 1}); }
  bool crash(std::uint32_t node) { return world_.crash(NodeId{node - 1}, no_cause, *this); }
  bool restart(std::uint32_t node, bool amnesia = false, std::uint32_t version = 0) {
    return world_.restart(NodeId{node - 1}, {amnesia, version}, no_cause, *this);
  }
  bool pause(std::uint32_t node) { return world_.pause(NodeId{node - 1}, no_cause, *this); }
  bool resume(std::uint32_t node) { return world_.resume(NodeId{node - 1}, no_cause, *this); }
  void release(std::uint32_t fault) { world_.release(fault, *this); }
  bool replay(std::uint32_t fault, std::uint64_t send) { return world_.replay(fault, send, *this); }
  const std::vector<std::string>& lines() const { return lines_; }
  std::size_t count(std::string_view part) const {
    std::size_t found = 0;
    for (const std::string& line : lines_) found += line.find(part) != std::string::npos ? 1 : 0;
    return found;
  }

  // ---- the world's sink
  void on(const Record& record) {
    std::string line = to_text(record.time.since_start()) + " ";
    line += enum_name(record.kind);
    if (record.why != DropReason::none) line += " " + std::string(enum_name(record.why));
    if (record.message != 0 || record.from != no_node) {
      line +=
          " n" + std::to_string(record.from.value + 1) + ">n" + std::to_string(record.to.value + 1);
    } else if (record.node != no_node) {
      line += " n" + std::to_string(record.node.value + 1);
    }
    if (record.body.type == &type_info<Note>) {
      line += " " + std::to_string(static_cast<const Note*>(record.body.value)->number);
    }
    if (!record.detail.empty()) line += " (" + std::string(record.detail) + ")";
    lines_.push_back(std::move(line));
  }
  void external(std::uint32_t) {}
  void started(NodeId) {}
  void client(ClientId, const Item<Puppet>&, std::uint64_t) {}
  std::uint64_t crash_point(const CrashPoint&) { return no_cause; }

 private:
  static std::shared_ptr<const Setup<Puppet>> setup(
      std::uint32_t nodes, const std::function<void(Setup<Puppet>&)>& adjust) {
    auto setup = std::make_shared<Setup<Puppet>>();
    for (std::uint32_t i = 0; i < nodes; ++i) {
      setup->names.push_back("n" + std::to_string(i + 1));
      setup->nodes.emplace_back();
    }
    setup->set_members(node_range(0, nodes));
    setup->seed = 1;
    if (adjust) adjust(*setup);
    return setup;
  }
  static NetworkConfig network(std::uint32_t nodes, const LinkConfig& link) {
    NetworkConfig config;
    config.nodes = nodes;
    config.link = link;
    return config;
  }

  std::vector<std::string> lines_;
  std::uint64_t serial_{};
  World<Puppet> world_;
};

// Every node's disk takes this long to make a write durable.
inline std::function<void(Setup<Puppet>&)> slow_disk(Duration delay) {
  return [delay](Setup<Puppet>& setup) {
    for (auto& node : setup.nodes) node.disk.sync_delay = Distribution::constant(delay);
  };
}

}  // namespace quorate::testing
