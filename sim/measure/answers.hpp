// For how long clients waited and nobody was answered: how unavailable a service was.
#pragma once

#include <algorithm>
#include <cstdint>

#include "sim/trace/record.hpp"

namespace quorate {

// An operation waits from its beginning until its answer; one that is never answered waits until
// the end of the run, whether its client has given up or not. A copyable value.
class Unanswered {
 public:
  void on(const Record& record) {
    if (record.kind == Kind::op) {
      if (waiting_++ == 0) since_ = record.time;
    } else if (record.kind == Kind::ack && waiting_ != 0) {
      longest_ = longest(record.time);
      --waiting_;
      since_ = record.time;
    }
  }
  // The longest time in which an operation waited and none was answered, until a time that no
  // record is later than.
  Duration longest(Time until) const {
    return waiting_ == 0 ? longest_ : std::max(longest_, until - since_);
  }

 private:
  std::uint64_t waiting_{};
  Time since_;  // the last answer, or the first operation that waited when none did
  Duration longest_{};
};

}  // namespace quorate
