// Rots, truncates and misdirects what a role has on its disk, or what it reads of it, by way of
// what it prints and reads: so logs, tables and whatever is within them are reached without knowing
// their types.
#pragma once

#include <span>
#include <string_view>

#include "sim/base/field_read.hpp"
#include "sim/base/fields.hpp"
#include "sim/node/disk_harm.hpp"

namespace quorate {

// A role with what its disk holds, whatever else it has in memory.
struct RoleOnDisk {
  const TypeInfo* type{};
  Settable role;
  std::span<const std::string_view> durable;
};

// False if there is nothing on the disk that this could do something to. The first of the names are
// those of the nodes.
bool harm_fields(std::span<const RoleOnDisk> roles, const DiskHarm& harm, NodeNames names,
                 std::size_t nodes);

}  // namespace quorate
