// `extends`: a scenario that builds on another file. For the loader alone.
#pragma once

#include <string>

#include "sim/base/value.hpp"
#include "sim/scenario/diagnostics.hpp"

namespace quorate {

namespace extends_limits {
inline constexpr std::size_t bases = 8;            // in a chain
inline constexpr std::size_t bytes = 1024 * 1024;  // of all bases together
}  // namespace extends_limits

// `base` with `over` on top: a member that both have as objects is merged the same way, any other
// of `over` (a list, a number, null) takes the place of the base's. Members of the base come first,
// each in its own order. Everything keeps the place where it was written.
Value merged(Value base, Value over);

// While the document says "extends": FILE, lays it over that file and drops the key. FILE is a
// relative path without "." and "..", counted from the folder of the file that says so; `path` is
// where the document stands. On that way nothing may be a symbolic link, and the file must be a
// regular one. Errors stand at the "extends" in question, those of a base's text in the base.
// Returns false after an error. Reads files; costs a pass over each.
bool resolve_extends(Value& document, const std::string& path, Diagnostics& diagnostics);

}  // namespace quorate
