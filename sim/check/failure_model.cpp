#include "sim/check/failure_model.hpp"

#include "sim/base/assert.hpp"

namespace quorate {
namespace {

std::string bound_words(const FailureModel& model) {
  if (model.bound.empty()) return "a bound";
  const std::string divisor = model.parts == 1 ? "" : " / " + std::to_string(model.parts);
  return model.bound + divisor;
}

}  // namespace

std::string words_of(Assumption assumption, const FailureModel& model) {
  switch (assumption) {
    case Assumption::reliable_links:
      return "no message is lost";
    case Assumption::no_cuts:
      return "no link is cut";
    case Assumption::no_duplicates:
      return "no message arrives twice";
    case Assumption::fifo_links:
      return "messages of a link arrive in the order they were sent";
    case Assumption::bounded_delay:
      return "a message takes less than " + bound_words(model);
    case Assumption::prompt_nodes:
      return "no node stands still" +
             (model.bound.empty() ? "" : " for longer than " + bound_words(model));
    case Assumption::true_clocks:
      return "timers run alike at all nodes";
    case Assumption::no_crashes:
      return "no node crashes";
    case Assumption::crash_stop:
      return "who crashed stays away";
    case Assumption::stable_storage:
      return "what was synced survives a crash";
    case Assumption::majority_up:
      return std::string(model.quorums.empty() ? "more than half of the members are"
                                               : "as many members as either quorum takes are") +
             " up, running and connected";
  }
  QUORATE_ASSERT(false, "Every assumption has words.");
  return {};
}

}  // namespace quorate
