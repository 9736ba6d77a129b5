#include "analysis/event_text.hpp"

#include <algorithm>
#include <array>

#include "sim/base/utf8.hpp"
#include "sim/scenario/diagnostics.hpp"

namespace quorate {
namespace {

// A member's text, or its JSON where it is no string.
std::string member(const TraceLine& event, std::string_view key) {
  return printable(event.members.text(key).value_or(std::string(event.members.raw(key))));
}

// The first `columns` code points; 0 stands for all.
std::string clipped(const std::string& text, std::size_t columns, TextStyle style) {
  if (columns == 0 || display_width(text) <= columns) return text;
  std::size_t end = 0;
  for (std::size_t taken = 0; taken < columns; ++taken) {
    end += std::max<std::size_t>(utf8_length(std::string_view(text).substr(end)), 1);
  }
  return text.substr(0, end) + std::string(glyph("…", "...", style));
}

// The body as the trace has it; nothing where it has none or one without fields.
std::string body_of(const TraceLine& event) {
  const std::string_view json = event.members.raw("body");
  return json.empty() || json == "{}" ? "" : " " + printable(json);
}

// The fields that stand in the line itself: all but those that any line may have.
std::string own_fields(const TraceLine& event) {
  constexpr std::array<std::string_view, 8> common{"i",    "t",     "k",   "n",
                                                   "name", "cause", "set", "client"};
  std::string text;
  event.members.for_each([&](std::string_view key, std::string_view json) {
    if (std::ranges::find(common, key) != common.end()) return;
    text += (text.empty() ? " (" : ", ") + printable(key) + " " + printable(json);
  });
  return text.empty() ? text : text + ")";
}

std::string whole_text(const TraceLine& event) {
  const auto of = [&](std::string_view key) { return member(event, key); };
  const auto path = [&] { return of("type") + " from " + of("from") + " to " + of("to"); };
  switch (event.kind) {
    case Kind::send:
      return "sends " + of("type") + " to " + of("to") + body_of(event);
    case Kind::recv:
      return "receives " + of("type") + " from " + of("from");
    case Kind::unexpected:
      return "has no use for " + of("type") + " from " + of("from");
    case Kind::drop:
      return path() + " is lost: " + of("why");
    case Kind::dup:
      return path() + " is duplicated";
    case Kind::alter:
      if (event.members.has("lie")) {
        return of("from") + " lies to " + of("to") + " in " + of("type") + " about " + of("field") +
               body_of(event);
      }
      return path() + " is altered: " + of("field") + body_of(event);
    case Kind::local:
      return "goes on with " + of("type") + body_of(event);
    case Kind::timer:
      return "timer " + of("name") + " expires" + body_of(event);
    case Kind::event:
      return of("name") + own_fields(event);
    case Kind::op:
      return "asks" + own_fields(event);
    case Kind::ack:
      return "is answered" + own_fields(event);
    case Kind::persist:
      return "its write is on disk";
    case Kind::crash:
      return "crashes";
    case Kind::restart:
      return "restarts";
    case Kind::pause:
      return "is paused";
    case Kind::resume:
      return "goes on";
    case Kind::fault:
      return "fault " + of("id") + ": " + of("do");
    case Kind::heal:
      return "end of fault " + of("id") + ": " + of("do");
    case Kind::note:
      return of("text");
    case Kind::violation:
      return of("property") + " is violated: " + of("why");
  }
  return {};
}

}  // namespace

std::string event_text(const TraceLine& event, std::size_t columns, TextStyle style) {
  return clipped(whole_text(event), columns, style);
}

std::string event_place(const TraceLine& event) {
  const bool at_client = event.kind == Kind::op || event.kind == Kind::ack;
  return member(event, at_client ? "client" : "n");
}

}  // namespace quorate
