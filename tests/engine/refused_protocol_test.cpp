// Mistakes in a protocol that the compiler must refuse in words a person can act on: each would
// otherwise be a handler that is never called, and nothing would say so.
#include <doctest/doctest.h>

#include <fstream>

#include "tests/support/process.hpp"

namespace quorate::testing {

namespace {

// Without its consts no handler of Speaker can be called; with TWICE one of them is not alone.
constexpr const char* text = R"(
#include "sim/engine/world.hpp"
#ifndef MISTYPED
#define MISTYPED const
#endif
namespace quorate::mine {
struct Word { QUORATE_FIELDS(Word) };
struct Turn { QUORATE_FIELDS(Turn) };
struct Coin { QUORATE_FIELDS(Coin) };
struct Speaker;
struct Listener;
struct Mine {
  static constexpr std::string_view name = "mine";
  using Roles = Types<Speaker, Listener>;
  using Messages = Types<Word>;
  using Timers = Types<Turn>;
  using Choices = Types<Coin>;
};
struct Speaker {
  QUORATE_FIELDS(Speaker)
  void on(const Request&, Out<Mine>& out) {
    out.broadcast(Word{});
    out.set_timer(Turn{}, 1ms);
    out.choose(2, Coin{});
  }
  void on(NodeId, MISTYPED Word&, Out<Mine>&) {}
  void on(MISTYPED Turn&, Out<Mine>&) {}
  void on(MISTYPED Coin&, std::uint32_t, Out<Mine>&) {}
};
struct Listener {
  QUORATE_FIELDS(Listener)
  void on(const Turn&, Out<Mine>&, int) {}
#ifdef TWICE
  void on(NodeId, const Word&, Out<Mine>&) {}
#endif
};
struct Sink {
  void on(const Record&) {}
  void started(NodeId) {}
  void external(std::uint32_t) {}
  void client(ClientId, const Item<Mine>&, std::uint64_t) {}
  std::uint64_t crash_point(const CrashPoint&) { return 0; }
};
void step(World<Mine>& world, Sink& sink) { world.step(sink); }
}
)";

Outcome compiled(const std::string& definition) {
  const TemporaryFolder folder;
  const std::string file = (folder.path() / "mine.cpp").string();
  std::ofstream(file) << text;
  Command command;
  command.words = {QUORATE_CXX, "-std=c++20", "-fsyntax-only", "-I", source(".").string(),
                   definition,  file};
  return run(command);
}

bool says(const Outcome& outcome, const char* words) {
  return outcome.errors.find(words) != std::string::npos;
}

}  // namespace

TEST_CASE("protocol: a message, timer or choice without its handler does not compile") {
  const Outcome good = compiled("-DFINE");
  CHECK_MESSAGE(good.status == 0, good.errors);
  const Outcome mistyped = compiled("-DMISTYPED=");
  CHECK(mistyped.status != 0);
  CHECK(says(mistyped, "no role has  void on(NodeId from, const M&, Out&);"));
  CHECK(says(mistyped, "no role has  void on(const T&, Out&);  for timer T"));
  CHECK(says(mistyped, "no role has  void on(const C&, std::uint32_t picked, Out&);  for choice"));
  CHECK(says(mistyped, "mine::Turn"));
  CHECK(says(mistyped, "mine::Speaker"));
}

TEST_CASE("protocol: a message that several roles handle needs its role named, says the compiler") {
  const Outcome twice = compiled("-DTWICE");
  CHECK(twice.status != 0);
  CHECK(says(twice, "several roles have  void on(NodeId from, const M&, Out&);  name one"));
}

}  // namespace quorate::testing
