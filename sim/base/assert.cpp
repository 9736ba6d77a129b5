#include "sim/base/assert.hpp"

namespace quorate {

void assertion_failed(const char* sentence, const char* file, int line) {
  throw AssertionFailure(sentence, file, line);
}

}  // namespace quorate
