#include "sim/base/time.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <limits>
#include <string>

#include "sim/base/decimal.hpp"
#include "sim/base/random.hpp"

using namespace quorate;

namespace {

std::int64_t ns_of(std::string_view text) {
  const Parsed<Duration> parsed = parse_duration(text);
  INFO(parsed.error);
  REQUIRE(parsed);
  return parsed.value.count();
}

std::string error_of(std::string_view text) {
  const Parsed<Duration> parsed = parse_duration(text);
  CHECK(parsed.value.count() == 0);
  return parsed.error;
}

}  // namespace

TEST_CASE("a duration is read exactly in every unit") {
  CHECK(ns_of("7ns") == 7);
  CHECK(ns_of("10us") == 10'000);
  CHECK(ns_of("150ms") == 150'000'000);
  CHECK(ns_of("2.5s") == 2'500'000'000);
  CHECK(ns_of("3m") == 180'000'000'000);
  CHECK(ns_of("1h") == 3'600'000'000'000);
  CHECK(ns_of("0s") == 0);
  CHECK(ns_of("0h") == 0);
  CHECK(ns_of("007ms") == 7'000'000);
}

TEST_CASE("decimals of a duration never pass through floating point") {
  CHECK(ns_of("0.1s") == 100'000'000);
  CHECK(ns_of("0.000000001s") == 1);
  CHECK(ns_of("9007199.254740993s") ==
        9'007'199'254'740'993);  // 2^53 + 1: a double would lose the 1
  CHECK(ns_of("0.00000000025h") == 900);
  CHECK(ns_of("0.0000000001h") == 360);
  CHECK(ns_of("1.000000000000000000000000000000s") == 1'000'000'000);
  CHECK(ns_of("0.000000000000000000000000s") == 0);
  CHECK(ns_of("2.0ns") == 2);
}

TEST_CASE("the longest duration is 100 years") {
  CHECK(ns_of("876000h") == max_duration.count());
  CHECK(ns_of("3153600000000000000ns") == max_duration.count());
  CHECK(error_of("3153600000000000001ns") == "\"3153600000000000001ns\" is longer than 100 years");
  CHECK(error_of("876000.1h") == "\"876000.1h\" is longer than 100 years");
  CHECK(error_of("18446744073709551615h") == "\"18446744073709551615h\" is longer than 100 years");
  CHECK(error_of("18446744073709551616ns") ==
        "\"18446744073709551616ns\" has more digits than a duration can hold");
}

TEST_CASE("a bad duration is explained in one sentence") {
  CHECK(error_of("5") == "\"5\" has no unit; write \"5ms\" or \"5s\"");
  CHECK(error_of("2.5") == "\"2.5\" has no unit; write \"2.5ms\" or \"2.5s\"");
  CHECK(error_of("-5ms") == "\"-5ms\" is negative; a duration is at least 0s");
  CHECK(error_of("0.5ns") == "\"0.5ns\" is not a whole number of nanoseconds");
  CHECK(error_of("0.00000000001m") == "\"0.00000000001m\" is not a whole number of nanoseconds");
  CHECK(error_of("10.0000000000000000001s") ==
        "\"10.0000000000000000001s\" has more digits than a duration can hold");
  const std::string example = "; write a number and a unit, for example \"150ms\"";
  for (const std::string text : {"", "ms", " 5ms", "+5ms", ".5s", "fast", "1e"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_duration(text));
  }
  CHECK(error_of("") == "\"\" is not a duration" + example);
  CHECK(error_of(".5s") == "\".5s\" is not a duration" + example);
  for (const std::string text :
       {"5 ms", "5ms ", "5.s", "5min", "5MS", "1e3ms", "1,5s", "5d", "0x5ms"}) {
    CAPTURE(text);
    CHECK(error_of(text) == quorate::quoted(text) +
                                " has no unit that is known; write ns, us, ms, s, m or h " +
                                "right after the number");
  }
}

TEST_CASE("an error sentence stays short and printable whatever the text") {
  const std::string error = error_of(std::string(1'000'000, '5'));
  CHECK(error.size() < 200);
  CHECK(error_of("\x1b[31m5ms").find('\x1b') == std::string::npos);
  CHECK(quorate::quoted(std::string_view("a\0b\xff", 4)) == "\"a?b?\"");
}

TEST_CASE("a duration is written in its shortest exact form") {
  CHECK(to_text(0ns) == "0s");
  CHECK(to_text(150ms) == "150ms");
  CHECK(to_text(100ms) == "100ms");  // not "0.1s"
  CHECK(to_text(2500ns) == "2.5us");
  CHECK(to_text(1500ms) == "1.5s");
  CHECK(to_text(1'000'500us) == "1.0005s");
  CHECK(to_text(1'000'001us) == "1000001us");
  CHECK(to_text(90s) == "90s");
  CHECK(to_text(150s) == "150s");  // as short as "2.5m", and without a fraction
  CHECK(to_text(10min) == "10m");
  CHECK(to_text(90min) == "90m");
  CHECK(to_text(2h) == "2h");
  CHECK(to_text(1'000'000'001ns) == "1000000001ns");
  CHECK(to_text(-1500ms) == "-1.5s");
  CHECK(to_text(max_duration) == "876000h");
  CHECK(to_text(Duration::max()) == "9223372036854775807ns");
  CHECK(to_text(Duration::min()) == "-9223372036854775808ns");
}

TEST_CASE("every written duration reads back exactly") {
  Stream stream(5);
  const auto largest = static_cast<std::uint64_t>(max_duration.count());
  for (int i = 0; i < 20'000; ++i) {
    std::uint64_t step = 1;  // round figures and odd ones alike
    for (std::uint64_t zeros = stream.below(19); zeros > 0; --zeros) step *= 10;
    const std::uint64_t ns = stream.below(largest / step + 1) * step;
    const Duration duration{static_cast<std::int64_t>(ns)};
    CAPTURE(ns);
    REQUIRE(parse_duration(to_text(duration)).value == duration);
  }
}

TEST_CASE("a time is shown to people in seconds, truncated") {
  CHECK(to_seconds(Time{}) == "0.000 s");
  CHECK(to_seconds(Time{214'999'999}) == "0.214 s");
  CHECK(to_seconds(Time{5'000'000'000}) == "5.000 s");
  CHECK(to_seconds(Time{3'600'012'000'000}) == "3600.012 s");
  CHECK(to_seconds(Time{-1'500'000'000}) == "-1.500 s");
  CHECK(to_seconds(Time::never()) == "never");
}

TEST_CASE("time saturates at never and does not wrap") {
  CHECK(Time{5} + 7ns == Time{12});
  CHECK(Time{5} + Duration::max() == Time::never());
  CHECK(Time::never() + 1ns == Time::never());
  CHECK(Time{std::numeric_limits<std::int64_t>::max() - 1} + 1ns == Time::never());
  CHECK(Time{12} - Time{5} == 7ns);
}
