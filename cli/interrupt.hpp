// SIGINT, SIGTERM and SIGHUP as a flag that long work looks at, so that it can clean up behind
// itself. A second signal ends the program at once. Where SIGHUP is ignored (nohup), it stays so.
#pragma once

#include <csignal>

#include "cli/exit_code.hpp"

namespace quorate {

class Interrupt {
 public:
  Interrupt();   // one at a time
  ~Interrupt();  // signals do again what they did before
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

  static bool caught();
  static ExitCode exit_code();  // REQUIRES caught()

 private:
  struct sigaction interrupt_ {};
  struct sigaction terminate_ {};
  struct sigaction hang_up_ {};
};

}  // namespace quorate
