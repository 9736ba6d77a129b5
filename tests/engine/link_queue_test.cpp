// A link whose queue drops what has waited longest. A note is 8 bytes; the link takes one in within
// a millisecond, and delivers it a millisecond later.
#include <doctest/doctest.h>

#include <set>

#include "tests/engine/puppet.hpp"

namespace quorate::testing {

namespace {

using Lines = std::vector<std::string>;

NetworkConfig network_of(std::uint64_t queue, Drops drops, LinkConfig link = {}) {
  link.bytes_per_second = 8'000;
  link.queue = queue;
  LinkExtras more = link.more();
  more.drops = drops;
  link.set(more);
  if (link.delay == Distribution{}) link.delay = Distribution::constant(1ms);
  NetworkConfig config;
  config.nodes = 2;
  config.link = link;
  return config;
}

// n1 says these one after the other, each so long after the one before it.
Stage stage_of(const NetworkConfig& config, int messages, Duration gap = {}) {
  Stage stage(config);
  for (int i = 1; i <= messages; ++i) {
    stage.pass_time(gap * (i - 1));
    stage.tell(1, "say", Text(std::to_string(i)));
  }
  stage.run();
  return stage;
}

Lines without_times(const Stage& stage, std::string_view kind) {
  Lines found;
  for (const std::string& line : stage.lines()) {
    if (line.find(kind) != std::string::npos) found.push_back(line.substr(line.find(' ') + 1));
  }
  return found;
}

void say(Stage& stage, int first, int last) {
  for (int i = first; i <= last; ++i) stage.tell(1, "say", Text(std::to_string(i)));
}

void change(Stage& stage, std::uint32_t number, const LinkSettings& settings) {
  stage.world().network().change(number, NodeId{0}, NodeId{1},
                                 std::make_shared<const LinkSettings>(settings));
}

LinkSettings without_limit() {
  LinkSettings settings;
  settings.bandwidth = Rate{};
  return settings;
}

LinkSettings dropping(Drops drops) {
  LinkSettings settings;
  settings.drops = drops;
  return settings;
}

Lines arrivals(const Stage& stage) {
  Lines found = stage.lines();
  std::erase_if(found, [](const auto& line) { return line.find(" recv ") == std::string::npos; });
  return found;
}

}  // namespace

TEST_CASE("queue: what has waited longest goes, never what is being taken in") {
  const auto said = [](Drops drops) { return stage_of(network_of(16, drops), 4); };
  CHECK(without_times(said(Drops::head), "drop") ==
        Lines{"drop queue n1>n2 2", "drop queue n1>n2 3"});
  CHECK(arrivals(said(Drops::head)) == Lines{"2ms recv n1>n2 1", "3ms recv n1>n2 4"});
  CHECK(without_times(said(Drops::tail), "drop") ==
        Lines{"drop queue n1>n2 3", "drop queue n1>n2 4"});
  CHECK(arrivals(said(Drops::tail)) == Lines{"2ms recv n1>n2 1", "3ms recv n1>n2 2"});
}

TEST_CASE("queue: what would fit nowhere goes alone") {
  const Stage never = stage_of(network_of(7, Drops::head), 2);
  CHECK(never.count("0s drop queue") == 2);
  // 12 bytes: beside the 8 that are being taken in there is room for 4.
  const Stage full = stage_of(network_of(12, Drops::head), 3, 250us);
  CHECK(full.count("250us drop queue n1>n2 2") == 1);
  CHECK(arrivals(full) == Lines{"2ms recv n1>n2 1", "3ms recv n1>n2 3"});
}

// As far as the instants: the next begins in the middle of a nanosecond.
TEST_CASE("queue: where there is room it is the same link, whatever it would drop") {
  const auto heard = [](Drops drops, Duration gap) {
    LinkConfig link;
    link.delay = Distribution::uniform(Duration{0}, 3ms);
    link.loss = parse_probability("20%").value;
    link.duplicate = parse_probability("30%").value;
    link.fifo = true;
    link.set({.copies = 3, .corrupt = parse_probability("20%").value});
    NetworkConfig config = network_of(1'000'000, drops, link);
    config.link.bytes_per_second = 8'999;
    return arrivals(stage_of(config, 300, gap));
  };
  for (const Duration gap : {Duration{0}, Duration{700us}, Duration{889'111}}) {
    const Lines tail = heard(Drops::tail, gap);
    CHECK(tail.size() > 200);
    CHECK(heard(Drops::head, gap) == tail);
  }
}

// Each draws as it leaves the queue, and they leave in the order sent.
TEST_CASE("queue: what is dropped moves no draw of what is not") {
  const auto lost = [](std::uint64_t queue) {
    LinkConfig link;
    link.loss = parse_probability("50%").value;
    const Stage stage = stage_of(network_of(queue, Drops::head, link), 200, 600us);
    std::set<std::string> all;
    for (const std::string& line : without_times(stage, "drop loss")) all.insert(line);
    return std::pair(all, without_times(stage, "drop queue"));
  };
  const auto [of_all, none] = lost(1'000'000);
  const auto [of_some, dropped] = lost(40);
  CHECK(none.empty());
  CHECK(dropped.size() > 60);
  std::set<std::string> expected = of_all;
  for (const std::string& line : dropped) expected.erase("drop loss " + line.substr(11));
  CHECK(of_some == expected);
  CHECK(of_some.size() < of_all.size());
}

TEST_CASE(
    "queue: of messages of one size as many are dropped as at the tail, and the rest is younger") {
  const auto of = [](Drops drops) { return stage_of(network_of(40, drops), 500, 731us); };
  const Stage head = of(Drops::head);
  const Stage tail = of(Drops::tail);
  CHECK(tail.count("drop queue") > 100);
  CHECK(head.count("drop queue") == tail.count("drop queue"));
  CHECK(head.count("recv n1>n2 500") == 1);
}

TEST_CASE("queue: from the stabilisation time on nothing is dropped, and all is there in time") {
  NetworkConfig config = network_of(16, Drops::head);
  config.gst = Time{} + 2ms;
  config.within = 3ms;
  const Stage stage = stage_of(config, 40, 100us);
  CHECK(stage.count("drop queue") > 0);
  for (const std::string& line : without_times(stage, "drop")) {
    CHECK(std::stoi(line.substr(line.rfind(' '))) <= 20);  // sent until 2 ms
  }
  for (int i = 21; i <= 40; ++i) CHECK(stage.count("recv n1>n2 " + std::to_string(i)) >= 1);
  CHECK(stage.lines().back() == "6.9ms recv n1>n2 40");
}

// Sent before: in time for those that the link takes in afterwards.
TEST_CASE("queue: what is taken in from the stabilisation time on is not lost") {
  LinkConfig link;
  link.loss = parse_probability("100%").value;
  NetworkConfig config = network_of(1'000, Drops::head, link);
  config.gst = Time{} + 1500us;
  config.within = 1s;
  Stage stage(config);
  say(stage, 1, 4);
  stage.run();
  CHECK(without_times(stage, "drop") == Lines{"drop loss n1>n2 1", "drop loss n1>n2 2"});
  CHECK(arrivals(stage) == Lines{"4ms recv n1>n2 3", "5ms recv n1>n2 4"});
}

TEST_CASE("queue: from the stabilisation time on what fits nowhere is taken in, too") {
  for (const Drops drops : {Drops::tail, Drops::head}) {
    NetworkConfig config = network_of(7, drops);
    config.gst = Time{} + 2ms;
    config.within = 1s;
    Stage stage(config);
    say(stage, 1, 1);
    stage.pass_time(3ms);
    say(stage, 2, 3);
    stage.run();
    CHECK(without_times(stage, "drop") == Lines{"drop queue n1>n2 1"});
    CHECK(arrivals(stage) == Lines{"5ms recv n1>n2 2", "6ms recv n1>n2 3"});
  }
}

TEST_CASE("queue: what waits when the limit is taken away is in at once, in its turn") {
  Stage stage(network_of(80, Drops::head));
  say(stage, 1, 3);
  change(stage, 1, without_limit());
  say(stage, 4, 4);
  stage.run();
  CHECK(arrivals(stage) ==
        Lines{"2ms recv n1>n2 1", "2ms recv n1>n2 2", "2ms recv n1>n2 3", "2ms recv n1>n2 4"});
}

TEST_CASE("queue: one that drops its tail by now lets none overtake, and counts all that wait") {
  Stage stage(network_of(32, Drops::head));
  say(stage, 1, 3);
  change(stage, 1, dropping(Drops::tail));
  say(stage, 4, 5);
  stage.run();
  say(stage, 6, 6);
  stage.run();
  CHECK(without_times(stage, "drop") == Lines{"drop queue n1>n2 5"});
  CHECK(arrivals(stage) == Lines{"2ms recv n1>n2 1", "3ms recv n1>n2 2", "4ms recv n1>n2 3",
                                 "5ms recv n1>n2 4", "7ms recv n1>n2 6"});
}

TEST_CASE("queue: one that drops its head by now keeps what its tail has let in") {
  Stage stage(network_of(24, Drops::tail));
  say(stage, 1, 3);
  change(stage, 1, dropping(Drops::head));
  say(stage, 4, 4);
  stage.run();
  CHECK(without_times(stage, "drop") == Lines{"drop queue n1>n2 4"});
  CHECK(arrivals(stage) == Lines{"2ms recv n1>n2 1", "3ms recv n1>n2 2", "4ms recv n1>n2 3"});
}

TEST_CASE("queue: a link without a limit has none, whatever is said of its queue") {
  Stage stage(network_of(80, Drops::head));
  say(stage, 1, 1);
  change(stage, 1, without_limit());
  LinkSettings small = dropping(Drops::head);
  small.queue = Bytes{7};
  change(stage, 2, small);
  say(stage, 2, 3);
  stage.run();
  say(stage, 4, 4);
  stage.run();
  CHECK(arrivals(stage) ==
        Lines{"2ms recv n1>n2 1", "2ms recv n1>n2 2", "2ms recv n1>n2 3", "3ms recv n1>n2 4"});
}

TEST_CASE("queue: what waits is in flight, and a copy of the world goes on alike") {
  Stage stage(network_of(80, Drops::head));
  say(stage, 1, 4);
  int in_flight = 0;
  stage.world().for_each_in_flight([&](NodeId, NodeId, std::uint16_t) { ++in_flight; });
  CHECK(in_flight == 4);
  Stage copy = stage;
  stage.run();
  copy.run();
  CHECK(copy.lines() == stage.lines());
  CHECK(copy.count("recv") == 4);
}

TEST_CASE("queue: what waits is pending, as is what a rule holds") {
  Stage stage(network_of(80, Drops::head));
  say(stage, 1, 4);
  CHECK(stage.world().pending() == 5);  // 1 and when it is in, 2 to 4
  MessageRule& rule = stage.world().interference().rules.emplace_back();
  rule.effect = RuleEffect::hold;
  rule.from.insert(NodeId{0});
  rule.to.insert(NodeId{1});
  stage.tell(1, "say", "5");
  CHECK(stage.world().pending() == 6);
  stage.run();
  CHECK(stage.world().pending() == 1);
  stage.release(0);
  stage.run();
  CHECK(stage.world().pending() == 0);
}

// The queue is not empty while its link takes messages in at once and then, in the same instant,
// one after the other again.
TEST_CASE("queue: what is taken in behind another takes its time, however long ago that was in") {
  const NetworkConfig config = network_of(80, Drops::head);
  Network net(std::make_shared<const NetworkConfig>(config), 1, Engine::xoshiro256pp);
  const LinkEnds link{NodeId{0}, NodeId{1}};
  CHECK(net.take_in(link, Time{}, {8, Time{}}, false) == Time{} + 1ms);
  net.change(1, link.first, link.second, std::make_shared<const LinkSettings>(without_limit()));
  CHECK(net.take_in(link, Time{} + 5ms, {8, Time{}}, true) == Time{} + 5ms);
  net.take_back(1);
  CHECK(net.take_in(link, Time{} + 5ms, {8, Time{}}, true) == Time{} + 6ms);
}

// 8 bytes are in after 888,790.13 ns; the rest of the last of them is for who was there before it.
TEST_CASE("queue: nothing is taken in before it was sent") {
  NetworkConfig config = network_of(80, Drops::head);
  config.link.bytes_per_second = 9'001;
  Network net(std::make_shared<const NetworkConfig>(config), 1, Engine::xoshiro256pp);
  const LinkEnds link{NodeId{0}, NodeId{1}};
  const Time in = Time{} + Duration{888'791};
  CHECK(net.take_in(link, Time{}, {8, Time{}}, false) == in);
  Network other = net;
  CHECK(net.take_in(link, in, {8, Time{}}, true) == in + Duration{888'790});
  CHECK(other.take_in(link, in, {8, in}, true) == in + Duration{888'791});
}

TEST_CASE("queue: a relay has queues of its own") {
  NetworkConfig config = network_of(16, Drops::head);
  config.nodes = 3;
  config.neighbours = line(3);
  Stage stage(config);
  say(stage, 1, 3);
  stage.run();
  // Two messages each, of which n1 takes in the first for n2 and keeps the last for n3.
  CHECK(stage.count("drop queue n1>") == 4);
  CHECK(stage.count("2ms recv n1>n2 1") == 1);
  CHECK(stage.count("5ms recv n1>n3 3") == 1);
}

}  // namespace quorate::testing
