#include "protocols/paxos/properties.hpp"

#include <algorithm>
#include <limits>

#include "protocols/common/properties_words.hpp"
#include "protocols/common/quorum.hpp"

namespace quorate::paxos {

namespace {

constexpr std::size_t acceptor_role = position_of<Acceptor, Paxos::Roles>;

// On disk, in the order of Acceptor::durable.
const Ballot& promised_on_disk(const PaxosCluster& cluster, NodeId node) {
  return std::get<0>(std::get<acceptor_role>(cluster.world().synced(node)));
}
const std::optional<Proposal>& accepted_on_disk(const PaxosCluster& cluster, NodeId node) {
  return std::get<1>(std::get<acceptor_role>(cluster.world().synced(node)));
}

std::vector<NodeId> acceptors(const PaxosCluster& cluster) {
  std::vector<NodeId> result;
  for (const NodeId node : cluster.members()) {
    if (cluster.plays<Acceptor>(node)) result.push_back(node);
  }
  return result;
}

bool counts_promises(const PaxosCluster& cluster, NodeId node) {
  return cluster.plays<Proposer>(node);
}
// Learners count what acceptors tell them, if any does.
bool counts_acceptances(const PaxosCluster& cluster, NodeId node) {
  if (cluster.plays<Proposer>(node)) return true;
  return cluster.plays<Learner>(node) && std::ranges::any_of(acceptors(cluster), [&](NodeId one) {
           return cluster.params(one).learning != Learning::proposer;
         });
}

// The least that is enough for anybody who counts.
template <class Counts>
std::uint64_t quorum(const PaxosCluster& cluster, std::uint32_t Params::*asked, Counts&& counts) {
  const std::uint64_t more_than_half = majority(acceptors(cluster).size());
  std::uint64_t least = std::numeric_limits<std::uint64_t>::max();
  for (const NodeId node : cluster.members()) {
    if (!counts(cluster, node)) continue;
    const std::uint64_t number = cluster.params(node).*asked;
    least = std::min(least, number != 0 ? number : more_than_half);
  }
  return least;
}
std::uint64_t prepare_quorum(const PaxosCluster& cluster) {
  return quorum(cluster, &Params::prepare_quorum, counts_promises);
}
std::uint64_t accept_quorum(const PaxosCluster& cluster) {
  return quorum(cluster, &Params::accept_quorum, counts_acceptances);
}

}  // namespace

// ---- what is seen -------------------------------------------------------------------------------

std::vector<Proposal> Votes::update(const PaxosCluster& cluster, const Step& step) {
  if (!cluster.plays<Acceptor>(step.node)) return {};
  auto& [last, on_the_way] = of_[step.node];
  const std::optional<Proposal>& now = cluster.role<Acceptor>(step.node).accepted;
  const bool news = now && now != (on_the_way.empty() ? last : on_the_way.back());
  if (!cluster.up(step.node)) {
    on_the_way.clear();
  } else if (news) {
    on_the_way.push_back(*now);
  }
  const std::optional<Proposal>& written = accepted_on_disk(cluster, step.node);
  if (written == last) return {};
  last = written;
  if (!written) return {};
  const auto found = std::ranges::find(on_the_way, *written);
  if (found == on_the_way.end()) return {*written};
  std::vector<Proposal> votes(on_the_way.begin(), found + 1);
  on_the_way.erase(on_the_way.begin(), found + 1);
  return votes;
}

std::vector<Proposal> ChosenProposals::update(const PaxosCluster& cluster, const Step& step) {
  std::vector<Proposal> votes = votes_.update(cluster, step);
  std::erase_if(votes, [&](const Proposal& vote) {
    NodeSet& voters = acceptors_[vote.n];
    return !voters.insert(step.node) || voters.size() != accept_quorum(cluster);
  });
  return votes;
}

std::optional<Proposal> Issued::update(const PaxosCluster& cluster, const Step& step) {
  if (!cluster.plays<Proposer>(step.node) || !cluster.up(step.node)) return std::nullopt;
  const Proposer& proposer = cluster.role<Proposer>(step.node);
  if (proposer.phase != Phase::accepting || last_[step.node] == proposer.n) return std::nullopt;
  last_[step.node] = proposer.n;
  return Proposal{proposer.n, *proposer.v};
}

// ---- properties ---------------------------------------------------------------------------------

void Agreement::check(const PaxosCluster& cluster, const Step& step, Check& check) {
  for (const Proposal& chosen : proposals.update(cluster, step)) {
    check.armed();
    if (first) check.exercised();
    if (!first) first = chosen;
    if (first->v == chosen.v) continue;
    check.violated({first->n.proposer, chosen.n.proposer},
                   text(chosen.v) + " is chosen in ballot " + text(cluster, chosen.n) +
                       " although " + text(first->v) + " was chosen in " + text(cluster, first->n) +
                       ".");
  }
}

void LearnedIsChosen::check(const PaxosCluster& cluster, const Step& step, Check& check) {
  for (const Proposal& proposal : proposals.update(cluster, step)) chosen.push_back(proposal.v);
  if (!cluster.up(step.node)) return;
  auto& [learned, decided] = known[step.node];
  compare(cluster, step.node, cluster.role<Learner>(step.node).learned, learned, check);
  compare(cluster, step.node, cluster.role<Proposer>(step.node).chosen, decided, check);
}

void LearnedIsChosen::compare(const PaxosCluster& cluster, NodeId node,
                              const std::optional<Request>& now, std::optional<Request>& before,
                              Check& check) const {
  if (now == before) return;
  before = now;
  if (!now) return;
  check.armed();
  check.exercised();
  if (std::ranges::find(chosen, *now) != chosen.end()) return;
  check.violated({node}, cluster.name(node) + " takes " + text(*now) +
                             " for chosen, which no quorum has accepted.");
}

void Validity::check(const PaxosCluster& cluster, const Step& step, Check& check) {
  const Record& record = step.record;
  if (const auto* request = record.body.get_if<Request>(); request != nullptr && record.handled) {
    proposed.push_back(*request);
  }
  for (const Proposal& vote : votes.update(cluster, step)) {
    if (record.text == "start") proposed.push_back(vote.v);
    check.armed();
    check.exercised();
    if (std::ranges::find(proposed, vote.v) != proposed.end()) continue;
    check.violated({step.node}, cluster.name(step.node) + " has accepted " + text(vote.v) +
                                    ", which no client asked for.");
  }
}

void OneValuePerBallot::check(const PaxosCluster& cluster, const Step& step, Check& check) {
  for (const Proposal& vote : votes.update(cluster, step)) {
    check.armed();
    const auto [known, first] = values.emplace(vote.n, std::pair{vote.v, step.node});
    if (first) continue;
    check.exercised();
    const auto& [v, acceptor] = known->second;
    if (v == vote.v) continue;
    check.violated({acceptor, step.node}, cluster.name(acceptor) + " has accepted " + text(v) +
                                              " in ballot " + text(cluster, vote.n) + ", " +
                                              cluster.name(step.node) + " " + text(vote.v) + ".");
  }
}

void PromiseKept::check(const PaxosCluster& cluster, const Step& step, Check& check) {
  if (!cluster.plays<Acceptor>(step.node)) return;
  Ballot& promise = highest[step.node];
  for (const Proposal& vote : votes.update(cluster, step)) {
    check.armed();
    if (promise.round != 0) check.exercised();
    if (vote.n >= promise) continue;
    check.violated({step.node}, cluster.name(step.node) + " has accepted in ballot " +
                                    text(cluster, vote.n) + " although it had promised " +
                                    text(cluster, promise) + ".");
  }
  promise = std::max(promise, promised_on_disk(cluster, step.node));
}

void VoteMonotone::check(const PaxosCluster& cluster, const Step& step, Check& check) {
  if (!cluster.plays<Acceptor>(step.node)) return;
  const std::optional<Proposal>& accepted = accepted_on_disk(cluster, step.node);
  const Ballot now = accepted ? accepted->n : Ballot{};
  Ballot& before = highest[step.node];
  if (now == before) return;
  check.armed();
  if (before.round != 0) check.exercised();
  if (now < before) {
    check.violated({step.node}, cluster.name(step.node) + " had accepted in ballot " +
                                    text(cluster, before) + " and now says " +
                                    (accepted ? text(cluster, now) : "it accepted nothing") + ".");
  }
  before = now;
}

void ChosenStable::check(const PaxosCluster& cluster, const Step& step, Check& check) {
  if (const auto issue = issued.update(cluster, step)) {
    check.armed();
    issues.emplace(issue->n, issue->v);
    if (first && issue->n > first->n) {
      check.exercised();
      compare(cluster, issue->n, issue->v, check);
    }
  }
  for (const Proposal& chosen : proposals.update(cluster, step)) {
    if (first && first->n < chosen.n) continue;
    first = chosen;
    for (const auto& [n, v] : issues) {
      if (n > first->n) compare(cluster, n, v, check);
    }
  }
}

void ChosenStable::compare(const PaxosCluster& cluster, const Ballot& n, const Request& v,
                           Check& check) const {
  if (v == first->v) return;
  check.violated({first->n.proposer, n.proposer},
                 cluster.name(n.proposer) + " proposes " + text(v) + " in ballot " +
                     text(cluster, n) + " although " + text(first->v) + " was chosen in " +
                     text(cluster, first->n) + ".");
}

void SafeProposal::check(const PaxosCluster& cluster, const Step& step, Check& check) {
  for (const Proposal& vote : votes.update(cluster, step)) {
    accepted[step.node].emplace(vote.n, vote.v);
  }
  const auto issue = issued.update(cluster, step);
  if (!issue) return;
  check.armed();
  const auto voted = [&](NodeId node) { return highest_below(node, issue->n).has_value(); };
  if (std::ranges::any_of(acceptors(cluster), voted)) check.exercised();
  if (is_safe(cluster, *issue)) return;
  check.violated({issue->n.proposer}, cluster.name(issue->n.proposer) + " proposes " +
                                          text(issue->v) + " in ballot " + text(cluster, issue->n) +
                                          ", but no quorum of acceptors makes that safe.");
}

std::optional<Ballot> SafeProposal::highest_below(NodeId acceptor, const Ballot& n) const {
  if (acceptor.value >= accepted.items().size()) return std::nullopt;
  const auto& votes_of = accepted.items()[acceptor.value];
  const auto next = votes_of.lower_bound(n);
  if (next == votes_of.begin()) return std::nullopt;
  return std::prev(next)->first;
}

// S may hold every acceptor that voted no higher below n than some m, and promised n; and m must be
// nothing at all or a vote for v.
bool SafeProposal::is_safe(const PaxosCluster& cluster, const Proposal& proposal) const {
  const auto all = acceptors(cluster);
  const auto makes_safe = [&](const Ballot& m) {
    std::uint64_t members = 0;
    for (const NodeId acceptor : all) {
      const Ballot last = highest_below(acceptor, proposal.n).value_or(Ballot{});
      const bool bound = promised_on_disk(cluster, acceptor) >= proposal.n;
      members += bound && last <= m ? 1 : 0;
    }
    return members >= prepare_quorum(cluster);
  };
  if (makes_safe(Ballot{})) return true;
  return std::ranges::any_of(all, [&](NodeId acceptor) {
    const auto last = highest_below(acceptor, proposal.n);
    return last && accepted.items()[acceptor.value].at(*last) == proposal.v && makes_safe(*last);
  });
}

// ---- witnesses and predicates -------------------------------------------------------------------

void Witnesses::look(const PaxosCluster& cluster, const Step& step) {
  for (std::size_t i = proposals.update(cluster, step).size(); i > 0; --i) {
    if (chosen) saw(Situation::chosen_twice);
    chosen = true;
  }
  if (!cluster.plays<Proposer>(step.node)) return;
  const Proposer& proposer = cluster.role<Proposer>(step.node);
  if (issued.update(cluster, step) && proposer.highest) saw(Situation::value_adopted);
  const bool runs = cluster.up(step.node) &&
                    (proposer.phase == Phase::preparing || proposer.phase == Phase::accepting);
  if (!runs) {
    running.erase(step.node);
  } else if (running.insert(step.node) && running.size() > 1) {
    saw(Situation::rounds_at_once);
  }
}

bool all_learned(const PaxosCluster& cluster) {
  bool somebody = false;
  for (const NodeId node : cluster.members()) {
    if (!cluster.up(node) || !cluster.plays<Learner>(node)) continue;
    if (!cluster.role<Learner>(node).learned) return false;
    somebody = true;
  }
  return somebody;
}

bool nothing_learned(const PaxosCluster& cluster) {
  bool proposed = false;
  for (const NodeId node : cluster.members()) {
    const Proposer& proposer = cluster.role<Proposer>(node);
    if (cluster.role<Learner>(node).learned || proposer.chosen) return false;
    proposed = proposed || proposer.n != Ballot{};
  }
  return proposed;
}

}  // namespace quorate::paxos
