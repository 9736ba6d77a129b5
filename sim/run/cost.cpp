#include "sim/run/cost.hpp"

#include <algorithm>
#include <optional>

#include "sim/scenario/loader.hpp"

namespace quorate {
namespace {

bool in_list(std::string_view list, std::string_view name) {
  for (;;) {
    const std::size_t comma = list.find(", ");
    if (list.substr(0, comma) == name) return true;
    if (comma == list.npos) return false;
    list.remove_prefix(comma + 2);
  }
}

// Counts what the cost is counted in, and notes the first and last moment of what it waits for.
class Meter final : public Observer {
 public:
  explicit Meter(const Cost& cost) : cost_(cost) {
    std::string_view what = cost.counted;
    for (const std::string_view which : {"first ", "last "}) {
      if (what.starts_with(which)) what.remove_prefix(which.size());
    }
    arrival_ = what.starts_with("recv ");
    if (arrival_) what.remove_prefix(5);
    awaited_ = what;
  }

  void on(const Record& record, const StateChange*) override {
    if (record.time.since_start() < cost_.since) return;
    switch (cost_.unit) {
      case CostUnit::messages:
        count_ += is_counted(record) ? 1 : 0;
        break;
      case CostUnit::writes:
        count_ += record.kind == Kind::persist ? 1 : 0;
        break;
      case CostUnit::records:
        count_ += is_awaited(record) ? 1 : 0;
        break;
      case CostUnit::delays:
      case CostUnit::writes_in_a_row:
        if (is_awaited(record)) note(record.time.since_start() - cost_.since);
    }
  }

  Parsed<std::int64_t> cost() const {
    if (cost_.unit != CostUnit::delays && cost_.unit != CostUnit::writes_in_a_row) {
      return {count_, {}};
    }
    const std::optional<Duration> moment = cost_.counted.starts_with("last ") ? last_ : first_;
    if (!moment) return refused(std::string(awaited_) + " did not happen");
    if (*moment % cost_step != Duration{}) {
      return refused(std::string(cost_.counted) + " came " + to_text(*moment) +
                     " later, which are no whole " + std::string(enum_name(cost_.unit)));
    }
    return {*moment / cost_step, {}};
  }

 private:
  bool is_counted(const Record& record) const {
    if (record.kind != Kind::send || record.client) return false;
    return cost_.counted.empty() || in_list(cost_.counted, record.body.name());
  }
  bool is_awaited(const Record& record) const {
    if (awaited_ == "ack") return record.kind == Kind::ack;
    if (arrival_) return record.kind == Kind::recv && record.body.name() == awaited_;
    return record.kind == Kind::event && snake_case(record.body.name()) == awaited_;
  }
  void note(Duration moment) {
    if (!first_) first_ = moment;
    last_ = moment;
  }
  static Parsed<std::int64_t> refused(std::string sentence) {
    return Parsed<std::int64_t>::failure(std::move(sentence));
  }

  const Cost& cost_;
  std::string_view awaited_;
  bool arrival_{};
  std::int64_t count_{};
  std::optional<Duration> first_;
  std::optional<Duration> last_;
};

Parsed<std::shared_ptr<const Scenario>> scenario_of(const ProtocolInfo& protocol, const Cost& cost,
                                                    const Letters& letters) {
  using Result = Parsed<std::shared_ptr<const Scenario>>;
  const Parsed<std::string> text = fill_in(cost.scenario, letters);
  if (!text) return Result::failure(text.error);
  LoadOptions options;
  for (const CostSetting& setting : cost.with) {
    if (setting.path.empty()) continue;
    const Parsed<std::string> value = fill_in(setting.text, letters);
    if (!value) return Result::failure(value.error);
    options.set.push_back({std::string(setting.path), value.value});
  }
  Diagnostics diagnostics("cost");
  const auto find = [&](std::string_view name) {
    return name == protocol.name ? &protocol : nullptr;
  };
  auto scenario = read_scenario(text.value, "cost", find, {protocol.name}, options, diagnostics);
  return scenario == nullptr ? Result::failure(diagnostics.rendered()) : Result{scenario, {}};
}

}  // namespace

Parsed<std::int64_t> measured_cost(const ProtocolEntry& entry, const Cost& cost,
                                   const Letters& letters) {
  const auto scenario = scenario_of(entry.info, cost, letters);
  if (!scenario) return Parsed<std::int64_t>::failure(scenario.error);
  const std::unique_ptr<Run> run = entry.make(scenario.value, scenario.value->seed, {});
  Meter meter(cost);
  run->observe(meter);
  run->run();
  const Outcome& outcome = run->outcome();
  if (outcome.verdict != Verdict::pass) return Parsed<std::int64_t>::failure(outcome.reason);
  return meter.cost();
}

}  // namespace quorate
