// Garcia-Molina's bully algorithm as the engine sees it: parameters, known mistakes, types.
#pragma once

#include "protocols/bully_1982/messages.hpp"

namespace quorate {

namespace bully_1982 {

struct Peer;

// How a run begins: in the middle of things, or with everybody coming up at once.
QUORATE_ENUM(Boot, settled, recovery)

struct Params {
  Duration call_timeout{100ms};
  Duration check{200ms};
  Duration long_silence{1s};
  Boot boot{Boot::settled};
  QUORATE_FIELDS(Params, call_timeout, check, long_silence, boot)
  static constexpr std::array texts{
      "T: how long a call waits for its return; right only if it exceeds two message delays",
      "how often the coordinator asks all others whether they are normal",
      "how long a peer that hears nothing from its coordinator waits before it asks whether it is "
      "up",
      "settled: the highest id is coordinator and everybody is normal; recovery: all come up at "
      "once",
  };
  static constexpr auto ranges =
      std::tuple(at_least(&Params::call_timeout, 1us), at_least(&Params::check, 1us),
                 at_least(&Params::long_silence, 1us));
};

// One-line mistakes, each a deviation point in peer.cpp. What each breaks stands in protocol.cpp.
QUORATE_ENUM(Bug, halts_upwards, halt_unrecorded)

}  // namespace bully_1982

struct Bully1982 {
  static constexpr std::string_view name = "bully_1982";
  using Params = bully_1982::Params;
  using Roles = Types<bully_1982::Peer>;
  using Messages = Types<bully_1982::AyUp, bully_1982::AyNormal, bully_1982::Halt,
                         bully_1982::NewCoordinator, bully_1982::Ready, bully_1982::Return>;
  using Timers = Types<bully_1982::CallTimeout, bully_1982::LongSilence, bully_1982::CheckDue>;
  using Events = Types<bully_1982::InOffice, bully_1982::ElectionHeld>;
  using Bug = bully_1982::Bug;
};

}  // namespace quorate
