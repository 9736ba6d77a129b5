// What a coordinator remembers of transactions that it has forgotten: what it told their clients.
#pragma once

#include <map>
#include <optional>

#include "protocols/common/transaction.hpp"
#include "sim/base/fields.hpp"
#include "sim/engine/out.hpp"

namespace quorate::commitment {

// Kept for ever: a client does not say which answers have reached it.
struct Outcomes {
  std::map<std::uint32_t, std::map<std::uint64_t, Decision>> of;  // by client and serial number
  QUORATE_FIELDS(Outcomes, of)

  void note(const Request& request, Decision decision) {
    of[request.client.value][request.serial] = decision;
  }
  std::optional<Decision> find(const Request& request) const {
    const auto client = of.find(request.client.value);
    if (client == of.end()) return std::nullopt;
    const auto outcome = client->second.find(request.serial);
    if (outcome == client->second.end()) return std::nullopt;
    return outcome->second;
  }
};

}  // namespace quorate::commitment
