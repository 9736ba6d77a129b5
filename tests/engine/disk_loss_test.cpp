// What a crash leaves of the writes that no sync has covered, as the next life finds it.
#include <doctest/doctest.h>

#include <set>

#include "tests/engine/puppet.hpp"

namespace quorate::testing {

namespace {

using Found = std::set<std::pair<std::uint64_t, std::uint64_t>>;  // stored, beside

// Disks that take 5 ms and lose by this rule.
std::function<void(Setup<Puppet>&)> losing(const CrashRule& rule, std::uint64_t seed) {
  return [rule, seed](Setup<Puppet>& setup) {
    slow_disk(5ms)(setup);
    setup.seed = seed;
    for (auto& node : setup.nodes) node.disk.crash = rule;
  };
}

// Whatever 300 seeds bring; `look` may ask more of each.
template <class Do, class Look>
Found found_by_seeds(const CrashRule& rule, Do&& act, Look&& look) {
  Found found;
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    Stage stage(2, losing(rule, seed));
    act(stage);
    stage.crash(1);
    stage.restart(1);
    found.emplace(stage.doll(1).stored, stage.doll(1).beside);
    look(stage);
  }
  return found;
}

void write_thrice(Stage& stage) {
  stage.tell(1, "store", "1");
  stage.tell(1, "store_beside", "2");
  stage.tell(1, "store", "3");
}

// Two roles that write one after the other.
struct Left;
struct Right;
struct Couple {
  using Roles = Types<Left, Right>;
  using Messages = Types<Note>;
};
struct Left {
  std::uint64_t written{};
  QUORATE_FIELDS(Left, written)
  static constexpr auto durable = std::tuple(&Left::written);
  void on(const Request&, Out<Couple>& out);
};
struct Right {
  std::uint64_t written{};
  QUORATE_FIELDS(Right, written)
  static constexpr auto durable = std::tuple(&Right::written);
  void on(NodeId, const Note& note, Out<Couple>& out) {
    written = note.number;
    out.persist();
  }
};
// The note to the other role overtakes the write, as it was put out before.
void Left::on(const Request&, Out<Couple>& out) {
  out.send<Right>(out.self(), Note{1});
  written = 1;
  out.persist();
}

struct Deaf {
  void on(const Record&) {}
  void external(std::uint32_t) {}
  void started(NodeId) {}
  void client(ClientId, const Item<Couple>&, std::uint64_t) {}
  std::uint64_t crash_point(const CrashPoint&) { return no_cause; }
};

// What each role has after the crash.
Found pairs_by_seeds(const CrashRule& rule) {
  Found found;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    auto setup = std::make_shared<Setup<Couple>>();
    setup->names = {"n1"};
    setup->nodes.emplace_back();
    setup->nodes[0].plays = 3;
    setup->nodes[0].disk = {Distribution::constant(5ms), rule};
    setup->seed = seed;
    setup->set_members({NodeId{0}});
    NetworkConfig network;
    network.nodes = 1;
    World<Couple> world(setup, std::make_shared<const NetworkConfig>(network));
    Deaf sink;
    world.start(sink);
    world.submit(NodeId{0}, Request{ClientId{99}, 1, {"write", "", ""}}, no_cause);
    for (int step = 0; step < 2; ++step) world.step(sink);
    world.crash(NodeId{0}, no_cause, sink);
    world.restart(NodeId{0}, {}, no_cause, sink);
    found.emplace(world.role<Left>(NodeId{0}).written, world.role<Right>(NodeId{0}).written);
  }
  return found;
}

}  // namespace

TEST_CASE("crash: of a prefix of the writes the next life finds every one up to some") {
  const Found found = found_by_seeds({LostWrites::prefix}, write_thrice, [](Stage& stage) {
    CHECK(stage.world().lost_tails() == (stage.doll(1).stored == 3 ? 0 : 1));
    CHECK(stage.count("note") == 0);
  });
  CHECK(found == Found{{0, 0}, {1, 0}, {1, 2}, {3, 2}});
}

TEST_CASE("crash: of independent writes of a role the latest that is there brings all its fields") {
  int none = 0;
  const Found found = found_by_seeds({LostWrites::independent}, write_thrice, [&](Stage& stage) {
    CHECK(stage.count("note") == 0);
    CHECK(stage.world().lost_tails() == (stage.doll(1).stored == 3 ? 0 : 1));
    none += stage.doll(1).stored == 0 ? 1 : 0;
  });
  CHECK(found == Found{{0, 0}, {1, 0}, {1, 2}, {3, 2}});
  CHECK(none < 61);  // an eighth, of a prefix a quarter: 38 and 75; 4 sigma = 23
}

