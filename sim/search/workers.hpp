// Numbered tasks in worker processes. A task that kills its process takes no other with it, and
// whoever takes the results sees them in order, however many workers there are.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace quorate {

// Runs in a worker, which is a fork of this process: whatever was made before is there. Returns the
// result as bytes. An exception that leaves it ends the worker.
using Task = std::function<std::string(std::uint64_t number)>;

// Runs here, once for each task, in order from 0. Nothing: the task ended its worker twice. False:
// no more are wanted.
using TakeResult =
    std::function<bool(std::uint64_t number, const std::optional<std::string>& result)>;

// Runs here several times a second. False: stop at once.
using Tick = std::function<bool()>;

enum class WorkEnd : std::uint8_t { done, enough, stopped };

// Does tasks 0 to `tasks` - 1 with so many workers (at least 1). No worker is left when it returns.
// Does with fewer where the system makes no more; throws std::system_error where it makes none.
// Costs a fork per worker and two system calls per task.
WorkEnd do_tasks(std::uint64_t tasks, unsigned workers, const Task& task, const TakeResult& take,
                 const Tick& tick);

}  // namespace quorate
