// Another program, as a function from bytes to bytes.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace quorate {

struct ChildResult {
  int status{};  // its exit status; 128 + signal number; 127 where it could not be started
  std::string output;
  std::string errors;  // what it said on stderr, the last of it
};

// Starts the program `words[0]`, which is a path, hands it all pieces of `input` and waits for its
// end; an interrupt, where one is caught, ends it. Throws Failure(internal_error) where no process
// can be made.
ChildResult run_child(const std::vector<std::string>& words,
                      std::span<const std::string_view> input = {});

}  // namespace quorate
