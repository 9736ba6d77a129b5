// Turns a protocol's types into the data that the loader, `describe` and the docs read.
#pragma once

#include "sim/base/field_range.hpp"
#include "sim/base/field_read.hpp"
#include "sim/check/property.hpp"
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
  std::vector<Predicate<P>> predicates{};
  std::vector<std::string> emits{};  // the standard events that some handler emits
  bool majorities{};                 // decides by majorities, so an even cluster gains nothing
};

namespace detail {

template <class T>
std::string type_word() {
  if constexpr (std::same_as<T, bool>)
    return "boolean";
  else if constexpr (NamedEnum<T>)
    return std::string(enum_list(T{}));
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

template <class T>
std::string default_text(const T& value) {
  JsonWriter out;
  print_to(out, value);
  return out.buffer();
}

template <class Params>
std::vector<ParamInfo> param_list() {
  static_assert(std::size(Params::texts) == field_count<Params>,
                "every parameter has one sentence in `texts`");
  std::vector<ParamInfo> result;
  const Params defaults{};
  for_each_field(defaults, [&](std::string_view name, const auto& field) {
    QUORATE_ASSERT(in_range(defaults, name), "The default of a parameter lies in its range.");
    result.push_back({std::string(name), type_word<std::remove_cvref_t<decltype(field)>>(),
                      default_text(field), std::string(Params::texts[result.size()]),
                      range_text<Params>(name)});
  });
  return result;
}

template <class R>
std::vector<std::string> durable_names() {
  std::vector<std::string> result;
  R role{};
  std::apply([&](const auto&... field) { (result.emplace_back(name_of_field(role, field)), ...); },
             durable_fields(role));
  return result;
}

template <class R>
std::vector<std::string> status_names() {
  std::vector<std::string> result;
  if constexpr (requires { R::status; }) {
    using Status = std::remove_cvref_t<decltype(std::declval<R>().*R::status)>;
    result.assign(enum_names<Status>.begin(), enum_names<Status>.end());
  }
  return result;
}

template <class R>
RoleInfo role_info() {
  RoleInfo info;
  info.name = snake_case(R::type_name());
  for (std::size_t i = 0; i < field_count<R>; ++i) info.fields.emplace_back(field_name<R>(i));
  info.statuses = status_names<R>();
  info.durable = durable_names<R>();
  return info;
}

template <class... T>
std::vector<std::string> names_of(Types<T...>, [[maybe_unused]] bool snake) {
  return {(snake ? snake_case(T::type_name()) : std::string(T::type_name()))...};
}

// Adds the field names of each type to `fields`.
template <class... T>
void add_fields(Types<T...> types, bool snake,
                std::map<std::string, std::vector<std::string>>& fields) {
  const std::vector<std::string> names = names_of(types, snake);
  std::size_t type = 0;
  [[maybe_unused]] const auto add = [&]<class One>(const One*) {
    std::vector<std::string>& list = fields[names[type++]];
    for (std::size_t i = 0; i < field_count<One>; ++i) list.emplace_back(field_name<One>(i));
  };
  (add(static_cast<const T*>(nullptr)), ...);
}

// The status of a role as its enumeration names it; "" where it has none.
template <class R>
std::string_view status_of(const R& role) {
  if constexpr (requires { R::status; })
    return enum_name(role.*R::status);
  else
    return {};
}

template <class... T>
void add_sentences(Types<T...>, std::map<std::string, std::string>& sentences) {
  const auto add = [&](const TypeInfo& type) {
    if (!type.sentence.empty()) sentences.emplace(snake_case(type.name), type.sentence);
  };
  (add(type_info<T>), ...);
}

// What the protocol's types say of themselves.
template <class P>
void add_types(ProtocolInfo& info) {
  using T = Traits<P>;
  info.params = param_list<typename T::Params>();
  [&]<class... R>(Types<R...>) {
    (info.roles.push_back(role_info<R>()), ...);
  }(typename P::Roles{});
  info.reads_clocks = T::reads_clocks;
  info.takes_requests = Handlers<P>::request_role() < T::roles;
  info.messages = names_of(typename T::WireTypes{}, false);
  info.timers = names_of(typename T::Timers{}, true);
  info.events = names_of(typename T::Events{}, true);
  info.standard_events = StandardEvents::size;
  add_fields(typename T::WireTypes{}, false, info.fields);
  add_fields(typename T::Timers{}, true, info.fields);
  add_fields(typename T::Events{}, true, info.fields);
  add_sentences(typename T::Events{}, info.sentences);
}

// What may break, what must hold, and what a run may be asked at its end.
template <class P, class Properties>
void add_promises(const Description<P>& words, ProtocolInfo& info) {
  info.bugs = words.bugs;
  for (std::size_t i = 0; i < Properties::size; ++i) {
    info.properties.push_back(
        {std::string(Properties::names[i]), std::string(Properties::sentences[i])});
  }
  for (const Predicate<P>& predicate : words.predicates) {
    info.predicates.push_back({std::string(predicate.name), std::string(predicate.text)});
  }
}

// How the loader tells whether values suit the types.
template <class P>
void add_checks(ProtocolInfo& info) {
  using Params = typename Traits<P>::Params;
  info.check_param = [](std::string_view name, const Value& value, NodeNames names) {
    Params params{};
    return read_field(value, name, params, names);
  };
  info.param_in_range = [](std::string_view name, const Value& value, NodeNames names) {
    Params params{};
    return read_field(value, name, params, names).empty() && in_range(params, name);
  };
  info.check_initial = [](std::string_view name, const Value& value, NodeNames names) {
    std::string error;
    typename Traits<P>::Roles roles{};
    const auto one = [&](auto& role) {
      if (error.empty()) error = read_field(value, name, role, names);
    };
    std::apply([&](auto&... role) { (one(role), ...); }, roles);
    return error;
  };
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
  info.majorities = words.majorities;
  detail::add_types<P>(info);
  detail::add_promises<P, Properties>(words, info);
  detail::add_checks<P>(info);
  return info;
}

}  // namespace quorate
