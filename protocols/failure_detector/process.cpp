// The failure detection module. A quoted sentence is the lectures'.
#include "protocols/common/membership.hpp"
#include "protocols/failure_detector/failure_detector.hpp"

namespace quorate::failure_detector {

void Process::start(Out& out) {
  if (!is_member(out)) return;
  for (const NodeId node : out.nodes()) {
    if (node == out.self()) continue;
    views[node];
    // The first heartbeat leaves after an interval.
    if (out.params().method == Method::heartbeat) {
      out.set_timer(Silence{node}, out.params().interval + out.params().timeout);
    }
  }
  leader = out.nodes().front();
  out.set_timer(Beat{}, out.params().interval);
}

// "A process P probes another process Q for a reaction."
void Process::on(const Beat&, Out& out) {
  out.set_timer(Beat{}, out.params().interval);
  if (out.params().method == Method::heartbeat) return out.broadcast(Alive{});
  ++number;
  for (auto& [node, view] : views) {
    out.send(node, AreYouAlive{number});
    if (view.awaited != 0) continue;
    view.awaited = number;
    out.set_timer(Silence{node}, timeout_of(view, out));
  }
}

void Process::on(NodeId from, const Alive&, Out& out) {
  heard(from, out);
  out.set_timer(Silence{from}, timeout_of(views[from], out));
}

void Process::on(NodeId from, const AreYouAlive& m, Out& out) {
  out.send(from, IAmAlive{m.number});
}

// An answer to a probe before the awaited one has come too late to say anything about this one; but
// whoever was suspected has reacted all the same.
void Process::on(NodeId from, const IAmAlive& m, Out& out) {
  if (m.number >= views[from].awaited) {
    views[from].awaited = 0;
    out.cancel_timer(Silence{from});
  }
  heard(from, out);
}

// "If Q reacts: Q is considered to be alive (by P)." A suspicion that was false makes an adaptive
// detector more patient.
void Process::heard(NodeId from, Out& out) {
  View& view = views[from];
  if (!view.suspected) return;
  view.suspected = false;
  ++view.mistakes;
  out.emit(Trusted{from});
  name_leader(out);
}

// "If Q does not react within t time units: Q is suspected to have crashed."
void Process::on(const Silence& silence, Out& out) {
  View& view = views[silence.node];
  if (out.params().method == Method::probe) view.awaited = 0;  // and asks again
  if (view.suspected) return;
  view.suspected = true;
  out.emit(Suspected{silence.node});
  name_leader(out);
}

Duration Process::timeout_of(const View& view, const Out& out) const {
  const bool grows = out.params().timeouts == Timeouts::adaptive;
  const auto times = static_cast<std::int64_t>(grows ? view.mistakes : 0);
  return out.params().timeout + times * out.params().increase;
}

// Omega: the first of those that are not suspected, in an order that all share.
void Process::name_leader(Out& out) {
  for (const NodeId node : out.nodes()) {
    const auto view = views.find(node);
    if (view != views.end() && view->second.suspected) continue;
    if (leader != node) out.emit(Leader{node});
    leader = node;
    return;
  }
}

// Whom a client may ask: whoever is taken for the leader.
void Process::on(const Request& request, Out& out) {
  if (leader == out.self()) return out.reply(request, "leader");
  out.redirect(request, leader);
}

}  // namespace quorate::failure_detector
