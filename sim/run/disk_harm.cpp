#include "sim/run/disk_harm.hpp"

#include <algorithm>
#include <deque>
#include <vector>

#include "sim/base/json_writer.hpp"
#include "sim/scenario/json.hpp"
#include "sim/scenario/scenario.hpp"

namespace quorate {
namespace {

// One field, as it prints.
struct Field {
  Settable role;
  std::size_t number{};  // in the role's list
  Value printed;

  const ReadableFields::Reader& reader() const { return role.fields->readers[number]; }
  void* place() const { return role.fields->address(role.value, number); }
  // Logs alone print as a list and are told by changes.
  bool is_log() const {
    return list() != nullptr &&
           (printed.kind == Value::Kind::object || reader().change != reader().read);
  }
  // Its entries; null if it has none.
  const Value* list() const {
    const Value* const found = printed.kind == Value::Kind::array ? &printed : printed.find("add");
    return found != nullptr && found->kind == Value::Kind::array ? found : nullptr;
  }
  Value* list() { return const_cast<Value*>(std::as_const(*this).list()); }
  // Before the first entry that is there.
  std::int64_t start() const {
    const Value* const found = printed.find("start");
    return found != nullptr ? found->integer : 0;
  }
};

// Those of a role that are durable, or those that are not.
void add_fields(const RoleOnDisk& one, bool durable, NodeNames names, std::deque<Field>& found) {
  JsonWriter out(names);
  one.type->print(one.role.value, out);
  Diagnostics unread;
  const auto printed = parse_json(out.buffer(), unread);
  if (!printed || unread.failed()) return;
  for (std::size_t i = 0; i < one.role.fields->names.size(); ++i) {
    const std::string_view name = one.role.fields->names[i];
    const bool kept = std::ranges::find(one.durable, name) != one.durable.end();
    const Value* const value = kept == durable ? printed->find(name) : nullptr;
    if (value != nullptr) found.push_back({one.role, i, *value});
  }
}

std::deque<Field> durable_fields(std::span<const RoleOnDisk> roles, NodeNames names) {
  std::deque<Field> found;
  for (const RoleOnDisk& one : roles) add_fields(one, true, names, found);
  return found;
}

// The log from its entry at `first` on is what the printed one says.
bool write_log(const Field& field, std::size_t first, NodeNames names) {
  Value rest;
  rest.kind = Value::Kind::array;
  const std::vector<Value>& entries = field.list()->items;
  rest.items.assign(entries.begin() + static_cast<std::ptrdiff_t>(first), entries.end());
  Value change;
  change.kind = Value::Kind::object;
  change.members.push_back(
      {"keep", {}, Value::of(field.start() + static_cast<std::int64_t>(first))});
  change.members.push_back({"add", {}, std::move(rest)});
  return field.reader().change(change, field.place(), names).empty();
}

// What is printed becomes what is there, of a log from its entry at `first` on.
bool write(const Field& field, std::size_t first, NodeNames names) {
  return field.is_log() ? write_log(field, first, names)
                        : field.reader().read(field.printed, field.place(), names).empty();
}

// ---- rot ----------------------------------------------------------------------------------------

// A value that can become another one of its kind.
struct Spot {
  Field* field{};
  std::size_t entry{};  // of a log: in which one
  Value* value{};
};

void find_spots(Value& value, const Spot& in, std::vector<Spot>& found) {
  if (value.kind == Value::Kind::boolean || value.kind == Value::Kind::integer ||
      value.kind == Value::Kind::string) {
    found.push_back({in.field, in.entry, &value});
  }
  for (Value& item : value.items) find_spots(item, in, found);
  for (Member& member : value.members) find_spots(member.value, in, found);
}

// Whether all of it is zero, false or empty, as what was never written is.
bool is_blank(const Value& value) {
  return value.integer == 0 && !value.boolean && value.text.empty() &&
         std::ranges::all_of(value.items, is_blank) &&
         std::ranges::all_of(value.members,
                             [](const Member& member) { return is_blank(member.value); });
}

void find_spots(Field& field, std::vector<Spot>& found) {
  if (!field.is_log()) return find_spots(field.printed, {&field, 0, nullptr}, found);
  std::vector<Value>& entries = field.list()->items;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    find_spots(entries[i], {&field, i, nullptr}, found);
  }
}

// A node becomes another one, of any other text a letter or digit the one beside it.
bool rot_text(std::string& text, std::uint64_t how, NodeNames names) {
  const auto node = std::ranges::find(names, text);
  if (node != names.end()) {
    const auto number = static_cast<std::uint64_t>(node - names.begin());
    text = names[static_cast<std::size_t>((number + 1 + how % (names.size() - 1)) % names.size())];
    return names.size() > 1;
  }
  if (text.empty()) return false;
  char& one = text[static_cast<std::size_t>(how % text.size())];
  const bool plain = (one >= '0' && one <= '9') || (one >= 'b' && one <= 'y');
  if (plain) one = static_cast<char>(one ^ 1);
  return plain;
}

bool rot_value(Value& value, std::uint64_t how, NodeNames names) {
  if (value.kind == Value::Kind::string) return rot_text(value.text, how, names);
  if (value.kind == Value::Kind::boolean)
    value.boolean = !value.boolean;
  else
    value.integer ^= std::int64_t{1} << (how & 7);
  return true;
}

bool rot(const Spot& spot, std::uint64_t how, NodeNames names) {
  const Field& field = *spot.field;
  const Value before = *spot.value;
  if (rot_value(*spot.value, how, names) && write(field, spot.entry, names)) return true;
  *spot.value = before;  // no such value can be there
  write(field, spot.entry, names);
  return false;
}

// Of the spots each is equally likely, but for those of which nothing else can be made.
bool rot(std::deque<Field>& fields, const DiskHarm& harm, NodeNames names) {
  std::vector<Spot> spots;
  for (Field& field : fields) {
    const bool never_written = field.printed.kind == Value::Kind::object && is_blank(field.printed);
    if (!never_written) find_spots(field, spots);
  }
  for (std::size_t i = 0; i < spots.size(); ++i) {
    const std::uint64_t place = (harm.which % spots.size() + i) % spots.size();
    if (rot(spots[static_cast<std::size_t>(place)], harm.how, names)) return true;
  }
  return false;
}

// ---- misdirected writes -------------------------------------------------------------------------

// Of those that hold so many entries or more each is equally likely; null if there is none.
Field* list_among(std::deque<Field>& fields, std::size_t entries, const DiskHarm& harm) {
  std::vector<Field*> lists;
  for (Field& field : fields) {
    if (field.list() != nullptr && field.list()->items.size() >= entries) lists.push_back(&field);
  }
  if (lists.empty()) return nullptr;
  return lists[static_cast<std::size_t>(harm.which % lists.size())];
}

// The newest entry lies where an older one was, and its own place is as it was before. Of all lists
// that hold two entries or more each is equally likely, and in it each entry but the newest.
bool misdirect(std::deque<Field>& fields, const DiskHarm& harm, NodeNames names) {
  Field* const field = list_among(fields, 2, harm);
  if (field == nullptr) return false;
  std::vector<Value>& entries = field->list()->items;
  const auto victim = static_cast<std::size_t>(harm.how % (entries.size() - 1));
  entries[victim] = std::move(entries.back());
  entries.pop_back();
  return write(*field, victim, names);
}

// ---- truncation ---------------------------------------------------------------------------------

bool truncate(Field& field, std::uint64_t entries, NodeNames names) {
  if (field.list() == nullptr || field.list()->items.empty()) return false;
  std::vector<Value>& items = field.list()->items;
  const std::uint64_t left = items.size() - std::min<std::uint64_t>(entries, items.size());
  items.resize(static_cast<std::size_t>(left));
  return write(field, items.size(), names);
}

// ---- reads --------------------------------------------------------------------------------------

// Of a list that is not empty only the first entries are there, each number of them from none to
// all but one being equally likely.
bool read_short(std::deque<Field>& fields, const DiskHarm& harm, NodeNames names) {
  Field* const field = list_among(fields, 1, harm);
  if (field == nullptr) return false;
  const std::size_t all = field->list()->items.size();
  return truncate(*field, all - harm.how % all, names);
}

// One entry of a list is there twice, in the place of another as well: each pair of two is equally
// likely.
bool misread(std::deque<Field>& fields, const DiskHarm& harm, NodeNames names) {
  Field* const field = list_among(fields, 2, harm);
  if (field == nullptr) return false;
  std::vector<Value>& entries = field->list()->items;
  const auto place = static_cast<std::size_t>(harm.how % entries.size());
  auto other = static_cast<std::size_t>(harm.how / entries.size() % (entries.size() - 1));
  if (other >= place) ++other;
  entries[place] = entries[other];
  return write(*field, place, names);
}

// ---- memory -------------------------------------------------------------------------------------

// A field that is one of a few names becomes another of them; all else does what it does on disks.
bool scramble(const Spot& spot, const MemoryHarm& harm, NodeNames nodes) {
  const Field& field = *spot.field;
  const bool whole = spot.value == &field.printed && spot.value->kind == Value::Kind::string;
  if (!whole || field.reader().alter == nullptr) return rot(spot, harm.how, nodes);
  std::string within;
  Lot lot;
  lot.value = harm.how;
  lot.nodes = static_cast<std::uint32_t>(nodes.size());
  return field.reader().alter(field.place(), lot, within);
}

std::string name_of(const Field& field, bool among_several) {
  const std::string name(field.role.fields->names[field.number]);
  return among_several ? snake_case(field.role.fields->type) + "." + name : name;
}

}  // namespace

