// Who has sent what to whom, and what became of it, from the lines of a trace: finds those that
// cannot be, such as a message that arrives and was never sent. Knows no protocol.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "sim/trace/record.hpp"

namespace quorate {

// Every copy of a message ends at most once: the line that ends it names the copy's beginning, its
// `send` or `dup`, as its cause.
class MessageBook {
 public:
  // Where faults replay messages, any that was ever sent may be copied.
  explicit MessageBook(bool replays = false) : replays_(replays) {}

  // Takes a send, recv, drop, dup or alter. Empty, or why it cannot be. `type` as the line names
  // it.
  std::string on(const Record& record, std::string_view type);
  // Whether a copy of that message is still on its way, or may yet be.
  bool under_way(std::uint64_t message) const { return messages_.contains(message); }

 private:
  struct Message {
    NodeId from;
    NodeId to;
    bool client{};
    std::string type;
    std::uint64_t sent{};                // index of its send
    std::vector<std::uint64_t> pending;  // the beginnings of its copies under way
  };

  std::string send(const Record& record, std::string_view type);
  std::string copy(const Record& record, Message& message) const;
  static std::string under_way(const Record& record, const Message& message);
  std::string end(const Record& record, Message& message);

  bool replays_{};
  std::map<std::uint64_t, Message> messages_;  // those under way, or that may be so again
  std::uint64_t next_{};                       // numbers below have been used
};

}  // namespace quorate
