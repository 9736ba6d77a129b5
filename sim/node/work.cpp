#include "sim/node/work.hpp"

namespace quorate {

Duration NodeWork::next() {
  const Duration once = sample(config.cost, stream);
  const auto times = std::max<std::uint32_t>(config.slow, 1);
  return once > Duration::max() / times ? Duration::max() : once * times;
}

}  // namespace quorate
