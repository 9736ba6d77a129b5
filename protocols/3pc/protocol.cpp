// Three-phase commit's entry: how the program finds it.
#include "protocols/3pc/properties.hpp"
#include "sim/run/simulation.hpp"

namespace quorate::p3pc {

namespace {

using Properties = Types<Agreement, CommitValidity, AbortValidity, Stability, CommitIsPrepared>;

std::vector<BugInfo> bugs() {
  return {
      {"init_answers_only", "agreement",
       "a participant in INIT says that it is aborted, and does not abort (C4)"},
      {"silence_is_yes", "commit_validity", "a vote that does not come counts as a yes (C6)",
       "agreement"},
      {"records_not_durable", "agreement", "a participant forgets everything in a crash (C10)",
       "commit_is_prepared"},
      {"terminator_first", "agreement",
       "who takes over commits before the others have prepared to (C11)", "commit_is_prepared"},
      {"coordinator_resumes", "agreement",
       "a coordinator that comes back goes on where it was (C14)"},
      {"missing_ack_aborts", "agreement",
       "a coordinator aborts when not all acknowledge PRECOMMIT (own)"},
  };
}

}  // namespace

ProtocolEntry protocol() {
  return make_entry<ThreePhaseCommit, Properties, Witnesses>({
      .summary = "all commit or none does, without blocking (Skeen 1981)",
      .epoch_word = "transaction",
      .bugs = bugs(),
      .durability_bugs = {{"records_not_durable", "records"}},
      .predicates = {{"all_decided", "no live participant is still undecided (AC5)",
                      &commitment::all_decided<ThreePhaseCommit>},
                     {"some_undecided", "some live participant knows no decision", &some_undecided},
                     {"all_committed", "live participants have committed everything",
                      &commitment::all_committed<ThreePhaseCommit>},
                     {"all_aborted", "live participants have aborted everything",
                      &commitment::all_aborted<ThreePhaseCommit>}},
      .emits = {"committed", "aborted", "blocked", "logged"},
  });
}

}  // namespace quorate::p3pc
