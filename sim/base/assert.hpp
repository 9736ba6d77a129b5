// Assertions that stay on in every build. A failed one ends the run, never the sweep: it is thrown,
// caught at the run's border and reported with seed, event and replay command.
#pragma once

#include <stdexcept>
#include <string>

namespace quorate {

// What QUORATE_ASSERT throws. `what()` is the English sentence given there.
class AssertionFailure : public std::logic_error {
 public:
  AssertionFailure(const char* sentence, const char* file, int line)
      : std::logic_error(sentence), file_(file), line_(line) {}
  const char* file() const { return file_; }
  int line() const { return line_; }
  std::string report() const;  // "The sentence. (file:line)"

 private:
  const char* file_;
  int line_;
};

[[noreturn]] void assertion_failed(const char* sentence, const char* file, int line);

}  // namespace quorate

// QUORATE_ASSERT(condition, "English sentence that states what must hold.")
#define QUORATE_ASSERT(condition, sentence)                      \
  do {                                                           \
    if (!(condition)) [[unlikely]]                               \
      ::quorate::assertion_failed(sentence, __FILE__, __LINE__); \
  } while (false)
