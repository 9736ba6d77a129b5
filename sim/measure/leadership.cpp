#include "sim/measure/leadership.hpp"

namespace quorate {

void Leadership::on(const Record& record) {
  switch (record.kind) {
    case Kind::event:
      return on_event(record);
    case Kind::crash:
      office_.erase(record.node);
      paused_.erase(record.node);
      break;
    case Kind::pause:
      paused_.insert(record.node);
      break;
    case Kind::resume:
      paused_.erase(record.node);
      break;
    default:
      return;
  }
  settle(record.time);
}

void Leadership::on_event(const Record& record) {
  const Role* role = record.body.get_if<Role>();
  if (record.body.get_if<Elected>() != nullptr) {
    office_.insert(record.node);
    last_ = record.node;
  } else if (role == nullptr) {
    return;
  } else if (!status_.empty() && role->role.view() == status_) {
    if (!office_.contains(last_)) last_ = record.node;
    office_.insert(record.node);
  } else {
    office_.erase(record.node);
  }
  settle(record.time);
}

void Leadership::settle(Time at) {
  const bool leads = office_.contains(last_) && !paused_.contains(last_);
  if (leads == led_) return;
  led_ = leads;
  if (leads) {
    leaderless_ += at - since_;
    over_ = at;
  } else {
    since_ = at;
    missed_ = true;
  }
}

Duration Leadership::leaderless(Time until) const {
  return leaderless_ + (led_ ? Duration{0} : until - since_);
}

Duration Leadership::gap(Time at) const {
  if (!missed_ || (led_ && over_ != at)) return Duration{0};
  return (led_ ? over_ : at) - since_;
}

}  // namespace quorate
