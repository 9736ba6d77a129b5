// Turns a protocol's types into the data that the loader, `describe` and the docs read.
#pragma once

#include "sim/base/field_read.hpp"
#include "sim/check/property.hpp"
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
    result.push_back({std::string(name), type_word<std::remove_cvref_t<decltype(field)>>(),
                      default_text(field), std::string(Params::texts[result.size()])});
  });
  return result;
}

// Names of a role's durable fields, found by their address in one instance.
template <class R>
std::vector<std::string> durable_names() {
  std::vector<std::string> result;
  R role{};
  std::apply(
      [&](auto&... durable) {
        [[maybe_unused]] const auto find = [&](const void* address) {
          for_each_field(role, [&](std::string_view name, const auto& field) {
            if (static_cast<const void*>(&field) == address) result.emplace_back(name);
          });
        };
        (find(&durable), ...);
      },
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
std::vector<std::string> names_of(Types<T...>, bool snake) {
  return {(snake ? snake_case(T::type_name()) : std::string(T::type_name()))...};
}

// Adds the field names of each type to `fields`.
template <class... T>
void add_fields(Types<T...> types, bool snake,
                std::map<std::string, std::vector<std::string>>& fields) {
  const std::vector<std::string> names = names_of(types, snake);
  std::size_t type = 0;
  const auto add = [&]<class One>(const One*) {
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

}  // namespace detail

template <class P, class Properties>
ProtocolInfo describe_protocol(const Description<P>& words) {
  ProtocolInfo info;
  info.name = std::string(P::name);
  info.summary = std::string(words.summary);
  info.version = Traits<P>::version;
  info.leader_status = std::string(words.leader_status);
  info.epoch_word = std::string(words.epoch_word);
  info.params = detail::param_list<typename Traits<P>::Params>();
  [&]<class... R>(Types<R...>) {
    (info.roles.push_back(detail::role_info<R>()), ...);
  }(typename P::Roles{});
  info.messages = detail::names_of(typename Traits<P>::WireTypes{}, false);
  info.timers = detail::names_of(typename Traits<P>::Timers{}, true);
  info.events = detail::names_of(typename Traits<P>::Events{}, true);
  detail::add_fields(typename Traits<P>::WireTypes{}, false, info.fields);
  detail::add_fields(typename Traits<P>::Timers{}, true, info.fields);
  detail::add_fields(typename Traits<P>::Events{}, true, info.fields);
  info.bugs = words.bugs;
  for (std::size_t i = 0; i < Properties::size; ++i) {
    info.properties.push_back(
        {std::string(Properties::names[i]), std::string(Properties::sentences[i])});
  }
  for (const Predicate<P>& predicate : words.predicates) {
    info.predicates.push_back({std::string(predicate.name), std::string(predicate.text)});
  }
  info.check_param = [](std::string_view name, const Value& value, NodeNames names) {
    typename Traits<P>::Params params{};
    std::string error;
    for_each_field(params, [&](std::string_view field_name, auto& field) {
      if (field_name == name) error = read_from(value, field, names);
    });
    return error;
  };
  info.check_initial = [](std::string_view name, const Value& value, NodeNames names) {
    std::string error;
    typename Traits<P>::Roles roles{};
    std::apply(
        [&](auto&... role) {
          const auto one = [&](auto& fields_of) {
            for_each_field(fields_of, [&](std::string_view field_name, auto& field) {
              if (field_name == name) error = read_from(value, field, names);
            });
          };
          (one(role), ...);
        },
        roles);
    return error;
  };
  return info;
}

}  // namespace quorate
