// The state machines, operation by operation.
#include <doctest/doctest.h>

#include <algorithm>

#include "protocols/common/operations.hpp"

namespace quorate {

namespace {

struct Try {
  Operation operation;
  Text answer;
};

void check_answers(MachineKind kind, const std::vector<Try>& tries) {
  StateMachine machine;
  for (const Try& one : tries) {
    CAPTURE(to_text(one.operation));
    CHECK(machine.apply(kind, one.operation).view() == one.answer.view());
  }
}

}  // namespace

TEST_CASE("state machine: a register holds what was put last, or compared and set") {
  check_answers(MachineKind::registers, {{{"get", "x", ""}, "none"},
                                         {{"cas", "x", "1 2"}, "failed"},
                                         {{"put", "x", "1"}, "ok"},
                                         {{"put", "y", "7"}, "ok"},
                                         {{"cas", "x", "1 2"}, "ok"},
                                         {{"cas", "x", "1 3"}, "failed"},
                                         {{"get", "x", ""}, "2"},
                                         {{"get", "y", ""}, "7"},
                                         {{"cas", "x", "2"}, "unknown"},
                                         {{"add", "x", "1"}, "unknown"},
                                         {{"get", "x", ""}, "2"}});
}

TEST_CASE("state machine: a counter is one sum, whatever the key, and no more than 15 digits") {
  check_answers(MachineKind::counter, {{{"read", "k", ""}, "0"},
                                       {{"add", "k", "2"}, "2"},
                                       {{"add", "l", "-5"}, "-3"},
                                       {{"add", "l", "two"}, "unknown"},
                                       {{"get", "l", ""}, "unknown"},
                                       {{"add", "l", "999999999999999"}, "999999999999996"},
                                       {{"add", "l", "4"}, "too_large"},
                                       {{"read", "k", ""}, "999999999999996"}});
}

TEST_CASE("state machine: of the words that any machine knows, each answers those it names") {
  const auto all = operations_of(MachineKind::none);
  CHECK(all.size() == 7);
  for (const MachineKind kind :
       {MachineKind::registers, MachineKind::counter, MachineKind::queue}) {
    const auto its = operations_of(kind);
    for (const auto& operation : all) {
      const std::string word(operation.first);
      const Text value = word == "cas" ? "1 2" : "1";
      const Text answer = StateMachine{}.apply(kind, {Text(word), "k", value});
      CAPTURE(word);
      CAPTURE(enum_name(kind));
      CHECK((answer.view() != "unknown") == (std::ranges::find(its, operation) != its.end()));
    }
  }
}

TEST_CASE("state machine: a topic gives out its messages in their order, each once") {
  check_answers(MachineKind::queue, {{{"GET", "news", ""}, "empty"},
                                     {{"PUT", "news", "a"}, "ok"},
                                     {{"PUT", "news", "b"}, "ok"},
                                     {{"PUT", "other", "c"}, "ok"},
                                     {{"GET", "news", ""}, "a"},
                                     {{"GET", "news", ""}, "b"},
                                     {{"GET", "news", ""}, "empty"},
                                     {{"GET", "other", ""}, "c"},
                                     {{"put", "other", "d"}, "unknown"}});
}

TEST_CASE("state machine: none answers ok to everything and holds nothing") {
  StateMachine machine;
  CHECK(machine.apply(MachineKind::none, {"add", "k", "2"}) == Text("ok"));
  CHECK(machine == StateMachine{});
}

TEST_CASE("state machine: what is done in the same order is the same in the end") {
  StateMachine one;
  StateMachine other;
  for (StateMachine* machine : {&one, &other}) {
    machine->apply(MachineKind::queue, {"PUT", "news", "a"});
    machine->apply(MachineKind::queue, {"PUT", "news", "b"});
    machine->apply(MachineKind::queue, {"GET", "news", ""});
  }
  CHECK(hash_of(one) == hash_of(other));
  other.apply(MachineKind::queue, {"GET", "news", ""});
  CHECK_FALSE(one == other);
}

}  // namespace quorate
