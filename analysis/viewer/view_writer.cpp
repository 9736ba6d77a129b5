#include "analysis/viewer/view_writer.hpp"

#include <algorithm>

#include "analysis/viewer/page.hpp"

namespace quorate {
namespace {

// Members that are columns, or follow from one.
constexpr std::array<std::string_view, 10> column_keys{"i",  "t",    "k",    "n",     "m",
                                                       "to", "from", "type", "cause", "client"};

bool is_message(Kind kind) {
  return kind == Kind::send || kind == Kind::recv || kind == Kind::drop || kind == Kind::dup ||
         kind == Kind::unexpected || kind == Kind::alter;
}

// The member that names what the event is about; empty where its kind says all.
std::string_view name_key(Kind kind) {
  if (is_message(kind) || kind == Kind::local) return "type";
  if (kind == Kind::timer || kind == Kind::event) return "name";
  if (kind == Kind::fault || kind == Kind::heal) return "id";
  return kind == Kind::violation ? "property" : "";
}

}  // namespace

std::string without_markup(std::string_view json) {
  std::string text;
  text.reserve(json.size());
  for (std::size_t at = 0; at < json.size();) {
    const std::size_t next = std::min(json.find('<', at), json.size());
    text += json.substr(at, next - at);
    if (next < json.size()) text += "\\u003c";
    at = next + 1;
  }
  return text;
}

ViewWriter::ViewWriter(TraceSink& sink, const TraceReader& reader, const ViewFacts& facts)
    : sink_(sink), reader_(reader) {
  clear_block();
  for (const std::string_view piece : viewer_page().before_data) write(piece);
  header(facts);
}

void ViewWriter::write(std::string_view text) { failed_ = failed_ || !sink_.write(text); }

void ViewWriter::element(std::string_view kind, std::string_view json) {
  write("<script type=\"application/json\" class=\"" + std::string(kind) + "\">");
  write(without_markup(json));
  write("</script>\n");
}

void ViewWriter::header(const ViewFacts& facts) {
  const TraceHeader& header = reader_.header();
  JsonWriter out;
  const auto strings = [&](std::string_view key, const auto& texts) {
    out.key(key);
    out.open_array();
    for (const auto& text : texts) out.string(text);
    out.close_array();
  };
  out.open_object();
  out.key("protocol");
  out.string(header.protocol);
  out.key("seed");
  out.word(std::to_string(header.seed));
  out.key("level");
  out.word(enum_name(header.level));
  out.key("epoch_word");
  out.string(facts.epoch_word);
  strings("nodes", header.nodes);
  strings("clients", header.clients);
  out.key("replay");
  out.string(facts.replay);
  if (!facts.window.whole()) {
    out.key("from");
    out.number(facts.window.from.ns);
    out.key("to");
    facts.window.to == Time::never() ? out.null() : out.number(facts.window.to.ns);
  }
  out.close_object();
  element("header", out.view());
  element("scenario", header.scenario);
}

void ViewWriter::clear_block() {
  for (JsonWriter& column : columns_) {
    column.clear();
    column.open_array();
  }
  new_names_.clear();
  new_names_.open_array();
  details_.clear();
  detail_lines_.clear();
  in_block_ = 0;
}

void ViewWriter::finish_block() {
  if (in_block_ == 0) return;
  JsonWriter out;
  out.open_object();
  out.key("count");
  out.number(in_block_);
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    columns_[i].close_array();
    out.key(column_names[i]);
    out.raw(columns_[i].view());
  }
  new_names_.close_array();
  out.key("names");
  out.raw(new_names_.view());
  out.close_object();
  element("events", out.view());
  element("details", detail_lines_);
  clear_block();
}

