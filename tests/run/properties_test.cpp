// When properties look, what they are told, and what is reported when one is violated.
#include <doctest/doctest.h>

#include "sim/run/simulation.hpp"

namespace quorate {
namespace {

QUORATE_SIGNAL(Ask);
QUORATE_SIGNAL(Nap);

struct Keeper;

// As little as a protocol may declare: no parameters, bugs or version.
struct Vault {
  static constexpr std::string_view name = "vault";
  using Roles = Types<Keeper>;
  using Messages = Types<Ask>;
  using Timers = Types<Nap>;
};

struct Keeper {
  std::uint64_t stored{};
  std::uint64_t begun{};  // how often start() ran in this life
  QUORATE_FIELDS(Keeper, stored, begun)
  static constexpr auto durable = std::tuple(&Keeper::stored);

  void start(Out<Vault>& out) {
    ++begun;
    out.set_timer(Nap{}, 1s);
  }
  void on(const Nap&, Out<Vault>&) {}
  void on(const Request& request, Out<Vault>& out) {
    if (request.operation.verb == Text("keep_secret")) ++stored;  // and forgets persist()
    QUORATE_ASSERT(request.operation.verb != Text("fail"), "A keeper never fails.");
    if (request.operation.verb == Text("ask")) out.broadcast(Ask{});
    if (request.operation.verb != Text("keep")) return;
    ++stored;
    out.persist();
    out.emit(Logged{"kept"});
  }
  void on(NodeId, const Ask&, Out<Vault>&) {}
};

// Nobody can ask it anything.
struct Sleeper;
struct Mute {
  static constexpr std::string_view name = "mute";
  using Roles = Types<Sleeper>;
  using Timers = Types<Nap>;
};
struct Sleeper {
  std::uint64_t naps{};
  QUORATE_FIELDS(Sleeper, naps)
  void on(const Nap&, Out<Mute>&) { ++naps; }
};

using VaultCluster = Cluster<Vault>;

// Is violated by the word that `verb` names, and tells all that it was shown before.
struct Diary {
  static constexpr std::string_view name = "diary";
  static constexpr std::string_view sentence = "Nothing is ever seen twice by a crash.";
  void check(const VaultCluster& cluster, const Step& step, Check& check) {
    const Record& record = step.record;
    const std::string word(record.text.empty() ? enum_name(record.kind) : record.text);
    seen += (seen.empty() ? "" : ", ") + word + " " + cluster.name(step.node);
    if (record.kind == Kind::crash) check.violated({step.node}, seen);
  }
  std::string seen;
};

// Never more than one value on one disk.
struct Single {
  static constexpr std::string_view name = "single";
  static constexpr std::string_view sentence = "No disk holds more than one value.";
  void check(const VaultCluster& cluster, const Step& step, Check& check) {
    const auto& [stored] = std::get<0>(cluster.world().synced(step.node));
    if (stored > 1) check.violated({step.node}, "Two values.");
  }
};

struct Shy {
  static constexpr std::string_view name = "shy";
  static constexpr std::string_view sentence = "No keeper ever begins.";
  void check(const VaultCluster& cluster, const Step&, Check& check) {
    const auto begun = [](const Keeper& keeper) { return keeper.begun > 0; };
    const NodeSet found = cluster.where<Keeper>(begun);
    if (!found.empty()) check.violated(found.members(), "One began.");
  }
};

struct Brave {
  static constexpr std::string_view name = "brave";
  static constexpr std::string_view sentence = "Whatever happens is met.";
  void check(const VaultCluster&, const Step&, Check& check) { check.exercised(); }
};

// Two nodes, messages and disks of 10ms, and a submitted request or another deed at a time.
struct Deed {
  Duration at;
  Verb verb;
  std::uint32_t node;
  std::string_view words{};
};

Scenario with(const std::vector<Deed>& deeds) {
  Scenario scenario;
  scenario.protocol = "vault";
  scenario.nodes = {{"n1", 1}, {"n2", 1}};
  scenario.network.nodes = 2;
  scenario.network.link.delay = Distribution::constant(10ms);
  scenario.disk.sync_delay = Distribution::constant(10ms);
  scenario.stop = Time{} + 3s;
  for (const Deed& deed : deeds) {
    Fault& fault = scenario.faults.emplace_back();
    fault.id = "f" + std::to_string(scenario.faults.size());
    fault.trigger.at = Time{} + deed.at;
    fault.action.verb = deed.verb;
    fault.action.target = {Selector::Kind::nodes, {NodeId{deed.node - 1}}, {}};
    fault.action.operation.verb = Text(deed.words);
  }
  return scenario;
}

// Keeps what a trace would say.
struct Lines final : Observer {
  void on(const Record& record, const StateChange*) override {
    kinds.push_back(record.kind);
    nodes.push_back(record.node);
    causes.push_back(record.cause);
    indices.push_back(record.index);
  }
  std::vector<Kind> kinds;
  std::vector<NodeId> nodes;
  std::vector<std::uint64_t> causes;
  std::vector<std::uint64_t> indices;
};

struct Told {
  std::unique_ptr<Run> run;
  Lines lines;
  const Outcome& outcome() const { return run->outcome(); }
};

template <class... Property>
Told told(const std::vector<Deed>& deeds, const RunOptions& options = {}) {
  const ProtocolEntry entry = make_entry<Vault, Types<Property...>>({.summary = "a test"});
  Told result;
  result.run = entry.make(std::make_shared<const Scenario>(with(deeds)), 1, options);
  result.run->observe(result.lines);
  result.run->run();
  return result;
}

}  // namespace

TEST_CASE("entry: a protocol takes requests where a role has a handler for them") {
  CHECK(describe_protocol<Vault, PropertyList<Vault, Types<>>>({}).takes_requests);
  CHECK_FALSE(describe_protocol<Mute, PropertyList<Mute, Types<>>>({}).takes_requests);
}

TEST_CASE("properties: they look after handlers, starts, crashes, pauses, resumes and writes") {
  const Told end = told<Diary>({{5ms, Verb::request, 1, "keep"},
                                {20ms, Verb::request, 1, "ask"},
                                {40ms, Verb::pause, 2},
                                {50ms, Verb::resume, 2},
                                {1500ms, Verb::crash, 2}});
  REQUIRE(end.outcome().violation);
  CHECK(end.outcome().violation->why ==
        "start n1, start n2, local n1, persist n1, local n1, recv n2, pause n2, resume n2, "
        "timer n1, timer n2, crash n2");
}

TEST_CASE("properties: a role without restart() begins anew, with its durable fields") {
  const Told back =
      told<>({{30ms, Verb::request, 2, "keep"}, {50ms, Verb::crash, 2}, {60ms, Verb::restart, 2}});
  CHECK(back.run->field(NodeId{1}, "begun") == "1");
  CHECK(back.run->field(NodeId{1}, "stored") == "1");
}

TEST_CASE("properties: what breaks at a start is found before the first event") {
  const Told end = told<Shy>({});
  REQUIRE(end.outcome().violation);
  CHECK(end.outcome().violation->nodes == std::vector{NodeId{0}});
  CHECK(end.outcome().violation_event == 0);  // there is nothing before the violation itself
  CHECK(end.lines.kinds == std::vector{Kind::violation});
}

TEST_CASE("properties: what breaks on a disk is found when the write is done, and named by it") {
  const Told end = told<Single>({{5ms, Verb::request, 1, "keep"},
                                 {30ms, Verb::request, 1, "keep"},
                                 {40ms, Verb::request, 2, "ask"}});
  REQUIRE(end.outcome().violation);
  CHECK(end.outcome().violation->nodes == std::vector{NodeId{0}});
  const std::uint64_t event = end.outcome().violation_event;
  CHECK(end.lines.kinds.at(event) == Kind::persist);
  CHECK(end.lines.nodes.at(event) == NodeId{0});
  CHECK(end.lines.kinds.at(event + 1) == Kind::violation);
  CHECK(end.lines.causes.at(event + 1) == event);
  CHECK(end.outcome().violation_time == Time{} + 40ms);
}

TEST_CASE(
    "properties: a failed assertion of a protocol is told at the event whose handler failed") {
  // Assertions in this file are no protocol's: the engine would take them for its own.
  const ProtocolEntry entry = make_entry<Vault, Types<>>({.summary = "a test"});
  const auto run =
      entry.make(std::make_shared<const Scenario>(with({{5ms, Verb::request, 1, "fail"}})), 1, {});
  Lines lines;
  run->observe(lines);
  CHECK_THROWS_AS(run->run(), AssertionFailure);
  CHECK(lines.kinds == std::vector{Kind::fault, Kind::local});
  for (std::size_t i = 0; i < lines.indices.size(); ++i) CHECK(lines.indices[i] == i);
}

TEST_CASE("properties: what was exercised was armed") {
  const Told end = told<Shy, Brave>({});
  CHECK(end.outcome().properties.at(0).armed == 0);
  CHECK(end.outcome().properties.at(1).armed == 1);
  CHECK(end.outcome().properties.at(1).exercised == 1);
}

TEST_CASE("properties: a handler that changes a durable field without persist() is named") {
  const Told end = told<>({{5ms, Verb::request, 2, "keep_secret"}}, {.check_durability = true});
  REQUIRE(end.outcome().violation);
  CHECK(end.outcome().violation->property == "durability");
  CHECK(end.lines.kinds.at(end.outcome().violation_event) == Kind::local);
}

}  // namespace quorate
