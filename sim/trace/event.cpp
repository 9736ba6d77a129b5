#include "sim/trace/event.hpp"

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

}  // namespace quorate
