// Amounts of data and how fast they flow, as scenarios write them: "64kB", "1.5MB/s", "2GiB". Units
// are B, kB, MB and GB, each a thousand of the one before, and whole KiB, MiB and GiB, each 1,024.
#pragma once

#include <cstdint>
#include <string_view>

#include "sim/base/parsed.hpp"

namespace quorate {

struct Bytes {
  std::uint64_t count{};
  friend bool operator==(Bytes, Bytes) = default;
};

// In bytes a second.
struct Rate {
  std::uint64_t bytes{};
  friend bool operator==(Rate, Rate) = default;
};

// A whole number of bytes, from 1 to 1,000,000 GB.
Parsed<Bytes> parse_bytes(std::string_view text);
Parsed<Rate> parse_rate(std::string_view text);

}  // namespace quorate
