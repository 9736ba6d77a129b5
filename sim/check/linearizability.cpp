#include "sim/check/linearizability.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "sim/base/assert.hpp"
#include "sim/check/effects.hpp"

namespace quorate {
namespace {

using Positions = std::vector<std::size_t>;

// The search over one object. Answered operations come first, in the order of their answers, then
// the others, in the order they were asked; what follows calls a place in that order a rank.
class Search {
 public:
  Search(const Model& model, const std::vector<ClientCall>& history, const Positions& object,
         SearchBudget budget)
      : model_(model), history_(history), ranks_(object), budget_(budget) {
    forget_what_nobody_saw();
    // A total order: no two moments are the same.
    std::ranges::sort(ranks_, {}, [&](std::size_t position) {
      const ClientCall& call = history_[position];
      return std::pair(call.answered, call.asked);
    });
    const auto answered = [&](std::size_t position) {
      return history_[position].answered != ClientCall::never;
    };
    answered_ = static_cast<std::size_t>(std::ranges::count_if(ranks_, answered));
    placed_.resize(ranks_.size());
    collect_choices();
    collect_twins();
  }

  Linearizable run() {
    stack_.push_back({0, 0, 0, {}});
    while (stack_.back().first < answered_) {
      if (tried_ > budget_.tries || bytes_ > budget_.bytes) return Linearizable::unknown;
      if (place_one()) continue;
      if (stack_.size() == 1) return Linearizable::no;
      placed_[stack_.back().rank] = false;
      see(stack_.back().rank, -1);
      bytes_ -= bytes_of(stack_.back());
      stack_.pop_back();
    }
    return Linearizable::yes;
  }
  // The order found, as positions in the history.
  Positions order() const {
    Positions result;
    for (std::size_t i = 1; i < stack_.size(); ++i) result.push_back(ranks_[stack_[i].rank]);
    return result;
  }

 private:
  // What has been placed so far: the last of it, the state it leaves, and which choice is next.
  struct Frame {
    std::size_t rank{};
    std::size_t first{};  // the first answered operation not yet placed: none answered later than
                          // it may precede it unless asked before its answer
    std::size_t choice{};
    std::string state;
  };

  static constexpr std::uint64_t node_overhead = 64;  // of a string in a set
  static constexpr std::size_t no_twin = ~std::size_t{0};
  static std::uint64_t bytes_of(const Frame& frame) { return sizeof frame + frame.state.size(); }

  const ClientCall& call(std::size_t rank) const { return history_[ranks_[rank]]; }

  // An unanswered operation that left a value no answer shows explains none: in any order that
  // holds it, it can be left out, with the unanswered ones that saw it. Not where some operation
  // may see a value without showing it.
  void forget_what_nobody_saw() {
    for (const std::size_t position : ranks_) {
      const ClientCall& call = history_[position];
      if (model_.access(call.operation) == Access::compares) return;
      if (call.answered != ClientCall::never) ++to_be_seen_[call.result];
    }
    all_shows_ = true;
    std::erase_if(ranks_, [&](std::size_t position) {
      const ClientCall& call = history_[position];
      return call.answered == ClientCall::never && !is_to_be_seen(call.operation.value) &&
             model_.access(call.operation) <= Access::leaves;
    });
  }

  bool is_to_be_seen(const Text& value) const {
    const auto found = to_be_seen_.find(value);
    return found != to_be_seen_.end() && found->second > 0;
  }
  // A write whose value no answer that is still to be placed shows.
  bool is_idle_write(std::size_t rank) const {
    const Operation& operation = call(rank).operation;
    return all_shows_ && model_.access(operation) == Access::writes &&
           !is_to_be_seen(operation.value);
  }

  // Of unanswered operations that are the same, one asked earlier can stand wherever one asked
  // later does, so they are placed in the order of asking.
  void collect_twins() {
    twins_.assign(ranks_.size(), no_twin);
    std::map<std::array<Text, 3>, std::size_t> latest;
    for (std::size_t rank = answered_; rank < ranks_.size(); ++rank) {
      const Operation& operation = call(rank).operation;
      const auto [found, is_new] =
          latest.try_emplace({operation.verb, operation.key, operation.value}, rank);
      if (!is_new) twins_[rank] = std::exchange(found->second, rank);
    }
  }

