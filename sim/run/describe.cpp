#include "sim/run/describe.hpp"

namespace quorate {

namespace detail {

namespace {

std::vector<std::string> items_of(std::string_view list) {
  std::vector<std::string> items;
  for (std::size_t i = 0; i < list_size(list); ++i) items.emplace_back(list_item(list, i));
  return items;
}

// Adds the names of `types` to `names`, in snake_case if `snake`, and by these names their fields.
void add_named(ProtocolInfo& info, TypeInfos types, bool snake, std::vector<std::string>& names) {
  for (const TypeInfo* type : types) {
    names.push_back(snake ? snake_case(type->name) : std::string(type->name));
    for (std::string& field : items_of(type->field_list)) {
      info.fields[names.back()].push_back(std::move(field));
    }
  }
}

}  // namespace

std::vector<std::string_view> names_at(std::span<const void* const> places, void* owner,
                                       const ReadableFields& fields) {
  std::vector<std::string_view> names;
  for (const void* place : places) {
    std::size_t field = 0;
    while (fields.address(owner, field) != place) ++field;
    names.push_back(fields.names[field]);
  }
  return names;
}

void add_param(ProtocolInfo& info, std::string_view name, const ParamType& type,
               const void* default_value, std::string_view text, std::string range) {
  info.params.push_back({std::string(name), std::string(type.word), type.text(default_value),
                         std::string(text), std::move(range)});
}

void add_role(ProtocolInfo& info, const TypeInfo& type, std::span<const std::string_view> statuses,
              std::span<const std::string_view> durable) {
  info.roles.push_back({snake_case(type.name),
                        items_of(type.field_list),
                        {statuses.begin(), statuses.end()},
                        {durable.begin(), durable.end()}});
}

void add_messages(ProtocolInfo& info, TypeInfos types) {
  add_named(info, types, false, info.messages);
}
void add_timers(ProtocolInfo& info, TypeInfos types) { add_named(info, types, true, info.timers); }
void add_events(ProtocolInfo& info, TypeInfos types) {
  add_named(info, types, true, info.events);
  for (const TypeInfo* type : types) {
    if (!type->sentence.empty()) info.sentences.emplace(snake_case(type->name), type->sentence);
  }
}

void add_properties(ProtocolInfo& info, std::span<const std::string_view> names,
                    std::span<const std::string_view> sentences) {
  for (std::size_t i = 0; i < names.size(); ++i) {
    info.properties.push_back({std::string(names[i]), std::string(sentences[i])});
  }
}
void add_predicate(ProtocolInfo& info, std::string_view name, std::string_view text) {
  info.predicates.push_back({std::string(name), std::string(text)});
}
void add_witness(ProtocolInfo& info, std::string_view name, std::string_view text) {
  info.witnesses.push_back({std::string(name), std::string(text)});
}

void set_fields(const Settable& target, std::span<const Value* const> set, NodeNames names) {
  for (const Value* object : set) {
    for (const Member& member : object->members) {
      read_field(member.value, member.key, target, names);
    }
  }
}

namespace {

// Whether the lot can be told of some message of this name.
bool can_lie(const CheckedTypes& types, std::string_view message, const Lot& lot) {
  for (std::size_t i = 0; i < types.messages.size(); ++i) {
    if (types.message_types[i]->name != message) continue;
    const Fresh body = types.messages[i]();
    if (!alter_field(body.settable(), lot).empty()) return true;
  }
  return false;
}

}  // namespace

void add_checks(ProtocolInfo& info, const CheckedTypes& types) {
  info.check_param = [types](std::string_view name, const Value& value, NodeNames names) {
    return read_field(value, name, types.params().settable(), names);
  };
  info.param_in_range = [types](std::string_view name, const Value& value, NodeNames names) {
    const Fresh params = types.params();
    return read_field(value, name, params.settable(), names).empty() &&
           types.in_range(params.value.get(), name);
  };
  info.param_text = [types](std::string_view name, std::span<const Value* const> set,
                            NodeNames names) {
    const Fresh params = types.params();
    set_fields(params.settable(), set, names);
    return types.text(params.value.get(), name);
  };
  info.check_lie = [types](std::string_view message, std::string_view field, const Value* value,
                           NodeNames names) {
    return can_lie(types, message, {.nodes = 2, .path = field, .constant = value, .names = names});
  };
  info.check_initial = [types](std::string_view name, const Value& value, NodeNames names) {
    std::string error;
    for (const MakeFresh role : types.roles) {
      if (error.empty()) error = read_field(value, name, role().settable(), names);
    }
    return error;
  };
}

}  // namespace detail
}  // namespace quorate
