// Faults that never fired: what they waited for, and how near that came.
#include "sim/base/words.hpp"
#include "sim/fault/injector.hpp"

namespace quorate {
namespace {

std::string since_start(Time time) { return to_text(time.since_start()); }

// "an" before the name of an event that is spoken so.
std::string article(std::string_view name) { return name.find_first_of("aeiou") == 0 ? "an" : "a"; }

// How near a state came: of those who must agree, which are the living where all must; of exactly
// one there may have been too many.
std::string nearest_words(Quantifier quantifier, const Agreement& nearest) {
  if (nearest.playing == 0) return "nothing happened in its time";
  if (nearest.agreeing == 0) return "none ever was";
  const bool too_many = quantifier == Quantifier::one;
  const bool living = quantifier == Quantifier::all;
  return (too_many ? "as many as " : "at most ") + std::to_string(nearest.agreeing) + " of " +
         (living ? std::to_string(nearest.live) + " live ones" : std::to_string(nearest.playing)) +
         " were at once";
}

}  // namespace

std::string Injector::why_idle(std::uint32_t fault, Time end, NodeNames names) const {
  if (fired_[fault] != 0) return {};
  const Progress& progress = progress_[fault];
  const std::string action = "\"" + describe((*faults_)[fault].action, names) + "\"";
  if (progress.armed != 0) return action + ": no handler came so far";
  if (progress.in_vain != 0) {
    const bool once = progress.in_vain == 1;
    return "when it was due, at " + since_start(progress.last_in_vain) +
           (once ? "" : " the last of " + std::to_string(progress.in_vain) + " times") + ", " +
           action + " would have changed nothing";
  }
  if (progress.refused != 0) {
    const bool once = progress.refused == 1;
    return "it was due " + (once ? "once" : std::to_string(progress.refused) + " times") +
           ", and its chance of " + to_text((*faults_)[fault].chance) + " never came up";
  }
  return unmet(fault, end, names);
}

// The trigger has not been met, or what it is waited for behind it has not passed.
std::string Injector::unmet(std::uint32_t fault, Time end, NodeNames names) const {
  const Fault& it = (*faults_)[fault];
  const Progress& progress = progress_[fault];
  const Trigger& trigger = it.trigger;
  if (trigger.kind == Trigger::Kind::at) {
    return "it was due at " + since_start(std::max(trigger.at, it.from) + it.after) +
           ", and the run ended at " + since_start(end);
  }
  if (!progress.waiting.empty()) {
    return "its trigger was met, and the run ended within the " + to_text(it.after) +
           " that it waits after that";
  }
  switch (trigger.kind) {
    case Trigger::Kind::event: {
      const std::uint32_t nth = trigger.event.nth;
      return "it waited for " + (nth == 1 ? article(trigger.event.event) : "the " + ordinal(nth)) +
             " " + describe(trigger.event, names) + "; " +
             (progress.matches == 0 ? "none" : std::to_string(progress.matches)) + " came" +
             (progress.elsewhere == 0 ? ""
                                      : ", and " + std::to_string(progress.elsewhere) +
                                            " at another node or time, or with other fields");
    }
    case Trigger::Kind::state:
      if (it.from > end) {
        return "it looks from " + since_start(it.from) + " on, and the run ended at " +
               since_start(end);
      }
      return "it waited until " + describe(trigger.state) + "; " +
             nearest_words(trigger.state.quantifier, progress.nearest);
    case Trigger::Kind::fault:
      return "it waited for \"" + trigger.fault + "\", which never fired in its time";
    case Trigger::Kind::every:
    case Trigger::Kind::at:
      break;
  }
  const std::string none = "none of its gaps was over before ";
  return it.until <= end ? none + "its time was, at " + since_start(it.until)
                         : none + "the run ended at " + since_start(end);
}

}  // namespace quorate
