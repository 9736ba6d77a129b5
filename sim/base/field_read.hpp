// Sets anything that lists its fields from what a user wrote (parameters, initial states) or a
// trace tells: the way back from what field_print.hpp prints.
#pragma once

#include <limits>
#include <optional>
#include <span>

#include "sim/base/distribution.hpp"
#include "sim/base/field_list.hpp"
#include "sim/base/id.hpp"
#include "sim/base/text.hpp"
#include "sim/base/time.hpp"
#include "sim/base/value.hpp"

namespace quorate {

// What a value is altered by: two draws, and how many nodes there are. Nothing is drawn of what is
// said besides.
struct Lot {
  std::uint64_t field{};
  std::uint64_t value{};
  std::uint32_t nodes{};
  std::string_view path{};                // this field, "ballot.round"
  const Value* constant{};                // of `path`: becomes this, whatever kind it is of
  NodeNames names{};                      // by which that is read
  std::optional<std::int64_t> further{};  // becomes the value so many steps on, if 0 its own
  bool outright{};  // becomes what `value` says, whatever it was: an integer in its 8 lowest bits
};

// The fields of a struct without its type, so that what reading does with them is compiled once and
// not with each struct.
struct ReadableFields {
  // How one of them is read, how it is changed by what print_change printed, and how it becomes
  // another value of its kind: null where it cannot, else false where it cannot here. Says which
  // field it is at the end of `name`, if it has some itself.
  struct Reader {
    std::string (*read)(const Value& source, void* field, NodeNames names);
    std::string (*change)(const Value& change, void* field, NodeNames names);
    bool (*alter)(void* field, const Lot& lot, std::string& name);
  };
  std::string_view type;  // "RequestVote"
  std::string_view list;  // "term, last_log_index"
  std::span<const std::string_view> names;
  std::span<const Reader> readers;
  void* (*address)(void* target, std::size_t field);
};
template <FieldStruct T>
const ReadableFields& readable_fields();
// Where the field of this name stands in the list; how many there are if it has none.
std::size_t position_of_field(const ReadableFields& fields, std::string_view name);

// A struct without its type, whose fields may be set.
struct Settable {
  void* value{};
  const ReadableFields* fields{};

