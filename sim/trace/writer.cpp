#include "sim/trace/writer.hpp"

#include <algorithm>

namespace quorate {
namespace {

// What every line may have; an event's field of such a name cannot stand beside it.
constexpr std::array<std::string_view, 9> line_keys{"i",     "t",   "k",    "n",    "name",
                                                    "cause", "set", "body", "start"};

bool clashes(std::string_view field_list) {
  for (std::size_t i = 0; i < detail::list_size(field_list); ++i) {
    const std::string_view field = detail::list_item(field_list, i);
    if (std::ranges::find(line_keys, field) != line_keys.end()) return true;
  }
  return false;
}

std::string quoted_json(std::string_view text) {
  JsonWriter out;
  out.string(text);
  return out.buffer();
}

bool used(const MessageTotals& totals) { return totals.sent != 0 || totals.duplicated != 0; }

void print_totals(JsonWriter& out, const MessageTotals& totals) {
  out.open_object();
  print_member(out, "sent", totals.sent);
  print_member(out, "duplicated", totals.duplicated);
  print_member(out, "delivered", totals.delivered);
  print_member(out, "in_flight", totals.in_flight);
  out.key("drops");
  out.open_object();
  for (std::size_t i = 0; i < totals.drops.size(); ++i) {
    if (totals.drops[i] == 0) continue;
    print_member(out, enum_names<DropReason>[i], totals.drops[i]);
  }
  out.close_object();
  out.close_object();
}

}  // namespace

bool traced(Kind kind, TraceLevel level) {
  if (level == TraceLevel::all || level == TraceLevel::events) return true;
  switch (kind) {
    case Kind::send:
    case Kind::recv:
    case Kind::drop:
    case Kind::dup:
    case Kind::unexpected:
    case Kind::alter:
      return level == TraceLevel::messages;
    case Kind::event:
    case Kind::op:
    case Kind::ack:
      return level == TraceLevel::outline;
    case Kind::local:
    case Kind::timer:
    case Kind::persist:
      return false;
    default:
      return true;
  }
}

std::string digest_text(std::uint64_t digest) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text(16, '0');
  for (std::size_t i = 16; i-- > 0; digest >>= 4) text[i] = digits[digest & 15];
  return text;
}

TraceWriter::TraceWriter(TraceSink& sink, TraceHeader header, std::size_t block_bytes)
    : sink_(sink), header_(std::move(header)), block_bytes_(block_bytes), names_(header_.nodes) {
  names_.insert(names_.end(), header_.clients.begin(), header_.clients.end());
  for (const std::string& name : names_) quoted_names_.push_back(quoted_json(name));
  out_ = JsonWriter(names_);
  scratch_ = JsonWriter(names_);
  starts_ = JsonWriter(names_);
  write_header();
}

void TraceWriter::write_header() {
  out_.open_object();
  print_member(out_, "quorate_trace", trace_version);
  print_member(out_, "protocol", header_.protocol);
  print_member(out_, "protocol_version", header_.protocol_version);
  // As text: JavaScript loses digits beyond 2^53.
  print_member(out_, "seed", std::to_string(header_.seed));
  if (header_.level != TraceLevel::all) print_member(out_, "level", header_.level);
  print_member(out_, "nodes", header_.nodes);
  print_member(out_, "clients", header_.clients);
  out_.key("scenario");
  out_.raw(header_.scenario);
  end_line(0);
}

void TraceWriter::on(const Record& record, const StateChange* change) {
  if (failed_ || !traced(record.kind, header_.level)) return;
  begin_line(record);
  particulars(record);
  if (record.cause != no_cause) {
    out_.literal(",\"cause\":");
    out_.number(record.cause);
  }
  if (wants_state()) {
    if (change != nullptr) changes(*change);
    starts();
  }
  end_line(block_bytes_);
}

void TraceWriter::changes(const StateChange& change) {
  if (change.any()) {
    out_.literal(",\"set\":");
    change.print(out_);
  }
  if (change.any_on_disk()) {
    out_.literal(",\"disk\":");
    change.print_disk(out_);
  }
  if (change.lost_write()) out_.literal(",\"lost\":true");
}