bool harms_state(const Scenario& scenario) {
  return std::ranges::any_of(scenario.faults, [](const Fault& one) {
    const auto& harm = one.action.harm;
    const bool other = harm && harm->act != DiskAct::snapshot && harm->act != DiskAct::read_error;
    return other || one.action.scramble;
  });
}

std::string scramble_fields(std::span<const RoleOnDisk> roles, std::uint32_t plays,
                            const MemoryHarm& harm, NodeNames names, std::size_t nodes) {
  std::deque<Field> fields;
  for (std::size_t i = 0; i < roles.size(); ++i) {
    if ((plays >> i & 1) != 0) add_fields(roles[i], false, names, fields);
  }
  std::vector<Spot> spots;
  for (Field& field : fields) find_spots(field, spots);
  for (std::size_t i = 0; i < spots.size(); ++i) {
    const Spot& spot =
        spots[static_cast<std::size_t>((harm.which % spots.size() + i) % spots.size())];
    if (scramble(spot, harm, names.first(nodes))) return name_of(*spot.field, roles.size() > 1);
  }
  return {};
}

bool harm_fields(std::span<const RoleOnDisk> roles, const DiskHarm& harm, NodeNames names,
                 std::size_t nodes) {
  std::deque<Field> fields = durable_fields(roles, names);
  if (harm.act == DiskAct::rot) return rot(fields, harm, names.first(nodes));
  if (harm.act == DiskAct::misdirect) return misdirect(fields, harm, names);
  if (harm.act == DiskAct::short_read) return read_short(fields, harm, names);
  if (harm.act == DiskAct::misread) return misread(fields, harm, names);
  bool some = false;
  for (Field& field : fields) some = truncate(field, harm.entries, names) || some;
  return some;
}

}  // namespace quorate