  template <FieldStruct T>
  static Settable of(T& value) {
    return {&value, &readable_fields<T>()};
  }
};

// Sets `target` from what a user wrote. Empty on success, else one English sentence. A bare scalar
// given for a struct sets its first field.
template <class T>
std::string read_from(const Value& source, T& target, NodeNames names);
std::string read_from(const Value& source, const Settable& target, NodeNames names);

// The same for the field of this name; where `target` has no such field, nothing happens.
std::string read_field(const Value& source, std::string_view name, const Settable& target,
                       NodeNames names);

// Makes one of the fields another value of its kind, each field that can be being equally likely:
// of an integer one of the 8 lowest bits is flipped, a truth is inverted, a name or a node becomes
// another one. Of a struct within, one of its fields. Times, texts, sets, logs, maps and what may
// be absent stay whole, and so does a type that has a constant `stays_whole`. Further on an integer
// grows, within its range; a truth is inverted at every step; names and nodes begin again behind
// the last. The field's name, "ballot.round"; empty if nothing can be altered.
std::string alter_field(const Settable& target, const Lot& lot);

// Changes `target` by what print_change printed of it: logs and per-node tables as deltas, the rest
// whole. Empty on success, else one English sentence. A type with a print_change of its own has a
// member read_change(const Value&, NodeNames).
template <class T>
std::string read_change(const Value& change, T& target, NodeNames names);

namespace detail {

std::string wrong_kind(const Value& source, std::string_view wanted);
std::string read_integer(const Value& source, std::int64_t min, std::int64_t max,
                         std::int64_t& target);
std::string read_node(const Value& source, NodeId& target, NodeNames names);
std::string unknown_choice(std::string_view found, std::string_view list);

// The integers a user may write for a T; those beyond int64 have no JSON form here.
template <class T>
inline constexpr std::int64_t least =
    std::is_unsigned_v<T> ? 0 : std::int64_t{std::numeric_limits<T>::min()};
template <class T>
inline constexpr std::int64_t most = sizeof(T) == 8
                                         ? std::numeric_limits<std::int64_t>::max()
                                         : static_cast<std::int64_t>(std::numeric_limits<T>::max());

template <class T>
std::string read_parsed(const Value& source, T& target, Parsed<T> parsed) {
  if (source.kind != Value::Kind::string) return wrong_kind(source, "a string with a unit");
  if (parsed) target = parsed.value;
  return parsed.error;
}

template <class T>
std::string read_sequence(const Value& source, T& target, NodeNames names) {
  if (source.kind != Value::Kind::array) return wrong_kind(source, "an array");
  target.clear();
  for (const Value& item : source.items) {
    typename T::value_type element{};
    if (std::string error = read_from(item, element, names); !error.empty()) return error;
    if constexpr (requires { target.append(element); }) {
      target.append(element);
    } else if constexpr (requires { target.push_back(element); }) {
      target.push_back(std::move(element));
    } else {
      target.insert(std::move(element));
    }
  }
  return {};
}

// As it prints: an array of [key, value] pairs.
template <MapLike T>
std::string read_map(const Value& source, T& target, NodeNames names) {
  if (source.kind != Value::Kind::array)
    return wrong_kind(source, "an array of [key, value] pairs");
  target.clear();
  for (const Value& pair : source.items) {
    if (pair.items.size() != 2) return wrong_kind(pair, "a [key, value] pair");
    typename T::key_type key{};
    if (std::string error = read_from(pair.items[0], key, names); !error.empty()) return error;
    if (std::string error = read_from(pair.items[1], target[key], names); !error.empty())
      return error;
  }
  return {};
}

template <class T>
std::string read_per_node(const Value& source, PerNode<T>& target, NodeNames names) {
  if (source.kind != Value::Kind::object)
    return wrong_kind(source, "an object with node names as keys");
  for (const Member& member : source.members) {
    NodeId node;
    if (std::string error = read_node(Value::of(member.key), node, names); !error.empty())
      return error;
    if (std::string error = read_from(member.value, target[node], names); !error.empty())
      return error;
  }
  return {};
}

// Names, numbers, texts and everything written as one JSON scalar.
template <class T>
std::string read_scalar(const Value& source, T& target) {
  if constexpr (std::same_as<T, bool>) {
    if (source.kind != Value::Kind::boolean) return wrong_kind(source, "true or false");
    target = source.boolean;
    return {};
  } else if constexpr (NamedEnum<T>) {
    if (source.kind != Value::Kind::string) return wrong_kind(source, "a name");
    const auto value = enum_value<T>(source.text);
    if (!value) return unknown_choice(source.text, enum_list(T{}));
    target = *value;
    return {};
  } else if constexpr (std::integral<T>) {
    std::int64_t number = 0;
    std::string error = read_integer(source, least<T>, most<T>, number);
    if (error.empty()) target = static_cast<T>(number);
    return error;
  } else if constexpr (std::same_as<T, Time>) {
    return read_integer(source, 0, Time::never().ns, target.ns);
  } else if constexpr (std::same_as<T, Duration>) {
    return read_parsed(source, target, parse_duration(source.text));
  } else if constexpr (std::same_as<T, Distribution>) {
    return read_parsed(source, target, parse_distribution(source.text));
  } else if constexpr (std::same_as<T, Probability>) {
    return read_parsed(source, target, parse_probability(source.text));
  } else {
    if (source.kind != Value::Kind::string) return wrong_kind(source, "a string");
    if constexpr (std::same_as<T, Text>) {
      if (source.text.size() > Text::capacity) return "at most 15 bytes fit here";
    }
    target = T(source.text);
    return {};
  }
}

template <class T>
inline constexpr bool is_scalar =
    NamedEnum<T> || std::integral<T> || std::same_as<T, Time> || std::same_as<T, Duration> ||
    std::same_as<T, Distribution> || std::same_as<T, Probability> || std::same_as<T, Text> ||
    std::same_as<T, std::string>;

template <class T>
std::string read_optional(const Value& source, T& target, NodeNames names) {
  target.reset();
  if (source.kind == Value::Kind::null) return {};
  return read_from(source, target.emplace(), names);
}

std::string read_node_set(const Value& source, NodeSet& target, NodeNames names);

}  // namespace detail

template <class T>
std::string read_from(const Value& source, T& target, NodeNames names) {
  if constexpr (requires { target.read_from(source, names); })
    return target.read_from(source, names);
  else if constexpr (FieldStruct<T>)
    return read_from(source, Settable::of(target), names);
  else if constexpr (detail::is_scalar<T>)
    return detail::read_scalar(source, target);
  else if constexpr (std::same_as<T, NodeId>)
    return detail::read_node(source, target, names);
  else if constexpr (std::same_as<T, NodeSet>)
    return detail::read_node_set(source, target, names);
  else if constexpr (detail::OptionalLike<T>)
    return detail::read_optional(source, target, names);
  else if constexpr (detail::MapLike<T>)
    return detail::read_map(source, target, names);
  else if constexpr (requires { detail::read_per_node(source, target, names); })
    return detail::read_per_node(source, target, names);
  else
    return detail::read_sequence(source, target, names);
}

namespace detail {

// A type of which print_change does not print the whole.
template <class T>
concept ToldByChanges = requires(T& target, const Value& change, NodeNames names) {
  target.read_change(change, names);
}
|| requires(T& target, const Value& change, NodeNames names) {
  read_per_node(change, target, names);
};

}  // namespace detail

template <class T>
std::string read_change(const Value& change, T& target, NodeNames names) {
  if constexpr (requires { target.read_change(change, names); }) {
    return target.read_change(change, names);
  } else {
    // A table that changed and now has nothing to show is empty.
    if constexpr (detail::ToldByChanges<T>) {
      if (change.members.empty()) target.clear();
    }
    return read_from(change, target, names);
  }
}

namespace detail {

template <class T>
std::string read_untyped(const Value& source, void* target, NodeNames names) {
  return read_from(source, *static_cast<T*>(target), names);
}
template <class T>
std::string change_untyped(const Value& change, void* target, NodeNames names) {
  return read_change(change, *static_cast<T*>(target), names);
}
// Each becomes another value of its kind.
bool alter_truth(void* field, const Lot& lot, std::string& name);
bool alter_node(void* field, const Lot& lot, std::string& name);
bool alter_byte(std::uint8_t& value, const Lot& lot, std::size_t values);
std::uint64_t bits_drawn(std::uint64_t bits, const Lot& lot);
std::int64_t moved_on(std::int64_t value, std::int64_t steps, std::int64_t min, std::int64_t max);
template <class T>
bool alter_integer(void* field, const Lot& lot, std::string&) {
  if (!lot.path.empty()) return false;
  T& value = *static_cast<T*>(field);
  if (lot.further) {
    value =
        static_cast<T>(moved_on(static_cast<std::int64_t>(value), *lot.further, least<T>, most<T>));
  } else {
    value = static_cast<T>(bits_drawn(static_cast<std::uint64_t>(value), lot));
  }
  return true;
}
template <NamedEnum T>
bool alter_name(void* field, const Lot& lot, std::string&) {
  auto value = static_cast<std::uint8_t>(*static_cast<T*>(field));
  const bool altered = alter_byte(value, lot, enum_count<T>);
  *static_cast<T*>(field) = static_cast<T>(value);
  return altered;
}
bool alter_within(const Settable& target, const Lot& lot, std::string& name);
template <FieldStruct T>
bool alter_struct(void* field, const Lot& lot, std::string& name) {
  return alter_within(Settable::of(*static_cast<T*>(field)), lot, name);
}
template <class T>
constexpr bool can_be_altered();
template <class Positions, class... T>
constexpr bool some_can_be_altered(FieldRefsAt<Positions, T...>*) {
  return (can_be_altered<T>() || ...);
}
template <class T>
constexpr bool can_be_altered() {
  if constexpr (std::integral<T> || std::same_as<T, NodeId>)
    return true;
  else if constexpr (NamedEnum<T>)
    return enum_count<T> > 1;
  else if constexpr (FieldStruct<T> && !requires { T::stays_whole; })
    return some_can_be_altered(static_cast<decltype(fields(std::declval<T&>()))*>(nullptr));
  else
    return false;
}
template <class T>
constexpr auto alter_of() -> bool (*)(void*, const Lot&, std::string&) {
  if constexpr (!can_be_altered<T>())
    return nullptr;
  else if constexpr (std::same_as<T, bool>)
    return &alter_truth;
  else if constexpr (std::same_as<T, NodeId>)
    return &alter_node;
  else if constexpr (NamedEnum<T>)
    return &alter_name<T>;
  else if constexpr (std::integral<T>)
    return &alter_integer<T>;
  else
    return &alter_struct<T>;
}

template <class T>
constexpr ReadableFields::Reader reader_of() {
  if constexpr (ToldByChanges<T>)
    return {&read_untyped<T>, &change_untyped<T>, alter_of<T>()};
  else
    return {&read_untyped<T>, &read_untyped<T>, alter_of<T>()};
}
template <class Positions, class... T>
constexpr std::array<ReadableFields::Reader, sizeof...(T)> readers_of(
    FieldRefsAt<Positions, T...>*) {
  return {reader_of<T>()...};
}
template <class T>
void* field_address(void* target, std::size_t field) {
  return [&]<std::size_t... I>(std::index_sequence<I...>) {
    [[maybe_unused]] const auto refs = fields(*static_cast<T*>(target));
    void* const addresses[]{&get<I>(refs)..., nullptr};
    return addresses[field];
  }
  (std::make_index_sequence<field_count<T>>{});
}

}  // namespace detail

template <FieldStruct T>
const ReadableFields& readable_fields() {
  using Fields = decltype(fields(std::declval<T&>()));
  static constexpr auto readers = detail::readers_of(static_cast<Fields*>(nullptr));
  static constexpr ReadableFields result{T::type_name(), T::field_list(), detail::field_names<T>,
                                         readers, &detail::field_address<T>};
  return result;
}

}  // namespace quorate
