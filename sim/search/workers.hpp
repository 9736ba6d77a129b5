// Numbered tasks in worker processes, which answer for many at once, so that short tasks cost no
// more than long ones. A task that kills its process takes no other with it, and whoever takes the
// answers sees them in order, however many workers there are.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace quorate {

// Consecutive tasks: `first`, and all behind it before `end`.
struct Stretch {
  std::uint64_t first{};
  std::uint64_t end{};
  std::uint64_t size() const { return end - first; }
  bool empty() const { return first == end; }
};

// What workers do. They are forks of this process: whatever was made before is there. An exception
// that leaves one of the two ends the worker.
struct Work {
  std::function<void(std::uint64_t number)> task;
  std::function<std::string()> answer;  // what came of all tasks since the last answer
};

// Runs here, once for each task, in order from 0. Nothing: the one task of this stretch ended its
// worker twice. False: no more are wanted.
using TakeAnswer = std::function<bool(const Stretch& tasks, const std::optional<std::string>&)>;

// Runs here several times a second. False: stop at once.
using Tick = std::function<bool()>;

enum class WorkEnd : std::uint8_t { done, enough, stopped };

// Does tasks 0 to `tasks` - 1 with so many workers (at least 1). No worker is left when it returns.
// Does with fewer where the system makes no more; throws std::system_error where it makes none.
// Costs a fork per worker; a worker answers some fifty times a second, or after each task that
// takes longer.
WorkEnd do_tasks(std::uint64_t tasks, unsigned workers, const Work& work, const TakeAnswer& take,
                 const Tick& tick);

}  // namespace quorate
