#include "sim/measure/blocked.hpp"

namespace quorate {

void BlockedWatch::note(const Record& record) {
  const bool before = says(record.node);
  if (record.body.type == &type_info<Blocked>) {
    if (before) return;
    blocked_.insert(record.node);
    since_[record.node] = record.time;
  } else if (before && (record.kind == Kind::crash || is_progress(record.body.type))) {
    blocked_.erase(record.node);
    over_ += record.time - since_[record.node];
  }
}

Duration BlockedWatch::time(Time until) const {
  Duration sum = over_;
  blocked_.for_each([&](NodeId node) { sum += until - since_[node]; });
  return sum;
}

}  // namespace quorate
