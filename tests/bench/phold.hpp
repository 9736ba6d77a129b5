// PHOLD, the classic load for event queues: every event at a process schedules one more at a random
// process after a random delay. Run over a bare heap, which is the floor, and over the scheduler
// layer of the simulator; equal checksums prove that both handled the same events in one order.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/base/random.hpp"
#include "sim/engine/event_queue.hpp"
#include "sim/engine/slab.hpp"
#include "sim/trace/digest.hpp"

namespace quorate::bench {

// The model: the same for both. All draws come from one stream, in the order of the events.
class Phold {
 public:
  explicit Phold(std::uint32_t processes) : processes_(processes) {}

  std::uint32_t size() const { return static_cast<std::uint32_t>(processes_.size()); }
  std::uint64_t checksum() const { return checksum_; }

  void arrive(std::uint32_t process, std::uint64_t time) {
    Process& here = processes_[process];
    ++here.count;
    here.history = here.history * 31 + time;
    checksum_ = checksum_ * 0x9E37'79B9'7F4A'7C15U + time + process;
  }
  std::uint32_t draw_process() { return static_cast<std::uint32_t>(below(size())); }
  std::uint64_t draw_delay() { return 1'000'000 + below(9'000'000); }

 private:
  struct Process {  // one cache line of state
    std::uint64_t count{};
    std::uint64_t history{};
    std::uint64_t other[6]{};
  };
  std::uint64_t below(std::uint64_t n) { return multiply_high(random_(), n); }

  std::vector<Process> processes_;
  Xoshiro256pp random_{42};
  std::uint64_t checksum_{};
};

// The floor: a binary heap of 128-bit keys and nothing else. A key's low bits name the process.
class BareLoop {
 public:
  explicit BareLoop(std::uint32_t processes) : model_(processes) {
    for (std::uint32_t i = 0; i < processes; ++i) schedule(model_.draw_delay(), i);
  }
  // Begins at a cache line of its own, lest its speed, and with it every ratio, hang on what else
  // was linked before it.
  [[gnu::noinline, gnu::aligned(64)]] void run(std::uint64_t events) {
    for (; events > 0; --events) {
      const Key first = pop();
      model_.arrive(first.slot(), first.time);
      const std::uint32_t next = model_.draw_process();
      schedule(first.time + model_.draw_delay(), next);
    }
  }
  std::uint64_t checksum() const { return model_.checksum(); }

 private:
  void schedule(std::uint64_t time, std::uint32_t process) {
    const Key key{time, order_++ << 24 | process};
    std::size_t hole = heap_.size();
    heap_.push_back(key);
    while (hole > 0 && key < heap_[(hole - 1) / 2]) {
      heap_[hole] = heap_[(hole - 1) / 2];
      hole = (hole - 1) / 2;
    }
    heap_[hole] = key;
  }
  Key pop() {
    const Key first = heap_.front();
    const Key last = heap_.back();
    heap_.pop_back();
    const std::size_t size = heap_.size();
    std::size_t hole = 0;
    for (std::size_t child = 1; child < size; child = 2 * hole + 1) {
      if (child + 1 < size) child += heap_[child + 1] < heap_[child] ? 1 : 0;
      if (!(heap_[child] < last)) break;
      heap_[hole] = heap_[child];
      hole = child;
    }
    if (size != 0) heap_[hole] = last;
    return first;
  }

  Phold model_;
  std::vector<Key> heap_;
  std::uint64_t order_{};
};

// The same model over the simulator's scheduler: its queue, bodies in its slab, and every event
// folded into a digest as the delivery of a message.
class SchedulerLayer {
 public:
  explicit SchedulerLayer(std::uint32_t processes) : model_(processes) {
    for (std::uint32_t i = 0; i < processes; ++i) send(NodeId{i}, NodeId{i}, model_.draw_delay());
  }
  void run(std::uint64_t events) {
    for (; events > 0; --events) {
      const Key key = queue_.pop();
      const Message message = messages_[key.slot()];
      messages_.give_back(key.slot());
      digest_.fold(delivery(key, message));
      model_.arrive(message.to.value, key.time);
      const NodeId next{model_.draw_process()};
      send(message.to, next, key.time + model_.draw_delay());
    }
  }
  std::uint64_t checksum() const { return model_.checksum(); }
  std::uint64_t digest() const { return digest_.value(); }

 private:
  struct Message {
    NodeId from;
    NodeId to;
    std::uint64_t number{};
    void clear() { *this = {}; }
  };
  void send(NodeId from, NodeId to, std::uint64_t time) {
    const Slot slot = messages_.take();
    messages_[slot] = {from, to, sent_++};
    queue_.push(queue_.make_key(Time{static_cast<std::int64_t>(time)}, slot));
  }
  Record delivery(const Key& key, const Message& message) {
    Record record;
    record.index = delivered_++;
    record.time = key.at();
    record.kind = Kind::recv;
    record.node = record.to = message.to;
    record.from = message.from;
    record.message = message.number;
    return record;
  }

  Phold model_;
  EventQueue queue_;
  Slab<Message> messages_;
  Digest digest_;
  std::uint64_t sent_{};
  std::uint64_t delivered_{};
};

}  // namespace quorate::bench
