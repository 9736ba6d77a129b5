// Random streams. One root seed feeds a separate stream for every (purpose, a, b), so that a new
// consumer of randomness never shifts the draws of another. What is drawn here is part of the trace
// format: changing a number changes every published run.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <limits>
#include <string_view>

#include "sim/base/assert.hpp"
#include "sim/base/field_list.hpp"
#include "sim/base/parsed.hpp"
#include "sim/base/uint128.hpp"

namespace quorate {

// The next value of Vigna's splitmix64; advances `state`. Used to spread seeds, never as a stream.
constexpr std::uint64_t splitmix64(std::uint64_t& state) {
  state += 0x9E37'79B9'7F4A'7C15U;
  std::uint64_t mixed = state;
  mixed = (mixed ^ (mixed >> 30)) * 0xBF58'476D'1CE4'E5B9U;
  mixed = (mixed ^ (mixed >> 27)) * 0x94D0'49BB'1331'11EBU;
  return mixed ^ (mixed >> 31);
}

// xoshiro256++ of Blackman and Vigna: 32 bytes, period 2^256 - 1, under a nanosecond a draw. Models
// a uniform random bit generator, so Boost's integer distributions accept it.
class Xoshiro256pp {
 public:
  using result_type = std::uint64_t;

  constexpr Xoshiro256pp() = default;  // unseeded: all words zero; it must not be drawn from
  constexpr explicit Xoshiro256pp(std::uint64_t seed) {
    for (std::uint64_t& word : state_) word = splitmix64(seed);
  }
  constexpr explicit Xoshiro256pp(const std::array<std::uint64_t, 4>& state) : state_(state) {}

  static constexpr result_type min() { return 0; }
  static constexpr result_type max() { return std::numeric_limits<result_type>::max(); }

  constexpr result_type operator()() {
    const std::uint64_t result = std::rotl(state_[0] + state_[3], 23) + state_[0];
    const std::uint64_t shifted = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= shifted;
    state_[3] = std::rotl(state_[3], 45);
    return result;
  }
  constexpr std::uint64_t first_word() const { return state_[0]; }
  constexpr bool seeded() const { return (state_[0] | state_[1] | state_[2] | state_[3]) != 0; }
  friend constexpr bool operator==(const Xoshiro256pp&, const Xoshiro256pp&) = default;

 private:
  std::array<std::uint64_t, 4> state_{};
};

// What a stream is for. A closed list: numbers are never reused or changed, new ones go to the end.
// `a` and `b` are what make_stream takes beside it; 0 where nothing is said.
enum class Purpose : std::uint16_t {
  link_delay = 1,      // a = sender, b = receiver
  link_loss = 2,       // a = sender, b = receiver
  link_duplicate = 3,  // a = sender, b = receiver
  timer = 4,           // a = node
  choice = 5,          // a = node: what a protocol asked to have chosen
  fault = 6,           // a = position of the fault, b = which of its own choices is drawn
  workload = 7,        // a = position of the workload item
  client = 8,          // a = client
  disk = 9,            // a = node, b = 0 for how long it takes, 1 for what crashes leave
  partition = 10,      // a = position of the fault that partitions, b = 1 if it swizzles
  tie_break = 11,
  clock = 12,      // a = node, b = 0 for its drift, 1 for its offset, 2 for its jitter
  corrupt = 13,    // a = sender, b = receiver
  omission = 14,   // a = position of the fault, b = how often it fired before
  byzantine = 15,  // a = liar, of what all agree on nobody; b = position of the fault,
                   // exclusive or 65,536 times how often it fired before
  detector = 16,   // a = watching node, b = watched node
  search = 17,     // fault mixes and mutations drawn by sweeps and hunts
  work = 18,       // a = node: how long it takes over a handler
};

struct PurposeName {
  Purpose purpose;
  std::string_view name;
};

// The published list, in the order of the numbers.
inline constexpr std::array<PurposeName, 18> purpose_names{{
    {Purpose::link_delay, "link_delay"},
    {Purpose::link_loss, "link_loss"},
    {Purpose::link_duplicate, "link_duplicate"},
    {Purpose::timer, "timer"},
    {Purpose::choice, "choice"},
    {Purpose::fault, "fault"},
    {Purpose::workload, "workload"},
    {Purpose::client, "client"},
    {Purpose::disk, "disk"},
    {Purpose::partition, "partition"},
    {Purpose::tie_break, "tie_break"},
    {Purpose::clock, "clock"},
    {Purpose::corrupt, "corrupt"},
    {Purpose::omission, "omission"},
    {Purpose::byzantine, "byzantine"},
    {Purpose::detector, "detector"},
    {Purpose::search, "search"},
    {Purpose::work, "work"},
}};

// The generator behind a stream. The second one is Boost's, 2.5 kB a stream: a cross-check, so that
// nobody needs to wonder whether a finding is an artefact of the first.
QUORATE_ENUM(Engine, xoshiro256pp, mt19937_64)

class MersenneTwister;  // wraps Boost's engine, which only random.cpp includes

// A random stream: a value of 40 bytes, copied with its position. Drawing costs about a nanosecond.
class Stream {
 public:
  using result_type = std::uint64_t;

