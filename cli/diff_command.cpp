// quorate diff A B: the first event that two traces do not share.
#include <deque>

#include "cli/command.hpp"
#include "cli/failure.hpp"
#include "cli/trace_operand.hpp"
#include "sim/base/field_print.hpp"
#include "sim/base/random.hpp"
#include "sim/scenario/diagnostics.hpp"

namespace quorate {
namespace {

constexpr auto diff_options = std::to_array<Option>({
    {.name = "context", .value = "N", .text = "so many events before the difference (3)"},
    {.name = "ignore-time", .text = "when things happened is no difference"},
    allow_truncated_option,
});

constexpr auto diff_examples = std::to_array<Example>({
    {"diff before.jsonl after.jsonl", "where a change of the protocol first shows"},
    {"diff seed-1.jsonl seed-2.jsonl --ignore-time", "where two seeds part ways"},
});

using Members = std::vector<std::pair<std::string_view, std::string_view>>;

// What the line says but when.
Members timeless(const TraceLine& event) {
  Members members;
  event.members.for_each([&](std::string_view key, std::string_view json) {
    if (key != "t") members.emplace_back(key, json);
  });
  return members;
}

bool same_event(const TraceLine& a, const TraceLine& b, bool ignore_time) {
  return a.line == b.line || (ignore_time && timeless(a) == timeless(b));
}

// One of the two traces.
class Side {
 public:
  Side(const std::string& path, const Invocation& invocation)
      : path_(path), invocation_(invocation), trace_(path) {
    if (!reader().has_header()) accept_trace(reader(), path_, invocation_);
    advance();
  }
  void advance() {
    event = trace_.reader().next();
    if (!event) accept_trace(reader(), path_, invocation_);
  }
  const TraceReader& reader() const { return trace_.reader(); }

  std::optional<TraceLine> event;  // the next one to compare

 private:
  std::string path_;
  const Invocation& invocation_;
  TraceOperand trace_;
};

// What the headers already tell: a different seed is no difference of its own, but explains all.
std::string header_notes(const TraceHeader& a, const TraceHeader& b) {
  std::vector<std::string> notes;
  if (a.protocol != b.protocol) notes.push_back("protocols");
  if (a.protocol_version != b.protocol_version) notes.push_back("versions of the protocol");
  if (a.seed != b.seed) notes.push_back("seeds");
  if (a.scenario != b.scenario) notes.push_back("scenarios");
  return notes.empty() ? std::string() : "the traces have different " + joined(notes, " and ");
}

class Difference {
 public:
  Difference(Side& a, Side& b, bool ignore_time, std::size_t context)
      : a_(a), b_(b), context_(context) {
    while (a_.event && b_.event && same_event(*a_.event, *b_.event, ignore_time)) {
      remember(std::move(*a_.event));
      a_.advance();
      b_.advance();
    }
  }

  // False when both came to their ends together.
  bool found() const { return a_.event || b_.event || ends_differ(); }
  // Both were cut off at the same event: nobody knows how they go on.
  bool open() const { return !found() && a_.reader().truncated(); }
  std::uint64_t shared() const { return shared_; }

  std::string text(const Console& console) const {
    const std::size_t width =
        std::max(place_columns(a_.reader().header()), place_columns(b_.reader().header()));
    std::string text;
    for (const TraceLine& event : before_) text += "   " + event_row(event, width, console) + "\n";
    return text + side(a_, "A", width, console) + side(b_, "B", width, console);
  }
  std::string json() const {
    JsonWriter out;
    out.open_object();
    print_member(out, "schema", "quorate/diff/1");
    print_member(out, "identical", !found());
    print_member(out, "truncated", a_.reader().truncated() || b_.reader().truncated());
    print_member(out, "shared_events", shared_);
    for (const auto& [name, side] : {std::pair{"a", &a_}, std::pair{"b", &b_}}) {
      out.key(name);
      side->event ? out.raw(side->event->line) : out.null();
    }
    out.close_object();
    return out.buffer() + "\n";
  }

 private:
  bool ends_differ() const {
    return a_.reader().truncated() != b_.reader().truncated() ||
           (a_.reader().end() && a_.reader().end()->verdict != b_.reader().end()->verdict);
  }
  void remember(TraceLine event) {
    ++shared_;
    before_.push_back(std::move(event));
    if (before_.size() > context_) before_.pop_front();
  }
  static std::string side(const Side& side, std::string_view name, std::size_t width,
                          const Console& console) {
    std::string words;
    if (side.event) {
      words = event_row(*side.event, width, console);
    } else if (side.reader().truncated()) {
      words = "the trace was cut off here";
    } else {
      words = "the run ends here: " + printable(side.reader().end()->verdict);
    }
    return paint(name, Paint::bold, console.style()) + "  " + words + "\n";
  }

  Side& a_;
  Side& b_;
  std::size_t context_;
  std::uint64_t shared_{};
  std::deque<TraceLine> before_;  // the last of those in common
};

ExitCode run_diff(const Invocation& invocation) {
  const Arguments& arguments = invocation.arguments;
  Console& console = invocation.console;
  const std::uint64_t context = arguments.parsed("context", parse_seed).value_or(3);
  Side a(arguments.operands()[0], invocation);
  Side b(arguments.operands()[1], invocation);
  if (a.reader().header().level != b.reader().header().level) {
    throw Failure(ExitCode::invalid_input, "the traces were written at different levels");
  }
  const std::string notes = header_notes(a.reader().header(), b.reader().header());
  if (!notes.empty()) console.note(notes);
  const Difference difference(a, b, arguments.has("ignore-time"),
                              std::min<std::uint64_t>(context, 1000));
  const std::string events = counted(difference.shared(), "event", "events");
  if (console.options().json) {
    console.print(difference.json());
  } else if (difference.found()) {
    console.print(events + " in common, then:\n" + difference.text(console));
  } else {
    console.print("no difference in " + events +
                  (difference.open() ? ", up to where both were cut off\n" : "\n"));
  }
  if (difference.open()) return ExitCode::inconclusive;
  return difference.found() ? ExitCode::failed : ExitCode::success;
}

}  // namespace

Command diff_command() {
  return {.name = "diff",
          .operands = "A B",
          .fewest = 2,
          .most = 2,
          .summary = "the first event that two traces do not share",
          .details =
              "Exits 0 where all events are the same, 1 where they are not, 5 where both traces "
              "were cut\noff before they differ.",
          .options = diff_options,
          .examples = diff_examples,
          .run = run_diff};
}

}  // namespace quorate
