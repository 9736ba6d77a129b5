#include "sim/engine/alter.hpp"

namespace quorate {

std::string alter_body(const SetupBase& setup, void* body, std::size_t type, Lot lot) {
  if (type >= setup.wire_fields.size()) return {};
  lot.nodes = static_cast<std::uint32_t>(setup.names.size()) - setup.clients;
  lot.names = setup.names;
  return alter_field({body, &setup.wire_fields[type]()}, lot);
}

std::string alter_body(const SetupBase& setup, void* body, std::size_t type,
                       const Alteration& drawn) {
  return alter_body(setup, body, type, Lot{.field = drawn.field, .value = drawn.value});
}

}  // namespace quorate
