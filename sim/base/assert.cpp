#include "sim/base/assert.hpp"

namespace quorate {

std::string AssertionFailure::report() const {
  return std::string(what()) + " (" + file_ + ":" + std::to_string(line_) + ")";
}

void assertion_failed(const char* sentence, const char* file, int line) {
  throw AssertionFailure(sentence, file, line);
}

}  // namespace quorate
