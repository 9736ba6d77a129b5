// A message that crosses several links: one send, one recv, and each link with its own say.
#include <doctest/doctest.h>

#include "tests/engine/puppet.hpp"

namespace quorate::testing {

namespace {

using Lines = std::vector<std::string>;

const LinkConfig one_ms{.delay = Distribution::constant(1ms), .loss = {}, .duplicate = {}};

NetworkConfig line_of(std::uint32_t nodes) {
  NetworkConfig config;
  config.nodes = nodes;
  config.link = one_ms;
  config.neighbours = line(nodes);
  return config;
}

// The link from `from` to `to`, by number from 1, to be given settings of its own.
LinkConfig& link(NetworkConfig& config, std::uint32_t from, std::uint32_t to) {
  return config.links.try_emplace({NodeId{from - 1}, NodeId{to - 1}}, config.link).first->second;
}

}  // namespace

TEST_CASE("relay: a message crosses all links between its ends with one send and one recv") {
  NetworkConfig config = line_of(4);
  link(config, 2, 3).delay = Distribution::constant(5ms);
  Stage stage(config);
  stage.tell(1, "say", "7");
  stage.run();
  CHECK(stage.lines() == Lines{"0s local n1", "0s send n1>n2 7", "0s send n1>n3 7",
                               "0s send n1>n4 7", "1ms recv n1>n2 7", "6ms recv n1>n3 7",
                               "7ms recv n1>n4 7"});
}

TEST_CASE("relay: a message lost on a later link has come as far as that link") {
  NetworkConfig config = line_of(3);
  link(config, 2, 3).loss = parse_probability("100%").value;
  Stage stage(config);
  stage.tell(1, "say", "7");
  stage.run();
  CHECK(stage.count("1ms drop loss n1>n3") == 1);
  CHECK(stage.count("recv n1>n2") == 1);
  CHECK(stage.count("recv n1>n3") == 0);
}

TEST_CASE("relay: each link may copy, and copies go on by themselves") {
  NetworkConfig config = line_of(3);
  link(config, 1, 2).duplicate = link(config, 2, 3).duplicate = parse_probability("100%").value;
  Stage stage(config);
  stage.tell(1, "say", "7");
  stage.run();
  CHECK(stage.count("dup n1>n3") == 3);  // one on the first link, then one of each on the second
  CHECK(stage.count("2ms recv n1>n3") == 4);
}

TEST_CASE(
    "relay: a cut link drops what would take it, also what was on it, and nobody looks for a "
    "way round") {
  NetworkConfig config = line_of(4);
  config.neighbours = ring(4);  // n1 to n3 goes by way of n2, though n4 is as near
  Stage stage(config);
  stage.world().cuts().cut(NodeId{1}, NodeId{2});
  stage.tell(1, "say", "7");
  stage.run();
  CHECK(stage.count("1ms drop cut n1>n3") == 1);
  CHECK(stage.count("1ms recv n1>n2") == 1);
  CHECK(stage.count("1ms recv n1>n4") == 1);

  stage.world().cuts().undo(NodeId{1}, NodeId{2});
  stage.tell(1, "say", "8");  // at 1 ms
  stage.run_until(2ms);       // now between n2 and n3
  stage.world().cuts().cut(NodeId{1}, NodeId{2});
  stage.run();
  CHECK(stage.count("3ms drop cut n1>n3") == 1);
}

TEST_CASE("relay: what has crossed a link does not care that it is cut behind it") {
  Stage stage(line_of(3));
  stage.tell(1, "say", "7");
  stage.run_until(1ms);
  stage.world().cuts().cut(NodeId{0}, NodeId{1});
  stage.run();
  CHECK(stage.count("2ms recv n1>n3") == 1);
}

TEST_CASE("relay: two ends that are cut from each other are so at any distance") {
  Stage stage(line_of(3));
  stage.world().cuts().cut(NodeId{0}, NodeId{2});
  stage.tell(1, "say", "7");
  stage.run();
  CHECK(stage.count("0s drop cut n1>n3") == 1);
  CHECK(stage.count("recv n1>n2") == 1);
}

TEST_CASE("relay: a crashed or paused node still passes on what is not for it") {
  Stage stage(line_of(4));
  stage.crash(2);
  stage.pause(3);
  stage.tell(1, "say", "7");
  stage.run();
  CHECK(stage.count("drop dead n1>n2") == 1);
  CHECK(stage.count("3ms recv n1>n4") == 1);
  CHECK(stage.count("recv n1>n3") == 0);
  stage.resume(3);
  stage.run();
  CHECK(stage.count("recv n1>n3") == 1);
}

TEST_CASE("relay: where every link is FIFO, so is every way") {
  NetworkConfig config = line_of(4);
  config.link.delay = Distribution::uniform(1ms, 50ms);
  config.link.fifo = true;
  for (const bool seeded : {false, true}) {
    Stage stage(config, [&](Setup<Puppet>& setup) { setup.seeded_ties = seeded; });
    std::vector<std::uint64_t> said;
    for (std::uint64_t i = 1; i <= 50; ++i) {
      stage.tell(1, "say", Text(std::to_string(i)));
      said.push_back(i);
    }
    stage.run();
    CHECK(stage.doll(4).heard == said);
  }
}

TEST_CASE(
    "relay: messages queue before the narrow link of their way, and what does not fit is dropped") {
  NetworkConfig config = line_of(3);
  LinkConfig& narrow = link(config, 2, 3);
  narrow.delay = {};
  narrow.bytes_per_second = 1000;
  Stage stage(config);
  for (const char* number : {"1", "2", "3"}) stage.tell(1, "say", number);
  stage.run();
  const auto size = static_cast<std::int64_t>(wire_size(Note{1}));
  for (std::int64_t i = 1; i <= 3; ++i) {
    const Duration at = 1ms + i * size * 1ms;
    CHECK(stage.count(to_text(at) + " recv n1>n3 " + std::to_string(i)) == 1);
  }
  narrow.queue = static_cast<std::uint64_t>(2 * size);
  Stage full(config);
  for (const char* number : {"1", "2", "3"}) full.tell(1, "say", number);
  full.run();
  CHECK(full.count("1ms drop queue n1>n3 3") == 1);
  CHECK(full.count("recv n1>n3") == 2);
}

TEST_CASE("relay: how far messages have come is part of the state, and a copy goes on alike") {
  Stage stage(line_of(4));
  stage.tell(1, "say", "7");
  stage.run_until(1ms);
  Stage copy = stage;
  CHECK(copy.world().state_hash() == stage.world().state_hash());
  stage.run_until(2ms);
  copy.run_until(2ms);
  CHECK(copy.lines() == stage.lines());
  CHECK(copy.world().state_hash() == stage.world().state_hash());
}

}  // namespace quorate::testing