// Starts have no line of their own: they stand in the next one.
void TraceWriter::on_start(NodeId node, const StateChange* change) {
  if (!wants_state()) return;
  if (starts_.view().empty()) starts_.open_object();
  starts_.key(names_[node.value]);
  if (change != nullptr) return change->print(starts_);
  starts_.open_object();
  starts_.close_object();
}

void TraceWriter::starts() {
  if (starts_.view().empty()) return;
  out_.literal(",\"start\":");
  out_.literal(starts_.view());
  out_.literal("}");
  starts_.clear();
}

// What lines of this kind have beside index, time, kind, node, cause and change.
void TraceWriter::particulars(const Record& record) {
  switch (record.kind) {
    case Kind::send:
    case Kind::recv:
    case Kind::drop:
    case Kind::dup:
    case Kind::unexpected:
    case Kind::alter:
      return message(record);
    case Kind::local:
      type_of(record);
      return body_of(record);
    case Kind::timer:
    case Kind::event:
      return named(record);
    case Kind::op:
    case Kind::ack:
      return client_step(record);
    default:
      return remark(record);
  }
}

bool TraceWriter::finish(const TraceFooter& footer) {
  hand_over();
  out_.literal("{\"end\":true,\"events\":");
  out_.number(footer.events);
  print_member(out_, "digest", digest_text(footer.digest));
  print_member(out_, "verdict", footer.verdict);
  print_member(out_, "diagnosis", footer.diagnosis);
  out_.key("messages");
  totals(footer.messages, false);
  out_.key("client_messages");
  totals(footer.messages, true);
  print_member(out_, "ended", footer.ended);
  print_member(out_, "ending", footer.ending);
  print_member(out_, "in_vain", footer.in_vain);
  if (wants_state()) starts();
  print_member(out_, "checksum", digest_text(checksum_.value()));
  end_line(0);
  return !failed_;
}

void TraceWriter::totals(const std::vector<MessageTotals>& messages, bool client) {
  out_.open_object();
  for (const MessageTotals& one : messages) {
    if (one.client != client || !used(one)) continue;
    out_.key(one.type);
    print_totals(out_, one);
  }
  out_.close_object();
}

// {"i":16,"t":214000000,"k":"timer","n":"n3"
void TraceWriter::begin_line(const Record& record) {
  if (record.time != time_of_text_) {
    time_of_text_ = record.time;
    time_text_.clear();
    time_text_.literal(",\"t\":");
    time_text_.number(record.time.ns);
    time_text_.literal(",\"k\":\"");
  }
  out_.literal("{\"i\":");
  out_.number(record.index);
  out_.literal(time_text_.view());
  out_.literal(enum_name(record.kind));
  out_.literal("\"");
  const bool at_client = record.kind == Kind::op || record.kind == Kind::ack;
  if (record.node == no_node || at_client) return;
  out_.literal(",\"n\":");
  out_.literal(name_of(record.node));
}

void TraceWriter::end_line(std::size_t block_bytes) {
  out_.literal("}\n");
  if (out_.view().size() >= block_bytes) hand_over();
}

void TraceWriter::hand_over() {
  if (out_.view().empty()) return;
  checksum_.add(out_.view());
  if (!failed_) failed_ = !sink_.write(out_.view());
  out_.clear();
}

void TraceWriter::message(const Record& record) {
  out_.literal(",\"m\":");
  out_.number(record.message);
  message_ends(record);
  type_of(record);
  if (record.kind == Kind::alter) {
    out_.literal(",\"field\":");
    out_.string(record.text);
  }
  if (!record.detail.empty()) {
    out_.literal(",\"lie\":");
    out_.string(record.detail);
  }
  if (record.kind == Kind::send || record.kind == Kind::alter) body_of(record);
  if (record.bytes != 0) {
    out_.literal(",\"bytes\":");
    out_.number(record.bytes);
  }
  if (record.kind == Kind::drop) {
    out_.literal(",\"why\":\"");
    out_.literal(enum_name(record.why));
    out_.literal("\"");
  }
  if (record.client) out_.literal(",\"client\":true");
}

