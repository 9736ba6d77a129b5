// Many runs at once: how many processes do them, and how far they are.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "cli/arguments.hpp"
#include "cli/console.hpp"

namespace quorate {

// What --jobs says, or one per processor.
unsigned worker_count(const Arguments& arguments);

// What stands on the line that replaces itself.
class Progress {
 public:
  // `known`: so many of the runs were done before.
  Progress(std::uint64_t runs, std::uint64_t known, Console& console)
      : runs_(runs), known_(known), started_(Clock::now()), console_(console) {}

  void show(std::uint64_t done, std::uint64_t passed);
  void finish(std::uint64_t done);

 private:
  using Clock = std::chrono::steady_clock;
  std::string time_left(std::uint64_t done) const;

  std::uint64_t runs_;
  std::uint64_t known_;
  Clock::time_point started_;
  Console& console_;
};

}  // namespace quorate
