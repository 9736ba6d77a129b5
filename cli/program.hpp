// The program from its words to its exit code: the only place that catches everything.
#pragma once

namespace quorate {

int run_program(int argc, char** argv);

}  // namespace quorate
