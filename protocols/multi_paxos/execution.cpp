// What becomes of a chosen command: the state machine executes it, once where sessions are on, and
// says what its client is to be told. The paper has clients' commands executed and is silent about
// a client that asks again; the answer is Ongaro's (dissertation, 2014, section 6.3).
#include "protocols/common/command.hpp"
#include "protocols/multi_paxos/server.hpp"

namespace quorate::multi_paxos {

namespace {

bool executes(const Params& params) {
  return params.sessions || params.state_machine != MachineKind::none;
}

}  // namespace

// A command may stand in two slots: proposed again by a leader whose client could not wait, and
// adopted from an earlier leader. Which of them comes first the log says, alike everywhere.
Text Server::apply(const Request& command, Out& out) {
  if (is_executed(command, out) && !out.bug(Bug::repeats_executed)) {
    out.emit(Repeated{last_applied, command.serial});
    return answer_again(command);
  }
  out.emit(Applied{last_applied, command.operation});
  if (!executes(out.params())) return "ok";
  ++execution.executed;
  const Text answer = execution.machine.apply(out.params().state_machine, command.operation);
  remember(command, answer, out);
  return answer;
}

// "…the session tracks the latest serial number processed for the client, along with the associated
// response."
void Server::remember(const Request& command, Text answer, const Out& out) {
  if (!out.params().sessions || !is_of_client(command)) return;
  execution.sessions[command.client.value].add(command.serial);
  if (out.params().state_machine == MachineKind::none) return;  // all its answers are alike
  execution.answers.append({command.client.value, command.serial, answer});
}

bool Server::is_executed(const Request& command, const Out& out) const {
  return out.params().sessions && has_executed(execution.sessions, command);
}

// "If a server receives a command whose serial number has already been executed, it responds
// immediately without re-executing the request."
Text Server::answer_again(const Request& command) const {
  return answer_to(execution.answers, command);
}

}  // namespace quorate::multi_paxos
