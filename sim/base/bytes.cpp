#include "sim/base/bytes.hpp"

#include <array>
#include <optional>
#include <string>
#include <utility>

#include "sim/base/decimal.hpp"

namespace quorate {
namespace {

constexpr std::uint64_t most_bytes = 1'000'000'000'000'000;

constexpr std::array<std::pair<std::string_view, std::uint32_t>, 4> byte_units{
    {{"B", 0}, {"kB", 3}, {"MB", 6}, {"GB", 9}}};

std::optional<std::uint32_t> zeros_of(std::string_view unit) {
  for (const auto& [name, zeros] : byte_units) {
    if (name == unit) return zeros;
  }
  return std::nullopt;
}

// The number of bytes that `text` says, which may end in `suffix`. The error is without the text.
Parsed<std::uint64_t> read_bytes(std::string_view text, std::string_view suffix,
                                 std::string_view example) {
  const auto failure = [&](std::string_view fault) {
    return Parsed<std::uint64_t>::failure(quoted(text) + std::string(fault) + "; write " +
                                          std::string(example));
  };
  const ScannedDecimal scanned = scan_decimal(text);
  std::string_view unit = text.substr(scanned.length);
  if (!unit.ends_with(suffix)) unit = {};
  unit.remove_suffix(unit.empty() ? 0 : suffix.size());
  const auto zeros = zeros_of(unit);
  if (scanned.length == 0 || !scanned.fits || !zeros) return failure(" has no unit that is known");
  auto [digits, scale] = scanned.number;
  if (scale > *zeros) return failure(" is not a whole number of bytes");
  for (; scale < *zeros && digits <= most_bytes; ++scale) digits *= 10;
  if (digits < 1 || digits > most_bytes) return failure(" is not from 1 byte to 1,000,000 GB");
  return {digits, {}};
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
