// How faults and clients reach the run: every call goes on to it, most of them to its world.
#include <algorithm>

#include "sim/run/simulation_base.hpp"

namespace quorate {

using Base = SimulationBase;

Time Base::Reins::now() const { return run_.now(); }
std::uint32_t Base::Reins::nodes() const { return run_.nodes(); }
NodeNames Base::Reins::names() const { return run_.names_.nodes; }
bool Base::Reins::up(NodeId node) const {
  return run_.is_client(node) ? run_.clients_.up(run_.client_at(node)) : run_.up(node);
}
bool Base::Reins::paused(NodeId node) const { return run_.paused(node); }
bool Base::Reins::plays(NodeId node, std::string_view role) const { return run_.plays(node, role); }
std::string_view Base::Reins::status(NodeId node, std::string_view role) const {
  return run_.status(node, role);
}
std::optional<std::uint16_t> Base::Reins::message_type(std::string_view name) const {
  const TypeInfos& messages = run_.names_.messages;
  const auto type = std::ranges::find(messages, name, &TypeInfo::name);
  if (type == messages.end()) return std::nullopt;
  return static_cast<std::uint16_t>(type - messages.begin());
}

bool Base::Reins::crash(NodeId node, std::uint64_t cause) {
  if (run_.is_client(node)) return run_.clients_.crash(run_.client_at(node), cause, *this);
  return run_.crash(node, cause);
}
bool Base::Reins::restart(NodeId node, Comeback how, std::uint64_t cause) {
  if (run_.is_client(node)) return run_.clients_.restart(run_.client_at(node), cause, *this);
  return run_.restart(node, how, cause);
}
bool Base::Reins::pause(NodeId node, std::uint64_t cause) { return run_.pause(node, cause); }
bool Base::Reins::resume(NodeId node, std::uint64_t cause) { return run_.resume(node, cause); }
Network& Base::Reins::network() { return run_.network(); }
Interference& Base::Reins::interference() { return run_.interference(); }
void Base::Reins::release(std::uint32_t fault) { run_.release(fault); }
bool Base::Reins::replay(std::uint32_t fault, std::uint64_t send) {
  return run_.replay(fault, send);
}
bool Base::Reins::move_timer(NodeId node, const IsTimer& is, std::optional<Duration> later) {
  return run_.move_timer(node, is, later);
}
void Base::Reins::submit(NodeId node, const Operation& operation, std::uint64_t cause) {
  run_.submit(node, operation, cause);
}
void Base::Reins::step_clock(NodeId node, Duration by) { run_.clock(node).step(by); }
void Base::Reins::smear_clock(NodeId node, const Smear& smear) {
  run_.clock(node).smear(smear, run_.now());
}
void Base::Reins::take_back_smear(NodeId node, const Smear& smear) {
  run_.clock(node).take_back(smear);
}
std::string Base::Reins::harm_memory(NodeId node, const MemoryHarm& harm) {
  return run_.harm_memory(node, harm);
}
// The record of a handler that never ran: so whoever looks at nodes looks at this one.
void Base::Reins::tell_memory(NodeId node, std::string_view text, std::uint64_t cause) {
  Record record = run_.number(Kind::note, node, cause);
  record.text = text;
  record.handled = true;
  run_.tell_all(record);
}
bool Base::Reins::set_drift(NodeId node, std::optional<Drift> drift) {
  return run_.set_drift(node, drift);
}
bool Base::Reins::set_work(NodeId node, const WorkChange& change) {
  return run_.set_work(node, change);
}
bool Base::Reins::set_disk(NodeId node, const DiskChange& change) {
  return run_.set_disk(node, change);
}
bool Base::Reins::set_jitter(NodeId node, std::optional<Probability> share) {
  return run_.set_jitter(node, share);
}
std::uint64_t Base::Reins::announce(Kind kind, std::string_view id, std::string_view detail,
                                    std::uint64_t cause) {
  return run_.announce(kind, id, detail, cause);
}

void Base::Reins::call_injector(Time at, std::uint32_t token) { run_.schedule(at, token); }
void Base::Reins::call_client(Time at, std::uint32_t token) {
  run_.schedule(at, client_token | token);
}

std::uint64_t Base::Reins::client_record(ClientStep step, ClientId client, AnyRef body,
                                         std::uint64_t cause) {
  return run_.client_record(step, client, body, cause);
}
void Base::Reins::client_send(ClientId client, NodeId node, const Request& request,
                              std::uint64_t cause) {
  run_.client_send(client, node, request, cause);
}

}  // namespace quorate
