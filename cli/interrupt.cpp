#include "cli/interrupt.hpp"

namespace quorate {
namespace {

volatile std::sig_atomic_t caught_signal = 0;

// The second, whichever of them it is, does what it does to a program that does not care. It is
// held back until this returns.
void remember(int signal) {
  if (caught_signal != 0) {
    std::signal(signal, SIG_DFL);
    std::raise(signal);
  }
  caught_signal = signal;
}

}  // namespace

Interrupt::Interrupt() {
  caught_signal = 0;
  struct sigaction action {};
  action.sa_handler = remember;
  action.sa_flags = 0;  // no SA_RESTART: a wait ends
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, &interrupt_);
  sigaction(SIGHUP, nullptr, &hang_up_);
  if (hang_up_.sa_handler != SIG_IGN) sigaction(SIGHUP, &action, nullptr);
  // Last: whoever sees that SIGTERM is handled may send any of the three.
  sigaction(SIGTERM, &action, &terminate_);
}

Interrupt::~Interrupt() {
  sigaction(SIGINT, &interrupt_, nullptr);
  sigaction(SIGTERM, &terminate_, nullptr);
  sigaction(SIGHUP, &hang_up_, nullptr);
}

bool Interrupt::caught() { return caught_signal != 0; }

ExitCode Interrupt::exit_code() {
  if (caught_signal == SIGHUP) return ExitCode::hung_up;
  return caught_signal == SIGTERM ? ExitCode::terminated : ExitCode::interrupted;
}

}  // namespace quorate
