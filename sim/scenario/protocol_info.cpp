#include "sim/scenario/protocol_info.hpp"

#include <algorithm>

namespace quorate {
namespace {

// As a scenario writes it: enumerators are strings there.
std::string as_written(std::string_view value) {
  const bool bare = value == "true" || value == "false" ||
                    std::ranges::all_of(value, [](char c) { return c >= '0' && c <= '9'; });
  return bare ? std::string(value) : "\"" + std::string(value) + "\"";
}

}  // namespace

std::string words_of(const BugNeed& need) {
  std::string text;
  const ParamValue* last = nullptr;
  for (const ParamValue& one : need.any) {
    if (!text.empty()) text += " or ";
    if (last == nullptr || one.param != last->param || one.is != last->is) {
      text += "\"" + std::string(one.param) + "\" is " + (one.is ? "" : "not ");
    }
    last = &one;
    text += as_written(one.value);
  }
  return text;
}

}  // namespace quorate
