// What the engine costs, in events of a bare loop measured beside it (README.md).
//
// Every round runs all measurements one after the other, so a busy neighbour slows all alike; a
// figure is the median of the rounds' ratios. Checksums and digests are asserted: a fast loop that
// does other work proves nothing.
#include <algorithm>
#include <array>
#include <cstdlib>
#include <string>

#include "analysis/trace_check.hpp"
#include "analysis/trace_parts.hpp"
#include "tests/bench/figure.hpp"
#include "tests/bench/phold.hpp"
#include "tests/bench/raft_load.hpp"

namespace quorate::bench {

namespace {

struct Load {
  std::uint32_t processes;
  std::uint64_t events;
  std::uint64_t checksum;  // after warm-up and events, as every correct simulator has it
  double goal;
};
constexpr Load loads[] = {{5, 1'000'000, 0xed5af89c0b381e11, 3.0},
                          {1000, 1'000'000, 0x9236fdedeefe6be8, 2.5},
                          {100'000, 3'000'000, 0x1845aa3d9eaac26a, 2.0}};

// Nanoseconds an event.
template <class Loop>
double phold(const Load& load) {
  Loop loop(load.processes);
  const std::uint64_t warm_up = std::min<std::uint64_t>(
      load.events / 2, std::max<std::uint64_t>(100'000, std::uint64_t{3} * load.processes));
  loop.run(warm_up);
  const double time = time_of([&] { loop.run(load.events); });
  require_equal("PHOLD order checksum", loop.checksum(), load.checksum);
  return time / static_cast<double>(load.events);
}

// Nanoseconds a step of the cluster alone, with its digest.
double raft_step(Duration length) {
  RaftWorld world(length);
  std::uint64_t steps = 0;
  const double time = time_of([&] { steps = world.run(); });
  require_equal("digest of the Raft cluster", world.digest(), raft_world_digest);
  return time / static_cast<double>(steps);
}

// Takes every line and keeps none, so that the writer is measured and not the disk.
class Discard final : public TraceSink {
 public:
  bool write(std::string_view lines) override {
    bytes += lines.size();
    return true;
  }
  std::uint64_t bytes{};
};

// A whole run, as `quorate run` does it, and its CPU time in nanoseconds.
struct RunCost {
  double time{};
  std::uint64_t events{};
  std::uint64_t bytes{};
};
RunCost raft_run_cost(Duration length, bool properties, bool traced, bool pipelining = true) {
  const auto run = raft_run(length, properties, pipelining);
  Discard lines;
  TraceWriter writer(
      lines,
      TraceHeader{
          .protocol = "raft", .nodes = raft_nodes(), .clients = {"c1"}, .level = TraceLevel::all});
  if (traced) run->observe(writer);
  const double time = time_of([&] { run->run(); });
  require_equal("digest of the Raft run", run->digest(),
                pipelining ? raft_run_digest : raft_resending_digest);
  return {time, run->events(), lines.bytes};
}

// Nanoseconds that writing adds to an event.
double record_cost(const RunCost& plain, const RunCost& traced) {
  return (traced.time - plain.time) / static_cast<double>(traced.events);
}

// Nanoseconds a line, to judge a run again from its trace.
double check_cost(Duration length) {
  auto scenario = std::make_shared<Scenario>(*raft_scenario(length, true));
  scenario->source.kind = Value::Kind::object;
  const ProtocolEntry& raft = *find_protocol("raft");
  const auto run = raft.make(scenario, 42, {});
  StringSink trace;
  TraceWriter writer(trace, trace_header(*scenario, raft.info, 42));
  run->observe(writer);
  run->run();
  writer.finish(trace_footer(*run, raft.info));
  TraceReader reader(trace.text);
  TraceCheck check;
  const double time = time_of([&] { check = check_trace(reader, raft, scenario); });
  require_equal("contradictions of a good trace", check.contradiction_count, 0);
  require_equal("lines judged", check.events, run->events());
  return time / static_cast<double>(check.events);
}

struct Figures {
  std::vector<Figure> scheduler;
  Figure step{"Raft, digest on, properties off: a step / bare event", 7.5};
  Figure record{"Raft: a trace record / bare event", 10};
  Figure resent{"Raft without pipelining: a trace record / bare event", 0};
  Figure traced{"Raft: a traced run / the same without", 0};
  Figure checked{"Raft: a run with properties / the same without", 0};
  Figure judged{"Raft: a trace line judged again / bare event", 0};
};

// Of the smallest load, the unit of much else: the median of several, for each takes but a fiftieth
// of a second.
double bare_event() {
  std::array<double, 5> costs{};
  for (double& cost : costs) cost = phold<BareLoop>(loads[0]);
  std::sort(costs.begin(), costs.end());  // a total order: no cost is a NaN
  return costs[costs.size() / 2];
}

void measure_round(Figures& figures) {
  for (std::size_t i = 0; i < std::size(loads); ++i) {
    const double floor = phold<BareLoop>(loads[i]);
    figures.scheduler[i].add(phold<SchedulerLayer>(loads[i]) / floor);
  }
  const double bare = bare_event();
  figures.step.add(raft_step(100s) / bare);
  const RunCost plain = raft_run_cost(20s, false, false);
  const RunCost traced = raft_run_cost(20s, false, true);
  const RunCost plain_resent = raft_run_cost(20s, false, false, false);
  const RunCost traced_resent = raft_run_cost(20s, false, true, false);
  const RunCost checked = raft_run_cost(20s, true, false);
  figures.record.add(record_cost(plain, traced) / bare);
  figures.resent.add(record_cost(plain_resent, traced_resent) / bare);
  figures.traced.add(traced.time / plain.time);
  figures.checked.add(checked.time / plain.time);
  figures.judged.add(check_cost(5s) / bare);
}

void report(Figures& figures) {
  for (Figure& figure : figures.scheduler) figure.print();
  figures.step.print();
  figures.record.print();
  figures.resent.print();
  figures.traced.print();
  figures.checked.print();
  figures.judged.print();
}

}  // namespace

}  // namespace quorate::bench

// bench_engine [ROUNDS]. Exit 1 when the work done was not the work asked for; a missed goal is
// told and no more, because a busy machine is not a defect.
int main(int count, char** words) {
  using namespace quorate::bench;
  const int rounds = count > 1 ? std::atoi(words[1]) : 7;
  Figures figures;
  for (const Load& load : loads) {
    figures.scheduler.emplace_back(
        "PHOLD, N = " + std::to_string(load.processes) + ": scheduler with digest / bare heap",
        load.goal);
  }
  for (int round = 0; round < std::max(rounds, 1); ++round) measure_round(figures);
  report(figures);
}
