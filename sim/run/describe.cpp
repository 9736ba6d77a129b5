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

void add_param(ProtocolInfo& info, std::string_view name, std::string_view type,
               std::string default_value, std::string_view text, std::string range) {
  info.params.push_back({std::string(name), std::string(type), std::move(default_value),
                         std::string(text), std::move(range)});
}

void add_role(ProtocolInfo& info, const TypeInfo& type, std::span<const std::string_view> statuses,
              std::vector<std::string> durable) {
  info.roles.push_back({snake_case(type.name),
                        items_of(type.field_list),
                        {statuses.begin(), statuses.end()},
                        std::move(durable)});
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

void add_property(ProtocolInfo& info, std::string_view name, std::string_view sentence) {
  info.properties.push_back({std::string(name), std::string(sentence)});
}
void add_predicate(ProtocolInfo& info, std::string_view name, std::string_view text) {
  info.predicates.push_back({std::string(name), std::string(text)});
}
void add_witness(ProtocolInfo& info, std::string_view name, std::string_view text) {
  info.witnesses.push_back({std::string(name), std::string(text)});
}

}  // namespace detail
}  // namespace quorate
