// A run as its trace tells it: the nodes, properties and expectations of a Run, moved by the lines
// of a trace instead of by the protocol, none of whose handlers runs. Whoever reads the trace takes
// its JSON apart; this knows what the fields mean.
#pragma once

#include <string>
#include <vector>

#include "sim/run/run.hpp"

namespace quorate {

// One line. Fields that the line does not have are empty, and values null.
struct TracedEvent {
  Record record;     // all but type, body and body_hash; `text` and `detail` borrow the line
  std::string name;  // of the message type, timer or event
  Value body;        // of a send or local; the fields of a timer, event, op or ack
  Value set;
  Value disk;
  bool lost{};  // by a crash: a write that was not yet durable
  Value start;  // nodes that started just before this line, with what that changed
};

// What only the footer says of the end.
struct TracedEnd {
  Ending ending{};
  Time ended;
  bool cut_short{};                  // inconclusive, and no budget's fault
  std::vector<std::string> in_vain;  // faults that fired and caught no message
  Value start;                       // nodes that started and nothing happened any more
};

class TracedRun {
 public:
  virtual ~TracedRun() = default;
  // Goes on to this line. Empty, or one sentence: why it cannot be true after those before it. It
  // then counts as far as it can be made sense of.
  virtual std::string on(const TracedEvent& event) = 0;
  // The judgement of what the lines so far told, as a run that ended so would have got it. It has
  // no digest: that is made of more than a trace tells.
  virtual Outcome outcome(const TracedEnd& end) = 0;
  virtual const Ledger& ledger() const = 0;
};

}  // namespace quorate
