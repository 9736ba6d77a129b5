// A network that spoils, keeps and repeats: what is told of it, and who still gets what.
#include <doctest/doctest.h>

#include <array>
#include <bit>
#include <cmath>

#include "sim/base/field_read.hpp"
#include "tests/engine/puppet.hpp"

namespace quorate::testing {

namespace {

using Lines = std::vector<std::string>;
using Numbers = std::vector<std::uint64_t>;

NetworkConfig noisy_line(std::uint32_t nodes) {
  NetworkConfig config;
  config.nodes = nodes;
  config.link = {.delay = Distribution::constant(1ms), .loss = {}, .duplicate = {}};
  config.neighbours = nodes > 2 ? line(nodes) : Neighbours{};
  config.links[{NodeId{nodes - 2}, NodeId{nodes - 1}}] = config.link;
  config.links.begin()->second.set({.corrupt = parse_probability("100%").value});
  return config;
}

}  // namespace

TEST_CASE("hostile: a spoilt message takes its time and is dropped where its link ends") {
  Stage stage(noisy_line(2));
  stage.tell(1, "say", "7");
  stage.tell(2, "say", "8");
  stage.run();
  CHECK(stage.lines() == Lines{"0s local n1", "0s send n1>n2 7", "0s local n2", "0s send n2>n1 8",
                               "1ms drop corrupt n1>n2 7", "1ms recv n2>n1 8"});
}

TEST_CASE("hostile: a relay passes nothing on that it cannot read") {
  NetworkConfig config = noisy_line(3);
  config.links[{NodeId{0}, NodeId{1}}] = config.links.begin()->second;  // n2>n3 is noisy already
  Stage stage(config);
  stage.tell(1, "say", "7");
  stage.run();
  CHECK(stage.count("1ms drop corrupt n1>n2 7") == 1);
  CHECK(stage.count("1ms drop corrupt n1>n3 7") == 1);
  CHECK(stage.count("recv") == 0);
}

TEST_CASE("hostile: a spoilt message on a link that is cut is lost with the link") {
  Stage stage(noisy_line(2));
  stage.tell(1, "say", "7");
  stage.world().cuts().cut(NodeId{0}, NodeId{1});
  stage.run();
  CHECK(stage.lines().back() == "1ms drop cut n1>n2 7");
}

TEST_CASE("hostile: each copy of a message is spoilt by itself") {
  NetworkConfig config = noisy_line(2);
  LinkConfig& link = config.links.begin()->second;
  link.duplicate = parse_probability("100%").value;
  link.set({.copies = 3, .corrupt = parse_probability("50%").value});
  Stage stage(config);
  for (int i = 0; i < 40; ++i) stage.tell(1, "say", "7");
  stage.run();
  const std::size_t copies = stage.count("send n1>n2") + stage.count("dup n1>n2");
  CHECK(copies > 100);
  CHECK(stage.count("recv n1>n2") + stage.count("drop corrupt n1>n2") == copies);
  CHECK(stage.count("recv n1>n2") > 30);
  CHECK(stage.count("drop corrupt n1>n2") > 30);
}

TEST_CASE("hostile: what is in flight at a cut is dropped on arrival, or kept if the cut says so") {
  for (const InFlight kept : {InFlight::drop, InFlight::keep}) {
    Stage stage(2);
    stage.tell(1, "say", "7");
    stage.world().cuts().cut(NodeId{0}, NodeId{1}, kept);
    stage.tell(1, "say", "8");
    stage.run();
    CHECK(stage.count("0s drop cut n1>n2 8") == 1);  // whatever the cut says
    const bool arrives = kept == InFlight::keep;
    CHECK(stage.count("1ms recv n1>n2 7") == (arrives ? 1 : 0));
    CHECK(stage.count("1ms drop cut n1>n2 7") == (arrives ? 0 : 1));
  }
}

TEST_CASE("hostile: a cut link of a way keeps what is on it, too") {
  NetworkConfig config = noisy_line(3);
  config.links.clear();
  Stage stage(config);
  stage.tell(1, "say", "7");
  stage.world().cuts().cut(NodeId{0}, NodeId{1}, InFlight::keep);
  stage.run();
  CHECK(stage.count("recv n1>n2") == 1);
  CHECK(stage.count("2ms recv n1>n3") == 1);
}

// Of an omission or a hold, within 4 sigma at a million draws.
TEST_CASE("hostile: a rule takes as many messages as its chance says, and no draw of another") {
  constexpr int million = 1'000'000;
  for (const RuleEffect effect :
       {RuleEffect::omit_send, RuleEffect::omit_receive, RuleEffect::hold}) {
    Interference interference;
    for (const std::string_view chance : {"30%", "10%"}) {
      MessageRule& rule = interference.rules.emplace_back();
      rule.fault = static_cast<std::uint32_t>(interference.rules.size()) - 1;
      rule.effect = effect;
      rule.from.insert(NodeId{0});
      rule.to.insert(NodeId{1});
      rule.chance = parse_probability(chance).value;
      rule.stream = make_stream(1, Purpose::omission, rule.fault, 0, Engine::xoshiro256pp);
    }
    for (int i = 0; i < million; ++i) interference.take(effect, NodeId{0}, NodeId{1}, 0);
    const auto sigmas = [&](std::size_t rule, double share) {
      const double taken = static_cast<double>(interference.caught.at(rule));
      return std::abs(taken - share * million) / std::sqrt(share * (1 - share) * million);
    };
    CHECK(sigmas(0, 0.3) < 4);
    CHECK(sigmas(1, 0.07) < 4);  // a tenth of what the first lets through
  }
}

TEST_CASE("hostile: an old message is sent again by nobody, as one more copy of itself") {
  Stage stage(2);
  stage.world().interference().remember(7);
  stage.tell(1, "say", "1");  // the send is e1
  stage.tell(1, "say", "2");  // not remembered
  stage.run();
  stage.crash(1);
  stage.world().schedule_external(Time{} + 5s, 0);
  stage.run();
  CHECK(stage.replay(7, 1));
  stage.run();
  CHECK(stage.doll(2).heard == Numbers{1, 2, 1});
  CHECK(Lines(stage.lines().end() - 2, stage.lines().end()) ==
        Lines{"5s dup n1>n2 1", "5001ms recv n1>n2 1"});
  CHECK_FALSE(stage.replay(7, 1));  // the copy is gone
}

TEST_CASE("hostile: of what a fault remembers, earlier sends are forgotten when a later one goes") {
  Stage stage(2);
  for (const char* number : {"1", "2", "3"}) {
    stage.world().interference().remember(7);
    stage.tell(1, "say", number);  // e1, e3, e5
  }
  CHECK(stage.replay(7, 3));
  CHECK_FALSE(stage.replay(7, 1));
  CHECK(stage.replay(7, 5));
  CHECK_FALSE(stage.replay(8, 5));
}

TEST_CASE("hostile: what was held or lost can be replayed, and meets the network as it is then") {
  Stage stage(2);
  stage.world().interference().remember(7);
  stage.world().cuts().cut(NodeId{0}, NodeId{1});
  stage.tell(1, "say", "1");
  stage.run();
  CHECK(stage.doll(2).heard.empty());
  stage.world().cuts().undo(NodeId{0}, NodeId{1});
  CHECK(stage.replay(7, 1));
  stage.run();
  CHECK(stage.doll(2).heard == Numbers{1});
}

namespace {

constexpr std::array<const ReadableFields& (*)(), 4> puppet_fields{
    &readable_fields<Note>, &readable_fields<Request>, &readable_fields<Reply>,
    &readable_fields<Redirect>};

void reach_fields(Setup<Puppet>& setup) { setup.wire_fields = puppet_fields; }

void blind(LinkConfig& link, std::string_view chance) {
  LinkExtras extras = link.more();
  extras.corrupt = parse_probability(chance).value;
  extras.unchecked = true;
  link.set(extras);
}

}  // namespace

TEST_CASE(
    "hostile: without a checksum a spoilt message arrives as another one, which a line tells") {
  NetworkConfig config = noisy_line(2);
  blind(config.links.begin()->second, "100%");
  Stage stage(config, reach_fields);
  stage.tell(1, "say", "7");
  stage.tell(2, "say", "8");
  stage.run();
  REQUIRE(stage.doll(2).heard.size() == 1);
  const std::uint64_t heard = stage.doll(2).heard.front();
  CHECK(std::has_single_bit(heard ^ 7));
  CHECK((heard ^ 7) < 256);
  const std::string other = std::to_string(heard);
  CHECK(stage.lines() == Lines{"0s local n1", "0s send n1>n2 7", "0s alter n1>n2 " + other,
                               "0s local n2", "0s send n2>n1 8", "1ms recv n1>n2 " + other,
                               "1ms recv n2>n1 8"});
}

TEST_CASE("hostile: without a checksum each copy is altered by itself, from what was sent") {
  NetworkConfig config = noisy_line(2);
  LinkConfig& link = config.links.begin()->second;
  link.duplicate = parse_probability("100%").value;
  link.set({.copies = 3});
  blind(link, "50%");
  Stage stage(config, reach_fields);
  for (int i = 0; i < 100; ++i) stage.tell(1, "say", "7");
  stage.run();
  const std::vector<std::uint64_t>& heard = stage.doll(2).heard;
  CHECK(heard.size() == stage.count("send n1>n2") + stage.count("dup n1>n2"));
  std::size_t whole = 0;
  for (const std::uint64_t number : heard) {
    whole += number == 7 ? 1 : 0;
    CHECK((number == 7 || std::has_single_bit(number ^ 7)));  // never twice
  }
  CHECK(whole + stage.count("alter n1>n2") == heard.size());
  CHECK(whole > 80);
  CHECK(stage.count("alter n1>n2") > 80);
  CHECK(stage.count("dup n1>n2 7") == stage.count("dup n1>n2"));  // made before it was altered
}

TEST_CASE("hostile: a relay passes on what it got, and its own link may alter that once more") {
  NetworkConfig config = noisy_line(3);
  config.links.clear();
  config.links[{NodeId{0}, NodeId{1}}] = config.link;
  blind(config.links.begin()->second, "100%");
  config.links[{NodeId{1}, NodeId{2}}] = config.links.begin()->second;
  Stage stage(config, reach_fields);
  stage.tell(1, "say", "7");
  stage.run();
  CHECK(stage.count("alter n1>n3") == 2);
  CHECK(stage.count("0s alter n1>n3") == 1);
  REQUIRE(stage.doll(3).heard.size() == 1);
  CHECK(std::popcount(stage.doll(3).heard.front() ^ 7) != 1);  // two flips, or none is left
  CHECK(stage.count("2ms recv n1>n3 " + std::to_string(stage.doll(3).heard.front())) == 1);
}

TEST_CASE("hostile: a message that lists no field that can be altered arrives as it was") {
  NetworkConfig config = noisy_line(2);
  blind(config.links.begin()->second, "100%");
  Stage stage(config);  // the protocol lists none
  stage.tell(1, "say", "7");
  stage.run();
  CHECK(stage.doll(2).heard == Numbers{7});
  CHECK(stage.count("alter") == 0);
  CHECK(stage.count("drop") == 0);
}

}  // namespace quorate::testing
