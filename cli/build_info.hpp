// What this binary was built from. For `quorate version` alone:
// a trace must not depend on the build.
#pragma once

#include <string_view>

namespace quorate {

std::string_view version();          // "0.1.0"
std::string_view source_revision();  // twelve hexadecimal digits of the commit, or "unknown"

}  // namespace quorate
