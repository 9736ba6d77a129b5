#include "sim/base/random.hpp"

#include <doctest/doctest.h>

#include <array>
#include <bit>
#include <boost/random/mersenne_twister.hpp>
#include <boost/random/uniform_int_distribution.hpp>
#include <concepts>
#include <cstdint>
#include <cstdlib>
#include <queue>
#include <random>
#include <set>
#include <type_traits>
#include <vector>

#include "sim/base/assert.hpp"
#include "sim/base/hash.hpp"

using namespace quorate;

namespace {

// A second xoshiro256++ and splitmix64, slow and written from the description: bits are moved one
// at a time and products are summed, so they share no operation with the code under test.
std::uint64_t slow_rotate(std::uint64_t value, int places) {
  for (int i = 0; i < places; ++i)
    value = value + value + (value >= 0x8000'0000'0000'0000U ? 1 : 0);
  return value;
}

std::uint64_t slow_product(std::uint64_t a, std::uint64_t b) {
  std::uint64_t sum = 0;
  for (; b != 0; b /= 2, a += a) sum += b % 2 == 1 ? a : 0;
  return sum;
}

struct SlowSplitmix {
  std::uint64_t state{};
  std::uint64_t next() {
    state += 11'400'714'819'323'198'485U;
    std::uint64_t z = state;
    z = slow_product(z ^ (z / (1U << 30)), 13'787'848'793'156'543'929U);
    z = slow_product(z ^ (z / (1U << 27)), 10'723'151'780'598'845'931U);
    return z ^ (z / (1U << 31));
  }
};

struct SlowXoshiro {
  std::array<std::uint64_t, 4> s{};
  std::uint64_t next() {
    const std::uint64_t result = slow_rotate(s[0] + s[3], 23) + s[0];
    const std::array<std::uint64_t, 4> old = s;
    s[0] = old[0] ^ old[1] ^ old[3];
    s[1] = old[0] ^ old[1] ^ old[2];
    s[2] = old[0] ^ old[2] ^ slow_product(old[1], std::uint64_t{1} << 17);
    s[3] = slow_rotate(old[1] ^ old[3], 45);
    return result;
  }
};

static_assert(std::uniform_random_bit_generator<Xoshiro256pp>);
static_assert(std::uniform_random_bit_generator<Stream>);
static_assert(std::copyable<Stream>);
static_assert(std::is_nothrow_move_constructible_v<Stream>);
static_assert(sizeof(Stream) <= 40);

constexpr std::array<Engine, 2> engines{Engine::xoshiro256pp, Engine::mt19937_64};

}  // namespace

TEST_CASE("the wide product is the same with and without 128-bit integers") {
  constexpr std::uint64_t top = ~std::uint64_t{0};
  const std::vector<std::uint64_t> edges{0,       1,           2,       0xFFFF'FFFF, 0x1'0000'0000,
                                         top / 2, top / 2 + 1, top - 1, top};
  for (const std::uint64_t a : edges) {
    for (const std::uint64_t b : edges) CHECK(multiply_wide(a, b) == multiply_wide_portable(a, b));
  }
  CHECK(multiply_wide_portable(top, top) == UInt128{top - 1, 1});
  CHECK(multiply_high(std::uint64_t{1} << 63, 6) == 3);
  Xoshiro256pp random(1);
  for (int i = 0; i < 100'000; ++i) {
    const std::uint64_t a = random();
    const std::uint64_t b = random();
    REQUIRE(multiply_wide(a, b) == multiply_wide_portable(a, b));
    REQUIRE(multiply_wide_portable(a, b).low == a * b);
  }
}

TEST_CASE("the signed high product rounds towards minus infinity") {
  constexpr std::uint64_t half = std::uint64_t{1} << 63;
  CHECK(multiply_high_signed(7, half) == 3);
  CHECK(multiply_high_signed(-7, half) == -4);
  CHECK(multiply_high_signed(-1, 1) == -1);
  CHECK(multiply_high_signed(INT64_MIN, ~std::uint64_t{0}) == INT64_MIN);
  CHECK(multiply_high_signed(-4, 0) == 0);
}

TEST_CASE("splitmix64 gives the published values") {
  std::uint64_t state = 1234567;
  const std::array<std::uint64_t, 5> published{6457827717110365317U, 3203168211198807973U,
                                               9817491932198370423U, 4593380528125082431U,
                                               16408922859458223821U};
  for (const std::uint64_t expected : published) CHECK(splitmix64(state) == expected);
  state = 0;
  CHECK(splitmix64(state) == 0xE220'A839'7B1D'CDAFU);
}

TEST_CASE("xoshiro256++ gives the published values") {
  Xoshiro256pp engine(std::array<std::uint64_t, 4>{1, 2, 3, 4});
  const std::array<std::uint64_t, 10> published{41943041U,
                                                58720359U,
                                                3588806011781223U,
                                                3591011842654386U,
                                                9228616714210784205U,
                                                9973669472204895162U,
                                                14011001112246962877U,
                                                12406186145184390807U,
                                                15849039046786891736U,
                                                10450023813501588000U};
  for (const std::uint64_t expected : published) CHECK(engine() == expected);
}

TEST_CASE("engine and seeding agree with a slow second implementation") {
  for (const std::uint64_t seed : {std::uint64_t{0}, std::uint64_t{42}, ~std::uint64_t{0}}) {
    SlowSplitmix mix{seed};
    SlowXoshiro slow;
    for (std::uint64_t& word : slow.s) word = mix.next();
    Xoshiro256pp engine(seed);
    for (int i = 0; i < 5000; ++i) REQUIRE(engine() == slow.next());
  }
}

TEST_CASE("the second engine is Boost's and the standard's mt19937_64") {
  Stream stream(5489, Engine::mt19937_64);
  Stream stepped = stream;
  for (int i = 1; i < 10'000; ++i) stepped.next();
  CHECK(stepped.next() == 9981545732273789042U);  // the value the C++ standard demands

  const std::uint64_t key = 0x0123'4567'89AB'CDEF;
  stream = Stream(key, Engine::mt19937_64);
  boost::random::mt19937_64 boosts(key);
  std::mt19937_64 standard(key);
  for (int i = 0; i < 2000; ++i) {
    const std::uint64_t drawn = stream.next();
    REQUIRE(drawn == boosts());
    REQUIRE(drawn == standard());
  }
}

TEST_CASE("a stream's key is the published chain over root, purpose, a and b") {
  for (const Engine engine : engines) {
    for (const std::uint64_t root : {std::uint64_t{0}, std::uint64_t{42}, ~std::uint64_t{0}}) {
      std::uint64_t key = SlowSplitmix{root}.next();
      for (const std::uint64_t word : {1U, 3U, 0xFFFF'FFFFU}) key = SlowSplitmix{key ^ word}.next();
      CHECK(make_stream(root, Purpose::link_delay, 3, 0xFFFF'FFFF, engine) == Stream(key, engine));
    }
  }
}

TEST_CASE("purposes are numbered from 1 without gaps and their names differ") {
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < purpose_names.size(); ++i) {
    CHECK(static_cast<std::size_t>(purpose_names[i].purpose) == i + 1);
    names.insert(purpose_names[i].name);
  }
  CHECK(names.size() == purpose_names.size());
}

// Part of the trace format: a changed number here means that published runs change.
TEST_CASE("test vectors: every purpose of root seed 42") {
  struct Vector {
    std::uint64_t first;
    std::uint64_t digest;  // of a million draws
  };
  const std::array<Vector, purpose_names.size()> expected{{
      {0x36120207BC5D3779U, 0x752944B70F59ACFAU},  // link_delay
      {0x9DE24B0F7DC9B194U, 0x7D1FF5D56283B817U},  // link_loss
      {0xEF5FC965BC5F504DU, 0xB760A10BF0EFEF0CU},  // link_duplicate
      {0x5F24FD26978AA5E8U, 0x6CDA883FAD55518DU},  // timer
      {0xF63E24612A7C173CU, 0x4BCC4B31CB13B226U},  // choice
      {0x541C1BE30EFAE470U, 0xA6CCAB101A48699CU},  // fault
      {0xCF094AAB8F0C2B01U, 0x97D57A5E411C453DU},  // workload
      {0xA9278625DB1ABA40U, 0x77BAC0391D5E2DA9U},  // client
      {0xF493013B26068DAAU, 0x6D37E5172896A43CU},  // disk
      {0xC85FD07074886AB1U, 0xCF747696F490FE63U},  // partition
      {0xACC0E1E725EAC867U, 0x86E10F760133842EU},  // tie_break
      {0x1B9D7ACEB4597507U, 0xE364CFB2C3D4399BU},  // clock
      {0x35D312C7B5B1512CU, 0x0A72934A21DED193U},  // corrupt
      {0x1710126CEC7343D1U, 0xA5DC6F75E8FE1660U},  // omission
      {0x966CC333E2169CA6U, 0xD695E26CFD6AA46CU},  // byzantine
      {0x023C095CD580C1ADU, 0x299A0226DFED4D84U},  // detector
      {0x9D9338C8B5D60E1AU, 0xBCC438296280FA5EU},  // search
      {0x10B1FD2FCF2F2100U, 0x6CBBD3D739AB2FA2U},  // work
  }};
  for (std::size_t i = 0; i < expected.size(); ++i) {
    CAPTURE(purpose_names[i].name);
    Stream stream = make_stream(42, purpose_names[i].purpose);
    CHECK(Stream(stream).next() == expected[i].first);
    Hasher digest;
    for (int draw = 0; draw < 1'000'000; ++draw) digest.word(stream.next());
    CHECK(digest.result() == expected[i].digest);
  }
}

TEST_CASE("test vectors: the first eight draws") {
  struct Vector {
    Stream stream;
    std::array<std::uint64_t, 8> draws;
  };
  const std::array<Vector, 4> expected{{
      {Stream(0),
       {0x53175D61490B23DFU, 0x61DA6F3DC380D507U, 0x5C0FDF91EC9A7BFCU, 0x02EEBF8C3BBE5E1AU,
        0x7ECA04EBAF4A5EEAU, 0x0543C37757F08D9AU, 0xDB7490C75AB5026EU, 0xD87343E6464BC959U}},
      {make_stream(42, Purpose::link_delay, 0, 1),
       {0x1ED81ECB20E3EE6BU, 0x5BF066382C4849C1U, 0x7422B1D3FE09170DU, 0x9A8CA5BBF4922C77U,
        0x104EB8762DBF17C1U, 0x4B4C51985B581520U, 0x16971E3DD858146AU, 0xE9167F2DDDCED79EU}},
      {make_stream(~std::uint64_t{0}, Purpose::timer, 4),
       {0xDD2B16ED03C43877U, 0x1CEA8A9E01A4B54AU, 0xDA57CE6D1DE95D89U, 0x001D75744C73BD6DU,
        0xDE7FC600A3D75CF6U, 0xAC65DD20E2C9CF7AU, 0xB1CE679E8567982CU, 0xAFFEFBE62B17C713U}},
      {make_stream(42, Purpose::link_delay, 0, 1, Engine::mt19937_64),
       {0xF0C665AA4DEC16C8U, 0xC89056E03E15E043U, 0x3FD7CE334961CE88U, 0x960B1DC0DD4A01B2U,
        0xB519151D6EBD0859U, 0x858B76B17F4FAE5FU, 0x7231EC631CD5D2BAU, 0x194BE27FB15E2713U}},
  }};
  for (const Vector& vector : expected) {
    Stream stream = vector.stream;
    for (const std::uint64_t draw : vector.draws) CHECK(stream.next() == draw);
  }
}

TEST_CASE("streams that differ in anything differ at once") {
  std::set<std::uint64_t> first;
  std::size_t made = 0;
  for (const std::uint64_t root : {0U, 1U, 2U}) {
    for (const PurposeName& entry : purpose_names) {
      for (std::uint32_t a = 0; a < 12; ++a) {
        for (std::uint32_t b = 0; b < 12; ++b) {
          first.insert(make_stream(root, entry.purpose, a, b).next());
          ++made;
        }
      }
    }
  }
  CHECK(first.size() == made);
}

TEST_CASE("streams of two purposes are uncorrelated") {
  constexpr int draws = 20'000;
  for (std::size_t i = 0; i + 1 < purpose_names.size(); ++i) {
    Stream one = make_stream(42, purpose_names[i].purpose, 1, 2);
    Stream other = make_stream(42, purpose_names[i + 1].purpose, 1, 2);
    std::int64_t differing = 0;
    for (int draw = 0; draw < draws; ++draw) differing += std::popcount(one.next() ^ other.next());
    // 64 fair bits a draw: mean 32 * draws, standard deviation 4 * sqrt(draws) = 566; four of them.
    CHECK(std::abs(differing - 32 * draws) < 4 * 566);
  }
}

TEST_CASE("drawing from one stream moves no other") {
  Stream loss = make_stream(42, Purpose::link_loss, 0, 1);
  Stream delay = make_stream(42, Purpose::link_delay, 0, 1);
  for (int i = 0; i < 1000; ++i) delay.next();
  CHECK(loss == make_stream(42, Purpose::link_loss, 0, 1));
}

TEST_CASE("below takes the high word of draw times n, and exactly one draw") {
  for (const Engine engine : engines) {
    Stream stream(9, engine);
    for (const std::uint64_t n : {std::uint64_t{1}, std::uint64_t{2}, std::uint64_t{9'000'000},
                                  ~std::uint64_t{0} / 2 + 2, ~std::uint64_t{0}}) {
      Stream twin = stream;
      const std::uint64_t picked = stream.below(n);
      CHECK(picked < n);
      CHECK(picked == multiply_wide_portable(twin.next(), n).high);
      CHECK(stream == twin);
    }
  }
}

TEST_CASE("below is uniform") {
  Stream stream = make_stream(42, Purpose::choice);
  constexpr std::size_t cells = 10;
  constexpr std::int64_t draws = 100'000;
  std::array<std::int64_t, cells> hits{};
  for (int i = 0; i < draws; ++i) ++hits[stream.below(cells)];
  std::int64_t scaled = 0;  // chi-squared * draws / cells
  for (const std::int64_t count : hits) scaled += (count - draws / 10) * (count - draws / 10);
  CHECK(scaled * 10 / draws < 34);  // nine degrees of freedom: 33.7 is exceeded once in 10,000
}

TEST_CASE("an empty range and an unseeded stream are assertions") {
  Stream stream(1);
  CHECK_THROWS_AS(stream.below(0), AssertionFailure);
  Stream unseeded;
  CHECK_FALSE(unseeded.seeded());
  CHECK_THROWS_AS(unseeded.next(), AssertionFailure);
  for (const Engine engine : engines) CHECK(Stream(0, engine).seeded());
}

TEST_CASE("a copied stream goes its own way, whatever the engine") {
  for (const Engine engine : engines) {
    Stream original(7, engine);
    original.next();
    Stream copy = original;
    CHECK(copy == original);
    const std::uint64_t drawn = original.next();
    CHECK_FALSE(copy == original);
    CHECK(copy.next() == drawn);
    CHECK(copy == original);
  }
}

TEST_CASE("assignment between streams of different engines copies the whole state") {
  const std::array<Stream, 3> values{Stream(1), Stream(1, Engine::mt19937_64), Stream()};
  for (const Stream& from : values) {
    for (const Stream& to : values) {
      Stream target = to;
      target = from;
      CHECK(target == from);
      Stream moved_into = to;
      moved_into = Stream(from);
      CHECK(moved_into == from);
      const Stream& same = target;
      target = same;
      CHECK(target == from);
    }
  }
  CHECK_FALSE(values[0] == values[1]);
  CHECK_FALSE(values[0] == values[2]);
}

TEST_CASE("Boost's integer distribution draws from a stream") {
  Stream stream(3);
  boost::random::uniform_int_distribution<std::uint32_t> die(1, 6);
  std::set<std::uint32_t> faces;
  for (int i = 0; i < 200; ++i) faces.insert(die(stream));
  CHECK(faces == std::set<std::uint32_t>{1, 2, 3, 4, 5, 6});
}

namespace {

// PHOLD, the usual event-queue benchmark, in its plainest form: pending events hop between
// processes with random delays. The checksum was obtained independently by several simulators, so
// it proves the seeding, the engine and the bounded draw at once.
struct Phold {
  struct Event {
    std::uint64_t time;
    std::uint64_t order;
    std::uint64_t process;
    bool operator>(const Event& other) const {
      return time != other.time ? time > other.time : order > other.order;
    }
  };

  std::uint64_t processes;
  Stream stream{42};
  std::uint64_t scheduled{};
  std::priority_queue<Event, std::vector<Event>, std::greater<>> pending{};

  void schedule(std::uint64_t now, std::uint64_t process) {
    pending.push({now + 1'000'000 + stream.below(9'000'000), scheduled++, process});
  }

  std::uint64_t checksum_after(std::uint64_t events) {
    std::uint64_t checksum = 0;
    for (std::uint64_t process = 0; process < processes; ++process) schedule(0, process);
    for (std::uint64_t i = 0; i < events; ++i) {
      const Event event = pending.top();
      pending.pop();
      checksum = checksum * 0x9E37'79B9'7F4A'7C15U + event.time + event.process;
      schedule(event.time, stream.below(processes));
    }
    return checksum;
  }
};

}  // namespace

TEST_CASE("PHOLD has the checksum that other simulators get") {
  Phold phold{.processes = 5};
  CHECK(phold.checksum_after(1'100'000) == 0xED5A'F89C'0B38'1E11U);
}

TEST_CASE("a seed is a plain number") {
  CHECK(parse_seed("0").value == 0);
  CHECK(parse_seed("42").value == 42);
  CHECK(parse_seed("0x5eed").value == 0x5EED);
  CHECK(parse_seed("0xFFFFFFFFFFFFFFFF").value == ~std::uint64_t{0});
  CHECK(parse_seed("18446744073709551615").value == ~std::uint64_t{0});
  for (const char* text : {"0", "42", "0x5eed", "0xFFFFFFFFFFFFFFFF", "18446744073709551615"}) {
    CHECK(parse_seed(text).error.empty());
  }
}

TEST_CASE("a seed that is not one is refused with a sentence") {
  const std::string hint =
      "; write a whole number from 0 to 18446744073709551615, or 0x and hexadecimal digits";
  for (const std::string text :
       {"", "-1", "+1", "1e3", " 1", "1 ", "1.0", "0x", "0X1", "x1", "0xg", "5eed", "1'000"}) {
    CAPTURE(text);
    const Parsed<std::uint64_t> parsed = parse_seed(text);
    CHECK(parsed.error == "\"" + text + "\" is not a seed" + hint);
    CHECK(parsed.value == 0);
  }
  for (const std::string text :
       {"18446744073709551616", "0x10000000000000000", "99999999999999999999999999"}) {
    CHECK(parse_seed(text).error == "\"" + text + "\" is too large for a seed" + hint);
  }
}
