#include "protocols/accept_learn/properties.hpp"

#include <algorithm>

#include "protocols/common/properties_log.hpp"
#include "protocols/common/properties_words.hpp"
#include "protocols/common/quorum.hpp"

namespace quorate::accept_learn {

namespace {

const Server& server(const Servers& cluster, NodeId node) { return cluster.role<Server>(node); }

// On disk, in the order of Server::durable.
const auto& on_disk(const Servers& cluster, NodeId node) {
  return std::get<0>(cluster.world().synced(node));
}

using quorate::text;
std::string text(Timestamp t) { return "operation " + std::to_string(t); }

}  // namespace

std::vector<std::pair<Timestamp, Request>> Executions::update(const Servers& cluster,
                                                              const Step& step) {
  const Server& now = server(cluster, step.node);
  Timestamp& last = last_[step.node];
  // What a broken disk says is executed need not be there.
  const Timestamp executed = std::min<Timestamp>(now.executed, now.log.size());
  last = std::min(last, executed);  // after a crash it may execute some once more
  std::vector<std::pair<Timestamp, Request>> news;
  for (; last < executed; ++last) {
    news.emplace_back(last + 1, now.log[static_cast<std::size_t>(last)].o);
  }
  return news;
}

void SameOrder::check(const Servers& cluster, const Step& step, Check& check) {
  for (const auto& [t, o] : executions.update(cluster, step)) {
    check.armed();
    const auto [known, news] = first.emplace(t, std::pair{step.node, o});
    if (news) continue;
    const auto& [other, executed] = known->second;
    if (other != step.node) check.exercised();
    if (executed == o) continue;
    check.violated({other, step.node}, cluster.name(step.node) + " has executed " + text(o) +
                                           " as " + text(t) + ", " + cluster.name(other) + " " +
                                           text(executed) + ".");
  }
}

void ExecutedWasAsked::check(const Servers& cluster, const Step& step, Check& check) {
  const auto* request = step.record.handled ? step.record.body.get_if<Request>() : nullptr;
  if (request != nullptr) asked.push_back(*request);
  for (const auto& [t, o] : executions.update(cluster, step)) {
    check.exercised();
    if (std::ranges::find(asked, o) != asked.end()) continue;
    check.violated({step.node}, cluster.name(step.node) + " has executed " + text(o) + " as " +
                                    text(t) + ", which no client requested.");
  }
}

void ExecutedIsLearned::check(const Servers& cluster, const Step& step, Check& check) {
  look_at_disk(cluster, step.node);
  const std::uint64_t needed = majority(cluster.members().size());
  for (const auto& [t, o] : executions.update(cluster, step)) {
    check.exercised();
    if (held_by(t, o) >= needed) continue;
    check.violated({step.node}, cluster.name(step.node) + " has executed " + text(o) + " as " +
                                    text(t) + ", which fewer than " + std::to_string(needed) +
                                    " servers have learned.");
  }
}

void ExecutedIsLearned::look_at_disk(const Servers& cluster, NodeId node) {
  const auto& [turn, log, executed] = on_disk(cluster, node);
  std::vector<Request>& seen = disks[node];
  seen.resize(log.size());
  for (std::size_t i = 0; i < log.size(); ++i) {
    if (seen[i] == log[i].o) continue;
    seen[i] = log[i].o;
    auto& all = holders[i + 1];
    const auto same = [&](const auto& one) { return one.first == seen[i]; };
    auto found = std::ranges::find_if(all, same);
    if (found == all.end()) found = all.insert(all.end(), {seen[i], {}});
    found->second.insert(node);
  }
}

std::uint64_t ExecutedIsLearned::held_by(Timestamp t, const Request& o) const {
  const auto all = holders.find(t);
  if (all == holders.end()) return 0;
  for (const auto& [held, who] : all->second) {
    if (held == o) return who.size();
  }
  return 0;
}

void OneOperationPerTurn::check(const Servers& cluster, const Step& step, Check& check) {
  const auto* m = step.record.handled ? step.record.body.get_if<Accept>() : nullptr;
  if (m == nullptr) return;
  check.armed();
  const auto [known, news] = sent.emplace(std::pair{m->turn, m->t}, m->o);
  if (news) return;
  check.exercised();
  if (known->second == m->o) return;
  check.violated({step.node}, cluster.name(step.node) + " is sent " + text(m->o) + " as " +
                                  text(m->t) + " in turn " + std::to_string(m->turn) + ", after " +
                                  text(known->second) + ".");
}

void AnsweredIsExecuted::check(const Servers& cluster, const Step& step, Check&) {
  for (const auto& [t, o] : executions.update(cluster, step))
    done.emplace(o.client.value, o.serial);
}

void AnsweredIsExecuted::answered(const Servers& cluster, ClientId client, const Reply& reply,
                                  Check& check) {
  check.exercised();
  if (done.contains({client.value, reply.serial})) return;
  check.violated({}, name_of(cluster, client) + " was told that its operation " +
                         std::to_string(reply.serial) + " is done, and no server has executed it.");
}

// ---- witnesses and predicates -------------------------------------------------------------------

void Witnesses::look(const Servers& cluster, const Step& step) {
  const Server& now = server(cluster, step.node);
  const auto* silence = step.record.handled ? step.record.body.get_if<Silence>() : nullptr;
  if (silence != nullptr && cluster.up(silence->node)) saw(Situation::falsely_suspected);
  if (step.record.handled && step.record.body.get_if<Missed>() != nullptr) {
    saw(Situation::caught_up);
  }
  RoleName& before = roles[step.node];
  if (before != RoleName::backup && now.role == RoleName::backup && cluster.up(step.node) &&
      step.record.handled) {
    saw(Situation::deposed);
  }
  before = now.role;
  if (now.role != RoleName::leader || now.turn <= led) return;
  led = now.turn;
  saw(Situation::leader_changed);
  // At that moment it holds nothing else in its turn but what its own clients asked for.
  const auto sent_again = [&](const Entry& entry) {
    return entry.turn == now.turn && std::ranges::find(now.asked, entry.o) == now.asked.end();
  };
  if (std::ranges::any_of(now.log, sent_again)) saw(Situation::operation_flushed);
}

bool nothing_outstanding(const Servers& cluster) {
  std::optional<Timestamp> executed;
  for (const NodeId node : cluster.members()) {
    if (!cluster.up(node)) continue;
    const Server& one = server(cluster, node);
    if (!one.asked.empty() || one.executed != one.log.size()) return false;
    if (executed.value_or(one.executed) != one.executed) return false;
    executed = one.executed;
  }
  return executed.value_or(0) != 0;
}

bool one_leader(const Servers& cluster) {
  const auto leads = [](const Server& one) { return one.role == RoleName::leader; };
  return cluster.where<Server>(leads).size() == 1;
}

}  // namespace quorate::accept_learn
