#include "analysis/story.hpp"

#include <algorithm>
#include <numeric>

#include "sim/fault/event_match.hpp"
#include "sim/scenario/diagnostics.hpp"

namespace quorate {
namespace {

struct Words {
  std::string_view one;
  std::string_view many;
};

// By Topic.
constexpr auto topic_words = std::to_array<Words>({{"leader change", "leader changes"},
                                                   {"step-down", "step-downs"},
                                                   {"crash", "crashes"},
                                                   {"restart", "restarts"},
                                                   {"pause", "pauses"},
                                                   {"resume", "resumes"},
                                                   {"fault", "faults"},
                                                   {"heal", "heals"},
                                                   {"suspicion", "suspicions"},
                                                   {"restored trust", "restored trusts"},
                                                   {"blocked node", "blocked nodes"},
                                                   {"decision", "decisions"},
                                                   {"delivery", "deliveries"},
                                                   {"protocol event", "protocol events"},
                                                   {"note", "notes"}});

enum First : std::size_t { first_chosen, first_delivered };

std::string_view first_word(std::string_view text) { return text.substr(0, text.find(' ')); }

std::uint64_t total(const auto& counts) {
  return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
}

bool stops_or_starts_a_node(std::string_view verb) {
  return verb == "crash" || verb == "restart" || verb == "pause" || verb == "resume";
}

}  // namespace

Story::Story(const ProtocolInfo& protocol, std::vector<std::string> names, StoryOptions options)
    : epoch_word_(protocol.epoch_word),
      leader_word_(protocol.leader_status.empty() ? "leader" : protocol.leader_status),
      names_(std::move(names)),
      options_(options),
      leadership_(leader_word_) {
  options_.lines = std::max<std::size_t>(options_.lines, 3);
}

void Story::on(const Record& record, const StateChange*) {
  tell_of(record);
  leadership_.on(record);
}

void Story::tell_of(const Record& record) {
  switch (record.kind) {
    case Kind::event:
      return on_event(record);
    case Kind::crash:
    case Kind::restart:
    case Kind::pause:
    case Kind::resume:
      return on_node(record);
    case Kind::fault:
    case Kind::heal:
      return on_fault(record);
    case Kind::alter:
      return on_alter(record);
    case Kind::note:
      return tell(record, Topic::note, printable(record.text));
    case Kind::violation:
      return on_violation(record);
    default:
      return;
  }
}

void Story::on_event(const Record& record) {
  const std::string name = name_of(record.node);
  if (const auto* elected = record.body.get_if<Elected>()) {
    on_elected(record, elected->epoch);
  } else if (const auto* role = record.body.get_if<Role>()) {
    on_role(record, role->role.view());
  } else if (const auto* blocked = record.body.get_if<Blocked>()) {
    on_blocked(record, blocked->reason.view());
  } else if (const auto* suspected = record.body.get_if<Suspected>()) {
    tell(record, Topic::suspicion, name + " suspects " + name_of(suspected->node));
  } else if (const auto* trusted = record.body.get_if<Trusted>()) {
    tell(record, Topic::trust, name + " trusts " + name_of(trusted->node) + " again");
  } else if (const auto* chosen = record.body.get_if<Chosen>()) {
    const std::string value = printable(to_text(chosen->value));
    first(record, first_chosen, Topic::decision,
          name + " knows the first value chosen" + (value.empty() ? "" : ": " + value));
  } else if (const auto* committed = record.body.get_if<Committed>()) {
    tell_some(record, record.body.type->name, Topic::decision,
              name + " commits transaction " + std::to_string(committed->txn));
  } else if (const auto* aborted = record.body.get_if<Aborted>()) {
    tell_some(record, record.body.type->name, Topic::decision,
              name + " aborts transaction " + std::to_string(aborted->txn));
  } else if (const auto* delivered = record.body.get_if<Delivered>()) {
    first(record, first_delivered, Topic::delivery,
          name + " delivers the first message: " + printable(delivered->message.view()));
  } else if (record.body.type != nullptr && !record.body.type->sentence.empty()) {
    tell_some(record, record.body.type->name, Topic::own_event, name + " " + sentence(record.body));
  }
}

// Some happen all the time: they must not crowd out what goes wrong, nor what comes of that.
void Story::tell_some(const Record& record, std::string_view kind, Topic topic, std::string text) {
  constexpr std::size_t most_of_a_kind = 8;
  const auto which = static_cast<std::size_t>(topic);
  const bool told = ++some_[kind] <= most_of_a_kind;
  Line* last = !tail_.empty() ? &tail_.back() : !head_.empty() ? &head_.back() : nullptr;
  if (!told && last != nullptr && total(last->left_out) != 0) {
    ++last->left_out[which];
    return;
  }
  Line line{record.time, topic, std::move(text)};
  if (!told) ++line.left_out[which];
  add(std::move(line));
}

// An event's sentence with the values of its fields in place of {field}.
std::string Story::sentence(AnyRef event) const {
  JsonWriter body(names_);
  event.type->print(event.value, body);
  std::string text;
  std::string_view rest = event.type->sentence;
  while (!rest.empty()) {
    const std::size_t open = std::min(rest.find('{'), rest.size());
    text += rest.substr(0, open);
    rest.remove_prefix(open);
    if (rest.empty()) break;
    const std::size_t close = rest.find('}');
    std::string_view value = json_member(body.buffer(), rest.substr(1, close - 1));
    if (value.starts_with('"')) value = value.substr(1, value.size() - 2);
    text += value;
    rest.remove_prefix(close + 1);
  }
  return printable(text);
}

void Story::on_elected(const Record& record, std::uint64_t epoch) {
  some_.clear();
  const std::string gap = without_leader(leadership_.gap(record.time));
  std::string text = name_of(record.node) + " becomes " + leader_word_;
  if (!epoch_word_.empty()) text += " (" + epoch_word_ + " " + std::to_string(epoch) + ")";
  tell(record, Topic::leader_change, std::move(text), Paint::bold, gap);
}

void Story::on_role(const Record& record, std::string_view role) {
  if (role == leader_word_ || !leadership_.holds_office(record.node)) return;
  tell(record, Topic::step_down, name_of(record.node) + " steps down");
}

// A blocked node says so again and again; each reason is news once.
void Story::on_blocked(const Record& record, std::string_view reason) {
  Text& last = blocked_[record.node];
  if (last.view() == reason && !reason.empty()) return;
  last = Text(reason);
  tell(record, Topic::blocking,
       name_of(record.node) + " is blocked" + (reason.empty() ? "" : ": " + printable(reason)),
       Paint::yellow);
}

void Story::on_node(const Record& record) {
  some_.clear();
  tell_of_node(record);
  if (record.kind == Kind::restart) blocked_[record.node] = {};
}

// A fault may know more, "crash n3 after 2 sends of one handler", or have hit more, "crash n1 n2".
// It then speaks for all of them in its first node's line.
void Story::tell_of_node(const Record& record) {
  std::string words = std::string(enum_name(record.kind)) + " " + name_of(record.node);
  const bool announced = record.cause != no_cause && record.cause == announced_.index;
  if (announced && announced_.told) return;
  if (announced && announced_.detail.starts_with(words + " ")) {
    words = announced_.detail;
    announced_.told = true;
  }
  const std::string aside = announced ? "[fault \"" + announced_.id + "\"]" : std::string();
  switch (record.kind) {
    case Kind::crash:
      return tell(record, Topic::crash, mark("✗", "x", words), Paint::red, aside);
    case Kind::restart:
      return tell(record, Topic::restart, mark("↻", "o", words), Paint::green, aside);
    case Kind::pause:
      return tell(record, Topic::pause, mark("‖", "=", words), Paint::yellow, aside);
    default:
      return tell(record, Topic::resume, mark("▸", ">", words), Paint::green, aside);
  }
}

void Story::on_violation(const Record& record) {
  if (record.violation == nullptr) return;
  const std::string words =
      printable(record.violation->property) + " is violated: " + printable(record.violation->why);
  violation_ = Line{record.time, Topic::note, mark("✗", "!", words), {}, Paint::red};
  trim();
}

void Story::on_alter(const Record& record) {
  const std::string type(record.body.name());
  const std::string from = name_of(record.from);
  const std::string to = name_of(record.to);
  const std::string about(record.text);
  const bool lies = !record.detail.empty();
  tell_some(record, record.body.name(), Topic::fault,
            mark("≠", "#",
                 lies ? from + " lies to " + to + " in " + type + " about " + about
                      : type + " from " + from + " to " + to + " is altered: " + about));
}

// Crashes, restarts, pauses and resumes tell themselves.
// What a heal undoes at once is told by the heal.
void Story::on_fault(const Record& record) {
  some_.clear();
  announced_ = {record.index, printable(record.text), printable(record.detail), false};
  const std::string_view verb = first_word(record.detail);
  if (stops_or_starts_a_node(verb)) return;
  const std::string aside = "[fault \"" + announced_.id + "\"]";
  if (record.kind == Kind::heal) {
    if (healed_at_ == record.time) return;
    return tell(record, Topic::heal, mark("✓", "+", announced_.detail), Paint::green, aside);
  }
  if (verb == "heal" || verb == "release" || verb == "settle") {
    healed_at_ = record.time;
    return tell(record, Topic::heal, mark("✓", "+", announced_.detail), Paint::green, aside);
  }
  tell(record, Topic::fault, mark("≠", "#", announced_.detail), Paint::yellow, aside);
}

// Of things that happen all the time only the first is a story.
void Story::first(const Record& record, std::size_t which, Topic topic, const std::string& text) {
  if (told_[which]) return;
  told_[which] = true;
  tell(record, topic, text);
}

std::string Story::without_leader(Duration gap) const {
  return gap == Duration{0} ? "" : brief(gap) + " without a " + leader_word_;
}

std::string Story::name_of(NodeId node) const {
  return node.value < names_.size() ? names_[node.value] : "?";
}

std::string Story::mark(std::string_view utf8, std::string_view ascii,
                        std::string_view text) const {
  return std::string(glyph(utf8, ascii, options_.style)) + " " + std::string(text);
}

void Story::tell(const Record& record, Topic topic, std::string text, Paint with,
                 std::string aside) {
  add({record.time, topic, std::move(text), std::move(aside), with});
}

// Half of the lines are the beginning, half the end; one is for what was left out between them.
void Story::add(Line line) {
  if (head_.size() < half()) {
    head_.push_back(std::move(line));
    return;
  }
  tail_.push_back(std::move(line));
  trim();
}

void Story::trim() {
  const std::size_t most = options_.lines - 1 - half() - (violation_ ? 1 : 0);
  if (tail_.size() <= most) return;
  const Line& gone = tail_.front();
  if (total(left_out_) == 0) first_left_out_ = gone;
  if (total(gone.left_out) == 0) ++left_out_[static_cast<std::size_t>(gone.topic)];
  for (std::size_t i = 0; i < topics; ++i) left_out_[i] += gone.left_out[i];
  tail_.pop_front();
}

std::string Story::text() const {
  std::string result;
  for (const Line& line : head_) result += rendered(line);
  auto line = tail_.begin();
  result += middle(line);
  for (; line != tail_.end(); ++line) result += rendered(*line);
  if (violation_) result += rendered(*violation_);
  return result;
}

std::string Story::middle(std::deque<Line>::const_iterator& tail) const {
  Counts all = left_out_;
  if (total(all) == 0) return {};
  for (; tail != tail_.end() && total(tail->left_out) > 1; ++tail) {
    for (std::size_t i = 0; i < topics; ++i) all[i] += tail->left_out[i];
  }
  return total(all) == 1 ? rendered(first_left_out_) : folded(all);
}

std::string Story::folded(const Counts& counts) const {
  static_assert(topic_words.size() == topics);
  std::string parts;
  for (std::size_t i = 0; i < topics; ++i) {
    if (counts[i] == 0) continue;
    const std::string number = grouped(counts[i]) + (parts.empty() ? " more " : " ");
    parts += (parts.empty() ? "" : ", ") + number;
    parts += counts[i] == 1 ? topic_words[i].one : topic_words[i].many;
  }
  const std::string dots(glyph("…", "...", options_.style));
  return "           " + paint(dots + " " + parts + " " + dots, Paint::dim, options_.style) + "\n";
}

std::string Story::rendered(const Line& line) const {
  if (total(line.left_out) > 1) return folded(line.left_out);
  constexpr std::size_t time_width = 9;
  constexpr std::size_t text_width = 38;
  const TextStyle style = options_.style;
  std::string result =
      paint(right_aligned(to_seconds(line.time), time_width), Paint::dim, style) + "  ";
  if (line.aside.empty()) return result + paint(line.text, line.with, style) + "\n";
  const std::size_t width = std::max(text_width, display_width(line.text) + 2);
  const std::string gap(width - display_width(line.text), ' ');
  return result + paint(line.text, line.with, style) + gap + paint(line.aside, Paint::dim, style) +
         "\n";
}

}  // namespace quorate
