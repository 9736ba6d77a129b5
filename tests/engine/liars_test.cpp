// Nodes that lie: what becomes of their messages, strategy by strategy.
#include <doctest/doctest.h>

#include <cmath>
#include <map>

#include "sim/engine/liars.hpp"
#include "tests/engine/puppet.hpp"

namespace quorate::testing::lying {
namespace {

using Numbers = std::vector<std::uint64_t>;
using Lines = std::vector<std::string>;

constexpr std::array<const ReadableFields& (*)(), 1> fields_of_notes{&readable_fields<Note>};

Stage stage_of(std::uint32_t nodes,
               LinkConfig link = {Distribution::constant(1ms), {}, {}, false}) {
  return Stage(
      nodes, [](Setup<Puppet>& setup) { setup.wire_fields = fields_of_notes; }, link);
}

Deceit deceit(Strategy strategy) {
  Deceit result;
  result.strategy = strategy;
  return result;
}
Deceit about_number(Strategy strategy) {
  Deceit result = deceit(strategy);
  result.field = "number";
  return result;
}
Deceit later(Duration wait) {
  Deceit result = deceit(Strategy::delay);
  result.wait = Distribution::constant(wait);
  return result;
}

// n1 lies; to these, or to all three others.
MessageRule rule_of(Deceit deceit, const std::vector<std::uint32_t>& to = {1, 2, 3, 4}) {
  MessageRule rule;
  rule.fault = 5;
  rule.effect = RuleEffect::lie;
  rule.from.insert(NodeId{0});
  for (const std::uint32_t node : to) rule.to.insert(NodeId{node - 1});
  rule.deceit = std::make_shared<const Deceit>(std::move(deceit));
  rule.stream = make_stream(1, Purpose::byzantine, 0, 0, Engine::xoshiro256pp);
  return rule;
}
void lies(Stage& stage, Deceit deceit, const std::vector<std::uint32_t>& to = {1, 2, 3, 4}) {
  stage.world().interference().rules.push_back(rule_of(std::move(deceit), to));
}
std::uint64_t told(Stage& stage) {
  const auto& caught = stage.world().interference().caught;
  return caught.size() > 5 ? caught[5] : 0;
}

}  // namespace

TEST_CASE("liars: a silent one does not speak to the chosen, which a line tells as an omission") {
  Stage stage = stage_of(3);
  lies(stage, deceit(Strategy::silent), {2});
  stage.tell(1, "say", "7");
  stage.tell(3, "say", "8");
  stage.run();
  CHECK(stage.doll(2).heard == Numbers{8});
  CHECK(stage.doll(3).heard == Numbers{7});
  CHECK(stage.count("drop send_omission n1>n2 7 (silent)") == 1);
  CHECK(told(stage) == 1);
}

TEST_CASE("liars: alter sets a field, adds to it, or draws another value") {
  Stage stage = stage_of(3);
  Deceit nine = about_number(Strategy::alter);
  nine.value = Value::of(9);
  lies(stage, nine, {2});
  Deceit more = about_number(Strategy::alter);
  more.by = 5;
  lies(stage, more, {3});
  stage.tell(1, "say", "7");
  stage.tell(1, "say", "9");
  stage.run();
  CHECK(stage.doll(2).heard == Numbers{9, 9});
  CHECK(stage.doll(3).heard == Numbers{12, 14});
  CHECK(stage.count("alter n1>n2 9 (alter)") == 1);  // to say 9 for 9 is no lie
  CHECK(told(stage) == 3);

  Stage drawn = stage_of(2);
  lies(drawn, deceit(Strategy::alter));
  drawn.tell(1, "say", "7");
  drawn.run();
  REQUIRE(drawn.doll(2).heard.size() == 1);
  CHECK(std::has_single_bit(drawn.doll(2).heard[0] ^ 7));
}

TEST_CASE("liars: equivocate tells every receiver something else, and the first one the truth") {
  Stage stage = stage_of(4);
  lies(stage, about_number(Strategy::equivocate));
  stage.tell(1, "say", "10");
  stage.run();
  CHECK(stage.doll(2).heard == Numbers{10});
  CHECK(stage.doll(3).heard == Numbers{11});
  CHECK(stage.doll(4).heard == Numbers{12});
  CHECK(told(stage) == 2);

  Stage some = stage_of(4);
  Deceit down = about_number(Strategy::equivocate);
  down.by = -2;
  lies(some, down, {3, 4});
  some.tell(1, "say", "10");
  some.run();
  CHECK(some.doll(2).heard == Numbers{10});
  CHECK(some.doll(3).heard == Numbers{10});
  CHECK(some.doll(4).heard == Numbers{8});
}

TEST_CASE("liars: a forged message is believed to be another's, and takes its sender's way") {
  Stage stage = stage_of(4);
  Deceit as_n3 = deceit(Strategy::forge);
  as_n3.as = NodeId{2};
  lies(stage, as_n3, {2, 4});
  stage.world().cuts().cut(NodeId{2}, NodeId{1});  // from n3, of whom it is not
  stage.world().cuts().cut(NodeId{0}, NodeId{3});
  stage.tell(1, "say", "7");
  stage.tell(2, "say", "8");
  stage.run();
  CHECK(stage.doll(2).heard == Numbers{7});
  CHECK(stage.doll(2).senders == std::vector{NodeId{2}});
  CHECK(stage.doll(3).senders == std::vector{NodeId{0}, NodeId{1}});
  CHECK(stage.doll(4).heard == Numbers{8});
  CHECK(stage.count("recv n1>n2 7") == 1);  // everybody else sees whose it is
}

TEST_CASE("liars: the name of another is drawn, and is never the liar's own") {
  Stage stage = stage_of(4);
  lies(stage, deceit(Strategy::forge));
  for (int i = 0; i < 40; ++i) stage.tell(1, "say", "7");
  stage.run();
  std::map<std::uint32_t, int> names;
  for (const NodeId sender : stage.doll(2).senders) ++names[sender.value];
  CHECK(names.size() == 3);
  CHECK_FALSE(names.contains(0));
}

TEST_CASE("liars: replay brings the last message to the same node along, as it was put out") {
  Stage stage = stage_of(3);
  Deceit more = about_number(Strategy::alter);
  more.by = 100;
  lies(stage, more);
  lies(stage, deceit(Strategy::replay), {2});
  stage.tell(1, "say", "1");
  stage.run();
  CHECK(stage.doll(2).heard == Numbers{101});
  stage.tell(1, "say", "2");
  stage.tell(1, "say", "3");
  stage.run();
  CHECK(stage.doll(2).heard == Numbers{101, 1, 102, 2, 103});
  CHECK(stage.doll(3).heard == Numbers{101, 102, 103});
  CHECK(stage.count("dup n1>n2 1 (replay)") == 1);
  CHECK(stage.count("dup") == 2);
}

TEST_CASE("liars: those who collude say the same, whatever each would have said") {
  Stage stage = stage_of(4);
  Deceit agreed = about_number(Strategy::collude);
  agreed.agreed_value = std::uint64_t{77} << 56;
  MessageRule rule = rule_of(agreed);
  rule.from.insert(NodeId{1});
  stage.world().interference().rules.push_back(rule);
  stage.tell(1, "say", "5");
  stage.tell(2, "say", "200");
  stage.tell(2, "say", "77");
  stage.tell(4, "say", "9");
  stage.run();
  CHECK(stage.doll(3).heard == Numbers{77, 77, 77, 9});
  CHECK(told(stage) == 3 + 3);  // who says 77 by itself tells no lie
}

TEST_CASE("liars: what is held back leaves later, whatever has become of its sender") {
  Stage stage = stage_of(3);
  lies(stage, later(20ms), {2});
  stage.tell(1, "say", "7");
  stage.crash(1);
  std::size_t in_flight = 0;
  stage.world().for_each_in_flight([&](NodeId, NodeId, std::uint16_t) { ++in_flight; });
  CHECK(in_flight == 2);
  stage.run();
  CHECK(stage.lines() == Lines{"0s local n1", "0s send n1>n2 7", "0s alter n1>n2 7 (delay)",
                               "0s send n1>n3 7", "0s crash n1", "1ms recv n1>n3 7",
                               "21ms recv n1>n2 7"});
}

TEST_CASE("liars: cuts, omissions and holds act on what was held back when it leaves") {
  Stage stage = stage_of(2);
  lies(stage, later(20ms));
  stage.tell(1, "say", "7");
  stage.run_until(10ms);
  stage.world().cuts().cut(NodeId{0}, NodeId{1});
  stage.run();
  CHECK(stage.lines().back() == "20ms drop cut n1>n2 7");

  Stage held = stage_of(2);
  lies(held, later(20ms));
  MessageRule hold = rule_of({});
  hold.effect = RuleEffect::hold;
  held.world().interference().rules.push_back(hold);
  held.tell(1, "say", "7");
  held.run();
  CHECK(held.doll(2).heard.empty());
  held.release(5);
  held.run();
  CHECK(held.lines().back() == "21ms recv n1>n2 7");
}

TEST_CASE("liars: lies add up, each with its own chance and count") {
  Stage stage = stage_of(3);
  Deceit more = about_number(Strategy::alter);
  more.by = 1;
  MessageRule twice = rule_of(more);
  twice.remaining = 3;
  stage.world().interference().rules.push_back(twice);
  lies(stage, more, {2});
  lies(stage, later(5ms), {2});
  MessageRule never = rule_of(deceit(Strategy::silent));
  never.chance = Probability{};
  stage.world().interference().rules.push_back(never);
  stage.tell(1, "say", "10");
  stage.tell(1, "say", "20");
  stage.run();
  CHECK(stage.doll(2).heard == Numbers{12, 22});
  CHECK(stage.doll(3).heard == Numbers{11, 20});  // the fourth would be one too many
  CHECK(stage.lines().back() == "6ms recv n1>n2 22");
}

TEST_CASE("liars: the type of a message narrows a lie down") {
  Stage stage = stage_of(2);
  MessageRule other = rule_of(deceit(Strategy::silent));
  other.type = 1;
  stage.world().interference().rules.push_back(other);
  stage.tell(1, "say", "7");
  stage.run();
  CHECK(stage.doll(2).heard == Numbers{7});
}

TEST_CASE("liars: a copy of a world in which somebody lies goes on as the original") {
  Stage stage = stage_of(4);
  lies(stage, deceit(Strategy::replay));
  lies(stage, deceit(Strategy::alter));
  lies(stage, deceit(Strategy::forge));
  lies(stage, later(3ms), {3});
  stage.tell(1, "say_twice", "7");
  stage.run_until(1ms);
  Stage copy = stage;
  for (Stage* one : {&stage, &copy}) {
    one->tell(1, "say_twice", "9");
    one->run();
  }
  CHECK(stage.lines() == copy.lines());
  CHECK(stage.doll(2) == copy.doll(2));
  CHECK(stage.doll(2).heard.size() == 7);
}

// What draws draws evenly: within 4 sigma at a million draws.
namespace {

constexpr int million = 1'000'000;

double sigmas_off(int count, double share) {
  return std::abs(count - share * million) / std::sqrt(share * (1 - share) * million);
}

}  // namespace

TEST_CASE("liars: in whose name a message is on its way is part of the state, if it is forged") {
  const auto state_with = [](std::optional<NodeId> name) {
    Stage stage = stage_of(4);
    Deceit forge = deceit(Strategy::forge);
    forge.as = name.value_or(no_node);
    if (name) lies(stage, forge, {2});
    stage.tell(1, "say", "7");
    return stage.world().state_hash();
  };
  CHECK(state_with(NodeId{2}) == state_with(NodeId{2}));
  CHECK(state_with(NodeId{2}) != state_with(NodeId{3}));
  CHECK(state_with(NodeId{0}) == state_with({}));  // its own is no lie
}

TEST_CASE("liars: each other name is forged as often, and each bit of a field altered as often") {
  SetupBase setup;
  setup.names = {"n1", "n2", "n3", "n4", "c1"};
  setup.clients = 1;
  setup.wire_fields = fields_of_notes;
  MessageRule forges = rule_of(deceit(Strategy::forge));
  MessageRule alters = rule_of(deceit(Strategy::alter));
  std::map<std::uint32_t, int> names;
  std::map<std::uint64_t, int> values;
  for (int i = 0; i < million; ++i) {
    Note note{5};
    NodeId named{1};
    const Letter letter{AnyRef::to(note), &note, 0, NodeId{1}, NodeId{0}, named};
    CHECK(lie(setup, letter, forges).wait == Duration{});
    lie(setup, letter, alters);
    ++names[named.value];
    ++values[note.number ^ 5];
  }
  CHECK(names.size() == 3);
  for (const std::uint32_t other : {0U, 2U, 3U}) CHECK(sigmas_off(names[other], 1.0 / 3) < 4);
  CHECK(values.size() == 8);
  for (const auto& [bit, count] : values) CHECK(sigmas_off(count, 1.0 / 8) < 4);
}

TEST_CASE("liars: a lie is told as often as its chance says, and a delay is as long on average") {
  Interference interference;
  MessageRule rule = rule_of(deceit(Strategy::silent));
  rule.chance = parse_probability("30%").value;
  interference.rules.push_back(rule);
  int hits = 0;
  for (int i = 0; i < million; ++i) {
    hits += static_cast<int>(interference.lies(NodeId{0}, NodeId{1}, 0).size());
  }
  CHECK(sigmas_off(hits, 0.3) < 4);

  Deceit slow = deceit(Strategy::delay);
  slow.wait = parse_distribution("uniform(0ms, 10ms)").value;
  MessageRule delays = rule_of(slow);
  const SetupBase setup;
  Note note;
  NodeId named;
  const Letter letter{AnyRef::to(note), &note, 0, NodeId{0}, NodeId{1}, named};
  double sum = 0;
  for (int i = 0; i < million; ++i) {
    sum += static_cast<double>(lie(setup, letter, delays).wait.count());
  }
  CHECK(std::abs(sum / million - 5e6) < 4 * 1e7 / std::sqrt(12.0 * million));
}

}  // namespace quorate::testing::lying
