// The `network`, `disk` and `clocks` parts.
#include "sim/net/topology.hpp"
#include "sim/scenario/loader_context.hpp"

namespace quorate::loader {
namespace {

// "delay", "loss", "duplicate" and "fifo"; what is absent stays as it is in `change`.
void read_link_keys(ObjectReader& in, LinkChange& change) {
  change.delay = in.parsed("delay", parse_distribution);
  change.loss = in.parsed("loss", parse_probability);
  change.duplicate = in.parsed("duplicate", parse_probability);
  change.fifo = in.optional_boolean("fifo");
}

// ---- regions ------------------------------------------------------------------------------------

using RegionNumbers = std::map<std::string, std::uint32_t>;

void put_node(Context& context, NodeId node, std::uint32_t region, const Value& list,
              Regions& regions) {
  std::uint32_t& of_node = regions.of_node[node.value];
  if (of_node != Regions::none) {
    context.diagnostics.error(
        ErrorCode::contradiction, list.at,
        "node " + in_quotes(context.scenario.nodes[node.value].name) + " is in two regions");
  }
  of_node = region;
}

RegionNumbers read_region_names(Context& context, const Value& value, Regions& regions) {
  RegionNumbers numbers;
  if (!expect_kind(value, Value::Kind::object, "\"regions\"", context.diagnostics)) return numbers;
  for (const Member& member : value.members) {
    const auto region = static_cast<std::uint32_t>(numbers.size());
    if (!is_name(member.key)) {
      context.diagnostics.error(ErrorCode::malformed_name, member.key_at,
                                in_quotes(member.key) + " is not a name for a region");
    }
    numbers.emplace(member.key, region);
    const std::string what = "region " + in_quotes(member.key);
    for (const NodeId node : read_nodes(context, member.value, what, Scope::nodes)) {
      put_node(context, node, region, member.value, regions);
    }
  }
  return numbers;
}

std::optional<std::uint32_t> find_region(Context& context, const Member& member,
                                         const RegionNumbers& numbers) {
  const auto found = numbers.find(member.key);
  if (found != numbers.end()) return found->second;
  std::vector<std::string> known;
  for (const auto& [name, number] : numbers) known.push_back(name);
  report_unknown(context, member.key_at, ErrorCode::unknown_node, "region", member.key, known);
  return std::nullopt;
}

void read_latency(Context& context, const Value& matrix, const RegionNumbers& numbers,
                  Regions& regions) {
  if (!expect_kind(matrix, Value::Kind::object, "\"latency\"", context.diagnostics)) return;
  for (const Member& row : matrix.members) {
    const auto from = find_region(context, row, numbers);
    const std::string what = "the latency from " + in_quotes(row.key);
    if (!expect_kind(row.value, Value::Kind::object, what, context.diagnostics)) continue;
    for (const Member& cell : row.value.members) {
      const auto to = find_region(context, cell, numbers);
      const auto delay = read_parsed(cell.value, what + " to " + in_quotes(cell.key),
                                     parse_distribution, context.diagnostics);
      if (from && to && delay) regions.latency[{*from, *to}] = *delay;
    }
  }
}

// One direction stands for both where the other is not given.
void complete_latency(Context& context, SourcePosition at, const RegionNumbers& numbers,
                      Regions& regions) {
  const auto given = regions.latency;
  for (const auto& [pair, delay] : given) {
    regions.latency.try_emplace({pair.second, pair.first}, delay);
  }
  for (const auto& [from_name, from] : numbers) {
    for (const auto& [to_name, to] : numbers) {
      if (from > to || regions.latency.contains({from, to})) continue;
      context.diagnostics.error(ErrorCode::missing_key, at,
                                "\"latency\" does not say how long " + in_quotes(from_name) +
                                    " to " + in_quotes(to_name) + " takes");
    }
  }
}

void read_regions(Context& context, ObjectReader& in, Topology& topology) {
  const Value* names = in.take("regions");
  const Value* matrix = in.take("latency");
  if (names == nullptr && matrix == nullptr) return;
  if (names == nullptr || matrix == nullptr) {
    const std::string_view missing = names == nullptr ? "regions" : "latency";
    context.diagnostics.error(
        ErrorCode::missing_key, (names == nullptr ? matrix : names)->at,
        "\"regions\" and \"latency\" go together; " + in_quotes(missing) + " is missing");
    return;
  }
  const std::size_t errors_before = context.diagnostics.errors();
  Regions regions;
  regions.of_node.assign(context.scenario.nodes.size(), Regions::none);
  const RegionNumbers numbers = read_region_names(context, *names, regions);
  constexpr std::size_t max_regions = 256;
  if (numbers.size() > max_regions) {
    context.diagnostics.error(ErrorCode::over_budget, names->at, "there are more than 256 regions");
    return;
  }
  read_latency(context, *matrix, numbers, regions);
  if (context.diagnostics.errors() == errors_before) {
    complete_latency(context, matrix->at, numbers, regions);
  }
  topology.place(regions);
}

// ---- links --------------------------------------------------------------------------------------

void read_end(Context& context, ObjectReader& in, std::string_view key, bool& everybody,
              std::vector<NodeId>& nodes) {
  const Value* value = in.require(key);
  if (value == nullptr) return;
  everybody = value->kind == Value::Kind::string && value->text == "*";
  if (!everybody) nodes = read_nodes(context, *value, in_quotes(key), Scope::nodes);
}

void read_link(Context& context, const Value& value, Topology& topology) {
  ObjectReader in(value, "a link", context.diagnostics);
  LinkChange change;
  read_end(context, in, "from", change.from_all, change.from);
  read_end(context, in, "to", change.to_all, change.to);
  read_link_keys(in, change);
  in.finish();
  if (change.from.size() == 1 && change.from == change.to) {
    in.error("to", ErrorCode::contradiction, "a node has no link to itself",
             "a message to oneself meets no network");
  }
  topology.change(change);
}

void check_size(Context& context, SourcePosition at, const Topology& topology) {
  if (!topology.overflowed()) return;
  context.diagnostics.error(
      ErrorCode::over_budget, at,
      "more than " + std::to_string(Topology::max_links) + " links have settings of their own",
      "they would take more than " + bytes_in_words(Topology::max_links * Topology::bytes_of_link));
}

void check_reach(Context& context, SourcePosition at, const Topology& topology) {
  const auto gap = topology.unreachable();
  if (!gap) return;
  const std::vector<ScenarioNode>& nodes = context.scenario.nodes;
  context.diagnostics.warning(
      ErrorCode::suspicious, at,
      "nothing that " + in_quotes(nodes[gap->first.value].name) + " sends can ever reach " +
          in_quotes(nodes[gap->second.value].name) + ", not even by way of others");
}

DiskConfig read_one_disk(ObjectReader& in, const DiskConfig& fallback) {
  DiskConfig disk;
  disk.sync_delay = in.parsed_or("sync", parse_distribution, fallback.sync_delay);
  return disk;
}

}  // namespace

void read_network(Context& context, ObjectReader& top) {
  NetworkConfig& network = context.scenario.network;
  network.nodes = static_cast<std::uint32_t>(context.scenario.nodes.size());
  network.clients = static_cast<std::uint32_t>(context.scenario.clients.size());
  const Value* value = top.take("network");
  if (value == nullptr) return;
  ObjectReader in(*value, "\"network\"", context.diagnostics);
  LinkChange everywhere;
  read_link_keys(in, everywhere);
  everywhere.apply_to(network.link);
  network.client_link = network.link;
  if (const Value* clients = in.take("clients")) {
    ObjectReader own(*clients, "\"clients\"", context.diagnostics);
    LinkChange change;
    read_link_keys(own, change);
    own.finish();
    change.apply_to(network.client_link);
  }
  Topology topology(network.nodes, network.link);
  read_regions(context, in, topology);
  each_item(context, in, "links",
            [&](const Value& item, std::size_t) { read_link(context, item, topology); });
  in.finish();
  check_size(context, value->at, topology);
  if (context.nodes_known && !topology.overflowed()) check_reach(context, value->at, topology);
  topology.move_to(network);
}

void read_disk(Context& context, ObjectReader& top) {
  const Value* value = top.take("disk");
  if (value == nullptr) return;
  Scenario& scenario = context.scenario;
  ObjectReader in(*value, "\"disk\"", context.diagnostics);
  scenario.disk = read_one_disk(in, {});
  each_node(context, in.take("nodes"), "\"nodes\" of \"disk\"", [&](NodeId node, const Value& own) {
    ObjectReader one(own, "a node's disk", context.diagnostics);
    scenario.node_disk.emplace(node, read_one_disk(one, scenario.disk));
    one.finish();
  });
  in.finish();
}

void read_clocks(Context& context, ObjectReader& top) {
  each_node(context, top.take("clocks"), "\"clocks\"", [&](NodeId node, const Value& own) {
    ObjectReader in(own, "a node's clock", context.diagnostics);
    ClockConfig clock;
    clock.drift = in.parsed_or("drift", parse_drift_between, clock.drift);
    clock.offset = in.parsed_or("offset", parse_shift_between, clock.offset);
    in.finish();
    context.scenario.clocks.emplace(node, clock);
  });
}

}  // namespace quorate::loader
