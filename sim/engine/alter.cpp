#include "sim/engine/alter.hpp"

#include "sim/base/field_read.hpp"

namespace quorate {

std::string alter_body(const SetupBase& setup, void* body, std::size_t type,
                       const Alteration& drawn) {
  if (type >= setup.wire_fields.size()) return {};
  const auto nodes = static_cast<std::uint32_t>(setup.names.size()) - setup.clients;
  return alter_field({body, &setup.wire_fields[type]()}, {drawn.field, drawn.value, nodes});
}

}  // namespace quorate
