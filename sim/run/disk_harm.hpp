// Rots, truncates and misdirects what a role has on its disk, or what it reads of it, and scrambles
// what it has in memory, by way of what it prints and reads: so logs, tables and whatever is within
// them are reached without knowing their types.
#pragma once

#include <span>
#include <string_view>

#include "sim/base/field_read.hpp"
#include "sim/base/fields.hpp"
#include "sim/node/disk_harm.hpp"

namespace quorate {

struct Scenario;

// Whether some fault of it, if it fires, makes others of the fields of nodes, on disk or in memory.
bool harms_state(const Scenario& scenario);

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

// One value that its node has in memory alone becomes another of its kind, each being as likely:
// what a disk keeps as well stays, so that memory and disk never differ for it. Of the roles those
// count of which a bit of `plays` is set. The name of the field, "leader", or "server.leader" of
// one role among several; empty where there is none that can.
std::string scramble_fields(std::span<const RoleOnDisk> roles, std::uint32_t plays,
                            const MemoryHarm& harm, NodeNames names, std::size_t nodes);

}  // namespace quorate
