// Whatever watches a run from beside it, knows no protocol, and speaks when the run is over: what
// clients were told, which faults happened, who is blocked, what goes round in circles.
#pragma once

#include "sim/check/linearizability.hpp"
#include "sim/run/fault_account.hpp"
#include "sim/run/livelock.hpp"
#include "sim/run/waits.hpp"

namespace quorate {

// A copyable value.
struct RunWatch {
  HistoryCheck history;
  FaultAccount faults;
  CycleWatch cycles;
  BlockedWatch blocked;

  void on(const Record& record) {
    faults.on(record);
    switch (record.kind) {
      case Kind::event:
        cycles.on(record);
        blocked.on(record);
        history.on(record);
        break;
      case Kind::crash:
        if (!record.client) blocked.on(record);
        break;
      case Kind::op:
      case Kind::ack:
      case Kind::local:
        history.on(record);
        break;
      default:
        break;
    }
  }
};

}  // namespace quorate