TEST_CASE("crash: independent writes of two roles come without each other, of a prefix not") {
  CHECK(pairs_by_seeds({LostWrites::independent}) == Found{{0, 0}, {1, 0}, {0, 1}, {1, 1}});
  CHECK(pairs_by_seeds({LostWrites::prefix}) == Found{{0, 0}, {1, 0}, {1, 1}});
}

TEST_CASE("crash: a write of two fields comes whole or not at all, unless it is torn") {
  const auto write_both = [](Stage& stage) { stage.tell(1, "store_both", "7"); };
  const auto whole = [](Stage& stage) { CHECK(stage.count("note") == 0); };
  CHECK(found_by_seeds({LostWrites::prefix}, write_both, whole) == Found{{0, 0}, {7, 7}});
  CHECK(found_by_seeds({LostWrites::independent}, write_both, whole) == Found{{0, 0}, {7, 7}});
  const auto told = [](Stage& stage) {
    CHECK(stage.count("note") == (stage.doll(1).stored == stage.doll(1).beside ? 0 : 1));
  };
  CHECK(found_by_seeds({LostWrites::all, true}, write_both, told) ==
        Found{{0, 0}, {0, 7}, {7, 0}, {7, 7}});
}

TEST_CASE("crash: no rule takes what is synced, nor what an earlier crash has left") {
  const auto write_after_sync = [](Stage& stage) {
    stage.tell(1, "store_both", "4");
    stage.pass_time(20ms);
    CHECK(stage.count("persist n1") == 1);
    stage.tell(1, "store", "5");
  };
  const auto crash_again = [](Stage& stage) {
    const std::uint64_t stored = stage.doll(1).stored;
    stage.crash(1);
    stage.restart(1);
    CHECK(stage.doll(1).stored == stored);
    CHECK(stage.doll(1).beside == 4);
  };
  for (const LostWrites lose : {LostWrites::prefix, LostWrites::independent}) {
    CHECK(found_by_seeds({lose, true}, write_after_sync, crash_again) == Found{{4, 4}, {5, 4}});
  }
}

TEST_CASE("crash: a write under way does not cover what is issued meanwhile") {
  const auto write_on = [](Stage& stage) {
    stage.tell(1, "store", "1");
    stage.pass_time(3ms);
    stage.tell(1, "store_beside", "2");
    stage.pass_time(7ms);  // the first is synced, the second under way
  };
  CHECK(found_by_seeds({LostWrites::prefix}, write_on, [](Stage&) {}) == Found{{1, 0}, {1, 2}});
}

TEST_CASE("crash: what a disk lied about may be there all the same, and is told if it is not") {
  const auto lie = [](Stage& stage) {
    stage.world().set_disk(NodeId{0}, {{}, {}, true});
    stage.tell(1, "store", "1");
    stage.pass_time(20ms);
    stage.tell(1, "store_beside", "2");
  };
  const auto told = [](Stage& stage) {
    CHECK(stage.count("note") == (stage.doll(1).stored == 1 ? 0 : 1));
    CHECK(stage.world().lost_tails() == (stage.doll(1).beside == 2 ? 0 : 1));
  };
  CHECK(found_by_seeds({LostWrites::prefix}, lie, told) == Found{{0, 0}, {1, 0}, {1, 2}});
}

TEST_CASE("crash: who restarts with an empty disk finds nothing, whatever was left") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Stage stage(2, losing({LostWrites::independent}, seed));
    write_thrice(stage);
    stage.crash(1);
    stage.restart(1, true);
    CHECK(stage.doll(1).stored == 0);
    CHECK(stage.doll(1).beside == 0);
  }
}

TEST_CASE("crash: a copy of the world finds the same, and what crashes draw moves no other draw") {
  Stage stage(2, losing({LostWrites::independent, true}, 5));
  write_thrice(stage);
  Stage copy = stage;
  for (Stage* one : {&stage, &copy}) {
    one->crash(1);
    one->restart(1);
  }
  CHECK(stage.world().state_hash() == copy.world().state_hash());
  Stage other(2, losing({}, 5));
  write_thrice(other);
  other.crash(1);
  other.restart(1);
  for (Stage* one : {&stage, &other}) one->tell(1, "roll");
  stage.run();
  other.run();
  CHECK(stage.doll(1).rolled == other.doll(1).rolled);
}

}  // namespace quorate::testing