// The end that `n` names already is left out, except where `n` may be either of them.
void TraceWriter::message_ends(const Record& record) {
  if (record.kind != Kind::send) {
    out_.literal(",\"from\":");
    out_.literal(name_of(record.from));
  }
  if (record.kind != Kind::recv && record.kind != Kind::unexpected) {
    out_.literal(",\"to\":");
    out_.literal(name_of(record.to));
  }
}

void TraceWriter::type_of(const Record& record) {
  out_.literal(",\"type\":\"");
  out_.literal(record.body.name());
  out_.literal("\"");
}

void TraceWriter::body_of(const Record& record) {
  if (record.body.type == nullptr) return;
  out_.literal(",\"body\":");
  record.body.type->print(record.body.value, out_);
}

// An event's fields stand in the line itself. A timer has no place for them there: they make it
// another timer (the one of this transaction), so they are its body.
void TraceWriter::named(const Record& record) {
  if (record.body.type == nullptr) return;
  const TypeName& name = type_name(record.body);
  out_.literal(",\"name\":");
  out_.literal(name.quoted);
  if (name.empty) return;
  const bool in_line = record.kind == Kind::event && name.flat;
  in_line ? flatten(record.body) : body_of(record);
}

// "elected"{"epoch":1} becomes "elected","epoch":1 in place.
void TraceWriter::flatten(AnyRef body) {
  const std::size_t start = out_.view().size();
  out_.literal({});
  body.type->print(body.value, out_);
  out_.replace(start, ',');
  out_.shorten(out_.view().size() - 1);
}

// The body is a Request or a Reply; its client is named instead of numbered.
void TraceWriter::client_step(const Record& record) {
  out_.literal(",\"client\":");
  out_.literal(name_of(record.node));
  if (record.body.type == nullptr) return;
  scratch_.clear();
  record.body.type->print(record.body.value, scratch_);
  const std::string_view printed = scratch_.view();
  const std::size_t serial = printed.find("\"serial\":");
  const std::size_t start = serial == std::string_view::npos ? 1 : serial;
  if (printed.size() <= start + 1) return;
  out_.literal(",");
  out_.literal(printed.substr(start, printed.size() - start - 1));
  if (!record.detail.empty()) out_.literal(",\"again\":true");
}

// The kinds that say something in words; crash, restart, pause,
// resume and persist say nothing more.
void TraceWriter::remark(const Record& record) {
  if (record.kind == Kind::fault || record.kind == Kind::heal) {
    out_.literal(",\"id\":");
    out_.string(record.text);
    out_.literal(",\"do\":");
    out_.string(record.detail);
  } else if (record.kind == Kind::note) {
    out_.literal(",\"text\":");
    out_.string(record.text);
  } else if (record.violation != nullptr) {
    violation(*record.violation);
  }
}

void TraceWriter::violation(const Violation& violation) {
  out_.literal(",\"property\":");
  out_.string(violation.property);
  out_.literal(",\"nodes\":");
  out_.open_array();
  for (const NodeId node : violation.nodes) out_.raw(name_of(node));
  out_.close_array();
  out_.literal(",\"why\":");
  out_.string(violation.why);
}

std::string_view TraceWriter::name_of(NodeId node) const {
  return node.value < quoted_names_.size() ? std::string_view(quoted_names_[node.value]) : "\"?\"";
}

// Types are told apart by address, but never put in its order: the order is that of first use.
const TraceWriter::TypeName& TraceWriter::type_name(AnyRef body) {
  for (const TypeName& known : type_names_) {
    if (known.type == body.type) return known;
  }
  const std::string_view list = body.type->field_list;
  type_names_.push_back(
      {body.type, quoted_json(snake_case(body.type->name)), !clashes(list), list.empty()});
  return type_names_.back();
}

}  // namespace quorate
