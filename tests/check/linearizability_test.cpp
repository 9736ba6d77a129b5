// The linearizability checker against histories whose answer is known, and against a search of all
// orders, with objects of its own, on random histories.
#include "sim/check/linearizability.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <deque>
#include <optional>

#include "sim/base/random.hpp"
#include "tests/check/calls.hpp"

namespace quorate {
namespace {

constexpr std::uint64_t never = ClientCall::never;

ClientCall put(std::uint32_t client, Text value, std::uint64_t asked, std::uint64_t answered) {
  return call_of(client, {"put", "x", value}, asked, answered, "ok");
}
ClientCall get(std::uint32_t client, Text result, std::uint64_t asked, std::uint64_t answered) {
  return call_of(client, {"get", "x", {}}, asked, answered, result);
}
ClientCall cas(std::uint32_t client, Text values, Text result, std::uint64_t asked,
               std::uint64_t answered) {
  return call_of(client, {"cas", "x", values}, asked, answered, result);
}
ClientCall add(std::uint32_t client, Text by, Text result, std::uint64_t asked,
               std::uint64_t answered) {
  return call_of(client, {"add", {}, by}, asked, answered, result);
}
ClientCall push(std::uint32_t client, Text topic, Text message, std::uint64_t asked,
                std::uint64_t answered) {
  return call_of(client, {"PUT", topic, message}, asked, answered, "ok");
}
ClientCall pop(std::uint32_t client, Text topic, Text result, std::uint64_t asked,
               std::uint64_t answered) {
  return call_of(client, {"GET", topic, {}}, asked, answered, result);
}
ClientCall propose(std::uint32_t client, Text value, Text result, std::uint64_t asked,
                   std::uint64_t answered) {
  return call_of(client, {"propose", {}, value}, asked, answered, result);
}

Linearizable judge(std::string_view model, const std::vector<ClientCall>& history) {
  return linearize(*find_model(model), history).answer;
}

// ---- known histories

struct Known {
  std::string_view what;
  std::string_view model;
  std::vector<ClientCall> history;
  Linearizable answer;
};

const auto yes = Linearizable::yes;
const auto no = Linearizable::no;

std::vector<Known> registers() {
  return {
      {"nothing happened", "register", {}, yes},
      {"the first read finds nothing", "register", {get(0, "none", 1, 2)}, yes},
      {"a read of what nobody wrote", "register", {get(0, "7", 1, 2)}, no},
      {"a read of what is written later", "register", {get(0, "7", 1, 2), put(0, "7", 3, 4)}, no},
      {"a write that overlaps may be read",
       "register",
       {put(0, "7", 1, 4), get(1, "7", 2, 3)},
       yes},
      {"and may not be", "register", {put(0, "7", 1, 4), get(1, "none", 2, 3)}, yes},
      {"a stale read after the write's answer",
       "register",
       {put(0, "7", 1, 2), get(1, "none", 3, 4)},
       no},
      // Herlihy and Wing 1990, figure 1 in terms of a register: once one reader saw the new value,
      // no later reader may see the old one.
      {"new, then old",
       "register",
       {put(0, "7", 1, 8), get(1, "7", 2, 3), get(2, "none", 4, 5)},
       no},
      {"new and old at once",
       "register",
       {put(0, "7", 1, 8), get(1, "7", 2, 5), get(2, "none", 3, 4)},
       yes},
      {"two readers disagree about two writes",
       "register",
       {put(0, "1", 1, 20), put(1, "2", 2, 19), get(2, "1", 3, 4), get(2, "2", 5, 6),
        get(3, "2", 7, 8), get(3, "1", 9, 10)},
       no},
      {"an unanswered write takes effect late",
       "register",
       {put(0, "7", 1, never), get(1, "none", 2, 3), get(1, "7", 4, 5)},
       yes},
      {"but not twice",
       "register",
       {put(0, "7", 1, never), get(1, "7", 2, 3), put(1, "8", 4, 5), get(1, "7", 6, 7)},
       no},
      {"nor before it is asked", "register", {get(1, "7", 1, 2), put(0, "7", 3, never)}, no},
      {"an unanswered write may never take effect",
       "register",
       {put(0, "7", 1, never), get(1, "none", 2, 3), get(1, "none", 4, 5)},
       yes},
      {"an unanswered read says nothing", "register", {get(1, {}, 1, never)}, yes},
      {"two that compare and set the same",
       "register",
       {put(0, "1", 1, 2), cas(0, "1 2", "ok", 3, 6), cas(1, "1 3", "ok", 4, 5)},
       no},
      {"one of them fails",
       "register",
       {put(0, "1", 1, 2), cas(0, "1 2", "ok", 3, 6), cas(1, "1 3", "failed", 4, 5)},
       yes},
      {"a failure that nothing explains",
       "register",
       {put(0, "1", 1, 2), cas(0, "1 2", "failed", 3, 4)},
       no},
  };
}
std::vector<Known> others() {
  return {
      {"additions in either order",
       "counter",
       {add(0, "1", "3", 1, 4), add(1, "2", "2", 2, 3)},
       yes},
      {"an addition counted twice",
       "counter",
       {add(0, "1", "1", 1, 2), add(0, "1", "3", 3, 4)},
       no},
      {"one that was lost", "counter", {add(0, "1", "1", 1, 2), add(0, "1", "1", 3, 4)}, no},
      {"an unanswered one counts once",
       "counter",
       {add(0, "5", {}, 1, never), add(1, "1", "6", 2, 3)},
       yes},
      {"first in, first out",
       "queue",
       {push(0, "t", "a", 1, 2), push(0, "t", "b", 3, 4), pop(1, "t", "a", 5, 6),
        pop(1, "t", "b", 7, 8)},
       yes},
      {"last in, first out",
       "queue",
       {push(0, "t", "a", 1, 2), push(0, "t", "b", 3, 4), pop(1, "t", "b", 5, 6)},
       no},
      {"a message taken twice",
       "queue",
       {push(0, "t", "a", 1, 2), pop(1, "t", "a", 3, 6), pop(2, "t", "a", 4, 5)},
       no},
      // Herlihy and Wing 1990, section 1.2: H2, in which a queue loses the element it was given.
      {"empty although filled", "queue", {push(0, "t", "a", 1, 2), pop(1, "t", "empty", 3, 4)}, no},
      {"topics are apart", "queue", {push(0, "t", "a", 1, 2), pop(1, "u", "empty", 3, 4)}, yes},
      {"whoever waits may have taken it",
       "queue",
       {push(0, "t", "a", 1, 2), pop(1, "t", {}, 3, never), pop(2, "t", "empty", 4, 5)},
       yes},
      {"all learn the first proposal",
       "consensus",
       {propose(0, "red", "blue", 1, 4), propose(1, "blue", "blue", 2, 3)},
       yes},
      {"two values are chosen",
       "consensus",
       {propose(0, "red", "red", 1, 4), propose(1, "blue", "blue", 2, 3)},
       no},
      {"a value that came too late",
       "consensus",
       {propose(0, "red", "blue", 1, 2), propose(1, "blue", "blue", 3, 4)},
       no},
  };
}

TEST_CASE("histories whose answer is known") {
  for (const auto& table : {registers(), others()}) {
    for (const Known& known : table) {
      CAPTURE(known.what);
      CHECK(judge(known.model, known.history) == known.answer);
    }
  }
}

TEST_CASE("objects are judged apart, and one of them suffices to fail") {
  auto history = registers()[6].history;
  history.push_back(call_of(2, {"put", "y", "1"}, 5, 6, "ok"));
  CHECK(judge("register", history) == Linearizable::no);
  history[1].result = "7";
  CHECK(judge("register", history) == Linearizable::yes);
}

TEST_CASE("the sentence names the longest history that has an order, and what does not fit") {
  const std::vector<ClientCall> history{put(0, "1", 1, 2), put(0, "2", 3, 4), get(1, "2", 5, 6),
                                        get(1, "1", 7, 8), get(0, "1", 9, 10)};
  const Linearization found = linearize(*find_model("register"), history);
  REQUIRE(found.answer == Linearizable::no);
  CHECK(found.misfit == 3);
  CHECK(found.order == std::vector<std::size_t>{0, 1, 2});
  const std::vector<std::string> names{"c1", "c2"};
  CHECK(misfit_sentence(history, found, names) ==
        "One order explains put x 1 (ok), put x 2 (ok), get x (2); none has a place for "
        "c2's get x, answered 1.");
}

// Without a budget this would take all subsets of twenty additions, each with a sum of its own.
TEST_CASE("a search that is too long ends without an answer") {
  std::vector<ClientCall> history;
  for (std::uint32_t i = 0; i < 20; ++i) {
    history.push_back(add(i, Text(std::to_string(1 << i)), {}, i + 1, never));
  }
  history.push_back(call_of(20, {"read", {}, {}}, 100, 101, "-1"));
  const Model& model = *find_model("counter");
  CHECK(linearize(model, history, {.tries = 10'000}).answer == Linearizable::unknown);
  CHECK(linearize(model, history, {.bytes = 100'000}).answer == Linearizable::unknown);
  history.pop_back();
  CHECK(linearize(model, history, {.tries = 10'000}).answer == Linearizable::yes);
}

// Clients that give up leave many of these behind.
TEST_CASE("unanswered operations that nobody saw, or that are all the same, cost nothing") {
  const SearchBudget small{.tries = 2'000};
  std::vector<ClientCall> writes;
  std::vector<ClientCall> messages;
  std::vector<ClientCall> additions;
  for (std::uint32_t i = 0; i < 100; ++i) {
    writes.push_back(put(i, Text("v" + std::to_string(i)), i + 1, never));
    messages.push_back(push(i, "t", Text("m" + std::to_string(i)), i + 1, never));
    additions.push_back(add(i, "1", {}, i + 1, never));
  }
  writes.push_back(get(100, "v7", 200, 201));
  messages.push_back(pop(100, "t", "m7", 200, 201));
  additions.push_back(call_of(100, {"read", {}, {}}, 200, 201, "37"));
  CHECK(linearize(*find_model("register"), writes, small).answer == Linearizable::yes);
  CHECK(linearize(*find_model("queue"), messages, small).answer == Linearizable::yes);
  CHECK(linearize(*find_model("counter"), additions, small).answer == Linearizable::yes);
  writes.push_back(get(100, "none", 202, 203));
  messages.push_back(pop(100, "t", "m7", 202, 203));
  additions.push_back(call_of(100, {"read", {}, {}}, 202, 203, "36"));
  CHECK(linearize(*find_model("register"), writes, small).answer == Linearizable::no);
  CHECK(linearize(*find_model("queue"), messages, small).answer == Linearizable::no);
  CHECK(linearize(*find_model("counter"), additions, small).answer == Linearizable::no);
}

// Two thousand answered operations, three at a time, need no more than a glance each.
TEST_CASE("a long history costs what overlaps, not what it is long") {
  std::vector<ClientCall> history;
  for (std::uint32_t i = 0; i < 2000; ++i) {
    history.push_back(add(i % 3, "1", Text(std::to_string(i + 1)), 2 * i + 1, 2 * i + 6));
  }
  CHECK(linearize(*find_model("counter"), history, {.tries = 10'000}).answer == Linearizable::yes);
}

// ---- random histories, beside a search of all orders

// What all models' objects are, written down a second time.
struct Object {
  std::optional<std::string> value;
  std::int64_t sum{};
  std::deque<std::string> messages;

  Text write(const std::string& to) {
    value = to;
    return "ok";
  }
  Text serve(const Operation& operation) {
    const std::string verb(operation.verb.view());
    const std::string argument(operation.value.view());
    if (verb == "put") return write(argument);
    if (verb == "get") return Text(value.value_or("none"));
    if (verb == "cas") {
      return value == argument.substr(0, 1) ? write(argument.substr(2)) : Text("failed");
    }
    if (verb == "add") sum += std::stoll(argument);
    if (verb == "add" || verb == "read") return Text(std::to_string(sum));
    if (verb == "PUT") messages.push_back(argument);
    if (verb == "PUT") return "ok";
    if (messages.empty()) return "empty";
    const Text first(messages.front());
    messages.pop_front();
    return first;
  }
};

// Whether `placed`, what is already in order, can be followed by the others of the history.
bool some_order(const std::vector<ClientCall>& history, std::vector<bool>& placed,
                const Object& object) {
  bool complete = true;
  for (std::size_t i = 0; i < history.size(); ++i) {
    complete = complete && (placed[i] || history[i].answered == never);
  }
  for (std::size_t next = 0; next < history.size() && !complete; ++next) {
    bool may = !placed[next];
    for (std::size_t i = 0; i < history.size(); ++i) {
      may = may && (placed[i] || history[i].answered > history[next].asked);
    }
    Object after = object;
    if (!may) continue;
    const Text result = after.serve(history[next].operation);
    if (history[next].answered != never && result != history[next].result) continue;
    placed[next] = true;
    complete = some_order(history, placed, after);
    placed[next] = false;
  }
  return complete;
}
bool some_order(const std::vector<ClientCall>& history) {
  std::vector<bool> placed(history.size());
  return some_order(history, placed, Object{});
}

// Draws histories of at most eight operations, of few values, so that answers coincide by chance.
class Generator {
 public:
  Generator(std::string_view model, std::uint64_t seed)
      : model_(model), stream_(make_stream(seed, Purpose::workload, 0, 0, Engine::xoshiro256pp)) {}

  std::vector<ClientCall> random() {
    std::vector<ClientCall> history = timed();
    for (ClientCall& one : history) one.result = any_result(one.operation);
    return history;
  }
  // Each takes effect at a moment between asking and answer; some unanswered ones do not.
  std::vector<ClientCall> valid() {
    std::vector<ClientCall> history = timed();
    std::vector<std::pair<std::uint64_t, std::size_t>> effects;
    for (std::size_t i = 0; i < history.size(); ++i) {
      const std::uint64_t until = std::min(history[i].answered, history[i].asked + 40);
      const bool takes_effect = history[i].answered != never || below(2) == 0;
      if (takes_effect) effects.emplace_back(history[i].asked + below(until - history[i].asked), i);
    }
    std::ranges::sort(effects);
    Object object;
    for (const auto& [moment, i] : effects) history[i].result = object.serve(history[i].operation);
    return history;
  }
  // Says of some operations, at random, when they took effect.
  void mislead(std::vector<ClientCall>& history) {
    for (ClientCall& call : history) call.effect = below(2) == 0 ? never : below(8);
  }
  // One answer is another, came earlier, or was asked for later.
  std::vector<ClientCall> perturbed() {
    std::vector<ClientCall> history = valid();
    ClientCall& one = history[below(history.size())];
    const std::uint64_t what = below(3);
    if (what == 0 || one.answered == never) {
      one.result = any_result(one.operation);
    } else if (what == 1) {
      one.answered = one.asked + 8;
    } else {
      one.asked = one.answered - 8;
    }
    return history;
  }

 private:
  std::uint64_t below(std::uint64_t bound) { return stream_.below(bound); }

  // Moments are told apart by their last digits: asking i is 16 m + i, an answer 16 m + 8 + i.
  std::vector<ClientCall> timed() {
    std::vector<ClientCall> history(1 + below(8));
    for (std::size_t i = 0; i < history.size(); ++i) {
      const std::uint64_t from = below(12);
      history[i].client = NodeId{static_cast<std::uint32_t>(i)};
      history[i].operation = any_operation();
      history[i].asked = 16 * from + i;
      const std::uint64_t until = from + below(5);
      history[i].answered = below(5) == 0 ? never : 16 * until + 8 + i;
    }
    return history;
  }
  Operation any_operation() {
    const Text value(std::to_string(1 + below(2)));
    const std::uint64_t which = below(5);
    if (model_ == "counter") {
      return which < 2 ? Operation{"read", {}, {}} : Operation{"add", {}, value};
    }
    if (model_ == "queue") {
      return which < 2 ? Operation{"GET", "x", {}} : Operation{"PUT", "x", value};
    }
    if (which < 2) return {"get", "x", {}};
    if (which < 4) return {"put", "x", value};
    return {"cas", "x", below(2) == 0 ? Text("1 2") : Text("2 1")};
  }
  Text any_result(const Operation& operation) {
    if (operation.verb == Text("PUT") || operation.verb == Text("put")) return "ok";
    if (operation.verb == Text("cas")) return below(2) == 0 ? Text("ok") : Text("failed");
    const std::uint64_t value = below(3);
    if (model_ == "counter") return Text(std::to_string(value + below(2)));
    if (value != 0) return Text(std::to_string(value));
    return operation.verb == Text("GET") ? Text("empty") : Text("none");
  }

  std::string_view model_;
  Stream stream_;
};

// What had been seen of `history` when `moment` was over.
std::vector<ClientCall> seen_at(std::vector<ClientCall> history, std::uint64_t moment) {
  std::erase_if(history, [&](const ClientCall& one) { return one.asked > moment; });
  for (ClientCall& one : history) one.answered = one.answered > moment ? never : one.answered;
  return history;
}

// Whether what the checker says of the history is what the search of all orders says.
bool agrees(std::string_view model, const std::vector<ClientCall>& history, bool& legal) {
  const Linearization found = linearize(*find_model(model), history);
  legal = some_order(history);
  if (found.answer != (legal ? Linearizable::yes : Linearizable::no)) return false;
  if (legal) return true;
  const std::uint64_t moment = history[found.misfit].answered;
  return !some_order(seen_at(history, moment)) && some_order(seen_at(history, moment - 1));
}

// Half of them come with effects that are made up, for which no answer may change.
TEST_CASE("random histories: the checker and a search of all orders agree") {
  constexpr std::uint64_t each = 12'000;  // of three models and three kinds: 108,000
  for (const std::string_view model : {"register", "counter", "queue"}) {
    std::uint64_t disagreements = 0;
    std::uint64_t legal[3] = {};
    for (std::uint64_t seed = 0; seed < 3 * each; ++seed) {
      Generator generator(model, seed);
      const std::uint64_t kind = seed % 3;
      auto history = kind == 0   ? generator.valid()
                     : kind == 1 ? generator.perturbed()
                                 : generator.random();
      if (seed % 2 == 0) generator.mislead(history);
      bool is_legal = false;
      if (!agrees(model, history, is_legal)) ++disagreements;
      legal[kind] += is_legal ? 1 : 0;
    }
    CAPTURE(model);
    CHECK(disagreements == 0);
    CHECK(legal[0] == each);
    // Neither kind is all legal or all illegal, or it would prove little.
    for (const std::size_t kind : {1, 2}) {
      CHECK(legal[kind] > each / 20);
      CHECK(legal[kind] < each - each / 20);
    }
  }
}

}  // namespace
}  // namespace quorate