  // For every answered operation what may stand where it is the first not yet placed: itself, and
  // those of higher rank that may nevertheless precede it. What seems to have taken effect first is
  // tried first, what seems to have had none last.
  void collect_choices() {
    choices_.resize(answered_);
    std::vector<std::size_t> by_asking(ranks_.size());
    for (std::size_t i = 0; i < ranks_.size(); ++i) by_asking[i] = i;
    // A total order, as above.
    std::ranges::sort(by_asking, {}, [&](std::size_t rank) { return call(rank).asked; });
    std::vector<std::size_t> open;
    auto next = by_asking.begin();
    for (std::size_t rank = 0; rank < answered_; ++rank) {
      while (next != by_asking.end() && call(*next).asked < call(rank).answered) {
        open.push_back(*next++);
      }
      std::erase_if(open, [&](std::size_t other) { return other < rank; });
      bytes_ += open.size() * sizeof(std::size_t);
      if (bytes_ > budget_.bytes) return;  // run() gives up at once
      choices_[rank] = open;
      // A total order: no rank is there twice.
      std::ranges::sort(choices_[rank], {},
                        [&](std::size_t other) { return std::pair(call(other).effect, other); });
    }
  }

  // Places the next operation that fits and leads where the search has not been; false where there
  // is none.
  bool place_one() {
    const Positions& choices = choices_[stack_.back().first];
    if (stack_.back().choice == 0) {
      if (const std::optional<std::size_t> rank = needs_no_choice()) {
        stack_.back().choice = choices.size();
        return place(*rank);
      }
    }
    while (stack_.back().choice < choices.size()) {
      const std::size_t rank = choices[stack_.back().choice++];
      if (!placed_[rank] && place(rank)) return true;
    }
    return false;
  }
  // What can be placed now if there is any order at all: an answer that fits and changes nothing;
  // if there is none, so that the next operation is a write, a write that nobody will see, for that
  // one overwrites it.
  std::optional<std::size_t> needs_no_choice() const {
    const Frame& frame = stack_.back();
    std::optional<std::size_t> idle;
    for (const std::size_t rank : choices_[frame.first]) {
      if (rank >= answered_ || placed_[rank]) continue;
      if (changes_nothing(rank, frame.state)) return rank;
      if (!idle && is_idle_write(rank)) idle = rank;
    }
    return idle;
  }
  // An answer that fits the state and leaves it as it is.
  bool changes_nothing(std::size_t rank, const std::string& before) const {
    if (model_.access(call(rank).operation) < Access::looks) return false;
    std::string state = before;
    const auto result = model_.apply(state, call(rank).operation);
    return result == call(rank).result && state == before;
  }
  // Notes that an answer has been placed (1) or taken back (-1).
  void see(std::size_t rank, int times) {
    if (all_shows_ && rank < answered_) to_be_seen_[call(rank).result] -= times;
  }
  bool place(std::size_t rank) {
    if (rank >= answered_ && is_idle_write(rank)) return false;
    if (twins_[rank] != no_twin && !placed_[twins_[rank]]) return false;
    ++tried_;
    Frame frame{rank, stack_.back().first, 0, stack_.back().state};
    const auto result = model_.apply(frame.state, call(rank).operation);
    QUORATE_ASSERT(result.has_value(), "A history holds only operations that its model has.");
    // An answer nobody got constrains nothing; without an effect either, it explains nothing.
    if (rank < answered_ ? *result != call(rank).result : frame.state == stack_.back().state) {
      return false;
    }
    placed_[rank] = true;
    while (frame.first < answered_ && placed_[frame.first]) ++frame.first;
    const auto [seen, is_new] = seen_.insert(configuration(frame));
    if (!is_new) {
      placed_[rank] = false;
      return false;
    }
    bytes_ += seen->size() + node_overhead + bytes_of(frame);
    see(rank, 1);
    stack_.push_back(std::move(frame));
    return true;
  }
  // Whatever is placed beyond `first` is one of its choices.
  std::string configuration(const Frame& frame) const {
    std::string key = std::to_string(frame.first) + ":";
    if (frame.first < answered_) {
      for (const std::size_t rank : choices_[frame.first]) key += placed_[rank] ? '1' : '0';
    }
    return key + ":" + frame.state;
  }

