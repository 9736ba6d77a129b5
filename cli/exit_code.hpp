// The exit codes of every command. They are a contract with scripts: a number never changes.
// All verdicts are below 125, so that `git bisect run` works; 125 makes it skip a revision. A shell
// sees 141 where the reader of a pipe left before the end (SIGPIPE).
#pragma once

#include <cstdint>

namespace quorate {

enum class ExitCode : std::uint8_t {
  success = 0,        // expectations met
  failed = 1,         // property violated, expectation missed, protocol asserted, fault never fired
  bad_usage = 2,      // the command line is wrong
  invalid_input = 3,  // a scenario or trace is invalid, or an input file is missing
  diverged = 4,       // a replay was not byte for byte what the trace says
  inconclusive = 5,   // a budget or --until ended it first; never reported as passed
  missing_tool = 6,   // something outside is needed; the message names it
  internal_error = 70,  // our bug
  cannot_create = 73,   // an output file cannot be made, or is there already
  io_error = 74,        // writing failed half way
  output_busy = 75,     // another process is writing there
  cannot_build = 125,   // of the launcher ./quorate: the source does not compile
  hung_up = 129,        // SIGHUP
  interrupted = 130,    // SIGINT
  terminated = 143,     // SIGTERM
};

}  // namespace quorate