void ViewWriter::event(const TraceLine& event) {
  put(index, static_cast<std::int64_t>(event.index - last_index_));
  put(time, event.time.ns - last_time_);
  put(kind, static_cast<std::int64_t>(event.kind));
  const bool at_client = event.kind == Kind::op || event.kind == Kind::ack;
  put(node, place(event, at_client ? "client" : "n"));
  put(name, name_of(event));
  put(detail, detail_of(event));
  put(cause, event.cause == no_cause ? 0 : static_cast<std::int64_t>(event.index - event.cause));
  if (is_message(event.kind)) message_of(event);
  last_index_ = event.index;
  last_time_ = event.time.ns;
  ++events_;
  if (++in_block_ == block_events) finish_block();
}

// Its position among nodes and clients; -1: none.
std::int64_t ViewWriter::place(const TraceLine& event, std::string_view key) const {
  const std::optional<std::string> name = event.members.text(key);
  if (!name) return -1;
  const auto& names = reader_.names();
  const auto found = std::ranges::find(names, *name);
  return found == names.end() ? -1 : found - names.begin();
}

std::int64_t ViewWriter::name_of(const TraceLine& event) {
  const std::string_view key = name_key(event.kind);
  if (key.empty()) return -1;
  const std::string name = event.members.text(key).value_or("");
  const auto [found, fresh] = names_.try_emplace(name, static_cast<std::int64_t>(names_.size()));
  if (fresh) new_names_.string(name);
  return found->second;
}

// The number of a line of the block's details, from 1, that holds all that no column has; 0: there
// is nothing.
std::int64_t ViewWriter::detail_of(const TraceLine& event) {
  scratch_.clear();
  event.members.for_each([&](std::string_view key, std::string_view json) {
    if (std::ranges::find(column_keys, key) != column_keys.end()) return;
    if (key == name_key(event.kind)) return;
    scratch_ += scratch_.empty() ? '{' : ',';
    scratch_.append(1, '"').append(key).append("\":").append(json);
  });
  if (scratch_.empty()) return 0;
  scratch_ += '}';
  const auto [found, fresh] =
      details_.try_emplace(scratch_, static_cast<std::int64_t>(details_.size()) + 1);
  if (fresh) detail_lines_.append(scratch_).append(1, '\n');
  return found->second;
}

void ViewWriter::message_of(const TraceLine& event) {
  const std::uint64_t number = event.members.number("m").value_or(0);
  put(message, static_cast<std::int64_t>(number - last_message_));
  last_message_ = number;
  const bool arrives = event.kind == Kind::recv || event.kind == Kind::unexpected;
  put(from, event.kind == Kind::send ? place(event, "n") : place(event, "from"));
  put(to, arrives ? place(event, "n") : place(event, "to"));
}

void ViewWriter::states(const std::vector<std::string>& states) {
  finish_block();
  if (states.empty()) return;
  JsonWriter out;
  out.open_array();
  for (const std::string& state : states) out.raw(state);
  out.close_array();
  element("states", out.view());
}

bool ViewWriter::finish() {
  finish_block();
  if (reader_.end()) element("end", reader_.end()->line);
  for (const std::string_view piece : viewer_page().after_data) write(piece);
  return !failed_;
}

bool write_view(TraceReader& reader, TraceSink& sink, const ViewFacts& facts,
                const std::function<std::vector<std::string>(std::uint64_t)>& states_before,
                std::uint64_t* events) {
  if (!reader.error().empty()) return true;
  ViewWriter writer(sink, reader, facts);
  EarlierLines earlier;
  std::optional<std::uint64_t> first;
  while (std::optional<TraceLine> event = writer.failed() ? std::nullopt : reader.next()) {
    if (event->time < facts.window.from) earlier.see(*event);
    if (event->time < facts.window.from || event->time > facts.window.to) continue;
    if (!first) {
      first = event->index;
      for (const TraceLine& line : earlier.take()) writer.event(line);
    }
    writer.event(*event);
  }
  if (!reader.error().empty() && !reader.truncated()) return true;
  writer.states(states_before(first.value_or(0)));
  if (events != nullptr) *events = writer.events();
  return writer.finish();
}

}  // namespace quorate
