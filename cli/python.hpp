// A Python that can draw. The first one on a PATH often cannot: it may be of a version manager,
// while the distribution's own has what was installed for it.
#pragma once

#include <string>
#include <vector>

namespace quorate {

// The path of a Python 3 that imports matplotlib: $QUORATE_PYTHON and no other where that is set,
// else that of the active virtual environment, those on the PATH, and the distribution's. Throws
// Failure(missing_tool), which names the package to install.
std::string python_that_draws();

// Those that are tried, in this order; for tests and messages.
std::vector<std::string> python_candidates();

}  // namespace quorate
