// Failure detectors, sentence by sentence: whole runs.
#include <doctest/doctest.h>

#include <cmath>

#include "tests/support/run_text.hpp"
#include "tests/support/sanitized.hpp"

namespace quorate::failure_detector {

namespace {

using testing::run_to_end;
using testing::scenario_file;
using testing::scenario_of;
using testing::Settings;

// Three processes for ten seconds, a delay of 10 ms, a heartbeat or probe every 100 ms.
std::unique_ptr<Run> watched(const std::string& params, const Settings& settings = {}) {
  Settings all{{"protocol.params", "{ \"interval\": \"100ms\", " + params + " }"}};
  all.insert(all.end(), settings.begin(), settings.end());
  return run_to_end(scenario_of(R"({ "quorate": 1, "stop": { "at": "10s" },
    "network": { "delay": "10ms" },
    "protocol": { "use": "failure_detector", "nodes": 3 } })",
                                all));
}

std::uint64_t false_suspicions(const Run& run) {
  return run.outcome().witnesses.at("suspected_falsely");
}

const Settings keep_going{{"check", R"(["leader_is_trusted"])"}};

}  // namespace

TEST_CASE("failure_detector: a timeout that leaves room for an interval and a delay never errs") {
  CHECK(false_suspicions(*watched(R"("timeout": "101ms")")) == 0);
  // Delays that differ by up to 40 ms need 40 ms more.
  const Settings uneven{{"network.delay", R"j("uniform(10ms, 50ms)")j"}};
  CHECK(false_suspicions(*watched(R"("timeout": "151ms")", uneven)) == 0);
  const auto late = watched(R"("timeout": "120ms")", uneven);
  REQUIRE(late->outcome().violation.has_value());
  CHECK(late->outcome().violation->property == "strong_accuracy");
}

TEST_CASE("failure_detector: a timeout that no heartbeat keeps is refused, but where it grows") {
  const auto refusal = [](const std::string& params, const std::string& of_n2 = "") {
    return testing::refusal_of(
        R"({"quorate": 1, "stop": {"at": "1s"}, "protocol": {"use": "failure_detector", "nodes": 3,
            "params": {)" +
        params + R"(}, "node_params": {"n2": {)" + of_n2 + "}}}}");
  };
  const std::string slow = R"("interval": "200ms")";
  CHECK(refusal(slow).find("n2 says every 200ms that it lives, and n1 waits for no longer than "
                           "200ms") != std::string::npos);
  CHECK(refusal(R"("interval": "199ms")") == "");
  CHECK(refusal("", slow) != "");
  CHECK(refusal("", R"("timeout": "50ms")").find("n1 says every 50ms") != std::string::npos);
  CHECK(refusal(slow + R"(, "timeouts": "adaptive")") == "");
  CHECK(refusal(slow + R"(, "method": "probe")") == "");
  CHECK(refusal("", R"("method": "probe")").find("they watch each other") != std::string::npos);
}

// What comes to one that stands still is late by that, too; so both share the bound.
TEST_CASE("failure_detector: within its model no fixed detector errs, however long the interval") {
  const std::uint64_t seeds = testing::seeds_here(20);
  for (const std::string method : {"heartbeat", "probe"}) {
    for (const std::int64_t interval : {20, 50, 120, 160, 190}) {
      const std::int64_t bound_us = method == "probe" ? 50000 : (200 - interval) * 1000 / 3;
      const std::string delay = std::to_string(bound_us * 6 / 10) + "us";
      const std::string pause = std::to_string(bound_us * 4 / 10) + "us";
      const Settings settings{
          {"protocol.params", R"({"timeout": "200ms", "method": ")" + method +
                                  R"(", "interval": ")" + std::to_string(interval) + "ms\"}"},
          {"network.delay", "\"uniform(0ms, " + delay + ")\""},
          {"faults", R"j([{"every": "uniform(50ms, 150ms)", "for": ")j" + pause +
                         R"j(", "may_not_fire": true, "do": {"pause": "random"}}])j"}};
      for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
        CAPTURE(method);
        CAPTURE(interval);
        CAPTURE(seed);
        const auto run = run_to_end(scenario_of(R"({ "quorate": 1, "stop": { "at": "10s" },
            "protocol": { "use": "failure_detector", "nodes": 4 } })",
                                                settings),
                                    seed);
        CHECK(run->outcome().model.starts_with("within: a node stood still"));
        CHECK_FALSE(run->outcome().violation.has_value());
      }
    }
  }
}

