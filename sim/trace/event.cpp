#include "sim/trace/event.hpp"

#include <algorithm>
#include <array>

namespace quorate {

std::string to_text(const Operation& operation) {
  std::string text;
  for (const Text& word : {operation.verb, operation.key, operation.value}) {
    if (word.empty()) continue;
    if (!text.empty()) text += ' ';
    text += word.view();
  }
  return text;
}

bool is_progress(const TypeInfo* type) {
  const std::array progress{&type_info<Elected>,   &type_info<Chosen>,  &type_info<Applied>,
                            &type_info<Committed>, &type_info<Aborted>, &type_info<Delivered>};
  return std::ranges::find(progress, type) != progress.end();
}

}  // namespace quorate
