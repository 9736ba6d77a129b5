// Failure detectors as the engine sees them: parameters, messages, types; and the process that has
// one. P, eventually P and Omega after Chandra and Toueg 1996.
#pragma once

#include <map>

#include "sim/engine/out.hpp"

namespace quorate {

namespace failure_detector {

struct Process;

// "Either actively send 'are you alive?' or passively wait for messages."
QUORATE_ENUM(Method, heartbeat, probe)
QUORATE_ENUM(Timeouts, fixed, adaptive)

struct Params {
  Method method{Method::heartbeat};
  Timeouts timeouts{Timeouts::fixed};
  Duration interval{50ms};
  Duration timeout{200ms};
  Duration increase{50ms};
  QUORATE_FIELDS(Params, method, timeouts, interval, timeout, increase)
  static constexpr std::array texts{
      "heartbeat: every process says that it lives; probe: every process asks the others",
      "fixed: the timeout stays; adaptive: it grows with every suspicion that was false",
      "how often a process says so, or asks",
      "how long nothing may be heard after a heartbeat, or a probe stay unanswered; at first",
      "by how much a timeout grows",
  };
  static constexpr auto ranges =
      std::tuple(at_least(&Params::interval, 1us), at_least(&Params::timeout, 1us),
                 at_least(&Params::increase, 1us));
};

// Messages. Probes and what answers them are numbered by who asks.
QUORATE_SIGNAL(Alive);
struct AreYouAlive {
  std::uint64_t number{};
  QUORATE_FIELDS(AreYouAlive, number)
};
struct IAmAlive {
  std::uint64_t number{};
  QUORATE_FIELDS(IAmAlive, number)
};

// Timers.

// To say Alive, or to ask.
QUORATE_SIGNAL(Beat);
// A process has been silent for its timeout.
struct Silence {
  NodeId node;
  QUORATE_FIELDS(Silence, node)
};

// Events.

// Omega's output has changed.
struct Leader {
  NodeId node;
  QUORATE_FIELDS(Leader, node)
  static constexpr std::string_view sentence = "takes {node} for the leader";
};

}  // namespace failure_detector

struct FailureDetector {
  static constexpr std::string_view name = "failure_detector";
  static constexpr int version = 3;
  using Params = failure_detector::Params;
  using Roles = Types<failure_detector::Process>;
  using Messages =
      Types<failure_detector::Alive, failure_detector::AreYouAlive, failure_detector::IAmAlive>;
  using Timers = Types<failure_detector::Beat, failure_detector::Silence>;
  using Events = Types<failure_detector::Leader>;
};

namespace failure_detector {

using Out = quorate::Out<FailureDetector>;

// What a process thinks of another.
struct View {
  bool suspected{};
  std::uint64_t mistakes{};  // how often it was suspected, and heard again
  std::uint64_t awaited{};   // the first probe that is not answered; 0: none
  QUORATE_FIELDS(View, suspected, mistakes, awaited)
};

// "Each process is equipped with a failure detection module." A process that comes back after a
// crash begins anew.
struct Process {
  std::map<NodeId, View> views;
  NodeId leader;           // Omega's output
  std::uint64_t number{};  // of the last probe
  QUORATE_FIELDS(Process, views, leader, number)

  void start(Out& out);
  void on(const Beat&, Out& out);
  void on(const Silence& silence, Out& out);
  void on(NodeId from, const Alive& m, Out& out);
  void on(NodeId from, const AreYouAlive& m, Out& out);
  void on(NodeId from, const IAmAlive& m, Out& out);
  void on(const Request& request, Out& out);

 private:
  void heard(NodeId from, Out& out);
  void name_leader(Out& out);
  Duration timeout_of(const View& view, const Out& out) const;
};

}  // namespace failure_detector

}  // namespace quorate
