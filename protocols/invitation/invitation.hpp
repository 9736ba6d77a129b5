// Garcia-Molina's invitation algorithm as the engine sees it: parameters, known mistakes, types.
#pragma once

#include "protocols/invitation/messages.hpp"

namespace quorate {

namespace invitation {

struct Peer;

struct Params {
  Duration call_timeout{100ms};
  Duration accept_timeout{150ms};
  Duration check{300ms};
  Duration merge_wait{200ms};
  Duration long_silence{300ms};
  QUORATE_FIELDS(Params, call_timeout, accept_timeout, check, merge_wait, long_silence)
  static constexpr std::array texts{
      "how long a call waits for its return",
      "how long a coordinator waits for those that it has invited",
      "how often a coordinator looks for other coordinators",
      "how long a coordinator waits, for each id between, before it invites a higher one",
      "how often a member asks whether its coordinator is still there",
  };
  static constexpr auto ranges =
      std::tuple(at_least(&Params::call_timeout, 1us), at_least(&Params::accept_timeout, 1us),
                 at_least(&Params::check, 1us), at_least(&Params::merge_wait, 1us),
                 at_least(&Params::long_silence, 1us));
};

// One-line mistakes, each a deviation point in peer.cpp. What each breaks stands in protocol.cpp.
QUORATE_ENUM(Bug, number_without_founder)

}  // namespace invitation

struct InvitationAlgorithm {
  static constexpr std::string_view name = "invitation";
  using Params = invitation::Params;
  using Roles = Types<invitation::Peer>;
  using Messages =
      Types<invitation::AreYouCoordinator, invitation::AreYouThere, invitation::Answer,
            invitation::Invitation, invitation::Accept, invitation::Ready, invitation::Return>;
  using Timers = Types<invitation::CallTimeout, invitation::CheckDue, invitation::MergeDue,
                       invitation::AcceptTimeout, invitation::LongSilence>;
  using Events = Types<invitation::GroupFormed>;
  using Bug = invitation::Bug;
};

}  // namespace quorate
