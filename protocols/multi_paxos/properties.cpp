#include "protocols/multi_paxos/properties.hpp"

#include <algorithm>

#include "protocols/common/command.hpp"
#include "protocols/common/properties_words.hpp"
#include "protocols/common/quorum.hpp"

namespace quorate::multi_paxos {

namespace {

const Server& server(const PaxosCluster& cluster, NodeId node) {
  return cluster.role<Server>(node);
}

// On disk, in the order of Server::durable.
const auto& on_disk(const PaxosCluster& cluster, NodeId node) {
  return std::get<0>(cluster.world().synced(node));
}

std::uint64_t acceptances(const PaxosCluster& cluster) {
  const std::uint32_t number = cluster.params(cluster.members().front()).accept_quorum;
  return number != 0 ? number : majority(cluster.members().size());
}

using quorate::text;
std::string text(Slot slot) { return "slot " + std::to_string(slot); }

bool begins_with(const CommandLog& whole, const CommandLog& prefix) {
  return whole.size() >= prefix.size() && whole.prefix_hash(prefix.size()) == prefix.hash();
}

std::pair<std::uint32_t, std::uint64_t> key(const Request& command) {
  return {command.client.value, command.serial};
}

}  // namespace

// ---- what is seen -------------------------------------------------------------------------------

const Accept* asked(const Step& step) {
  return step.record.handled ? step.record.body.get_if<Accept>() : nullptr;
}

std::vector<Report> Votes::update(const PaxosCluster& cluster, const Step& step) {
  std::vector<Report>& on_the_way = on_the_way_[step.node];
  std::map<Slot, Ballot>& last = last_[step.node];
  if (const Accept* m = asked(step)) {
    const auto& accepted = server(cluster, step.node).accepted;
    const auto vote = accepted.find(m->slot);
    const bool holds = vote != accepted.end() && vote->second == Vote{m->n, m->v};
    if (holds && std::exchange(last[m->slot], m->n) != m->n) {
      on_the_way.push_back({m->slot, vote->second});
    }
  }
  if (step.record.text == "start") {
    for (const auto& [slot, vote] : server(cluster, step.node).accepted) {
      on_the_way.push_back({slot, vote});
    }
  }
  std::vector<Report> votes;
  std::erase_if(on_the_way, [&](const Report& report) {
    const bool counts = binding(cluster, step.node, report);
    if (counts) votes.push_back(report);
    return counts;
  });
  if (!cluster.up(step.node)) {  // what the crash has left on disk counts, the rest is gone
    on_the_way.clear();
    last.clear();
    for (const auto& [slot, vote] : std::get<1>(on_disk(cluster, step.node))) last[slot] = vote.n;
  }
  return votes;
}

// Overtaken by a later vote for the slot or by the news that it is chosen, it was on its way
// before.
bool Votes::binding(const PaxosCluster& cluster, NodeId node, const Report& report) {
  const auto& [promised, accepted, log] = on_disk(cluster, node);
  if (report.slot <= log.last_index()) return true;
  const auto vote = accepted.find(report.slot);
  return vote != accepted.end() && vote->second.n >= report.vote.n;
}

std::vector<Report> ChosenVotes::update(const PaxosCluster& cluster, const Step& step) {
  std::vector<Report> votes = votes_.update(cluster, step);
  std::erase_if(votes, [&](const Report& vote) {
    NodeSet& voters = voters_[{vote.slot, vote.vote.n}];
    return !voters.insert(step.node) || voters.size() != acceptances(cluster);
  });
  return votes;
}

// ---- properties ---------------------------------------------------------------------------------

void Agreement::check(const PaxosCluster& cluster, const Step& step, Check& check) {
  for (const auto& [slot, vote] : votes.update(cluster, step)) {
    check.armed();
    const auto [known, news] = first.emplace(slot, vote);
    if (news) continue;
    check.exercised();
    const Vote& other = known->second;
    if (other.v == vote.v) continue;
    check.violated({other.n.proposer, vote.n.proposer},
                   text(vote.v) + " is chosen in " + text(slot) + ", ballot " +
                       text(cluster, vote.n) + ", although " + text(other.v) + " was chosen in " +
                       text(cluster, other.n) + ".");
  }
}

void LearnedIsChosen::check(const PaxosCluster& cluster, const Step& step, Check& check) {
  for (const Report& report : votes.update(cluster, step)) {
    chosen[report.slot].push_back(report.vote.v);
  }
  const CommandLog& now = server(cluster, step.node).log;
  CommandLog& before = known[step.node];
  if (now == before) return;
  for (Slot slot = before.common_prefix(now) + 1; slot <= now.last_index(); ++slot) {
    check.armed();
    check.exercised();
    if (std::ranges::find(chosen[slot], now[slot]) != chosen[slot].end()) continue;
    check.violated({step.node}, cluster.name(step.node) + " takes " + text(now[slot]) +
                                    " for chosen in " + text(slot) +
                                    ", where no quorum has accepted it.");
    break;
  }
  before = now;
}

void Validity::check(const PaxosCluster& cluster, const Step& step, Check& check) {
  if (const auto* request = step.record.body.get_if<Request>()) {
    if (step.record.handled) commands.emplace(key(*request), *request);
  }
  const Accept* m = asked(step);
  if (m == nullptr || m->v == no_op()) return;
  check.armed();
  check.exercised();
  const auto command = commands.find(key(m->v));
  if (command != commands.end() && command->second == m->v) return;
  check.violated({step.node}, cluster.name(step.node) + " is to accept " + text(m->v) +
                                  ", which no client asked for.");
}

void OneValuePerBallot::check(const PaxosCluster& cluster, const Step& step, Check& check) {
  const Accept* m = asked(step);
  if (m == nullptr) return;
  check.armed();
  const auto [known, first] = proposals.emplace(std::pair{m->slot, m->n}, m->v);
  if (first) return;
  check.exercised();
  if (known->second == m->v) return;
  check.violated({m->n.proposer}, cluster.name(m->n.proposer) + " proposes " + text(known->second) +
                                      " and " + text(m->v) + " for " + text(m->slot) +
                                      " in ballot " + text(cluster, m->n) + ".");
}

void PromiseKept::check(const PaxosCluster& cluster, const Step& step, Check& check) {
  Ballot& promise = highest[step.node];
  for (const auto& [slot, vote] : votes.update(cluster, step)) {
    check.armed();
    if (promise.round != 0) check.exercised();
    if (vote.n >= promise) continue;
    check.violated({step.node}, cluster.name(step.node) + " has accepted " + text(slot) +
                                    " in ballot " + text(cluster, vote.n) +
                                    " although it had promised " + text(cluster, promise) + ".");
  }
  promise = std::max(promise, std::get<0>(on_disk(cluster, step.node)));
}

void ChosenStable::check(const PaxosCluster& cluster, const Step& step, Check& check) {
  if (const Accept* m = asked(step)) {
    check.armed();
    proposals[m->slot].emplace(m->n, m->v);
    const auto known = first.find(m->slot);
    if (known != first.end() && m->n > known->second.n) {
      check.exercised();
      compare(cluster, m->slot, m->n, m->v, check);
    }
  }
  for (const auto& [slot, vote] : votes.update(cluster, step)) {
    const auto [known, news] = first.emplace(slot, vote);
    if (!news && known->second.n < vote.n) continue;
    known->second = vote;
    for (const auto& [n, v] : proposals[slot]) {
      if (n > vote.n) compare(cluster, slot, n, v, check);
    }
  }
}

void ChosenStable::compare(const PaxosCluster& cluster, Slot slot, const Ballot& n,
                           const Request& v, Check& check) const {
  const Vote& chosen = first.at(slot);
  if (v == chosen.v) return;
  check.violated({chosen.n.proposer, n.proposer},
                 cluster.name(n.proposer) + " proposes " + text(v) + " for " + text(slot) +
                     " in ballot " + text(cluster, n) + " although " + text(chosen.v) +
                     " was chosen there in " + text(cluster, chosen.n) + ".");
}

void LogsAgree::check(const PaxosCluster& cluster, const Step& step, Check& check) {
  const CommandLog& log = server(cluster, step.node).log;
  if (log.empty() || log == longest) return;
  check.armed();
  if (owner != step.node) check.exercised();
  const Slot same = log.common_prefix(longest);
  if (same < std::min(log.size(), longest.size())) {
    check.violated({owner, step.node}, cluster.name(owner) + " has " + text(longest[same + 1]) +
                                           " in " + text(same + 1) + ", " +
                                           cluster.name(step.node) + " " + text(log[same + 1]) +
                                           ".");
  }
  if (log.size() <= longest.size()) return;
  longest = log;
  owner = step.node;
}

void LogOnlyGrows::check(const PaxosCluster& cluster, const Step& step, Check& check) {
  const CommandLog& now = std::get<2>(on_disk(cluster, step.node));
  CommandLog& was = before[step.node];
  if (now == was) return;
  check.armed();
  if (!was.empty()) check.exercised();
  if (!begins_with(now, was)) {
    check.violated({step.node}, cluster.name(step.node) + " knew " + std::to_string(was.size()) +
                                    " slots as chosen and now has others, or less.");
  }
  was = now;
}

void AnsweredIsApplied::check(const PaxosCluster& cluster, const Step& step, Check&) {
  const Server& now = server(cluster, step.node);
  while (last < now.last_applied) {
    ++last;
    commands.emplace(key(now.log[last]), last);
  }
}

void AnsweredIsApplied::answered(const PaxosCluster& cluster, ClientId client, const Reply& reply,
                                 Check& check) {
  check.armed();
  check.exercised();
  if (commands.contains({client.value, reply.serial})) return;
  check.violated({}, name_of(cluster, client) + " was told that its operation " +
                         std::to_string(reply.serial) + " is done, and no server has applied it.");
}

void ExactlyOnce::check(const PaxosCluster& cluster, const Step& step, Check& check) {
  const Server& now = server(cluster, step.node);
  if (now.last_applied == 0) return;
  while (operations.commands() < now.last_applied) {
    operations.add(now.log[operations.commands() + 1]);
  }
  check.armed();
  const std::uint64_t once = operations.among(now.last_applied);
  if (once < now.last_applied) check.exercised();
  if (now.execution.executed == once) return;
  check.violated({step.node}, cluster.name(step.node) + " has executed " +
                                  std::to_string(now.execution.executed) + " commands in " +
                                  std::to_string(now.last_applied) + " slots, which hold " +
                                  std::to_string(once) + " different ones.");
}

void AnsweredAsExecuted::check(const PaxosCluster& cluster, const Step& step, Check&) {
  const Server& now = server(cluster, step.node);
  const MachineKind kind = cluster.params(step.node).state_machine;
  while (last < now.last_applied) results.execute(kind, now.log[++last]);
}

void AnsweredAsExecuted::answered(const PaxosCluster& cluster, ClientId client, const Reply& reply,
                                  Check& check) {
  const auto* result = results.find(client, reply.serial);
  if (result == nullptr) return;  // answered_is_applied sees that
  check.armed();
  if (result->times > 1) check.exercised();
  if (reply.result == result->first) return;
  check.violated({}, told_otherwise(name_of(cluster, client), reply, result->first));
}

// ---- witnesses and predicates -------------------------------------------------------------------

void Witnesses::look(const PaxosCluster& cluster, const Step& step) {
  const Server& now = server(cluster, step.node);
  if (step.record.handled && step.record.body.get_if<Learn>() != nullptr) {
    saw(Situation::caught_up);
  }
  look_at_repeats(now, step.node);
  if (now.role != RoleName::leader) return;
  if (now.n > led) {
    if (led.round != 0) saw(Situation::leader_changed);
    led = now.n;
    look_at_new_leader(now);
  }
  const std::uint64_t needed = acceptances(cluster);
  if (now.open.empty()) return;
  const auto last = std::prev(now.open.end());
  const bool early =
      last->second.accepted.size() >= needed && now.open.begin()->second.accepted.size() < needed;
  if (!early || out_of_order[step.node] == last->first) return;
  out_of_order[step.node] = last->first;
  saw(Situation::chosen_out_of_order);
}

void Witnesses::look_at_new_leader(const Server& leader) {
  for (const auto& [slot, proposal] : leader.open) {
    saw(proposal.v == no_op() ? Situation::gap_filled : Situation::value_adopted);
  }
}

void Witnesses::look_at_repeats(const Server& server, NodeId node) {
  if (server.execution.executed == 0) return;  // nobody counts
  const Slot repeats = server.last_applied - server.execution.executed;
  if (repeats > again[node]) saw(Situation::repeated);
  again[node] = std::max(again[node], repeats);
}

bool logs_equal(const PaxosCluster& cluster) {
  const CommandLog* first = nullptr;
  for (const NodeId node : cluster.members()) {
    if (!cluster.up(node)) continue;
    const CommandLog& log = server(cluster, node).log;
    if (first != nullptr && !(log == *first)) return false;
    first = &log;
  }
  return first != nullptr && first->last_index() != 0;
}

bool one_leader(const PaxosCluster& cluster) {
  const auto leads = [](const Server& server) { return server.role == RoleName::leader; };
  return cluster.where<Server>(leads).size() == 1;
}

}  // namespace quorate::multi_paxos
