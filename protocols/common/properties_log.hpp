// What properties of replicated logs need to hold what clients are told against the commands that
// servers have executed: for any protocol whose log has Requests.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "protocols/common/session.hpp"
#include "protocols/common/state_machine.hpp"
#include "sim/check/property.hpp"

namespace quorate {

// As the scenario calls it.
template <class P>
const std::string& name_of(const Cluster<P>& cluster, ClientId client) {
  return cluster.world().setup().names[cluster.size() + client.value];
}

// How many different operations a log's first commands hold. A server's own count and table are
// not believed.
class OperationCount {
 public:
  // Takes note of the log's next command.
  void add(const Request& command) {
    const bool first = !is_of_client(command) || clients_[command.client.value].add(command.serial);
    counts_.push_back(among(counts_.size()) + (first ? 1 : 0));
  }
  std::uint64_t commands() const { return counts_.size(); }  // noted so far
  // REQUIRES first_commands <= commands().
  std::uint64_t among(std::uint64_t first_commands) const {
    return first_commands == 0 ? 0 : counts_[static_cast<std::size_t>(first_commands - 1)];
  }

 private:
  std::vector<std::uint64_t> counts_;  // by number of commands
  Sessions clients_;
};

// What each operation gave when it was executed first, by a machine that every command goes through
// in the log's order.
class FirstResults {
 public:
  struct Result {
    Text first;
    std::uint32_t times{};  // the operation stands in the log
  };

  void execute(MachineKind kind, const Request& command) {
    Result& result = results_[{command.client.value, command.serial}];
    if (result.times == 0) result.first = machine_.apply(kind, command.operation);
    ++result.times;
  }
  // Nothing if it was not executed.
  const Result* find(ClientId client, std::uint64_t serial) const {
    const auto found = results_.find({client.value, serial});
    return found == results_.end() ? nullptr : &found->second;
  }

 private:
  StateMachine machine_;
  std::map<std::pair<std::uint32_t, std::uint64_t>, Result> results_;  // by client and serial
};

// Why it is wrong that this client was told so.
inline std::string told_otherwise(const std::string& client, const Reply& reply, Text first) {
  return client + " was told \"" + std::string(reply.result.view()) + "\" of its operation " +
         std::to_string(reply.serial) + ", which gave \"" + std::string(first.view()) +
         "\" when it was executed.";
}

}  // namespace quorate
