// What one direction of a link is like, at the start and by a fault.
#include <algorithm>

#include "sim/net/topology_shape.hpp"
#include "sim/scenario/loader_context.hpp"

namespace quorate::loader {
namespace {

// Whether the setting is `null`, which takes back what was said about it before.
template <class T>
bool taken_back(ObjectReader& in, std::string_view key, std::optional<T>& setting) {
  const Value* value = in.take(key);
  if (value == nullptr || value->kind != Value::Kind::null) return false;
  setting = T{};
  return true;
}

template <class T>
void read_setting(ObjectReader& in, std::string_view key, Parsed<T> (*parse)(std::string_view),
                  std::optional<T>& setting) {
  if (!taken_back(in, key, setting)) setting = in.parsed(key, parse);
}

void read_count(ObjectReader& in, std::string_view key, std::int64_t lowest, std::int64_t highest,
                std::optional<std::uint32_t>& setting) {
  if (taken_back(in, key, setting)) return;
  const auto count = in.optional_integer(key, lowest, highest);
  if (count) setting = static_cast<std::uint32_t>(*count);
}

// Settings that no link can have together, and the key that says so.
struct Misfit {
  std::string_view key;
  std::string text;
  std::string_view hint;
};

std::vector<Misfit> misfits(const LinkConfig& link) {
  std::vector<Misfit> all;
  if (link.queue != 0 && link.bytes_per_second == 0) {
    all.push_back({"queue", "a link without \"bandwidth\" has no \"queue\"", {}});
  }
  if (link.burst != 0 && !link.loss.certain && !burst_chances(link.loss, link.burst)) {
    all.push_back({"burst",
                   "bursts of " + std::to_string(link.burst) + " are too short to lose " +
                       to_text(link.loss) + " of all messages",
                   "they must be longer than loss / (1 - loss)"});
  }
  const LinkExtras& more = link.more();
  if (more.drops != Drops::tail && link.queue == 0) {
    all.push_back({"drops", "a link without \"queue\" drops nothing for want of room", {}});
  }
  if (link.fifo && more.reorder != 0) {
    all.push_back(
        {"reorder", "a FIFO link lets nothing be overtaken, so it has no \"reorder\"", {}});
  }
  const bool of_copies = more.copies != 0 || !(more.copy_delay == Distribution{});
  if (of_copies && link.duplicate == Probability{}) {
    all.push_back({more.copies != 0 ? "copies" : "copy_delay",
                   "a link without \"duplicate\" makes no copies",
                   {}});
  }
  return all;
}

// Whom an end of a `link` fault may mean; `all`: everybody there is at once.
struct End {
  std::vector<NodeId> nodes;
  bool all{};
};
End end_of(const Context& context, const Selector& selector) {
  if (selector.kind == Selector::Kind::nodes) return {selector.nodes, true};
  const auto nodes = static_cast<std::uint32_t>(context.scenario.nodes.size());
  return {node_range(0, nodes), selector.kind == Selector::Kind::all};
}

// A link between nodes, or of a client, that has no settings of its own.
std::optional<LinkEnds> common_link(const NetworkConfig& network, const End& from, const End& to,
                                    bool of_client) {
  for (const NodeId a : from.nodes) {
    for (const NodeId b : to.nodes) {
      if (a == b || (std::max(a, b).value >= network.nodes) != of_client) continue;
      const bool is_there =
          of_client || network.neighbours.empty() || is_edge(network.neighbours, a, b);
      if (is_there && !network.links.contains({a, b})) return LinkEnds(a, b);
    }
  }
  return std::nullopt;
}

// Links of each kind that a fault may change.
std::vector<LinkEnds> kinds_of_links(const NetworkConfig& network, const End& from, const End& to) {
  std::vector<LinkEnds> links;
  NodeSet senders;
  NodeSet receivers;
  for (const NodeId node : from.nodes) senders.insert(node);
  for (const NodeId node : to.nodes) receivers.insert(node);
  for (const auto& [pair, link] : network.links) {
    if (senders.contains(pair.first) && receivers.contains(pair.second)) links.push_back(pair);
  }
  for (const bool of_client : {false, true}) {
    if (const auto link = common_link(network, from, to, of_client)) links.push_back(*link);
  }
  return links;
}

const LinkConfig& settings_of(const NetworkConfig& network, LinkEnds link) {
  const auto own = network.links.find(link);
  if (own != network.links.end()) return own->second;
  const bool client = link.first.value >= network.nodes || link.second.value >= network.nodes;
  return client ? network.client_link : network.link;
}

// Where all the links are meant, each must be able to have the settings; where it turns out in the
// run which of them it is, one of them.
void check_change(Context& context, ObjectReader& in, const Action& action,
                  const LinkSettings& settings) {
  const End from = end_of(context, action.from);
  const End to = end_of(context, action.to);
  const NetworkConfig& network = context.scenario.network;
  std::optional<LinkEnds> wrong;
  for (const auto& link : kinds_of_links(network, from, to)) {
    LinkConfig changed = settings_of(network, link);
    settings.apply_to(changed);
    const bool right = misfits(changed).empty();
    if (right && !(from.all && to.all)) return;
    if (!right && !wrong) wrong = link;
  }
  if (!wrong) return;
  LinkConfig changed = settings_of(network, *wrong);
  settings.apply_to(changed);
  check_link(context, in, changed, {}, *wrong);
}

}  // namespace

// The settings of a link; what is absent stays as it is in `change`.
void read_link_keys(ObjectReader& in, LinkSettings& change) {
  read_setting(in, "delay", parse_distribution, change.delay);
  read_setting(in, "loss", parse_probability, change.loss);
  read_setting(in, "duplicate", parse_probability, change.duplicate);
  if (!taken_back(in, "fifo", change.fifo)) change.fifo = in.optional_boolean("fifo");
  read_count(in, "burst", 1, 1'000'000, change.burst);
  read_setting(in, "bandwidth", parse_rate, change.bandwidth);
  read_setting(in, "queue", parse_bytes, change.queue);
  if (!taken_back(in, "drops", change.drops)) change.drops = in.choice<Drops>("drops");
  read_count(in, "copies", 1, 1'000, change.copies);
  read_setting(in, "copy_delay", parse_distribution, change.copy_delay);
  read_setting(in, "corrupt", parse_probability, change.corrupt);
  read_count(in, "reorder", 1, 1'000, change.reorder);
  read_count(in, "slow", 1, 1'000'000, change.slow);
  const Value* checksum = in.take("checksum");
  if (checksum != nullptr && checksum->kind == Value::Kind::null) {
    change.checksum = true;
  } else {
    change.checksum = in.optional_boolean("checksum");
  }
}

void check_link(Context& context, ObjectReader& in, const LinkConfig& link, std::string_view key,
                const std::optional<std::pair<NodeId, NodeId>>& which) {
  const auto wrong = misfits(link);
  if (wrong.empty()) return;  // as nearly all of the many links that a topology has
  const std::vector<std::string> names = context.scenario.names();
  const std::string whose =
      which ? ": " + names[which->first.value] + " to " + names[which->second.value] : "";
  for (const Misfit& misfit : wrong) {
    in.error(key.empty() ? misfit.key : key, ErrorCode::contradiction, misfit.text + whose,
             misfit.hint);
  }
}

std::shared_ptr<const LinkSettings> read_link_settings(Context& context, ObjectReader& in,
                                                       const Action& action, SourcePosition at) {
  LinkSettings settings;
  const std::size_t errors_before = context.diagnostics.errors();
  read_link_keys(in, settings);
  if (context.diagnostics.errors() != errors_before) return nullptr;
  if (settings.empty()) {
    context.diagnostics.error(ErrorCode::contradiction, at, "\"link\" changes no setting");
  }
  if (context.nodes_known) check_change(context, in, action, settings);
  return std::make_shared<const LinkSettings>(std::move(settings));
}

}  // namespace quorate::loader
