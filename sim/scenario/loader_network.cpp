// The `network`, `disk`, `clocks` and `nodes` parts. What one link is like: loader_links.cpp.
#include "sim/net/topology.hpp"
#include "sim/scenario/loader_context.hpp"

namespace quorate::loader {
namespace {

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

// Where nodes are named a region's name would never be reached behind another meaning of it.
void refuse_taken_name(Context& context, const Member& region) {
  const std::string_view name = region.key;
  const auto is_in = [&](const std::vector<std::string>& names) {
    return std::ranges::find(names, name) != names.end();
  };
  const bool selects = name == "random" || name == "leader" || name == "coordinator" ||
                       is_in(role_names(context)) || is_in(status_names(context));
  const bool is_node = context.ids.contains(region.key);
  if (!selects && !is_node) return;
  context.diagnostics.error(
      ErrorCode::name_taken, region.key_at,
      "a region cannot be named " + in_quotes(name) + ": " +
          (is_node ? "a node or client is" : "it already says which nodes are meant"),
      "any other name");
}

RegionNumbers read_region_names(Context& context, const Value& value, Regions& regions) {
  RegionNumbers numbers;
  std::map<std::string, std::vector<NodeId>> names;
  if (!expect_kind(value, Value::Kind::object, "\"regions\"", context.diagnostics)) return numbers;
  for (const Member& member : value.members) {
    const auto region = static_cast<std::uint32_t>(numbers.size());
    if (!is_name(member.key)) {
      context.diagnostics.error(ErrorCode::malformed_name, member.key_at,
                                in_quotes(member.key) + " is not a name for a region");
    }
    refuse_taken_name(context, member);
    numbers.emplace(member.key, region);
    const std::string what = "region " + in_quotes(member.key);
    const std::vector<NodeId> nodes = read_nodes(context, member.value, what, Scope::nodes);
    for (const NodeId node : nodes) put_node(context, node, region, member.value, regions);
    if (!nodes.empty()) names.emplace(member.key, nodes);
  }
  context.regions = std::move(names);
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
  if (names == nullptr) {
    context.diagnostics.error(ErrorCode::missing_key, matrix->at,
                              "\"latency\" is that between regions; \"regions\" is missing");
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
  if (matrix == nullptr) return;
  read_latency(context, *matrix, numbers, regions);
  if (context.diagnostics.errors() == errors_before) {
    complete_latency(context, matrix->at, numbers, regions);
  }
  topology.place(regions);
}

// ---- topology -----------------------------------------------------------------------------------

std::uint32_t node_count(const Context& context) {
  return static_cast<std::uint32_t>(context.scenario.nodes.size());
}

Neighbours read_star(Context& context, const Value& value) {
  const auto hub = read_node(context, value, "\"star\"");
  return star(node_count(context), hub.value_or(NodeId{0}));
}

Neighbours read_tree(Context& context, const Value& value) {
  const auto arity = read_integer(value, "\"tree\"", 1, 1'000'000, context.diagnostics);
  return tree(node_count(context), static_cast<std::uint32_t>(arity.value_or(2)));
}

// [rows, columns]
Neighbours read_grid(Context& context, const Value& value) {
  Diagnostics& diagnostics = context.diagnostics;
  if (!expect_kind(value, Value::Kind::array, "\"grid\"", diagnostics)) return {};
  if (value.items.size() != 2) {
    diagnostics.error(ErrorCode::out_of_range, value.at, "\"grid\" is [rows, columns]");
    return {};
  }
  const auto rows = read_integer(value.items[0], "the rows", 1, 1'000'000, diagnostics);
  const auto columns = read_integer(value.items[1], "the columns", 1, 1'000'000, diagnostics);
  if (!rows || !columns || !context.nodes_known) return {};
  if (*rows * *columns == std::int64_t{node_count(context)}) {
    return grid(node_count(context), static_cast<std::uint32_t>(*columns));
  }
  diagnostics.error(ErrorCode::contradiction, value.at,
                    "a grid of " + std::to_string(*rows) + " by " + std::to_string(*columns) +
                        " has " + std::to_string(*rows * *columns) + " nodes, not " +
                        std::to_string(node_count(context)));
  return {};
}

void read_edge(Context& context, const Value& value, std::vector<Edge>& edges) {
  if (!expect_kind(value, Value::Kind::array, "an edge", context.diagnostics)) return;
  if (value.items.size() != 2) {
    context.diagnostics.error(ErrorCode::out_of_range, value.at, "an edge joins two nodes");
    return;
  }
  const auto a = read_node(context, value.items[0], "the end of an edge");
  const auto b = read_node(context, value.items[1], "the end of an edge");
  if (!a || !b) return;
  if (*a == *b) {
    context.diagnostics.error(ErrorCode::contradiction, value.at, "a node has no link to itself",
                              "a message to oneself meets no network");
  }
  edges.emplace_back(*a, *b);
}

Neighbours read_edges(Context& context, const Value& value) {
  if (!expect_kind(value, Value::Kind::array, "\"edges\"", context.diagnostics)) return {};
  const std::size_t errors_before = context.diagnostics.errors();
  std::vector<Edge> edges;
  for (const Value& item : value.items) read_edge(context, item, edges);
  Neighbours graph = neighbours_of(node_count(context), edges);
  if (context.diagnostics.errors() != errors_before || !context.nodes_known) return {};
  if (const auto gap = gap_in(graph)) {
    const std::vector<ScenarioNode>& nodes = context.scenario.nodes;
    context.diagnostics.error(ErrorCode::contradiction, value.at,
                              "no edges lead from " + in_quotes(nodes[gap->first.value].name) +
                                  " to " + in_quotes(nodes[gap->second.value].name));
    return {};
  }
  return graph;
}

Neighbours read_named_topology(Context& context, const Value& value) {
  constexpr std::string_view words[] = {"complete", "ring", "star", "line", "tree", "grid"};
  const std::uint32_t nodes = node_count(context);
  switch (read_choice(value, "\"topology\"", words, context.diagnostics).value_or(0)) {
    case 1:
      return ring(nodes);
    case 2:
      return star(nodes, NodeId{0});
    case 3:
      return line(nodes);
    case 4:
      return tree(nodes, 2);
    case 5:
      return grid(nodes, grid_columns(nodes));
    default:
      return {};
  }
}

Neighbours read_topology(Context& context, ObjectReader& network) {
  const Value* value = network.take("topology");
  if (value == nullptr || node_count(context) == 0) return {};
  if (value->kind != Value::Kind::object) return read_named_topology(context, *value);
  ObjectReader in(*value, "\"topology\"", context.diagnostics);
  const std::string_view shape = in.one_of({"star", "tree", "grid", "edges"});
  Neighbours graph;
  if (shape == "star") graph = read_star(context, *in.take(shape));
  if (shape == "tree") graph = read_tree(context, *in.take(shape));
  if (shape == "grid") graph = read_grid(context, *in.take(shape));
  if (shape == "edges") graph = read_edges(context, *in.take(shape));
  in.finish();
  return graph;
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
    return;
  }
  const bool named = change.from_all || !change.from.empty();
  const bool both_named = named && (change.to_all || !change.to.empty());
  if (topology.change(change) || !both_named || !context.nodes_known) return;
  context.diagnostics.error(ErrorCode::contradiction, value.at, "there is no such link",
                            "\"topology\" says who has a link to whom");
}

void check_size(Context& context, SourcePosition at, const Topology& topology) {
  if (!topology.overflowed()) return;
  context.diagnostics.error(
      ErrorCode::over_budget, at,
      "more than " + std::to_string(Topology::max_links) + " links have settings of their own",
      "they would take more than " + bytes_in_words(Topology::max_links * Topology::bytes_of_link));
}

// "gst" and "delta" of partial synchrony.
void read_stabilisation(ObjectReader& in, NetworkConfig& network) {
  const bool gst = in.has("gst");
  const bool delta = in.has("delta");
  if (gst != delta) {
    in.error(gst ? "gst" : "delta", ErrorCode::missing_key,
             "\"gst\" and \"delta\" go together; " + std::string(gst ? "\"delta\"" : "\"gst\"") +
                 " is missing");
  }
  if (!gst || !delta) return;
  network.gst = Time{} + in.duration_or("gst", {});
  network.within = in.duration_or("delta", {});
}

void check_reach(Context& context, SourcePosition at, const Topology& topology) {
  const auto gap = topology.unreachable();
  if (!gap) return;
  const std::vector<ScenarioNode>& nodes = context.scenario.nodes;
  warn(context, ErrorCode::suspicious, at,
       "nothing that " + in_quotes(nodes[gap->first.value].name) + " sends can ever reach " +
           in_quotes(nodes[gap->second.value].name) + ", not even by way of others");
}

// Settings over those that `link` has. Whether they go together is another question while one of
// them cannot be read.
void read_settings(Context& context, ObjectReader& in, LinkConfig& link) {
  const std::size_t errors_before = context.diagnostics.errors();
  LinkSettings change;
  read_link_keys(in, change);
  change.apply_to(link);
  if (context.diagnostics.errors() == errors_before) check_link(context, in, link);
}

// What each link has come to; one that is wrong stands for all.
void check_links(Context& context, ObjectReader& in, const NetworkConfig& network) {
  const std::size_t errors_before = context.diagnostics.errors();
  for (const auto& [pair, link] : network.links) {
    check_link(context, in, link, "links", pair);
    if (context.diagnostics.errors() != errors_before) return;
  }
}

DiskConfig read_one_disk(ObjectReader& in, const DiskConfig& fallback) {
  DiskConfig disk;
  disk.sync_delay = in.parsed_or("sync", parse_distribution, fallback.sync_delay);
  disk.crash.lose = in.choice<LostWrites>("lose").value_or(fallback.crash.lose);
  disk.crash.torn = in.boolean_or("torn", fallback.crash.torn);
  return disk;
}

}  // namespace

void read_network(Context& context, ObjectReader& top) {
  NetworkConfig& network = context.scenario.network;
  network.nodes = static_cast<std::uint32_t>(context.scenario.nodes.size());
  network.clients = static_cast<std::uint32_t>(context.scenario.clients.size());
  const Value* value = top.take("network");
  if (value == nullptr) return;
  const std::size_t errors_before = context.diagnostics.errors();
  ObjectReader in(*value, "\"network\"", context.diagnostics);
  read_settings(context, in, network.link);
  read_stabilisation(in, network);
  network.client_link = network.link;
  if (const Value* clients = in.take("clients")) {
    ObjectReader own(*clients, "\"clients\"", context.diagnostics);
    read_settings(context, own, network.client_link);
    own.finish();
  }
  Topology topology(network.nodes, network.link, read_topology(context, in));
  read_regions(context, in, topology);
  each_item(context, in, "links",
            [&](const Value& item, std::size_t) { read_link(context, item, topology); });
  in.finish();
  check_size(context, value->at, topology);
  const bool stays_so = network.gst == Time::never();
  if (stays_so && context.nodes_known && !topology.overflowed())
    check_reach(context, value->at, topology);
  topology.move_to(network);
  if (context.diagnostics.errors() == errors_before) check_links(context, in, network);
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
    clock.jitter = in.parsed_or("jitter", parse_probability, clock.jitter);
    in.finish();
    context.scenario.clocks.emplace(node, clock);
  });
}

void read_work(Context& context, ObjectReader& top) {
  const Value* nodes = top.take("nodes");
  if (nodes != nullptr && nodes->kind == Value::Kind::integer) {
    return context.diagnostics.error(ErrorCode::wrong_type, nodes->at,
                                     "\"nodes\" must be an object, not an integer",
                                     "how many there are is \"nodes\" of \"protocol\"");
  }
  each_node(context, nodes, "\"nodes\"", [&](NodeId node, const Value& own) {
    ObjectReader in(own, "a node's work", context.diagnostics);
    WorkConfig work;
    if (in.is_object()) in.require("cost");
    work.cost = in.parsed_or("cost", parse_distribution, work.cost);
    work.slow = in.integer_or<std::uint32_t>("slow", 1, 1, 1'000'000);
    in.finish();
    context.scenario.work.emplace(node, work);
  });
}

}  // namespace quorate::loader