  // Unseeded, for slots that are filled on first use; drawing from it fails an assertion.
  constexpr Stream() = default;
  // Seeded with `key` itself. Simulation code calls make_stream instead.
  explicit Stream(std::uint64_t key, Engine engine = Engine::xoshiro256pp);
  Stream(const Stream& other)
      : engine_(other.engine_), twister_(other.twister_ ? clone(*other.twister_) : nullptr) {}
  Stream(Stream&& other) noexcept : engine_(other.engine_), twister_(other.twister_) {
    other.twister_ = nullptr;
  }
  Stream& operator=(const Stream& other);
  Stream& operator=(Stream&& other) noexcept;
  ~Stream() {
    if (twister_ != nullptr) destroy(twister_);
  }

  static constexpr result_type min() { return Xoshiro256pp::min(); }
  static constexpr result_type max() { return Xoshiro256pp::max(); }
  result_type operator()() { return next(); }

  bool seeded() const { return engine_.seeded() || twister_ != nullptr; }

  // 64 uniform bits. The second engine and the unseeded stream leave engine_ at zero, so that one
  // test of one word keeps both off the usual way; next_slow() looks at the others.
  std::uint64_t next() {
    if (engine_.first_word() == 0) [[unlikely]]
      return next_slow();
    return engine_();
  }
  // A whole number in [0, n), n >= 1, by multiply-shift: exactly one draw whatever it is, which
  // keeps streams aligned; in return a value's chance is off by at most n / 2^64 of itself.
  std::uint64_t below(std::uint64_t n) {
    QUORATE_ASSERT(n >= 1, "A number can be drawn only from a range that is not empty.");
    return multiply_high(next(), n);
  }
  friend bool operator==(const Stream& a, const Stream& b);

 private:
  static MersenneTwister* clone(const MersenneTwister& twister);
  static void destroy(MersenneTwister* twister);
  std::uint64_t next_slow();

  Xoshiro256pp engine_;
  MersenneTwister* twister_{nullptr};  // owned; null unless that engine was asked for
};

// The stream of one consumer. Its key is a chain of splitmix64 steps:
//   key = mix(root); key = mix(key ^ purpose); key = mix(key ^ a); key = mix(key ^ b)
// where mix(x) is the first value of splitmix64 from state x, and the key seeds the engine.
Stream make_stream(std::uint64_t root_seed, Purpose purpose, std::uint32_t a = 0,
                   std::uint32_t b = 0, Engine engine = Engine::xoshiro256pp);

// A seed as people write it: decimal digits, or 0x and hexadecimal digits, from 0 to 2^64 - 1.
// Signs, spaces, exponents and fractions are refused.
Parsed<std::uint64_t> parse_seed(std::string_view text);

}  // namespace quorate
