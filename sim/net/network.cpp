#include "sim/net/network.hpp"

#include <algorithm>

namespace quorate {

void Cuts::cut(NodeId from, NodeId to, InFlight in_flight) {
  if (counts_.empty()) counts_.resize(std::size_t{endpoints_} * endpoints_);
  Count& count = counts_[std::size_t{from.value} * endpoints_ + to.value];
  if (count.all++ == 0) ++active_;
  if (in_flight == InFlight::keep) ++count.keeping;
}

void Cuts::undo(NodeId from, NodeId to, InFlight in_flight) {
  if (!severed(from, to)) return;
  Count& count = counts_[std::size_t{from.value} * endpoints_ + to.value];
  if (--count.all == 0) --active_;
  if (in_flight == InFlight::keep) --count.keeping;
}

namespace {

constexpr std::uint64_t ns_per_second = 1'000'000'000;

bool is_limited(const LinkConfig& link) { return link.bytes_per_second != 0; }
bool is_noisy(const LinkConfig& link) { return !(link.more().corrupt == Probability{}); }

template <class Test>
bool any_link(const NetworkConfig& config, Test test) {
  return test(config.link) || test(config.client_link) ||
         std::any_of(config.links.begin(), config.links.end(),
                     [&](const auto& entry) { return test(entry.second); });
}

// A delay that a link draws, so many times; never less than none, never beyond the longest.
Duration drawn_delay(const LinkConfig& config, Stream& stream) {
  const Duration once = sample(config.delay, stream);
  const std::uint32_t slow = config.more().slow;
  if (slow <= 1) return once;
  return once > Duration::max() / slow ? Duration::max() : once * slow;
}
Duration drawn_copy_delay(const LinkConfig& config, Stream& stream) {
  const Duration delay = drawn_delay(config, stream);
  return (Time{} + delay + sample(config.more().copy_delay, stream)).since_start();
}

}  // namespace

Network::Network(std::shared_ptr<const NetworkConfig> config, std::uint64_t seed, Engine engine)
    : cuts(config->nodes + config->clients),
      config_(std::move(config)),
      routed_(!config_->neighbours.empty()),
      limited_(any_link(*config_, is_limited)),
      looks_closely_(routed_ || any_link(*config_, is_noisy)),
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

// On a FIFO link nothing overtakes what left before it.
inline Time Network::in_order(Memory& memory, Time at, Duration tie_gap) {
  memory.last_arrival = std::max(at, memory.last_arrival + tie_gap);
  return memory.last_arrival;
}

Fate Network::fate(NodeId from, NodeId to, Time now, Duration tie_gap, std::uint64_t bytes) {
  Link& chosen = link(from, to);
  if (chosen.careful) [[unlikely]]
    return careful_fate(chosen, now, tie_gap, bytes);
  const LinkConfig& config = *chosen.config;
  Fate result;
  result.lost = config.loss.hit(chosen.loss);
  const Time at = now + sample(config.delay, chosen.delay);
  const bool duplicated = config.duplicate.hit(chosen.duplicate);
  const Time copy_at = duplicated ? now + sample(config.delay, chosen.duplicate) : Time{};
  if (result.lost) return result;
  const auto there = [&](Time moment) {
    return config.fifo ? in_order(memories_[chosen.memory], moment, tie_gap) : moment;
  };
  result.arrival = there(at);
  result.duplicated = duplicated;
  if (!duplicated) return result;
  result.copy_arrival = there(copy_at);
  more_copies_.clear();
  return result;
}

// The same for a link that is not plain.
Fate Network::careful_fate(Link& link, Time now, Duration tie_gap, std::uint64_t bytes) {
  Leaving leaving{now, now, true};
  if (link.config->bytes_per_second != 0) {
    Memory& memory = memories_[link.memory];
    leaving.fits = has_room(link, now, bytes);
    if (leaving.fits) {
      take_on(*link.config, memory, now, bytes);
      leaving.in = memory.taken_on.end();
    }
  }
  return fate_of(link, now, leaving, tie_gap);
}

// All draws come first, so that what is lost moves none.
Fate Network::fate_of(Link& link, Time since, const Leaving& leaving, Duration tie_gap) {
  const LinkConfig& config = *link.config;
  Memory& memory = memories_[link.memory];
  const Time in = leaving.in;
  Fate result;
  result.refused = !leaving.fits;
  result.lost = loses(config, link.loss, memory);
  const Time at = in + drawn_delay(config, link.delay);
  const bool duplicated = config.duplicate.hit(link.duplicate);
  const Time copy_at = duplicated ? in + drawn_copy_delay(config, link.duplicate) : in;
  alterations_.clear();
  const bool spoilt = spoils(config, memory);
  const bool copy_spoilt = duplicated && spoils(config, memory);
  draw_more_copies(config, link.duplicate, memory, duplicated);
  const bool stable = config_->gst <= leaving.now;
  if (stable) result.lost = false;
  if (result.lost || result.refused) {
    more_copies_.clear();
    return result;
  }
  const Time latest = latest_arrival(since);
  const auto there = [&](Time moment) {
    return arrival(config, memory, std::min(moment, latest), tie_gap);
  };
  result.spoilt = spoilt && !stable;
  result.arrival = there(at);
  result.duplicated = duplicated;
  if (!duplicated) return result;
  result.copy_spoilt = copy_spoilt && !stable;
  result.copy_arrival = there(copy_at);
  for (CopyFate& copy : more_copies_) {
    copy = {copy.spoilt && !stable, there(in + copy.arrival.since_start())};
  }
  return result;
}

// How many there are, each number being equally likely; of each its delay and whether it is spoilt.
void Network::draw_more_copies(const LinkConfig& config, Stream& stream, Memory& memory,
                               bool duplicated) {
  more_copies_.clear();
  if (!duplicated || config.more().copies <= 1) return;
  more_copies_.resize(static_cast<std::size_t>(stream.below(config.more().copies)));
  for (CopyFate& copy : more_copies_) {
    copy.arrival = Time{} + drawn_copy_delay(config, stream);
    copy.spoilt = spoils(config, memory);
  }
}

// One draw, and two more for what is spoilt where no checksum tells.
bool Network::spoils(const LinkConfig& config, Memory& memory) {
  const bool spoilt = config.more().corrupt.hit(memory.corrupt);
  if (!config.more().unchecked) return spoilt;
  Alteration& drawn = alterations_.emplace_back();
  if (spoilt) drawn = {memory.corrupt.next(), memory.corrupt.next()};
  return spoilt;
}

bool Network::loses(const LinkConfig& config, Stream& stream, Memory& memory) {
  if (!memory.burst || config.loss.threshold == 0) return config.loss.hit(stream);
  const std::uint64_t draw = stream.next();
  memory.losing = memory.losing ? draw >= memory.burst->end : draw < memory.burst->begin;
  return memory.losing;
}

UInt128 Network::Backlog::left(Time now) const {
  if (until < now) return {};
  return add(multiply_wide(static_cast<std::uint64_t>((until - now).count()), rate), {0, part});
}

// What was taken on at an earlier bandwidth stays so: only what comes later notices the new one.
UInt128 Network::not_yet_in(Memory& memory, Time now) {
  std::erase_if(memory.earlier, [&](const Backlog& backlog) { return backlog.end() <= now; });
  UInt128 bytes{};
  Time from = now;
  for (const Backlog& backlog : memory.earlier) {
    bytes = add(bytes, backlog.left(from));
    from = backlog.end();
  }
  return add(bytes, memory.taken_on.left(from));
}

// Counts in bytes times nanoseconds, so that nothing is rounded however small the messages are.
bool Network::has_room(const Link& link, Time now, std::uint64_t bytes) {
  const LinkConfig& config = *link.config;
  if (config.bytes_per_second == 0 || config.queue == 0 || config_->gst <= now) return true;
  const UInt128 own = multiply_wide(bytes, ns_per_second);
  const UInt128 most = multiply_wide(config.queue, ns_per_second);
  return !less(most, add(not_yet_in(memories_[link.memory], now), own));
}

void Network::take_on(const LinkConfig& config, Memory& memory, Time from, std::uint64_t bytes) {
  Backlog& backlog = memory.taken_on;
  if (backlog.rate != config.bytes_per_second) {
    if (backlog.end() > from) memory.earlier.push_back(backlog);
    backlog = {backlog.end(), 0, config.bytes_per_second};
  }
  if (backlog.until < from) backlog = {from, 0, backlog.rate};
  const UInt128 more = add(multiply_wide(bytes, ns_per_second), {0, backlog.part});
  if (more.high >= backlog.rate) {
    backlog.until = Time::never();
    return;
  }
  const Division length = divide(more, backlog.rate);
  const std::uint64_t ns = std::min(length.quotient, std::uint64_t{1} << 62);
  backlog.until = backlog.until + Duration{static_cast<std::int64_t>(ns)};
  backlog.part = length.remainder;
}

// ---- a queue that drops its head ----------------------------------------------------------------

bool Network::drops_head(LinkEnds ends) {
  const LinkConfig& config = *link(ends.first, ends.second).config;
  return is_limited(config) && config.more().drops == Drops::head;
}

bool Network::has_room(LinkEnds ends, Time now, std::uint64_t bytes) {
  return has_room(link(ends.first, ends.second), now, bytes);
}

// Behind another the rest of the nanosecond in which that was in is used, too, by what was there.
Time Network::take_in(LinkEnds ends, Time now, const Passage& message, bool behind) {
  const Link& chosen = link(ends.first, ends.second);
  const LinkConfig& config = *chosen.config;
  if (config.bytes_per_second == 0) return now;
  Memory& memory = memories_[chosen.memory];
  const bool at_once = behind && memory.taken_on.end() >= now;
  const Time freed = at_once ? std::min(now, memory.taken_on.until) : now;
  take_on(config, memory, std::max(message.since, freed), message.bytes);
  return std::max(now, std::min(memory.taken_on.end(), latest_arrival(message.since)));
}

Fate Network::fate(LinkEnds ends, const Passage& message, const Leaving& leaving,
                   Duration tie_gap) {
  return fate_of(link(ends.first, ends.second), message.since, leaving, tie_gap);
}

// On one that reorders within a window nothing is there before what left more than that many
// earlier: the latest of all up to there.
Time Network::arrival(const LinkConfig& config, Memory& memory, Time at, Duration tie_gap) {
  if (config.fifo) return in_order(memory, at, tie_gap);
  if (memory.latest.empty()) return at;
  Time& latest = memory.latest[memory.oldest];
  const Time there = std::max(at, latest + tie_gap);
  memory.last_arrival = std::max(memory.last_arrival, there);
  latest = memory.last_arrival;
  memory.oldest = (memory.oldest + 1) % memory.latest.size();
  return there;
}

std::uint64_t Network::bytes_of(const NetworkConfig& network, const LinkConfig& link) {
  const bool remembers = !link.is_plain() || link.fifo || network.gst != Time::never();
  const std::uint64_t reorder = link.more().reorder;
  const std::uint64_t window = reorder == 0 ? 0 : (reorder + 1) * sizeof(Time);
  return bytes_of_link + (remembers ? bytes_of_memory + window : 0);
}

const LinkConfig& Network::configured(NodeId from, NodeId to) const {
  const auto named = config_->links.find({from, to});
  if (named != config_->links.end()) return named->second;
  return is_node(from) && is_node(to) ? config_->link : config_->client_link;
}

void Network::open(Link& link, NodeId from, NodeId to) {
  link.config = &configured(from, to);
  link.delay = make_stream(seed_, Purpose::link_delay, from.value, to.value, engine_);
  link.loss = make_stream(seed_, Purpose::link_loss, from.value, to.value, engine_);
  link.duplicate = make_stream(seed_, Purpose::link_duplicate, from.value, to.value, engine_);
  remember(link, from, to);
}

void Network::remember(Link& link, NodeId from, NodeId to) {
  const LinkConfig& config = *link.config;
  link.careful = !config.is_plain() || config_->gst != Time::never();
  if (link.memory == no_memory) {
    if (!link.careful && !config.fifo) return;
    link.memory = static_cast<std::uint32_t>(memories_.size());
    memories_.emplace_back();
  }
  Memory& memory = memories_[link.memory];
  memory.burst = burst_chances(config.loss, config.burst);
  const std::uint32_t reorder = config.more().reorder;
  const std::size_t window = reorder == 0 ? 0 : reorder + std::size_t{1};
  if (memory.latest.size() != window) {
    memory.latest.assign(window, Time{});
    memory.oldest = 0;
  }
  if (is_noisy(config) && !memory.corrupt.seeded()) {
    memory.corrupt = make_stream(seed_, Purpose::corrupt, from.value, to.value, engine_);
  }
}

// ---- links that change --------------------------------------------------------------------------

bool Network::has_link(NodeId from, NodeId to) const {
  if (from == to) return false;
  if (!is_node(from) || !is_node(to)) return is_node(from) || is_node(to);
  return !routed_ || is_edge(config_->neighbours, from, to);
}

void Network::change(std::uint32_t number, NodeId from, NodeId to,
                     std::shared_ptr<const LinkSettings> settings) {
  if (!has_link(from, to)) return;
  Changed& changed = changed_[{from, to}];
  changed.changes.emplace_back(number, std::move(settings));
  reconfigure(from, to, changed);
}

bool Network::would_change(NodeId from, NodeId to, const LinkSettings& settings) const {
  if (!has_link(from, to)) return false;
  const auto changed = changed_.find({from, to});
  if (changed != changed_.end() && !changed->second.changes.empty()) return true;
  LinkConfig config = configured(from, to);
  const LinkConfig before = config;
  settings.apply_to(config);
  return !(config == before);
}

void Network::take_back(std::uint32_t number, NodeId from, NodeId to) {
  Changed& changed = changed_[{from, to}];
  std::erase_if(changed.changes, [&](const auto& one) { return one.first == number; });
  reconfigure(from, to, changed);
}

void Network::take_back(std::uint32_t number) {
  for (auto& [pair, changed] : changed_) {
    const auto taken =
        std::erase_if(changed.changes, [&](const auto& one) { return one.first == number; });
    if (taken != 0) reconfigure(pair.first, pair.second, changed);
  }
}

void Network::reconfigure(NodeId from, NodeId to, Changed& changed) {
  LinkConfig config = configured(from, to);
  for (const auto& [number, settings] : changed.changes) settings->apply_to(config);
  limited_ = limited_ || is_limited(config);
  looks_closely_ = looks_closely_ || is_noisy(config);
  changed.config = std::make_shared<const LinkConfig>(std::move(config));
  Link& changing = link(from, to);
  changing.config = changed.config.get();
  remember(changing, from, to);
}

// ---- where a link stands ------------------------------------------------------------------------

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
