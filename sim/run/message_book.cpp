#include "sim/run/message_book.hpp"

#include <algorithm>

namespace quorate {
namespace {

std::string named(std::uint64_t message) { return "message " + std::to_string(message); }

}  // namespace

std::string MessageBook::on(const Record& record, std::string_view type) {
  if (record.kind == Kind::send) return send(record, type);
  const auto found = messages_.find(record.message);
  if (found == messages_.end()) {
    return record.message < next_ ? "no copy of " + named(record.message) + " is on its way"
                                  : named(record.message) + " was never sent";
  }
  Message& message = found->second;
  const bool same = message.from == record.from && message.to == record.to &&
                    message.client == record.client && message.type == type;
  if (!same) {
    return named(record.message) + " was sent with another type, sender or receiver, at e" +
           std::to_string(message.sent);
  }
  if (record.kind == Kind::dup) return copy(record, message);
  if (record.kind == Kind::alter) return under_way(record, message);
  std::string fault = end(record, message);
  if (fault.empty() && message.pending.empty() && !replays_) messages_.erase(found);
  return fault;
}

// The engine counts messages from 0 in the order they leave.
std::string MessageBook::send(const Record& record, std::string_view type) {
  if (record.message < next_) return named(record.message) + " is sent a second time";
  next_ = record.message + 1;
  messages_[record.message] = {record.from,       record.to,    record.client,
                               std::string(type), record.index, {record.index}};
  return {};
}

// Any copy on its way can be copied once more, on every link of its path.
std::string MessageBook::copy(const Record& record, Message& message) const {
  const bool replayed = replays_ && record.cause == message.sent;
  std::string fault = replayed ? "" : under_way(record, message);
  if (fault.empty()) message.pending.push_back(record.index);
  return fault;
}

std::string MessageBook::under_way(const Record& record, const Message& message) {
  if (std::ranges::find(message.pending, record.cause) != message.pending.end()) return {};
  return "its cause is no copy of " + named(record.message) + " that is on its way";
}

std::string MessageBook::end(const Record& record, Message& message) {
  const auto copy = std::ranges::find(message.pending, record.cause);
  if (copy == message.pending.end()) {
    return "its cause is no copy of " + named(record.message) + " that is on its way";
  }
  message.pending.erase(copy);
  return {};
}

}  // namespace quorate
