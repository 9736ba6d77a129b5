#include "sim/base/fields.hpp"

namespace quorate {

std::vector<std::string> type_names(TypeInfos types) {
  std::vector<std::string> names;
  for (const TypeInfo* type : types) names.emplace_back(type->name);
  return names;
}

std::string snake_case(std::string_view type_name) {
  std::string result;
  for (const char c : type_name) {
    const bool upper = c >= 'A' && c <= 'Z';
    if (upper && !result.empty()) result += '_';
    result += upper ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return result;
}

}  // namespace quorate
