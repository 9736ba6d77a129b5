// In which order the messages of each link arrive, as records tell.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <utility>

#include "sim/trace/record.hpp"

namespace quorate {

// A copyable value.
class LinkOrder {
 public:
  void sent(const Record& send) { links_[ends(send)].coming.insert(send.message); }
  void dropped(const Record& drop);
  // How many messages are overtaken by this one, or have been and were not told so.
  std::size_t arrived(const Record& arrival);

 private:
  struct Link {
    std::set<std::uint64_t> coming;     // on their way
    std::set<std::uint64_t> overtaken;  // of those, by a later one
    std::uint64_t newest{};             // the last sent that is there
  };
  static std::pair<NodeId, NodeId> ends(const Record& record) { return {record.from, record.to}; }

  std::map<std::pair<NodeId, NodeId>, Link> links_;
};

}  // namespace quorate
