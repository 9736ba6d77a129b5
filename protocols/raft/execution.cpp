// What becomes of a committed entry: the state machine executes its command, once where sessions
// are on (dissertation, 6.3), and says what its client is to be told.
#include "protocols/raft/server.hpp"

namespace quorate::raft {

Text Server::apply(const Request& command, Out& out) {
  if (is_executed(command, out)) {
    out.emit(Repeated{last_applied, command.serial});
    return answer_again(command, out);
  }
  ++executed;
  out.emit(Applied{last_applied, command.operation});
  const Text answer = machine.apply(out.params().state_machine, command.operation);
  remember(command, answer, out);
  return answer;
}

// "…the session tracks the latest serial number processed for the client, along with the associated
// response." (dissertation, 6.3)
void Server::remember(const Request& command, Text answer, const Out& out) {
  if (!out.params().sessions || !is_of_client(command)) return;
  sessions[command.client.value].add(command.serial);
  if (out.params().state_machine == MachineKind::none) return;  // all its answers are alike
  answers.append({command.client.value, command.serial, answer});
}

bool Server::is_executed(const Request& command, const Out& out) const {
  return out.params().sessions && has_executed(sessions, command);
}

// "If a server receives a command whose serial number has already been executed, it responds
// immediately without re-executing the request." (6.3)
Text Server::answer_again(const Request& command, const Out& out) const {
  return out.bug(Bug::repeat_answered_blindly) ? Text("ok") : answer_to(answers, command);
}

}  // namespace quorate::raft
