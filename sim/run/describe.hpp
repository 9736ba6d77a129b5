// Turns a protocol's types into the data that the loader, `describe` and the docs read.
#pragma once

#include <memory>

#include "sim/base/field_range.hpp"
#include "sim/base/field_read.hpp"
#include "sim/check/linearizability.hpp"
#include "sim/check/property.hpp"
#include "sim/check/wait.hpp"
#include "sim/engine/handlers.hpp"
#include "sim/scenario/protocol_info.hpp"

namespace quorate {

// A durability mistake is data for the engine, not a line in a handler: a durable field that does
// not survive, or outputs that do not wait for the disk.
struct DurabilityBug {
  std::string_view name;
  std::string_view forgets;  // this durable field; "*" = all; "" = none, outputs overtake the disk
};

template <class P>
struct Predicate {
  std::string_view name;
  std::string_view text;
  bool (*holds)(const Cluster<P>&);
};

// What an entry states in words, beside what its types already say:
// {.summary = "...", .leader_status = "leader"}. Whatever is left out is empty.
template <class P>
struct Description {
  std::string_view summary{};
  std::string_view leader_status{};  // the status a leader has; "" where there is none
  std::string_view epoch_word{"epoch"};
  std::vector<BugInfo> bugs{};
  std::vector<DurabilityBug> durability_bugs{};
  std::vector<BugNeed> bug_needs{};  // of mistakes that act only with some options
  std::vector<Predicate<P>> predicates{};
  std::vector<std::string> emits{};  // the standard events that some handler emits
  bool majorities{};                 // decides by majorities, so an even cluster gains nothing
  // The object clients talk to, by its name in sim/check/sequential.hpp; "" or absent where what
  // they are told is not theirs to compare.
  std::string_view (*object)(const typename Traits<P>::Params& params){};
  // The words with which clients may ask, and what is answered. Absent where a word is but a name,
  // as that of a transaction.
  std::vector<std::pair<std::string_view, std::string_view>> (*operations)(
      const typename Traits<P>::Params& params){};
  // What it assumes of the world; some options assume less.
  FailureModel (*assumes)(const typename Traits<P>::Params& params){};
  // What of that only the whole cluster shows: `teller`, `never_held`. Absent: nothing.
  void (*assumes_together)(const Cluster<P>& cluster, FailureModel& model){};
  // Which nodes that are up cannot go on by themselves. Absent: none ever.
  std::vector<Wait> (*waits)(const Cluster<P>& cluster){};
  std::span<const Cost> costs{};  // a table that lives as long as the program
};

namespace detail {

template <class T>
constexpr std::string_view type_word() {
  if constexpr (std::same_as<T, bool>)
    return "boolean";
  else if constexpr (NamedEnum<T>)
    return enum_list(T{});
  else if constexpr (std::integral<T>)
    return "integer";
  else if constexpr (std::same_as<T, Duration>)
    return "duration";
  else if constexpr (std::same_as<T, Distribution>)
    return "distribution";
  else if constexpr (std::same_as<T, Probability>)
    return "probability";
  else
    return "text";
}

// What a parameter of some type is called, and how its default reads.
struct ParamType {
  std::string_view word;
  std::string (*text)(const void* value);
};
template <class T>
std::string json_text(const void* value) {
  JsonWriter out;
  print_to(out, *static_cast<const T*>(value));
  return out.buffer();
}
template <class T>
inline constexpr ParamType param_type{type_word<T>(), &json_text<T>};

void add_param(ProtocolInfo& info, std::string_view name, const ParamType& type,
               const void* default_value, std::string_view text, std::string range);

template <class Params>
void add_params(ProtocolInfo& info) {
  static_assert(std::size(Params::texts) == field_count<Params>,
                "every parameter has one sentence in `texts`");
  const Params defaults{};
  for_each_field(defaults, [&]<class T>(std::string_view name, const T& field) {
    QUORATE_ASSERT(in_range(defaults, name), "The default of a parameter lies in its range.");
    add_param(info, name, param_type<T>, &field, Params::texts[info.params.size()],
              range_text<Params>(name));
  });
}

// What the fields of `owner` that lie at these places are called.
std::vector<std::string_view> names_at(std::span<const void* const> places, void* owner,
                                       const ReadableFields& fields);
// The names of R's durable fields.
template <class R>
std::span<const std::string_view> durable_names() {
  static const std::vector<std::string_view> names = [] {
    R role{};
    return std::apply(
        [&](auto&... field) {
          const std::array<const void*, sizeof...(field)> places{&field...};
          return names_at(places, &role, readable_fields<R>());
        },
        durable_fields(role));
  }();
  return names;
}

template <class R>
std::span<const std::string_view> status_names() {
  if constexpr (requires { R::status; }) {
    return enum_names<std::remove_cvref_t<decltype(std::declval<R>().*R::status)>>;
  } else {
    return {};
  }
}

// The status of a role as its enumeration names it; "" where it has none.
template <class R>
std::string_view status_of(const R& role) {
  if constexpr (requires { R::status; })
    return enum_name(role.*R::status);
  else
    return {};
}

void add_role(ProtocolInfo& info, const TypeInfo& type, std::span<const std::string_view> statuses,
              std::span<const std::string_view> durable);
void add_messages(ProtocolInfo& info, TypeInfos types);
void add_timers(ProtocolInfo& info, TypeInfos types);
void add_events(ProtocolInfo& info, TypeInfos types);
void add_properties(ProtocolInfo& info, std::span<const std::string_view> names,
                    std::span<const std::string_view> sentences);
void add_predicate(ProtocolInfo& info, std::string_view name, std::string_view text);
void add_witness(ProtocolInfo& info, std::string_view name, std::string_view text);

// What the protocol's types say of themselves.
template <class P>
void add_types(ProtocolInfo& info) {
  using T = Traits<P>;
  add_params<typename T::Params>(info);
  [&]<class... R>(Types<R...>) {
    (add_role(info, type_info<R>, status_names<R>(), durable_names<R>()), ...);
  }(typename P::Roles{});
  info.reads_clocks = T::reads_clocks;
  info.takes_requests = Handlers<P>::request_role() < T::roles;
  info.standard_events = StandardEvents::size;
  add_messages(info, infos_of<typename T::WireTypes>());
  add_timers(info, infos_of<typename T::Timers>());
  add_events(info, infos_of<typename T::Events>());
}

// What may break, what must hold, and what a run may be asked at its end.
template <class P, class Properties>
void add_promises(const Description<P>& words, ProtocolInfo& info) {
  add_properties(info, Properties::names, Properties::sentences);
  if (words.assumes != nullptr) info.assumes = words.assumes({});
  if (words.object != nullptr) {
    add_properties(info, {&HistoryCheck::name, 1}, {&HistoryCheck::sentence, 1});
  }
  for (const Predicate<P>& predicate : words.predicates) {
    add_predicate(info, predicate.name, predicate.text);
  }
}

// Sets what some objects say, a later one over an earlier one.
void set_fields(const Settable& target, std::span<const Value* const> set, NodeNames names);

// Default values, but for what some objects set.
template <class Params>
Params params_set_by(std::span<const Value* const> set, NodeNames names) {
  Params params{};
  set_fields(Settable::of(params), set, names);
  return params;
}

// The words with which clients may ask, by parameters that are yet to be read.
template <class P>
void add_operations(const Description<P>& words, ProtocolInfo& info) {
  if (words.operations == nullptr) return;
  info.operations = [of = words.operations](const Value& set, NodeNames names) {
    const Value* const sets[] = {&set};
    std::vector<NamedText> known;
    for (const auto& [name, text] : of(params_set_by<typename Traits<P>::Params>(sets, names)))
      known.push_back({std::string(name), std::string(text)});
    return known;
  };
}

// A struct as it begins, without its type.
struct Fresh {
  std::unique_ptr<void, void (*)(void*)> value;
  const ReadableFields* fields;
  Settable settable() const { return {value.get(), fields}; }
};
template <FieldStruct T>
Fresh fresh() {
  return {{std::make_unique<T>().release(), [](void* value) { delete static_cast<T*>(value); }},
          &readable_fields<T>()};
}
using MakeFresh = Fresh (*)();

// What it takes of a protocol's types to tell whether a user's values suit them.
struct CheckedTypes {
  MakeFresh params;
  bool (*in_range)(const void* params, std::string_view name);
  std::string (*text)(const void* params, std::string_view name);
  std::span<const MakeFresh> roles;
  TypeInfos message_types;
  std::span<const MakeFresh> messages;
};
// How the loader tells it. The lists must live as long as the program.
void add_checks(ProtocolInfo& info, const CheckedTypes& types);

template <class Params>
bool param_in_range(const void* params, std::string_view name) {
  return in_range(*static_cast<const Params*>(params), name);
}
template <class Params>
std::string param_text(const void* params, std::string_view name) {
  std::string text;
  for_each_field(*static_cast<const Params*>(params),
                 [&]<class T>(std::string_view field, const T& value) {
                   if (field == name) text = json_text<T>(&value);
                 });
  return text;
}
template <class... T>
constexpr std::array<MakeFresh, sizeof...(T)> all_fresh(Types<T...>) {
  return {&fresh<T>...};
}

template <class P>
void add_checks(ProtocolInfo& info) {
  using Params = typename Traits<P>::Params;
  static constexpr auto roles = all_fresh(typename P::Roles{});
  static constexpr auto messages = all_fresh(typename Traits<P>::WireTypes{});
  add_checks(info, {&fresh<Params>, &param_in_range<Params>, &param_text<Params>, roles,
                    infos_of<typename Traits<P>::WireTypes>(), messages});
}

}  // namespace detail

template <class P, class Properties>
ProtocolInfo describe_protocol(const Description<P>& words) {
  ProtocolInfo info;
  info.name = std::string(P::name);
  info.summary = std::string(words.summary);
  info.version = Traits<P>::version;
  info.leader_status = std::string(words.leader_status);
  info.epoch_word = std::string(words.epoch_word);
  info.emits = words.emits;
  info.bugs = words.bugs;
  for (const DurabilityBug& bug : words.durability_bugs) info.disk_bugs.emplace_back(bug.name);
  info.bug_needs = words.bug_needs;
  info.majorities = words.majorities;
  info.costs = words.costs;
  detail::add_types<P>(info);
  detail::add_promises<P, Properties>(words, info);
  detail::add_operations(words, info);
  detail::add_checks<P>(info);
  return info;
}

}  // namespace quorate
