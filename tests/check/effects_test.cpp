// Effects that state machines tell of: whose they are, and what they save.
#include "sim/check/effects.hpp"

#include <doctest/doctest.h>

#include <deque>

#include "sim/base/random.hpp"
#include "tests/check/calls.hpp"

namespace quorate {
namespace {

ClientCall put_message(Text message, std::uint64_t asked, std::uint64_t answered) {
  return call_of(1, {"PUT", "t", message}, asked, answered, "ok");
}
ClientCall take_message(std::uint32_t client, Text result, std::uint64_t asked,
                        std::uint64_t answered) {
  return call_of(client, {"GET", "t", {}}, asked, answered, result);
}

// One client puts the same two messages again and again and gives up half the time, while another
// takes them. What was executed is known, whether somebody still waited for it or not.
struct Crowd {
  std::vector<ClientCall> history;
  std::vector<Effect> effects;

  void execute(std::size_t position, std::uint64_t moment) {
    effects.push_back({moment, history[position].operation});
  }
};

Crowd crowd_at_a_queue() {
  Crowd crowd;
  Stream stream(7);
  std::deque<Text> messages;
  for (std::uint32_t i = 0; i < 60; ++i) {
    const Text message = stream.below(2) == 0 ? "a" : "b";
    const std::uint64_t begin = 10 * i;
    crowd.history.push_back(
        put_message(message, begin + 1, i % 2 == 0 ? ClientCall::never : begin + 4));
    const bool is_lost = i % 4 == 0;  // the request, before anybody executed it
    if (!is_lost) crowd.execute(crowd.history.size() - 1, begin + 2);
    if (!is_lost) messages.push_back(message);
    if (messages.empty()) continue;
    const bool gives_up = i % 3 == 0;
    crowd.history.push_back(take_message(2, gives_up ? Text() : messages.front(), begin + 5,
                                         gives_up ? ClientCall::never : begin + 8));
    crowd.execute(crowd.history.size() - 1, begin + 6);
    messages.pop_front();
  }
  return crowd;
}

TEST_CASE("an order in which operations were executed saves the search for one") {
  const Model& queue = *find_model("queue");
  const SearchBudget small{.tries = 200};
  Crowd crowd = crowd_at_a_queue();
  CHECK(linearize(queue, crowd.history, small).answer == Linearizable::unknown);
  match_effects(queue, crowd.effects, crowd.history);
  const Linearization found = linearize(queue, crowd.history, small);
  CHECK(found.answer == Linearizable::yes);
  CHECK(found.order.size() == crowd.effects.size());
}

// Four calls are alike, and three of them were executed.
TEST_CASE("an effect is its whose answer it explains, and who asked before it") {
  std::vector<ClientCall> history{put_message("a", 1, 4), take_message(2, {}, 5, ClientCall::never),
                                  take_message(3, "empty", 6, 20), take_message(4, "a", 7, 21),
                                  take_message(5, "empty", 18, 19)};
  const Operation take{"GET", "t", {}};
  const std::vector<Effect> effects{{2, {"PUT", "t", "a"}}, {10, take}, {11, take}, {12, take}};
  match_effects(*find_model("queue"), effects, history);
  CHECK(history[0].effect == 0);
  CHECK(history[3].effect == 1);
  CHECK(history[2].effect == 2);
  CHECK(history[1].effect == 3);
  CHECK(history[4].effect == ClientCall::never);
}

}  // namespace
}  // namespace quorate
