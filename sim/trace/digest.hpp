// The 64-bit digest of a run: every numbered event in order. Two runs with equal digests did the
// same things.
//
// Words folded per event, in this order: kind, reason and the node (packed), time, cause; then
//   send: to, message, body hash · recv, drop, dup, unexpected: from, to, message
//   local, timer, event, op, ack: name and body hash · fault, heal, note, violation: text
//   alter: name and body hash, text, message · others: none
#pragma once

#include "sim/trace/record.hpp"

namespace quorate {

class Digest {
 public:
  void fold(const Record& record) {
    hasher_.word(static_cast<std::uint64_t>(record.kind) |
                 static_cast<std::uint64_t>(record.why) << 8 | std::uint64_t{record.client} << 16 |
                 std::uint64_t{record.node.value} << 32);
    hasher_.word(static_cast<std::uint64_t>(record.time.ns));
    hasher_.word(record.cause);
    switch (record.kind) {
      case Kind::send:
        hasher_.word(std::uint64_t{record.to.value} << 32 | record.type);
        hasher_.word(record.message);
        hasher_.word(record.body_hash);
        break;
      case Kind::recv:
      case Kind::drop:
      case Kind::dup:
      case Kind::unexpected:
        hasher_.word(std::uint64_t{record.from.value} << 32 | record.to.value);
        hasher_.word(record.message);
        break;
      default:
        fold_rest(record);
        break;
    }
  }
  // A word that is not an event: the state of a role at the end, the pending work.
  void word(std::uint64_t value) { hasher_.word(value); }
  std::uint64_t value() const { return hasher_.result(); }

 private:
  void fold_rest(const Record& record);  // the rarer kinds
  Hasher hasher_;
};

}  // namespace quorate