  const Model& model_;
  const std::vector<ClientCall>& history_;
  Positions ranks_;  // rank to position
  SearchBudget budget_;
  std::uint64_t bytes_{};  // remembered
  std::size_t answered_{};
  std::vector<Positions> choices_;  // by answered rank
  std::vector<std::size_t> twins_;  // of each rank the same operation, asked last before it
  std::vector<bool> placed_;        // by rank
  bool all_shows_{};                // no operation sees a value without showing it
  std::map<Text, int> to_be_seen_;  // how many answers that are not placed show a value
  std::vector<Frame> stack_;
  std::set<std::string> seen_;
  std::uint64_t tried_{};
};

// The objects of a history, each with the positions of its operations, in the order of their keys.
std::vector<Positions> objects_of(const Model& model, const std::vector<ClientCall>& history) {
  std::map<Text, Positions> by_key;
  for (std::size_t i = 0; i < history.size(); ++i) {
    by_key[model.by_key ? history[i].operation.key : Text()].push_back(i);
  }
  std::vector<Positions> result;
  result.reserve(by_key.size());
  for (auto& [key, positions] : by_key) result.push_back(std::move(positions));
  return result;
}

// What clients had seen right after this moment: later answers are still to come, and what was
// asked later is not there.
std::vector<ClientCall> seen_until(const std::vector<ClientCall>& history, Positions& object,
                                   std::uint64_t moment) {
  std::vector<ClientCall> result = history;
  std::erase_if(object, [&](std::size_t position) { return history[position].asked > moment; });
  for (ClientCall& call : result) {
    if (call.answered > moment) call.answered = ClientCall::never;
  }
  return result;
}

// Of an object whose history has no order: what had been seen of a history that has one is
// explained, too, so the first answer with which there is none can be halved down to. A search that
// gives up counts as explained, so that what is named is surely inexplicable.
Linearization first_misfit(const Model& model, const std::vector<ClientCall>& history,
                           const Positions& object, SearchBudget budget) {
  Positions answers;
  for (const std::size_t position : object) {
    if (history[position].answered != ClientCall::never) answers.push_back(position);
  }
  // A total order: no two moments are the same.
  std::ranges::sort(answers, {}, [&](std::size_t position) { return history[position].answered; });
  Linearization result{Linearizable::no, {}, 0};
  std::size_t good = 0;  // this many answers have an order
  std::size_t bad = answers.size();
  while (good + 1 < bad) {
    const std::size_t middle = good + (bad - good) / 2;
    Positions part = object;
    const auto seen = seen_until(history, part, history[answers[middle - 1]].answered);
    Search search(model, seen, part, budget);
    const Linearizable answer = search.run();
    (answer == Linearizable::no ? bad : good) = middle;
    if (answer == Linearizable::yes) result.order = search.order();
  }
  result.misfit = answers[bad - 1];
  return result;
}

bool overlap(const ClientCall& a, const ClientCall& b) {
  return a.asked < b.answered && b.asked < a.answered;
}

// How many answers belong to an operation that overlapped another of its object. In the order of
// asking, whoever overlaps an earlier one overlaps one of those still open then.
std::uint64_t overlapping(const std::vector<ClientCall>& history, const Positions& object) {
  std::set<std::size_t> found;
  Positions open;
  for (const std::size_t position : object) {
    std::erase_if(open,
                  [&](std::size_t other) { return !overlap(history[other], history[position]); });
    if (!open.empty()) found.insert(position);
    found.insert(open.begin(), open.end());
    open.push_back(position);
  }
  return static_cast<std::uint64_t>(std::ranges::count_if(found, [&](std::size_t position) {
    return history[position].answered != ClientCall::never;
  }));
}

std::string words_of(const ClientCall& call) {
  const std::string words = to_text(call.operation);
  if (call.answered == ClientCall::never) return words + " (unanswered)";
  return words + " (" + std::string(call.result.view()) + ")";
}

}  // namespace

Linearization linearize(const Model& model, const std::vector<ClientCall>& history,
                        SearchBudget budget) {
  Linearization result;
  for (const Positions& object : objects_of(model, history)) {
    Search search(model, history, object, budget);
    const Linearizable answer = search.run();
    if (answer == Linearizable::no) return first_misfit(model, history, object, budget);
    if (answer == Linearizable::unknown) result.answer = answer;
    const Positions order = search.order();
    result.order.insert(result.order.end(), order.begin(), order.end());
  }
  if (result.answer == Linearizable::unknown) result.order.clear();
  return result;
}

std::string misfit_sentence(const std::vector<ClientCall>& history, const Linearization& found,
                            NodeNames names) {
  constexpr std::size_t shown = 5;  // of a long order, the last
  const std::size_t length = found.order.size();
  std::string before;
  for (std::size_t i = length - std::min(length, shown); i < length; ++i) {
    before += (before.empty() ? "" : ", ") + words_of(history[found.order[i]]);
  }
  if (length > shown) {
    before = std::to_string(length - shown) + " operations and then " + before;
  }
  const ClientCall& misfit = history[found.misfit];
  const std::string which = names[misfit.client.value] + "'s " + to_text(misfit.operation);
  const std::string answer = "answered " + std::string(misfit.result.view());
  if (before.empty()) return "No order has a place for " + which + ", " + answer + ".";
  return "One order explains " + before + "; none has a place for " + which + ", " + answer + ".";
}

void HistoryCheck::note(const Record& record) {
  if (const auto* request = record.body.get_if<Request>()) {
    ClientCall call;
    call.client = record.node;
    call.serial = request->serial;
    call.operation = request->operation;
    call.asked = record.index;
    calls_.push_back(call);
  } else if (const auto* reply = record.body.get_if<Reply>()) {
    const auto same = [&](const ClientCall& call) {
      return call.client == record.node && call.serial == reply->serial;
    };
    const auto call = std::find_if(calls_.rbegin(), calls_.rend(), same);
    if (call == calls_.rend()) return;
    call->answered = record.index;
    call->result = reply->result;
  }
}

// Others come to the same place of the log later, or again after a restart.
void HistoryCheck::note_effect(const Record& record) {
  const auto* applied = record.body.get_if<Applied>();
  if (applied != nullptr) {
    effects_.try_emplace(applied->index, Effect{record.index, applied->command});
  }
}

// An operation that the object does not have changes nothing, and matters to no client.
void HistoryCheck::note_nobodys(const Record& record) {
  const auto* request = record.body.get_if<Request>();
  if (request == nullptr || request->client != no_client) return;
  std::string state;
  if (!model_->apply(state, request->operation)) return;
  ClientCall call;
  call.serial = request->serial;
  call.operation = request->operation;
  call.asked = record.index;
  calls_.push_back(call);
}

void HistoryCheck::judge(NodeNames names) {
  armed_ = exercised_ = 0;
  if (model_ == nullptr) return;
  const auto foreign = [&](const ClientCall& call) {
    std::string state;
    return !model_->apply(state, call.operation);
  };
  if (std::ranges::any_of(calls_, foreign)) return;
  armed_ = static_cast<std::uint64_t>(std::ranges::count_if(
      calls_, [](const ClientCall& call) { return call.answered != ClientCall::never; }));
  for (const Positions& object : objects_of(*model_, calls_)) {
    exercised_ += overlapping(calls_, object);
  }
  std::vector<Effect> effects;
  effects.reserve(effects_.size());
  for (const auto& [place, effect] : effects_) effects.push_back(effect);
  match_effects(*model_, effects, calls_);
  const Linearization found = linearize(*model_, calls_);
  answer_ = found.answer;
  if (answer_ != Linearizable::no) return;
  const ClientCall& misfit = calls_[found.misfit];
  violation_ = {std::string(name), {misfit.client}, misfit_sentence(calls_, found, names)};
  misfit_ = misfit.answered;
}

}  // namespace quorate
