// Faults in words, as a scenario states them, before anybody knows whom they will hit.
#include <doctest/doctest.h>

#include "tests/fault/fake_control.hpp"

namespace quorate::testing {

TEST_CASE("fault words: one line for every verb") {
  const std::vector<std::string> names{"n1", "n2", "n3", "n4", "c1"};
  const auto words = [&](const Action& action) { return describe(action, names); };
  using Kind = Selector::Kind;
  CHECK(words(act(Verb::crash, by(Kind::leader))) == "crash the leader");
  CHECK(words(act(Verb::restart, by(Kind::fault_node, "kill"))) == "restart whom kill hit");
  CHECK(words(act(Verb::pause, by(Kind::random, "follower"))) == "pause a random follower");
  CHECK(words(act(Verb::resume, by(Kind::all))) == "resume every node");
  CHECK(words(drifting(by(Kind::leader), -100'000'000)) ==
        "let the clock of the leader run 10% slow");
  CHECK(words(drifting(node_list({1}), 200'500)) == "let the clock of n1 run 200.5ppm fast");
  CHECK(words(drifting(by(Kind::leader), frozen.ppb)) == "freeze the clock of the leader");
  CHECK(words(drifting(node_list({1}), 0)) == "let the clock of n1 run true");
  CHECK(words(jumping(node_list({1}), -250ms)) == "set the wall clock of n1 back by 250ms");
  CHECK(words(act(Verb::crash, by(Kind::role, "acceptor"))) == "crash every acceptor");
  CHECK(words(split({{n(1), n(2)}, {n(3), n(4)}})) == "partition n1 n2 | n3 n4");
  CHECK(words(shaped(PartitionShape::isolate, by(Kind::random))) == "isolate a random node");
  CHECK(words(shaped(PartitionShape::random_halves)) == "partition random halves");
  CHECK(words(shaped(PartitionShape::majorities_ring)) == "partition into a ring of majorities");
  CHECK(words(shaped(PartitionShape::swizzle, by(Kind::all))) == "swizzle every node");
  CHECK(words(shaped(PartitionShape::bridge, node_list({3}))) == "partition, bridged by n3");
  CHECK(words(about_messages(Verb::cut, node_list({1}), node_list({2, 3}))) == "cut n1 -> n2 n3");
  CHECK(words(act(Verb::hold)) == "hold messages");
  CHECK(words(act(Verb::release)) == "release whatever is held");
  CHECK(words(act(Verb::heal)) == "heal the network");
}

TEST_CASE("fault words: moments of a crash point") {
  const std::vector<std::string> names{"n1"};
  Action crash = act(Verb::crash, node_list({1}));
  crash.moment = CrashMoment::after_sends;
  CHECK(describe(crash, names) == "crash n1 after 1 send of one handler");
  crash.nth = 3;
  CHECK(describe(crash, names) == "crash n1 after 3 sends of one handler");
  crash.message = "Prepare";
  CHECK(describe(crash, names) == "crash n1 after 3 Prepare of one handler");
  crash.nth = 1;
  crash.moment = CrashMoment::after_persist;
  CHECK(describe(crash, names) == "crash n1 once its write is on disk, before what waited is sent");
  crash.moment = CrashMoment::during_persist;
  CHECK(describe(crash, names) == "crash n1 before its write is on disk");
  crash.moment = CrashMoment::sync_error;
  CHECK(describe(crash, names) == "crash n1 as its disk answers a sync with an error");
  crash.moment = CrashMoment::short_write;
  CHECK(describe(crash, names) ==
        "crash n1 as its disk answers a write with an error, of which the beginning may be there");
}

TEST_CASE("fault words: of the n-th write") {
  const std::vector<std::string> names{"n1"};
  Action crash = act(Verb::crash, node_list({1}));
  const auto words = [&](CrashMoment moment, std::uint32_t nth) {
    crash.moment = moment;
    crash.nth = nth;
    return describe(crash, names).substr(9);
  };
  CHECK(words(CrashMoment::before_persist, 1) == "before it writes to disk");
  CHECK(words(CrashMoment::before_persist, 2) == "before its 2nd write to disk");
  CHECK(words(CrashMoment::during_persist, 3) == "before its 3rd write is on disk");
  CHECK(words(CrashMoment::after_persist, 11) ==
        "once its 11th write is on disk, before what waited is sent");
  CHECK(words(CrashMoment::sync_error, 21) == "as its disk answers its 21st sync with an error");
  CHECK(words(CrashMoment::short_write, 4) ==
        "as its disk answers its 4th write with an error, of which the beginning may be there");
}

TEST_CASE("fault words: what is done to disks") {
  const std::vector<std::string> names{"n1", "n2"};
  const auto words = [&](DiskAct what) {
    Action action = act(Verb::disk, node_list({1}));
    action.harm = DiskHarm{what, 1, n(2), 0, 0};
    return describe(action, names);
  };
  CHECK(words(DiskAct::rot) == "let something rot on the disk of n1");
  CHECK(words(DiskAct::misdirect) ==
        "let the newest entry of a log on the disk of n1 lie where another was");
  CHECK(words(DiskAct::short_read) == "let only the beginning of a log on the disk of n1 be read");
  CHECK(words(DiskAct::misread) ==
        "let an entry of a log on the disk of n1 be read where another is");
  CHECK(words(DiskAct::read_error) == "let the disk of n1 answer a read with an error");
  CHECK(words(DiskAct::truncate) == "truncate what is on the disk of n1 by 1 entry");
  CHECK(words(DiskAct::swap) == "exchange the disk of n1 for that of n2");
  CHECK(words(DiskAct::snapshot) == "take a snapshot of the disk of n1");
  CHECK(words(DiskAct::restore) == "set the disk of n1 back to its snapshot");
}

}  // namespace quorate::testing
