// Faults that make nodes lie: the rules they put on their messages, and when these go.
#include <doctest/doctest.h>

#include "tests/fault/fake_control.hpp"

namespace quorate::testing {
namespace {

Action lying(Selector liars, Strategy strategy, Selector to = {}) {
  Action action = act(Verb::byzantine, std::move(liars));
  action.to = std::move(to);
  action.deceit.emplace().strategy = strategy;
  return action;
}

const std::vector<MessageRule>& rules_after(FakeControl& control, Duration moment) {
  control.run_until(at(moment));
  return control.interference().rules;
}

}  // namespace

TEST_CASE("fault liars: each gets a rule of its own, which its time takes away") {
  Action action = lying(node_list({1, 3}), Strategy::delay, node_list({2}));
  action.deceit->wait = Distribution::constant(50ms);
  action.message = "AppendEntries";
  action.chance = parse_probability("25%").value;
  action.count = 3;
  FakeControl control(3, {lasting(fault("liar", when(1ms), action), 5ms)});
  control.start();
  const std::vector<MessageRule>& rules = rules_after(control, 1ms);
  REQUIRE(rules.size() == 2);
  for (const MessageRule& rule : rules) {
    CHECK(rule.effect == RuleEffect::lie);
    CHECK(rule.to.members() == std::vector{n(2)});
    CHECK(rule.type == 1);
    CHECK(rule.chance == action.chance);
    CHECK(rule.remaining == 3);
    CHECK(rule.deceit->strategy == Strategy::delay);
    CHECK(rule.deceit->wait == Distribution::constant(50ms));
  }
  CHECK(rules[0].from.members() == std::vector{n(1)});
  CHECK(rules[1].from.members() == std::vector{n(3)});
  CHECK(rules_after(control, 6ms).empty());
  const std::string words =
      "let n1 n3 lie: hold back AppendEntries anybody -> n2 for 50ms, 25%, at most 3";
  CHECK(control.take() == Lines{"fault liar: " + words, "heal liar: undo " + words});
}

TEST_CASE("fault liars: whoever no receiver is named for lies to everybody, clients too") {
  FakeControl control(3, {fault("liar", when(1ms), lying(node_list({2}), Strategy::silent))});
  control.start();
  CHECK(rules_after(control, 1ms).at(0).to.size() == 5);  // three nodes and two clients
}

TEST_CASE("fault liars: a node that is down is one when it is back, and a heal makes none honest") {
  FakeControl control(2, {fault("liar", when(2ms), lying(node_list({1}), Strategy::silent)),
                          fault("heal", when(3ms), act(Verb::heal))});
  control.crash(n(1), 0);
  control.start();
  CHECK(rules_after(control, 1s).size() == 1);
  CHECK(control.injector.fired() == std::vector<std::uint64_t>{1, 0});
}

TEST_CASE("fault liars: a lie about a message the protocol does not have is never told") {
  Action action = lying(node_list({1}), Strategy::silent);
  action.message = "Gossip";
  FakeControl control(2, {fault("liar", when(1ms), action)});
  control.start();
  CHECK(rules_after(control, 1s).empty());
  CHECK(control.injector.fired()[0] == 0);
}

TEST_CASE("fault liars: a fault that fires again makes them begin anew") {
  Fault liar = lasting(
      fault("liar", every(Distribution::constant(10ms)), lying(node_list({1}), Strategy::collude)),
      15ms);
  liar.times = 2;
  liar.action.count = 1;
  FakeControl control(2, {liar});
  control.start();
  Stream first = rules_after(control, 12ms).at(0).stream;
  const std::uint64_t agreed = control.interference().rules[0].deceit->agreed_value;
  control.interference().rules[0].remaining = 0;
  const std::vector<MessageRule>& again = rules_after(control, 26ms);  // the first would have ended
  REQUIRE(again.size() == 1);
  CHECK(again[0].remaining == 1);
  CHECK(again[0].deceit->agreed_value != agreed);
  Stream second = again[0].stream;
  CHECK(first.next() != second.next());
  CHECK(rules_after(control, 35ms).empty());
}

TEST_CASE("fault liars: each draws from a stream of its own; what they agree on is one draw") {
  FakeControl control(4, {fault("a", when(1ms), lying(node_list({1, 2}), Strategy::collude)),
                          fault("b", when(1ms), lying(node_list({1}), Strategy::alter))});
  control.start();
  std::vector<MessageRule> rules = rules_after(control, 1ms);
  REQUIRE(rules.size() == 3);
  CHECK(rules[0].deceit == rules[1].deceit);
  CHECK(rules[0].deceit->agreed_value != rules[2].deceit->agreed_value);
  const std::uint64_t of_n1 = rules[0].stream.next();
  CHECK(of_n1 != rules[1].stream.next());
  CHECK(of_n1 != rules[2].stream.next());
  // Another liar moves no draw of this one.
  FakeControl more(4, {fault("a", when(1ms), lying(node_list({4, 1}), Strategy::collude))});
  more.start();
  CHECK(of_n1 == Stream(rules_after(more, 1ms).at(1).stream).next());
}

TEST_CASE("fault liars: nodes of a core become honest, and no later fault makes them lie") {
  Action settle = act(Verb::settle, node_list({1, 2}));
  FakeControl control(3,
                      {fault("liars", when(1ms), lying(by(Selector::Kind::all), Strategy::silent)),
                       fault("gst", when(10ms), settle),
                       fault("late", when(20ms), lying(node_list({1, 3}), Strategy::forge)),
                       fault("in vain", when(30ms), lying(node_list({2}), Strategy::forge))});
  control.start();
  CHECK(rules_after(control, 9ms).size() == 3);
  const std::vector<MessageRule>& rules = rules_after(control, 1s);
  REQUIRE(rules.size() == 2);
  for (const MessageRule& rule : rules) CHECK(rule.from.members() == std::vector{n(3)});
  CHECK(control.injector.fired() == std::vector<std::uint64_t>{1, 1, 1, 0});
  CHECK(control.take()[2] ==
        "heal gst: undo let n1 n2 n3 lie: say nothing where it should send messages within the "
        "core");
}

TEST_CASE("fault liars: how they lie, in words") {
  const std::vector<std::string> names{"n1", "n2", "n3"};
  const auto words = [&](Strategy strategy, const auto& tune) {
    Action action = lying(node_list({2}), strategy);
    tune(*action.deceit);
    const std::string text = describe(action, names);
    return text.substr(text.find(": ") + 2);
  };
  const auto nothing = [](Deceit&) {};
  const auto field = [](Deceit& deceit) { deceit.field = "term"; };
  CHECK(describe(lying(by(Selector::Kind::leader), Strategy::silent, node_list({3})), names) ==
        "let the leader lie: say nothing where it should send messages anybody -> n3");
  CHECK(words(Strategy::equivocate, nothing) == "tell each another thing of messages");
  CHECK(words(Strategy::equivocate, field) == "tell each another term of messages");
  CHECK(words(Strategy::alter, nothing) == "alter something of messages");
  CHECK(words(Strategy::alter, field) == "alter term of messages");
  CHECK(words(Strategy::forge, nothing) == "sign messages with the name of another");
  CHECK(words(Strategy::forge, [](Deceit& deceit) { deceit.as = n(3); }) ==
        "sign messages with the name of n3");
  CHECK(words(Strategy::replay, nothing) == "send old messages once more");
  CHECK(words(Strategy::collude, field) == "agree on term of messages");
  const auto nine = [](Deceit& deceit) {
    deceit.field = "term";
    deceit.value = Value::of(9);
  };
  CHECK(words(Strategy::collude, nine) == "agree on 9 for term of messages");
  CHECK(words(Strategy::alter, nine) == "say 9 for term of messages");
  CHECK(words(Strategy::alter, [](Deceit& deceit) {
          deceit.field = "term";
          deceit.by = -2;
        }) == "add -2 to term of messages");
}

}  // namespace quorate::testing
