#include "sim/base/bytes.hpp"

#include <string>
#include <utility>

#include "sim/base/decimal.hpp"

namespace quorate {
namespace {

constexpr std::uint64_t most_bytes = 1'000'000'000'000'000;

// A unit is ten to the power of its zeros times two to the power of its shift.
struct ByteUnit {
  std::string_view name;
  std::uint32_t zeros;
  std::uint32_t shift;
};
constexpr ByteUnit byte_units[] = {{"B", 0, 0},    {"kB", 3, 0},   {"MB", 6, 0},  {"GB", 9, 0},
                                   {"KiB", 0, 10}, {"MiB", 0, 20}, {"GiB", 0, 30}};

const ByteUnit* find_byte_unit(std::string_view name) {
  for (const ByteUnit& unit : byte_units) {
    if (unit.name == name) return &unit;
  }
  return nullptr;
}

// The number of bytes that `text` says, which may end in `suffix`. The error is without the text.
Parsed<std::uint64_t> read_bytes(std::string_view text, std::string_view suffix,
                                 std::string_view example) {
  const auto failure = [&](std::string_view fault) {
    return Parsed<std::uint64_t>::failure(quoted(text) + std::string(fault) + "; write " +
                                          std::string(example));
  };
  const ScannedDecimal scanned = scan_decimal(text);
  std::string_view name = text.substr(scanned.length);
  if (!name.ends_with(suffix)) name = {};
  name.remove_suffix(name.empty() ? 0 : suffix.size());
  const ByteUnit* unit = find_byte_unit(name);
  if (scanned.length == 0) return failure(" does not begin with a number");
  if (unit == nullptr) return failure(" has no unit that is known");
  auto [digits, scale] = scanned.number;
  if (scale > unit->zeros) return failure(" is not a whole number of bytes");
  for (; scale < unit->zeros && digits <= most_bytes; ++scale) digits *= 10;
  if (!scanned.fits || digits < 1 || digits > most_bytes >> unit->shift) {
    return failure(" is not from 1 byte to 1,000,000 GB");
  }
  return {digits << unit->shift, {}};
}

}  // namespace

Parsed<Bytes> parse_bytes(std::string_view text) {
  Parsed<std::uint64_t> parsed = read_bytes(text, "", "a number and B, kB, MB or GB: \"64kB\"");
  return {{parsed.value}, std::move(parsed.error)};
}

Parsed<Rate> parse_rate(std::string_view text) {
  Parsed<std::uint64_t> parsed =
      read_bytes(text, "/s", "a number and B/s, kB/s, MB/s or GB/s: \"1.5MB/s\"");
  return {{parsed.value}, std::move(parsed.error)};
}

}  // namespace quorate
