// How evenly what is done to disks chooses its victim: within 4 sigma at a million draws.
#include "sim/run/disk_harm.hpp"

#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <map>
#include <vector>

#include "sim/base/random.hpp"
#include "sim/engine/deceit.hpp"

namespace quorate::disk_harm_draws {
namespace {

constexpr int million = 1'000'000;

struct Shelf {
  std::vector<std::uint64_t> left;
  std::vector<std::uint64_t> right;
  QUORATE_FIELDS(Shelf, left, right)
};

struct Drawer {
  bool flag{};
  std::uint64_t number{};
  NodeId owner;
  QUORATE_FIELDS(Drawer, flag, number, owner)
};

struct Hat {
  Strategy worn{Strategy::forge};
  QUORATE_FIELDS(Hat, worn)
};

const std::vector<std::string> nodes{"n1", "n2", "n3", "n4"};

std::vector<std::uint64_t> told(const Shelf& shelf) {
  std::vector<std::uint64_t> all = shelf.left;
  all.push_back(0);
  all.insert(all.end(), shelf.right.begin(), shelf.right.end());
  return all;
}
std::vector<std::uint64_t> told(const Drawer& drawer) {
  return {drawer.flag ? std::uint64_t{1} : 0, drawer.number, drawer.owner.value};
}

// How often each state came of this one, by the draws that faults make.
template <class T>
std::map<std::vector<std::uint64_t>, int> outcomes(const T& before, DiskAct act,
                                                   std::span<const std::string_view> durable) {
  Stream stream = make_stream(7, Purpose::fault, 0, 5);
  std::map<std::vector<std::uint64_t>, int> times;
  for (int i = 0; i < million; ++i) {
    T after = before;
    const DiskHarm harm{act, 0, no_node, stream.next(), stream.next()};
    const std::array roles{RoleOnDisk{&type_info<T>, Settable::of(after), durable}};
    harm_fields(roles, harm, nodes, nodes.size());
    ++times[told(after)];
  }
  return times;
}

struct Share {
  std::vector<std::uint64_t> outcome;
  double of_all{};
};

// Each outcome has its share, and there are no others.
void check_shares(const std::map<std::vector<std::uint64_t>, int>& times,
                  const std::vector<Share>& wanted) {
  CHECK(times.size() == wanted.size());
  for (const Share& one : wanted) {
    CAPTURE(one.of_all);
    REQUIRE(times.contains(one.outcome));
    const double sigma = std::sqrt(million * one.of_all * (1 - one.of_all));
    CHECK(std::abs(times.at(one.outcome) - million * one.of_all) < 4 * sigma);
  }
}

const Shelf shelf{{1, 2, 3}, {4, 5, 6, 7}};
constexpr std::string_view lists[] = {"left", "right"};

}  // namespace

TEST_CASE("disk harm: each value rots as often, and becomes each it can become as often") {
  constexpr std::string_view durable[] = {"flag", "number", "owner"};
  std::vector<Share> wanted{{{0, 5, 1}, 1.0 / 3}};
  for (int bit = 0; bit < 8; ++bit) wanted.push_back({{1, 5U ^ (1U << bit), 1}, 1.0 / 24});
  for (const std::uint64_t other : {0, 2, 3}) wanted.push_back({{1, 5, other}, 1.0 / 9});
  check_shares(outcomes(Drawer{true, 5, NodeId{1}}, DiskAct::rot, durable), wanted);
}

TEST_CASE("disk harm: a write goes astray in each list as often, onto each entry as often") {
  check_shares(outcomes(shelf, DiskAct::misdirect, lists), {{{3, 2, 0, 4, 5, 6, 7}, 1.0 / 4},
                                                            {{1, 3, 0, 4, 5, 6, 7}, 1.0 / 4},
                                                            {{1, 2, 3, 0, 7, 5, 6}, 1.0 / 6},
                                                            {{1, 2, 3, 0, 4, 7, 6}, 1.0 / 6},
                                                            {{1, 2, 3, 0, 4, 5, 7}, 1.0 / 6}});
}

TEST_CASE("disk harm: each list is read short as often, each beginning of it as often") {
  std::vector<Share> wanted;
  for (std::size_t kept = 0; kept < 3; ++kept) {
    std::vector<std::uint64_t> left(shelf.left.begin(), shelf.left.begin() + std::ptrdiff_t(kept));
    wanted.push_back({told(Shelf{left, shelf.right}), 1.0 / 6});
  }
  for (std::size_t kept = 0; kept < 4; ++kept) {
    std::vector<std::uint64_t> right(shelf.right.begin(),
                                     shelf.right.begin() + std::ptrdiff_t(kept));
    wanted.push_back({told(Shelf{shelf.left, right}), 1.0 / 8});
  }
  check_shares(outcomes(shelf, DiskAct::short_read, lists), wanted);
}

TEST_CASE("disk harm: each list is misread as often, each entry for each other one as often") {
  std::vector<Share> wanted;
  const auto add = [&](std::vector<std::uint64_t> Shelf::*list) {
    const std::size_t size = (shelf.*list).size();
    const double pairs = static_cast<double>(size * (size - 1));
    for (std::size_t pair = 0; pair < size * size; ++pair) {
      if (pair / size == pair % size) continue;
      Shelf after = shelf;
      (after.*list)[pair / size] = (shelf.*list)[pair % size];
      wanted.push_back({told(after), 1.0 / 2 / pairs});
    }
  };
  add(&Shelf::left);
  add(&Shelf::right);
  check_shares(outcomes(shelf, DiskAct::misread, lists), wanted);
}

TEST_CASE("disk harm: what holds too little cannot be read amiss, and nothing happens to it") {
  Shelf bare{{5}, {}};
  const std::array roles{RoleOnDisk{&type_info<Shelf>, Settable::of(bare), lists}};
  for (const DiskAct act : {DiskAct::misread, DiskAct::misdirect}) {
    CHECK_FALSE(harm_fields(roles, {act, 0, no_node, 1, 1}, nodes, nodes.size()));
  }
  CHECK(told(bare) == std::vector<std::uint64_t>{5, 0});
  CHECK(harm_fields(roles, {DiskAct::short_read, 0, no_node, 1, 1}, nodes, nodes.size()));
  CHECK(bare.left.empty());
  CHECK_FALSE(harm_fields(roles, {DiskAct::short_read, 0, no_node, 1, 1}, nodes, nodes.size()));
}

TEST_CASE(
    "memory harm: each value that no disk keeps is hit as often, and becomes each other one") {
  constexpr std::string_view durable[] = {"number"};
  Stream stream = make_stream(7, Purpose::fault, 0, 5);
  std::map<std::vector<std::uint64_t>, int> times;
  for (int i = 0; i < million; ++i) {
    Drawer after{true, 5, NodeId{1}};
    const MemoryHarm hit{stream.next(), stream.next()};
    const std::array roles{RoleOnDisk{&type_info<Drawer>, Settable::of(after), durable}};
    const std::string field = scramble_fields(roles, 1, hit, nodes, nodes.size());
    CHECK((field == "flag" || field == "owner"));
    ++times[told(after)];
  }
  std::vector<Share> wanted{{{0, 5, 1}, 1.0 / 2}};
  for (const std::uint64_t other : {0, 2, 3}) wanted.push_back({{1, 5, other}, 1.0 / 6});
  check_shares(times, wanted);
}

TEST_CASE("memory harm: a role that is not played has none, and a name becomes another name") {
  Hat hat;
  const std::array roles{RoleOnDisk{&type_info<Hat>, Settable::of(hat), {}},
                         RoleOnDisk{&type_info<Hat>, Settable::of(hat), {}}};
  CHECK(scramble_fields(roles, 0, {1, 2}, nodes, nodes.size()) == "");
  CHECK(hat.worn == Strategy::forge);
  CHECK(scramble_fields(roles, 2, {1, 2}, nodes, nodes.size()) == "hat.worn");
  CHECK(hat.worn != Strategy::forge);
}

}  // namespace quorate::disk_harm_draws
