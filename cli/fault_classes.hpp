// Every way in which something can go wrong in a scenario, exactly, with an example and its place
// in the failure models of the textbooks: what `describe fault` and scenarios/FAULTS.md are made
// of.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "sim/base/fields.hpp"

namespace quorate {

// How a server may fail, by what goes wrong with its work (Cristian 1991).
QUORATE_ENUM(FailureMode, none, crash, omission, timing, response, arbitrary)
// By what others can tell of it: that it stopped; that, but only in the end; nothing but silence;
// something that they know to be wrong; nothing at all.
QUORATE_ENUM(FailureClass, none, stop, noisy, silent, safe, arbitrary)

// How long: once; until somebody ends it; from one time to another; or until "for" is over, so that
// it may come and go.
QUORATE_ENUM(FailureLasting, none, once, stays, window, ends)

struct FaultClass {
  std::string_view name;  // a verb, "disk.rot": one of its forms; "network.loss": a key
  FailureMode mode;
  FailureClass others_see;
  FailureLasting lasts;
  std::string_view words;    // what it does exactly, as whole sentences
  std::string_view example;  // members of a scenario with three Raft servers and a client
};

std::span<const FaultClass> fault_classes();

// Null where none is called so.
const FaultClass* find_fault(std::string_view name);

// "crash failure, fail-stop; transient, intermittent or permanent"
std::string place_of(const FaultClass& fault);

// A page of Markdown with all of them.
std::string fault_page();

}  // namespace quorate
