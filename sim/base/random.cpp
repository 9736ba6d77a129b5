#include "sim/base/random.hpp"

#include <boost/random/mersenne_twister.hpp>
#include <optional>
#include <utility>

#include "sim/base/decimal.hpp"

namespace quorate {

class MersenneTwister {
 public:
  explicit MersenneTwister(std::uint64_t seed) : engine_(seed) {}
  std::uint64_t next() { return engine_(); }
  friend bool operator==(const MersenneTwister& a, const MersenneTwister& b) {
    return a.engine_ == b.engine_;
  }

 private:
  boost::random::mt19937_64 engine_;
};

Stream::Stream(std::uint64_t key, Engine engine) {
  if (engine == Engine::mt19937_64) {
    twister_ = new MersenneTwister(key);
  } else {
    engine_ = Xoshiro256pp(key);
  }
}

Stream& Stream::operator=(const Stream& other) {
  if (twister_ == nullptr && other.twister_ == nullptr) {
    engine_ = other.engine_;
    return *this;
  }
  return *this = Stream(other);
}

Stream& Stream::operator=(Stream&& other) noexcept {
  engine_ = other.engine_;
  std::swap(twister_, other.twister_);
  return *this;
}

bool operator==(const Stream& a, const Stream& b) {
  if ((a.twister_ == nullptr) != (b.twister_ == nullptr) || !(a.engine_ == b.engine_)) return false;
  return a.twister_ == nullptr || *a.twister_ == *b.twister_;
}

MersenneTwister* Stream::clone(const MersenneTwister& twister) {
  return new MersenneTwister(twister);
}

void Stream::destroy(MersenneTwister* twister) { delete twister; }

std::uint64_t Stream::next_slow() {
  if (engine_.seeded()) return engine_();
  QUORATE_ASSERT(twister_ != nullptr, "A random stream is seeded before it is drawn from.");
  return twister_->next();
}

Stream make_stream(std::uint64_t root_seed, Purpose purpose, std::uint32_t a, std::uint32_t b,
                   Engine engine) {
  std::uint64_t state = root_seed;
  std::uint64_t key = splitmix64(state);
  for (const std::uint64_t word :
       {std::uint64_t{static_cast<std::uint16_t>(purpose)}, std::uint64_t{a}, std::uint64_t{b}}) {
    state = key ^ word;
    key = splitmix64(state);
  }
  return Stream(key, engine);
}

namespace {

std::optional<std::uint64_t> digit_value(char c) {
  const std::uint64_t byte = static_cast<std::uint8_t>(c);
  if (byte >= '0' && byte <= '9') return byte - '0';
  if (byte >= 'a' && byte <= 'f') return byte - 'a' + 10;
  if (byte >= 'A' && byte <= 'F') return byte - 'A' + 10;
  return std::nullopt;
}

Parsed<std::uint64_t> seed_error(std::string_view text, std::string_view fault) {
  return Parsed<std::uint64_t>::failure(
      quoted(text) + std::string(fault) +
      "; write a whole number from 0 to 18446744073709551615, or 0x and hexadecimal digits");
}

}  // namespace

Parsed<std::uint64_t> parse_seed(std::string_view text) {
  const bool hexadecimal = text.starts_with("0x");
  const std::uint64_t base = hexadecimal ? 16 : 10;
  const std::string_view digits = hexadecimal ? text.substr(2) : text;
  if (digits.empty()) return seed_error(text, " is not a seed");
  std::uint64_t seed = 0;
  bool fits = true;
  for (const char c : digits) {
    const std::optional<std::uint64_t> digit = digit_value(c);
    if (!digit || *digit >= base) return seed_error(text, " is not a seed");
    if (seed > (std::numeric_limits<std::uint64_t>::max() - *digit) / base) fits = false;
    seed = seed * base + *digit;
  }
  if (!fits) return seed_error(text, " is too large for a seed");
  return {seed, {}};
}

}  // namespace quorate
