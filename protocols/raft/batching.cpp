// Batching (dissertation, 10.2): the first command of a batch waits for those that follow it soon,
// and all go in one message to each follower.
#include "protocols/raft/server.hpp"

namespace quorate::raft {

void Server::replicate_gathered(Out& out) {
  if (out.params().batch_delay == Duration{}) {
    return replicate_to_all(out.params().max_entries, out);
  }
  if (!batch.gathering) out.set_timer(BatchOver{}, out.params().batch_delay);
  batch.gathering = true;
}

void Server::on(const BatchOver&, Out& out) {
  batch.gathering = false;
  replicate_to_all(out.params().max_entries, out);
}

void Server::end_batch(Out& out) {
  if (!batch.gathering) return;
  batch.gathering = false;
  out.cancel_timer(BatchOver{});
}

}  // namespace quorate::raft
