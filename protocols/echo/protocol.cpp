// What Echo promises, and its entry: how the program finds it.
#include "protocols/echo/echo.hpp"
#include "sim/run/simulation.hpp"

namespace quorate::echo {

// Checked whenever a node has changed, from outside: a property sees all nodes and remembers what
// it likes.
struct AnsweredByAll {
  static constexpr std::string_view name = "answered_by_all";
  static constexpr std::string_view sentence = "A node answers when all others had its Ping.";
  void check(const Cluster<Echo>& cluster, const Step& step, Check& check) {
    const Record& record = step.record;
    const Ping* ping = record.body.get_if<Ping>();
    if (record.kind == Kind::recv && ping != nullptr) {
      had[{record.from, ping->serial}].insert(step.node);
    }
    const std::uint64_t serial = cluster.role<Speaker>(step.node).answered;
    if (serial == answered[step.node]) return;
    answered[step.node] = serial;
    if (serial == 0) return;  // restarted
    check.armed();
    if (cluster.members().size() > 2) check.exercised();  // there is a first Pong, and a last
    const std::size_t others = cluster.members().size() - 1;
    const std::size_t heard = had[{step.node, serial}].size();
    if (heard == others) return;
    check.violated({step.node}, cluster.name(step.node) + " answered when " +
                                    std::to_string(heard) + " of " + std::to_string(others) +
                                    " others had its Ping.");
  }

  std::map<std::pair<NodeId, std::uint64_t>, NodeSet> had;  // by asker and serial
  PerNode<std::uint64_t> answered;
};

namespace {

constexpr std::string_view one_request = R"({
  "quorate": 1, "network": { "delay": "10ms" }, "stop": { "at": "1s" },
  "protocol": { "use": "echo", "nodes": $(n) },
  "faults": [{ "at": "100ms", "do": { "request": { "node": "n1", "op": "say" } } }] })";

constexpr Cost costs[] = {
    {.name = "answer_messages",
     .when = "A request: a Ping for every other node, and its Pong.",
     .formula = "2(n-1)",
     .unit = CostUnit::messages,
     .source = "counted by the rules",
     .scenario = one_request,
     .headline = true},
    {.name = "answer_delays",
     .when = "Until every Pong is back.",
     .formula = "2",
     .unit = CostUnit::delays,
     .source = "counted by the rules",
     .scenario = one_request,
     .counted = "first answered",
     .since = 100ms,
     .headline = true},
};

}  // namespace

ProtocolEntry protocol() {
  return make_entry<Echo, Types<AnsweredByAll>>({
      .summary = "a client is answered once every node has replied; the pattern for a new protocol",
      .bugs = {{"answers_early", "answered_by_all", "the first Pong counts for all"}},
      .assumes = [](const Echo::Params&) -> FailureModel {
        using enum Assumption;
        return {.safety = {stable_storage}, .progress = {no_crashes, no_cuts}};
      },
      .costs = costs,
  });
}

}  // namespace quorate::echo
