#include "sim/search/workers.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstring>
#include <map>
#include <system_error>
#include <vector>

#ifdef __linux__
#include <sys/prctl.h>
#endif

namespace quorate {
namespace {

constexpr int milliseconds_between_ticks = 50;
constexpr std::uint64_t largest_block = 64;
// So many tasks may be ahead of the one whose result is taken next: bounds what is kept.
constexpr std::uint64_t window = 16'384;

struct Block {
  std::uint64_t first{};
  std::uint64_t end{};
  bool empty() const { return first == end; }
};

// ---- both ends ----------------------------------------------------------------------------------

bool send_all(int socket, const char* bytes, std::size_t size) {
  while (size > 0) {
    const ssize_t sent = send(socket, bytes, size, MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) return false;
    bytes += sent;
    size -= static_cast<std::size_t>(sent);
  }
  return true;
}

bool receive_all(int socket, char* bytes, std::size_t size) {
  while (size > 0) {
    const ssize_t received = recv(socket, bytes, size, 0);
    if (received < 0 && errno == EINTR) continue;
    if (received <= 0) return false;
    bytes += received;
    size -= static_cast<std::size_t>(received);
  }
  return true;
}

// ---- in the worker ------------------------------------------------------------------------------

using Length = std::uint64_t;
constexpr Length order_received = ~Length{0};  // in place of a result's length, at a block's begin

void do_block(int socket, const Block& block, const Task& task) {
  if (!send_all(socket, reinterpret_cast<const char*>(&order_received), sizeof order_received)) {
    _exit(1);
  }
  for (std::uint64_t number = block.first; number != block.end; ++number) {
    const std::string result = task(number);
    const Length length = result.size();
    std::string frame(sizeof length, '\0');
    std::memcpy(frame.data(), &length, sizeof length);
    frame += result;
    if (!send_all(socket, frame.data(), frame.size())) _exit(1);
  }
}

// An interrupt is the business of the process that gave the orders; without it a worker ends.
[[noreturn]] void be_worker(int socket, const Task& task) {
  std::signal(SIGINT, SIG_IGN);
  std::signal(SIGHUP, SIG_IGN);
  std::signal(SIGTERM, SIG_DFL);
#ifdef __linux__
  prctl(PR_SET_PDEATHSIG, SIGKILL);
#endif
  try {
    Block block;
    while (receive_all(socket, reinterpret_cast<char*>(&block), sizeof block)) {
      do_block(socket, block, task);
    }
  } catch (...) {
    // Above this frame stands what belongs to the process that gave the orders: its files and its
    // other workers. Nothing of it may be cleaned up here.
    _exit(1);
  }
  _exit(0);
}

// ---- in the process that gives the orders -------------------------------------------------------

struct Worker {
  pid_t process{};
  int socket{-1};
  Block todo;            // what it was told to do and has not answered yet
  bool begun{};          // it has received that order
  std::string received;  // the beginning of a result
};

class Pool {
 public:
  Pool(std::uint64_t tasks, unsigned workers, const Task& task, const TakeResult& take)
      : tasks_(tasks), size_(std::max(workers, 1U)), task_(task), take_(take) {}
  ~Pool() {
    for (const Worker& worker : workers_) end(worker);
  }
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  WorkEnd run(const Tick& tick) {
    while (taken_ < tasks_) {
      give_orders();
      wait_for_results();
      if (!hand_over()) return WorkEnd::enough;
      if (!tick()) return WorkEnd::stopped;
    }
    return WorkEnd::done;
  }

 private:
  bool work_left() const { return !again_.empty() || (next_ < tasks_ && next_ < taken_ + window); }

  void give_orders() {
    for (Worker& worker : workers_) {
      if (worker.todo.empty() && work_left()) order(worker);
    }
    while (workers_.size() < size_ && work_left() && hire()) order(workers_.back());
  }

  // A worker that is gone by now is noticed when it is listened to.
  void order(Worker& worker) {
    worker.todo = next_block();
    worker.begun = false;
    send_all(worker.socket, reinterpret_cast<const char*>(&worker.todo), sizeof worker.todo);
  }

