#include "sim/net/network.hpp"

#include <algorithm>

#include "sim/base/uint128.hpp"

namespace quorate {

void Cuts::cut(NodeId from, NodeId to) {
  if (counts_.empty()) counts_.resize(std::size_t{endpoints_} * endpoints_);
  if (counts_[std::size_t{from.value} * endpoints_ + to.value]++ == 0) ++active_;
}

void Cuts::undo(NodeId from, NodeId to) {
  if (!severed(from, to)) return;
  if (--counts_[std::size_t{from.value} * endpoints_ + to.value] == 0) --active_;
}

std::optional<BurstChances> burst_chances(Probability loss, std::uint32_t length) {
  constexpr std::uint64_t always = ~std::uint64_t{0};
  if (loss.certain || length == 0) return std::nullopt;
  const std::uint64_t rest = 0 - loss.threshold;  // of 2^64; 0 stands for all of it
  if (loss.threshold == 0) return BurstChances{0, always / length};
  const std::uint64_t whole = loss.threshold / rest;
  if (whole >= length) return std::nullopt;
  const std::uint64_t fraction = divide({loss.threshold % rest, 0}, rest).quotient;
  return BurstChances{divide({whole, fraction}, length).quotient, always / length};
}

namespace {

bool any_limited(const NetworkConfig& config) {
  const auto limited = [](const LinkConfig& link) { return link.bytes_per_second != 0; };
  return limited(config.link) || limited(config.client_link) ||
         std::any_of(config.links.begin(), config.links.end(),
                     [&](const auto& entry) { return limited(entry.second); });
}

}  // namespace

Network::Network(std::shared_ptr<const NetworkConfig> config, std::uint64_t seed, Engine engine)
    : cuts(config->nodes + config->clients),
      config_(std::move(config)),
      routed_(!config_->neighbours.empty()),
      limited_(any_limited(*config_)),
      seed_(seed),
      engine_(engine),
      links_(config_->nodes + config_->clients),
      next_hops_(routed_ ? config_->nodes : 0) {}

NodeId Network::next_between(NodeId here, NodeId to) {
  std::vector<NodeId>& row = next_hops_[to.value];
  if (row.empty()) row = next_hops(config_->neighbours, to);
  return row[here.value];
}

inline Network::Link& Network::link(NodeId from, NodeId to) {
  std::vector<Link>& row = links_[from.value];
  if (row.empty()) [[unlikely]]
    row.resize(links_from(from));
  Link& link = row[routed_ ? position_of_link(from, to) : to.value];
  if (link.config == nullptr) [[unlikely]]
    open(link, from, to);
  return link;
}

Fate Network::fate(NodeId from, NodeId to, Time now, Duration tie_gap, std::uint64_t bytes) {
  Link& chosen = link(from, to);
  const LinkConfig& config = *chosen.config;
  Memory* const memory = chosen.memory == no_memory ? nullptr : &memories_[chosen.memory];
  Fate result;
  result.lost =
      config.burst == 0 ? config.loss.hit(chosen.loss) : loses(config, chosen.loss, *memory);
  Time in = now;
  if (config.bytes_per_second != 0) {
    result.refused = !takes_in(config, *memory, now, bytes);
    in = memory->free_at + Duration{memory->part == 0 ? 0 : 1};
  }
  const Time at = in + sample(config.delay, chosen.delay);
  const bool duplicated = config.duplicate.hit(chosen.duplicate);
  const Time copy_at = duplicated ? in + sample(config.delay, chosen.duplicate) : in;
  if (result.lost || result.refused) return result;
  result.duplicated = duplicated;
  result.arrival = memory == nullptr ? at : arrival(config, *memory, at, tie_gap);
  if (!duplicated) return result;
  result.copy_arrival = memory == nullptr ? copy_at : arrival(config, *memory, copy_at, tie_gap);
  return result;
}

bool Network::loses(const LinkConfig& config, Stream& stream, Memory& memory) {
  if (config.loss.threshold == 0) return config.loss.hit(stream);
  const std::uint64_t draw = stream.next();
  memory.losing = memory.losing ? draw >= memory.burst.end : draw < memory.burst.begin;
  return memory.losing;
}

// Counts in bytes times nanoseconds, so that nothing is rounded however small the messages are.
bool Network::takes_in(const LinkConfig& config, Memory& memory, Time now, std::uint64_t bytes) {
  constexpr std::uint64_t ns_per_second = 1'000'000'000;
  const std::uint64_t rate = config.bytes_per_second;
  if (memory.free_at < now) {
    memory.free_at = now;
    memory.part = 0;
  }
  const auto wait = static_cast<std::uint64_t>((memory.free_at - now).count());
  const UInt128 own = multiply_wide(bytes, ns_per_second);
  const UInt128 before = add(multiply_wide(wait, rate), {0, memory.part});
  const UInt128 most = multiply_wide(config.queue, ns_per_second);
  if (config.queue != 0 && less(most, add(before, own))) return false;
  const UInt128 more = add(own, {0, memory.part});
  if (more.high >= rate) {
    memory.free_at = Time::never();
    return true;
  }
  const Division length = divide(more, rate);
  const std::uint64_t ns = std::min(length.quotient, std::uint64_t{1} << 62);
  memory.free_at = memory.free_at + Duration{static_cast<std::int64_t>(ns)};
  memory.part = length.remainder;
  return true;
}

// On a FIFO link nothing overtakes what left before it.
Time Network::arrival(const LinkConfig& config, Memory& memory, Time at, Duration tie_gap) {
  if (!config.fifo) return at;
  memory.last_arrival = std::max(at, memory.last_arrival + tie_gap);
  return memory.last_arrival;
}

std::uint32_t Network::memory_for(const LinkConfig& config) {
  if (!config.fifo && config.burst == 0 && config.bytes_per_second == 0) return no_memory;
  Memory memory;
  if (config.burst != 0)
    memory.burst = burst_chances(config.loss, config.burst).value_or(BurstChances{});
  memories_.push_back(memory);
  return static_cast<std::uint32_t>(memories_.size() - 1);
}

void Network::open(Link& link, NodeId from, NodeId to) {
  const bool client = !is_node(from) || !is_node(to);
  const auto named = config_->links.find({from, to});
  link.config = named != config_->links.end() ? &named->second
                : client                      ? &config_->client_link
                                              : &config_->link;
  link.memory = memory_for(*link.config);
  link.delay = make_stream(seed_, Purpose::link_delay, from.value, to.value, engine_);
  link.loss = make_stream(seed_, Purpose::link_loss, from.value, to.value, engine_);
  link.duplicate = make_stream(seed_, Purpose::link_duplicate, from.value, to.value, engine_);
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
