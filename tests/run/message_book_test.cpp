// What can have become of messages, told from records alone.
#include "sim/run/message_book.hpp"

#include <doctest/doctest.h>

namespace quorate::books {
namespace {

Record line(Kind kind, std::uint64_t index, std::uint64_t cause = no_cause) {
  Record record;
  record.kind = kind;
  record.index = index;
  record.cause = cause;
  record.message = 5;
  record.from = NodeId{0};
  record.to = NodeId{1};
  return record;
}

}  // namespace

TEST_CASE("message book: each copy ends once") {
  MessageBook book;
  CHECK(book.on(line(Kind::send, 1), "Vote").empty());
  CHECK(book.on(line(Kind::dup, 2, 1), "Vote").empty());
  CHECK(book.on(line(Kind::recv, 3, 2), "Vote").empty());
  CHECK(book.under_way(5));
  CHECK(book.on(line(Kind::recv, 4, 2), "Vote") ==
        "its cause is no copy of message 5 that is on its way");
  CHECK(book.on(line(Kind::drop, 5, 1), "Vote").empty());
  CHECK_FALSE(book.under_way(5));
  CHECK(book.on(line(Kind::recv, 6, 1), "Vote") == "no copy of message 5 is on its way");
}

TEST_CASE("message book: what has ended is copied again only where faults replay messages") {
  for (const bool replays : {false, true}) {
    MessageBook book(replays);
    CHECK(book.on(line(Kind::send, 1), "Vote").empty());
    CHECK(book.on(line(Kind::recv, 2, 1), "Vote").empty());
    CHECK(book.on(line(Kind::dup, 3, 1), "Vote").empty() == replays);
    CHECK(book.on(line(Kind::recv, 4, 3), "Vote").empty() == replays);
    CHECK_FALSE(book.on(line(Kind::recv, 5, 3), "Vote").empty());
    CHECK_FALSE(book.on(line(Kind::dup, 6, 3), "Vote").empty());  // a copy is made of its send
  }
}

TEST_CASE("message book: only what is on its way can be altered, and it goes on") {
  MessageBook book;
  CHECK_FALSE(book.on(line(Kind::alter, 1, 0), "Vote").empty());
  CHECK(book.on(line(Kind::send, 2), "Vote").empty());
  CHECK(book.on(line(Kind::alter, 3, 2), "Vote").empty());
  CHECK_FALSE(
      book.on(line(Kind::alter, 4, 3), "Vote").empty());  // of its send, not of its altering
  CHECK_FALSE(book.on(line(Kind::alter, 5, 2), "Ack").empty());
  CHECK(book.on(line(Kind::recv, 6, 2), "Vote").empty());
  CHECK_FALSE(book.on(line(Kind::alter, 7, 2), "Vote").empty());
}

}  // namespace quorate::books
