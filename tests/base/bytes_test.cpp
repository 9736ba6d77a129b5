// Amounts of data as scenarios write them.
#include "sim/base/bytes.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace quorate;

TEST_CASE("bytes and rates are read exactly") {
  CHECK(parse_bytes("64kB").value.count == 64'000);
  CHECK(parse_bytes("1B").value.count == 1);
  CHECK(parse_bytes("0.125MB").value.count == 125'000);
  CHECK(parse_bytes("1000000GB").value.count == 1'000'000'000'000'000);
  CHECK(parse_rate("1.5MB/s").value.bytes == 1'500'000);
  CHECK(parse_rate("9600B/s").value.bytes == 9600);
}

TEST_CASE("bad amounts of data are explained in one sentence") {
  const std::string hint = "; write a number and B, kB, MB or GB: \"64kB\"";
  CHECK(parse_bytes("64").error == "\"64\" has no unit that is known" + hint);
  CHECK(parse_bytes("64KB").error == "\"64KB\" has no unit that is known" + hint);
  CHECK(parse_bytes("").error == "\"\" does not begin with a number" + hint);
  CHECK(parse_bytes("-1B").error == "\"-1B\" does not begin with a number" + hint);
  CHECK(parse_bytes("64kB/s").error == "\"64kB/s\" has no unit that is known" + hint);
  CHECK(parse_bytes("0.5B").error == "\"0.5B\" is not a whole number of bytes" + hint);
  CHECK(parse_bytes("0kB").error == "\"0kB\" is not from 1 byte to 1,000,000 GB" + hint);
  CHECK(parse_bytes("1000001GB").error ==
        "\"1000001GB\" is not from 1 byte to 1,000,000 GB" + hint);
  CHECK(parse_rate("1MB").error ==
        "\"1MB\" has no unit that is known; write a number and B/s, kB/s, MB/s or GB/s: "
        "\"1.5MB/s\"");
  CHECK(parse_bytes("99999999999999999999GB").error ==
        "\"99999999999999999999GB\" is not from 1 byte to 1,000,000 GB" + hint);
}
