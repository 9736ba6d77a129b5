// Consensus without one of its three properties: see README.md.
#pragma once

#include <optional>

#include "sim/engine/out.hpp"

namespace quorate {

namespace trivial_consensus {

struct Replica;

QUORATE_ENUM(Decides, nop, own, never)

struct Params {
  Decides decides{Decides::own};  // looks right as long as there is only one client
  QUORATE_FIELDS(Params, decides)
  static constexpr std::array texts{
      "nop: all choose an operation that nobody has proposed; own: each chooses what it has "
      "proposed itself; never: nobody chooses",
  };
};

}  // namespace trivial_consensus

struct TrivialConsensus {
  static constexpr std::string_view name = "trivial_consensus";
  using Params = trivial_consensus::Params;
  using Roles = Types<trivial_consensus::Replica>;
};

namespace trivial_consensus {

using Out = quorate::Out<TrivialConsensus>;

// "Operation Consensus(Operation o)", called once.
struct Replica {
  std::optional<Operation> proposed;
  std::optional<Operation> chosen;
  QUORATE_FIELDS(Replica, proposed, chosen)

  void on(const Request& request, Out& out) {
    if (!proposed) {
      proposed = request.operation;
      out.emit(Proposed{1, *proposed});
      consensus(out);
    }
    if (chosen) out.reply(request, chosen->value);
  }

 private:
  void consensus(Out& out) {
    const Decides decides = out.params().decides;
    if (decides == Decides::never) return;  // "while (True) ;"
    // "return NOP;" and "return o;"
    chosen = decides == Decides::nop ? Operation{Text("nop"), {}, {}} : *proposed;
    out.emit(Chosen{1, *chosen});
  }
};

}  // namespace trivial_consensus

}  // namespace quorate