// As late as the model allows, and with timeouts that are whole intervals, so that a probe leaves
// at the moment at which another is given up.
TEST_CASE("failure_detector: within its model every adaptive detector learns in time") {
  struct Row {
    std::int64_t timeout, increase, interval;
  };
  for (const std::string method : {"heartbeat", "probe"}) {
    for (const Row& row : {Row{200, 50, 50}, {80, 100, 50}, {50, 200, 20}, {100, 20, 90}}) {
      const std::int64_t all = row.timeout + 4 * row.increase;
      const std::int64_t bound = method == "probe" ? all / 2 : all;
      for (const std::int64_t least : {bound - 1, bound / 2, std::int64_t{1}}) {
        const auto ms = [](std::int64_t length) { return std::to_string(length) + "ms"; };
        const Settings settings{
            {"protocol.params", R"({"timeouts": "adaptive", "method": ")" + method +
                                    R"(", "timeout": ")" + ms(row.timeout) + R"(", "increase": ")" +
                                    ms(row.increase) + R"(", "interval": ")" + ms(row.interval) +
                                    R"("})"},
            {"network.delay", R"j("uniform()j" + ms(least) + ", " + ms(bound - 1) + R"j()")j"}};
        const auto run = run_to_end(scenario_of(R"({ "quorate": 1, "stop": { "at": "20s" },
            "protocol": { "use": "failure_detector", "nodes": 3 },
            "expect": [{ "at": "end", "state": "accurate" }] })",
                                                settings));
        CAPTURE(method);
        CAPTURE(row.timeout);
        CAPTURE(least);
        CHECK(run->outcome().model == "within: no faults");
        CHECK(run->outcome().verdict == Verdict::pass);
      }
    }
  }
}

TEST_CASE("failure_detector: what the model leaves no room for is outside of it") {
  const auto late =
      watched(R"("timeout": "120ms")", {{"network.delay", R"j("uniform(10ms, 50ms)")j"}});
  REQUIRE(late->outcome().violation.has_value());
  CHECK(late->outcome().diagnosis == std::vector<std::string>{"outside_model"});
  CHECK(late->outcome().because.at(0).find("less than (timeout - interval) / 3") !=
        std::string::npos);
}

TEST_CASE("failure_detector: a probe that is answered in time suspects nobody") {
  const std::string probe = R"("method": "probe", "timeout": )";
  CHECK(false_suspicions(*watched(probe + R"("21ms")")) == 0);
  const auto late = watched(probe + R"("19ms")");
  REQUIRE(late->outcome().violation.has_value());
  CHECK(late->outcome().violation->property == "strong_accuracy");
}

// n3 dies at 1.055 s. By heartbeat it was last heard at 1.010 s, and is back for 25 ms when that is
// too long ago; by probe it leaves those of 1.1 and 1.2 s unanswered, and has been back for 35 ms.
TEST_CASE(
    "failure_detector: who is back is another process, of which nobody knows till it speaks") {
  const auto back = [](std::string_view method, std::string_view away, const Settings& more) {
    Settings settings{{"faults", R"([{"at": "1055ms", "for": ")" + std::string(away) +
                                     R"(", "do": {"crash": "n3"}}])"}};
    settings.insert(settings.end(), more.begin(), more.end());
    return watched(R"("timeout": "150ms", "method": ")" + std::string(method) + "\"", settings);
  };
  const Settings uneven{{"network.links", R"j([{"from": "n3", "to": "n1",
      "delay": "uniform(10ms, 300ms)"}])j"}};
  constexpr std::pair<std::string_view, std::string_view> ways[] = {{"heartbeat", "80ms"},
                                                                    {"probe", "160ms"}};
  for (const auto& way : ways) {
    CAPTURE(way.first);
    const auto run = back(way.first, way.second, {});
    CHECK_FALSE(run->outcome().violation.has_value());
    CHECK(false_suspicions(*run) > 0);
    // Once it has been heard again its silence is as false as any.
    const auto late = back(way.first, way.second, uneven);
    REQUIRE(late->outcome().violation.has_value());
    CHECK(late->outcome().violation->property == "strong_accuracy");
  }
}