  Block next_block() {
    if (!again_.empty()) {
      const Block block = again_.back();
      again_.pop_back();
      return block;
    }
    const std::uint64_t share = (tasks_ - next_) / (std::uint64_t{size_} * 4);
    const std::uint64_t size = std::clamp(share, std::uint64_t{1}, largest_block);
    const Block block{next_, next_ + size};
    next_ += size;
    return block;
  }

  // False where the system makes no further process; the ones there are must do. Throws where
  // there is none.
  bool hire() {
    workers_.reserve(workers_.size() + 1);  // a worker that was made is not lost
    std::array<int, 2> ends{};
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) return refused();
    const pid_t process = fork();
    if (process == 0) {
      close(ends[0]);
      for (const Worker& other : workers_) close(other.socket);
      be_worker(ends[1], task_);
    }
    const int code = errno;
    close(ends[1]);
    if (process > 0) {
      workers_.push_back({process, ends[0], {}, false, {}});
      return true;
    }
    close(ends[0]);
    errno = code;
    return refused();
  }

  bool refused() {
    if (!workers_.empty()) {
      size_ = workers_.size();
      return false;
    }
    throw std::system_error(errno, std::generic_category(), "no worker process can be made");
  }

  static void end(const Worker& worker) {
    close(worker.socket);
    kill(worker.process, SIGKILL);
    while (waitpid(worker.process, nullptr, 0) < 0 && errno == EINTR) {
    }
  }

  void wait_for_results() {
    std::vector<pollfd> sockets;
    for (const Worker& worker : workers_) sockets.push_back({worker.socket, POLLIN, 0});
    const int ready = poll(sockets.data(), sockets.size(), milliseconds_between_ticks);
    if (ready <= 0) return;
    for (std::size_t i = sockets.size(); i-- > 0;) {
      if (sockets[i].revents == 0 || listen(workers_[i])) continue;
      bury(workers_[i]);
      workers_.erase(workers_.begin() + static_cast<std::ptrdiff_t>(i));
    }
  }

  // False when the worker is gone.
  bool listen(Worker& worker) {
    const ssize_t count = recv(worker.socket, heard_.data(), heard_.size(), MSG_DONTWAIT);
    if (count < 0) return errno == EINTR || errno == EAGAIN;
    if (count == 0) return false;
    worker.received.append(heard_.data(), static_cast<std::size_t>(count));
    std::size_t at = 0;
    for (Length length = 0; worker.received.size() - at >= sizeof length;) {
      std::memcpy(&length, worker.received.data() + at, sizeof length);
      if (length == order_received) {
        worker.begun = true;
        at += sizeof length;
        continue;
      }
      if (worker.received.size() - at - sizeof length < length) break;
      results_[worker.todo.first++] = worker.received.substr(at + sizeof length, length);
      at += sizeof length + length;
    }
    worker.received.erase(0, at);
    return true;
  }

  // The task a worker died of is tried once more, alone. One that died before it received its order
  // died of something else.
  void bury(const Worker& worker) {
    end(worker);
    Block rest = worker.todo;
    if (rest.empty()) return;
    if (!worker.begun) return again_.push_back(rest);
    if (++deaths_[rest.first] == 2) {
      results_[rest.first++] = std::nullopt;
    } else if (rest.first + 1 != rest.end) {
      again_.push_back({rest.first + 1, rest.end});
      rest.end = rest.first + 1;
    }
    if (!rest.empty()) again_.push_back(rest);
  }

  bool hand_over() {
    for (auto found = results_.find(taken_); found != results_.end();
         found = results_.find(taken_)) {
      const bool more = take_(taken_, found->second);
      results_.erase(found);
      ++taken_;
      if (!more) return false;
    }
    return true;
  }

  std::uint64_t tasks_;
  std::size_t size_;
  const Task& task_;
  const TakeResult& take_;
  std::vector<Worker> workers_;
  std::uint64_t next_{};  // the first task nobody was told to do
  std::vector<Block> again_;
  std::map<std::uint64_t, int> deaths_;
  std::map<std::uint64_t, std::optional<std::string>> results_;  // waiting for an earlier one
  std::uint64_t taken_{};
  std::array<char, 65'536> heard_{};  // by listen() just now
};

}  // namespace

WorkEnd do_tasks(std::uint64_t tasks, unsigned workers, const Task& task, const TakeResult& take,
                 const Tick& tick) {
  Pool pool(tasks, workers, task, take);
  return pool.run(tick);
}

}  // namespace quorate
