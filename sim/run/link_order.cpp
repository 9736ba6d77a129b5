#include "sim/run/link_order.hpp"

#include <algorithm>

namespace quorate {

void LinkOrder::dropped(const Record& drop) {
  Link& link = links_[ends(drop)];
  link.coming.erase(drop.message);
  link.overtaken.erase(drop.message);
}

// The order is broken as soon as a message is there before one that was sent earlier, whenever that
// comes. A copy may come after its own.
std::size_t LinkOrder::arrived(const Record& arrival) {
  Link& link = links_[ends(arrival)];
  const bool known = link.overtaken.erase(arrival.message) != 0;
  std::size_t count = arrival.message < link.newest && !known ? 1 : 0;
  link.coming.erase(arrival.message);
  for (; !link.coming.empty() && *link.coming.begin() < arrival.message; ++count) {
    link.overtaken.insert(link.coming.extract(link.coming.begin()));
  }
  link.newest = std::max(link.newest, arrival.message);
  return count;
}

}  // namespace quorate