// Heartbeats come every 100 ms, so 250 ms of silence take two lost ones, and no fewer.
TEST_CASE("failure_detector: losses in a row, and no fewer, make a suspicion: (1-p)p^m of them") {
  constexpr double p = 0.2;
  Settings settings = keep_going;
  settings.emplace_back("network.loss", "20%");
  settings.emplace_back("stop.at", testing::sanitized ? "100s" : "1000s");
  const double beats = testing::sanitized ? 1000 : 10000;
  const auto run = watched(R"("timeout": "250ms")", settings);
  const double expected = 3 * 2 * beats * (1 - p) * std::pow(p, 2);
  CHECK(std::abs(static_cast<double>(false_suspicions(*run)) - expected) < 5 * std::sqrt(expected));
}

TEST_CASE("failure_detector: who is heard again is trusted again") {
  const Settings pause{
      {"check", R"(["leader_is_trusted"])"},
      {"faults", R"([{ "at": "1s", "for": "500ms", "do": { "pause": "n1" } }])"},
      {"expect",
       R"([{ "within": "2s", "event": "trusted", "node": "n2", "where": { "node": "n1" }
        }, { "at": "end", "state": "accurate" }, { "at": "end", "state": "one_leader" }])"}};
  for (const std::string method : {"heartbeat", "probe"}) {
    CAPTURE(method);
    const auto run = watched("\"timeout\": \"150ms\", \"method\": \"" + method + "\"", pause);
    CHECK(run->outcome().verdict == Verdict::pass);
  }
}

TEST_CASE("failure_detector: adaptive timeouts stop erring, fixed ones do not") {
  const Settings uneven{{"network.delay", R"j("uniform(5ms, 120ms)")j"},
                        {"check", R"(["leader_is_trusted"])"}};
  const auto over = [&](const std::string& timeouts, const std::string& stop) {
    Settings settings = uneven;
    settings.emplace_back("stop.at", stop);
    return false_suspicions(
        *watched("\"timeout\": \"120ms\", \"timeouts\": \"" + timeouts + "\"", settings));
  };
  CHECK(over("adaptive", "100s") == over("adaptive", "200s"));
  CHECK(over("adaptive", "100s") > 0);
  CHECK(over("fixed", "200s") > over("fixed", "100s") + 100);
}

// The lessons say that the same network breaks the one and not the other.
TEST_CASE("failure_detector: the adaptive detector passes where the fixed one is wrong") {
  const std::string file = "scenarios/failure_detector/timeout-too-short.json";
  const Settings adaptive{{"protocol.params.timeouts", "adaptive"},
                          {"stop.at", "60s"},
                          {"expect", R"([{ "at": "end", "state": "accurate" }])"}};
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    CAPTURE(seed);
    CHECK(run_to_end(scenario_file(file), seed)->outcome().violation.has_value());
    CHECK(run_to_end(scenario_file(file, adaptive), seed)->outcome().verdict == Verdict::pass);
  }
}

TEST_CASE("failure_detector soak: crashes, pauses, partitions; heartbeats and probes") {
  for (const std::string method : {"heartbeat", "probe"}) {
    const auto scenario =
        scenario_file("scenarios/failure_detector/soak.json", {{"protocol.params.method", method}});
    std::map<std::string, std::uint64_t> witnesses;
    const std::uint64_t seeds = testing::seeds_here(100);
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
      const auto run = run_to_end(scenario, seed);
      CAPTURE(method);
      CAPTURE(seed);
      INFO(run->outcome().reason);
      REQUIRE(run->outcome().verdict == Verdict::pass);
      for (const auto& [name, count] : run->outcome().witnesses) witnesses[name] += count;
    }
    for (const char* name : {"suspected_rightly", "suspected_falsely", "leader_changed"}) {
      CAPTURE(name);
      CHECK(witnesses[name] >= seeds);
    }
  }
}

}  // namespace quorate::failure_detector
