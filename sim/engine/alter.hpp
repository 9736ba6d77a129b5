// A message that is another one when it leaves the link than when it entered: the fields that its
// type lists are reached without knowing the type.
#pragma once

#include <string>

#include "sim/base/field_read.hpp"
#include "sim/engine/kernel.hpp"
#include "sim/net/network.hpp"

namespace quorate {

// Alters one field of a body, which is of the wire type at this position. The name of the field;
// empty if the type has none that can be altered.
std::string alter_body(const SetupBase& setup, void* body, std::size_t type,
                       const Alteration& drawn);
// The same by a lot that says more.
std::string alter_body(const SetupBase& setup, void* body, std::size_t type, Lot lot);

}  // namespace quorate
