#include "protocols/raft/initial_state.hpp"

#include <algorithm>

namespace quorate::raft {

namespace {

std::string number(std::uint64_t value) { return std::to_string(value); }

// The terms of a log never go down, and none is after the server's own.
std::string wrong_terms(const Server& server) {
  Term term = server.snapshot->last_term;
  for (Index index = server.log.start() + 1; index <= server.last_log_index(); ++index) {
    const Term next = server.term_at(index);
    if (next < term) {
      return "the terms of a log never go down, and entry " + number(index) + " is of term " +
             number(next) + " after one of term " + number(term);
    }
    term = next;
  }
  if (term <= server.current_term) return {};
  return "\"current_term\" is " + number(server.current_term) +
         ", and an entry of the log is of term " + number(term);
}

// "When servers start up, they begin as followers." (5.2)
std::string impossible(const Server& server) {
  if (server.role != RoleName::follower) {
    return "\"role\" is \"" + std::string(enum_name(server.role)) +
           "\", and servers begin as followers: crash and restart others, or fire an election";
  }
  if (std::string why = wrong_terms(server); !why.empty()) return why;
  if (server.commit_index > server.last_log_index()) {
    return "what is committed ends after the log: \"commit_index\" is " +
           number(server.commit_index) + ", and the last entry is " +
           number(server.last_log_index());
  }
  if (server.last_applied <= server.commit_index) return {};
  return "what is applied is committed: \"last_applied\" is " + number(server.last_applied) +
         ", and \"commit_index\" is " + number(server.commit_index);
}

// The first entry in which two logs differ; 0 if one is the beginning of the other.
Index first_difference(const Server& a, const Server& b) {
  const Index last = std::min(a.last_log_index(), b.last_log_index());
  for (Index index = std::max(a.log.start(), b.log.start()) + 1; index <= last; ++index) {
    if (!(a.log[index] == b.log[index])) return index;
  }
  return 0;
}

std::string of_term(const std::string& name, const Server& server, Index index) {
  return name + " has one of term " + number(server.term_at(index));
}

// Log Matching, and that what both have committed is the same (5.3, 5.4).
std::string contradicts(const Server& own, const Server& other, const std::string& own_name,
                        const std::string& other_name) {
  const Index differ = first_difference(own, other);
  if (differ == 0) return {};
  const std::string entries = "as entry " + number(differ) + " " + of_term(own_name, own, differ) +
                              ", " + of_term(other_name, other, differ);
  const Index committed = std::min(own.commit_index, other.commit_index);
  if (differ <= committed) {
    return "both have committed " + number(committed) + " entries, but " + entries;
  }
  const Index last = std::min(own.last_log_index(), other.last_log_index());
  for (Index index = differ; index <= last; ++index) {
    if (own.term_at(index) != other.term_at(index)) continue;
    return "logs with an entry alike are alike up to it, and entry " + number(index) +
           " is of term " + number(own.term_at(index)) + " in both, but " + entries;
  }
  return {};
}

bool holds_committed(const Server& server, const Server& other) {
  const Index differ = first_difference(server, other);
  return other.last_log_index() >= server.commit_index &&
         (differ == 0 || differ > server.commit_index);
}

// What is committed is on a majority; who is not spoken of has nothing.
std::string on_too_few(const Server& server, Starts starts, std::size_t members) {
  const auto holders = static_cast<std::size_t>(std::ranges::count_if(
      starts, [&](const auto& other) { return holds_committed(server, other.second); }));
  if (server.commit_index == 0 || 2 * holders > members) return {};
  return "\"commit_index\" is " + number(server.commit_index) + ", and only " + number(holders) +
         " of " + number(members) + " servers have these entries";
}

std::string contradicts_others(std::size_t position, Starts starts, NodeNames names) {
  const auto& [node, server] = starts[position];
  for (std::size_t i = 0; i < position; ++i) {
    const auto& [other, before] = starts[i];
    std::string why = contradicts(before, server, names[other.value], names[node.value]);
    if (!why.empty()) return why;
  }
  return {};
}

}  // namespace

ImpossibleStart impossible_alone(Starts starts) {
  for (const auto& [node, server] : starts) {
    std::string why = impossible(server);
    if (!why.empty()) return {node, std::move(why)};
  }
  return {};
}

ImpossibleStart impossible_together(Starts starts, std::size_t members, NodeNames names) {
  for (std::size_t i = 0; i < starts.size(); ++i) {
    std::string why = contradicts_others(i, starts, names);
    if (!why.empty()) return {starts[i].first, std::move(why)};
  }
  for (const auto& [node, server] : starts) {
    std::string why = on_too_few(server, starts, members);
    if (!why.empty()) return {node, std::move(why)};
  }
  return {};
}

}  // namespace quorate::raft
