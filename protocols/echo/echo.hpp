// Echo. A client asks a node; that node pings all others, and answers
// the client once every one of them has replied.
#pragma once

#include <map>

#include "sim/engine/out.hpp"

namespace quorate::echo {

struct Ping {
  std::uint64_t serial{};
  QUORATE_FIELDS(Ping, serial)
};
struct Pong {
  std::uint64_t serial{};
  QUORATE_FIELDS(Pong, serial)
};

// The asker's timer: some Pong has not come in time.
struct Resend {
  std::uint64_t serial{};
  QUORATE_FIELDS(Resend, serial)
};

// An event of its own, and the sentence in which a story tells it, behind the node's name.
struct Answered {
  std::uint64_t serial{};
  QUORATE_FIELDS(Answered, serial)
  static constexpr std::string_view sentence = "has heard from all and answers request {serial}";
};

// Known mistakes that a scenario may switch on.
QUORATE_ENUM(Bug, answers_early)

// What the engine must know. The role is declared first: an undeclared name could be taken for a
// type of the engine's.
struct Speaker;
struct Echo {
  static constexpr std::string_view name = "echo";
  using Roles = Types<Speaker>;
  using Messages = Types<Ping, Pong>;
  using Timers = Types<Resend>;
  using Events = Types<Answered>;
  using Bug = echo::Bug;
  struct Params {
    Duration resend{100ms};
    QUORATE_FIELDS(Params, resend)
    static constexpr std::array texts{"how long to wait before pinging again"};
    static constexpr auto ranges = std::tuple(at_least(&Params::resend, 1us));
  };
};

using Out = quorate::Out<Echo>;

// A client's request that is not answered yet.
struct Open {
  Request request;
  NodeSet heard;  // whose Pong has come
  QUORATE_FIELDS(Open, request, heard)
};

// What every node plays: its state, then its handlers.
struct Speaker {
  std::uint64_t last_serial{};         // of a request; never used twice, even after a crash
  std::map<std::uint64_t, Open> open;  // by serial
  std::uint64_t answered{};            // the serial answered last
  QUORATE_FIELDS(Speaker, last_serial, open, answered)
  static constexpr auto durable = std::tuple(&Speaker::last_serial);

  // There is nothing to do at the start, and after a crash neither: what was open is forgotten, and
  // its client will ask again.

  void on(const Request& request, Out& out) {
    open[++last_serial].request = request;
    out.persist();  // no Ping leaves before last_serial is on disk
    on(Resend{last_serial}, out);
  }
  void on(const Resend& timer, Out& out) {
    for (const NodeId node : out.nodes()) {
      const bool heard = node == out.self() || open[timer.serial].heard.contains(node);
      if (!heard) out.send(node, Ping{timer.serial});
    }
    out.set_timer(timer, out.params().resend);
  }
  void on(NodeId from, const Ping& m, Out& out) { out.send(from, Pong{m.serial}); }
  void on(NodeId from, const Pong& m, Out& out) {
    if (!open.contains(m.serial)) return;  // answered already, or asked before a crash
    auto& [request, heard] = open[m.serial];
    heard.insert(from);
    if (heard.size() + 1 < out.nodes().size() && !out.bug(Bug::answers_early)) return;
    out.emit(Answered{m.serial});
    out.reply(request, "ok");
    out.cancel_timer(Resend{m.serial});
    answered = m.serial;
    open.erase(m.serial);
  }
};

}  // namespace quorate::echo
