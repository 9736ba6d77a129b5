// What can happen to a server's disk, to the field: logs and what is within their entries, too.
#include <doctest/doctest.h>

#include <cmath>
#include <map>

#include "protocols/raft/server.hpp"
#include "sim/run/describe.hpp"
#include "sim/run/disk_harm.hpp"

namespace quorate::raft {

namespace {

const std::vector<std::string> three{"n1", "n2", "n3"};

Server server(std::uint64_t entries) {
  Server server;
  server.current_term = 7;
  server.voted_for = NodeId{1};
  server.commit_index = 2;
  server.role = RoleName::leader;
  for (std::uint64_t i = 1; i <= entries; ++i) {
    server.log.append({i, {ClientId{0}, i, {"put", "x", "1"}}});
  }
  return server;
}

bool harm(Server& server, const DiskHarm& harm) {
  const RoleOnDisk on_disk{&type_info<Server>, Settable::of(server),
                           quorate::detail::durable_names<Server>()};
  return harm_fields({&on_disk, 1}, harm, three, 3);
}

}  // namespace

TEST_CASE("raft disk: the tail of the log is gone, the rest of it and all else is as it was") {
  Server cut = server(5);
  CHECK(harm(cut, {DiskAct::truncate, 2, no_node, 0, 0}));
  CHECK(cut == server(3));
  CHECK(harm(cut, {DiskAct::truncate, 9, no_node, 0, 0}));
  CHECK(cut == server(0));
  CHECK_FALSE(harm(cut, {DiskAct::truncate, 1, no_node, 0, 0}));
}

TEST_CASE("raft disk: of a compacted log only entries that are there go") {
  Server cut = server(5);
  cut.log.discard(3);
  CHECK(harm(cut, {DiskAct::truncate, 9, no_node, 0, 0}));
  CHECK(cut.log.size() == 3);
}

// Term, vote, and six values in each of five entries.
TEST_CASE("raft disk: every durable value rots equally often, and nothing that is in memory") {
  constexpr int times = 20'000;
  constexpr double spots = 2 + 5 * 6;
  Stream stream = make_stream(3, Purpose::fault, 0, 5);
  std::map<std::string, int> rotten;
  const Server whole = server(5);
  for (int i = 0; i < times; ++i) {
    Server one = whole;
    REQUIRE(harm(one, {DiskAct::rot, 0, no_node, stream.next(), stream.next()}));
    const std::string where = one.current_term != whole.current_term ? "term"
                              : one.voted_for != whole.voted_for     ? "vote"
                                                                     : "log";
    ++rotten[where];
    CHECK((one.log == whole.log) == (where != "log"));
    CHECK(one.log.size() == 5);
    one.current_term = whole.current_term;
    one.voted_for = whole.voted_for;
    one.log = whole.log;
    REQUIRE(one == whole);
  }
  for (const auto& [where, share] : {std::pair{"term", 1.0}, {"vote", 1.0}, {"log", 30.0}}) {
    const double p = share / spots;
    CHECK(std::abs(rotten[where] - times * p) < 4 * std::sqrt(times * p * (1 - p)));
  }
}

TEST_CASE("raft disk: a misdirected write takes another's place, and its own is empty") {
  for (std::uint64_t victim = 0; victim < 4; ++victim) {
    Server astray = server(5);
    CHECK(harm(astray, {DiskAct::misdirect, 0, no_node, 0, victim}));
    Server wanted = server(victim);
    for (std::uint64_t i = victim + 1; i <= 4; ++i) {
      wanted.log.append(server(5).log[i == victim + 1 ? 5 : i]);
    }
    CHECK(astray == wanted);
  }
  Server one = server(1);
  CHECK_FALSE(harm(one, {DiskAct::misdirect, 0, no_node, 0, 0}));
  CHECK(one == server(1));
}

TEST_CASE("raft disk: of a compacted log a misdirected write hits an entry that is there") {
  Server cut = server(5);
  cut.log.discard(3);
  CHECK(harm(cut, {DiskAct::misdirect, 0, no_node, 0, 7}));
  CHECK(cut.log.size() == 4);
  CHECK(cut.log[4] == server(5).log[5]);
}

TEST_CASE("raft disk: a vote rots to one for somebody else, a term by one of its low bits") {
  for (std::uint64_t how = 0; how < 20; ++how) {
    Server one = server(0);
    CHECK(harm(one, {DiskAct::rot, 0, no_node, 0, how}));  // the first value
    CHECK(one.current_term == (7 ^ (std::uint64_t{1} << (how & 7))));
    Server other = server(0);
    CHECK(harm(other, {DiskAct::rot, 0, no_node, 1, how}));
    REQUIRE(other.voted_for);
    CHECK(*other.voted_for != NodeId{1});
    CHECK(other.voted_for->value < 3);
  }
}

}  // namespace quorate::raft
