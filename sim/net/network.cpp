#include "sim/net/network.hpp"

#include <algorithm>

namespace quorate {

void Cuts::cut(NodeId from, NodeId to) {
  if (counts_.empty()) counts_.resize(std::size_t{endpoints_} * endpoints_);
  if (counts_[std::size_t{from.value} * endpoints_ + to.value]++ == 0) ++active_;
}

void Cuts::undo(NodeId from, NodeId to) {
  if (!severed(from, to)) return;
  if (--counts_[std::size_t{from.value} * endpoints_ + to.value] == 0) --active_;
}

Network::Network(std::shared_ptr<const NetworkConfig> config, std::uint64_t seed, Engine engine)
    : cuts(config->nodes + config->clients),
      config_(std::move(config)),
      routed_(!config_->neighbours.empty()),
      seed_(seed),
      engine_(engine),
      links_(config_->nodes + config_->clients),
      next_hops_(routed_ ? config_->nodes : 0) {}

NodeId Network::next_between(NodeId here, NodeId to) {
  std::vector<NodeId>& row = next_hops_[to.value];
  if (row.empty()) row = next_hops(config_->neighbours, to);
  return row[here.value];
}

Fate Network::fate(NodeId from, NodeId to, Time now, Duration tie_gap) {
  Link& chosen = link(from, to);
  const LinkConfig& config = *chosen.config;
  const bool lost = config.loss.hit(chosen.loss);
  const Time at = now + sample(config.delay, chosen.delay);
  const bool duplicated = config.duplicate.hit(chosen.duplicate);
  const Time copy_at = duplicated ? now + sample(config.delay, chosen.duplicate) : now;
  Fate result;
  result.lost = lost;
  if (lost) return result;
  result.arrival = arrival(chosen, at, tie_gap);
  result.duplicated = duplicated;
  if (duplicated) result.copy_arrival = arrival(chosen, copy_at, tie_gap);
  return result;
}

// On a FIFO link nothing overtakes what left before it.
Time Network::arrival(Link& link, Time at, Duration tie_gap) {
  if (!link.config->fifo) return at;
  link.last_arrival = std::max(at, link.last_arrival + tie_gap);
  return link.last_arrival;
}

Network::Link& Network::link(NodeId from, NodeId to) {
  std::vector<Link>& row = links_[from.value];
  if (row.empty()) row.resize(links_from(from));
  Link& link = row[routed_ ? position_of_link(from, to) : to.value];
  if (link.config != nullptr) [[likely]]
    return link;
  const bool client = !is_node(from) || !is_node(to);
  const auto named = config_->links.find({from, to});
  link.config = named != config_->links.end() ? &named->second
                : client                      ? &config_->client_link
                                              : &config_->link;
  link.delay = make_stream(seed_, Purpose::link_delay, from.value, to.value, engine_);
  link.loss = make_stream(seed_, Purpose::link_loss, from.value, to.value, engine_);
  link.duplicate = make_stream(seed_, Purpose::link_duplicate, from.value, to.value, engine_);
  return link;
}

std::size_t Network::links_from(NodeId from) const {
  if (!routed_ || !is_node(from)) return links_.size();
  return config_->neighbours[from.value].size() + config_->clients;
}

std::size_t Network::position_of_link(NodeId from, NodeId to) const {
  if (!is_node(from)) return to.value;
  const std::vector<NodeId>& near = config_->neighbours[from.value];
  if (!is_node(to)) return near.size() + (to.value - config_->nodes);
  return static_cast<std::size_t>(std::lower_bound(near.begin(), near.end(), to) - near.begin());
}

}  // namespace quorate
