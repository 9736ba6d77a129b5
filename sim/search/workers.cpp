#include "sim/search/workers.hpp"

#include <poll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <cstring>
#include <map>
#include <new>
#include <system_error>
#include <vector>

#ifdef __linux__
#include <sys/prctl.h>
#endif

namespace quorate {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int milliseconds_between_ticks = 50;
// A worker answers when it has worked for so long, and is told to do about as much at a time: who
// takes the answers is seldom called, and little is lost when everything ends.
constexpr std::chrono::milliseconds between_answers{20};
constexpr std::uint64_t largest_stretch = 1024;
// So many tasks may be ahead of the one whose answer is taken next: bounds what is kept.
constexpr std::uint64_t window = 16'384;

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

// In which task each worker is, where all can see it: whoever finds one dead knows what it died of.
// Each place is written by its worker while that has something to do and else by the process that
// gives the orders, which reads it when the worker is dead: no two ever meet there.
class Whereabouts {
 public:
  static constexpr std::uint64_t nowhere = ~std::uint64_t{0};
  struct alignas(64) Place {  // no two in one line of a cache
    std::uint64_t task{nowhere};
  };

  explicit Whereabouts(std::size_t workers) : bytes_(workers * sizeof(Place)) {
    memory_ = mmap(nullptr, bytes_, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory_ == MAP_FAILED) {
      throw std::system_error(errno, std::generic_category(), "no memory for workers can be had");
    }
    for (std::size_t i = 0; i < workers; ++i) free_.push_back(new (place(i)) Place);
  }
  ~Whereabouts() { munmap(memory_, bytes_); }
  Whereabouts(const Whereabouts&) = delete;
  Whereabouts& operator=(const Whereabouts&) = delete;

  Place* take() {
    Place* free = free_.back();
    free_.pop_back();
    return free;
  }
  void give_back(Place* place) { free_.push_back(place); }

 private:
  void* place(std::size_t i) { return static_cast<char*>(memory_) + i * sizeof(Place); }

  std::size_t bytes_;
  void* memory_{};
  std::vector<Place*> free_;
};
using Place = Whereabouts::Place;

// ---- in the worker ------------------------------------------------------------------------------

struct AnswerHead {
  Stretch tasks;
  std::uint64_t bytes{};
};

bool send_answer(int socket, const Stretch& tasks, const std::string& answer) {
  const AnswerHead head{tasks, answer.size()};
  return send_all(socket, reinterpret_cast<const char*>(&head), sizeof head) &&
         send_all(socket, answer.data(), answer.size());
}

void do_stretch(int socket, Stretch todo, Place& place, const Work& work) {
  Clock::time_point answered = Clock::now();
  for (std::uint64_t number = todo.first; number != todo.end; ++number) {
    place.task = number;
    work.task(number);
    const Clock::time_point now = Clock::now();
    if (number + 1 != todo.end && now - answered < between_answers) continue;
    if (!send_answer(socket, {todo.first, number + 1}, work.answer())) _exit(1);
    todo.first = number + 1;
    answered = now;
  }
}

// An interrupt is the business of the process that gave the orders; without it a worker ends.
[[noreturn]] void be_worker(int socket, Place& place, const Work& work) {
  std::signal(SIGINT, SIG_IGN);
  std::signal(SIGHUP, SIG_IGN);
  std::signal(SIGTERM, SIG_DFL);
#ifdef __linux__
  prctl(PR_SET_PDEATHSIG, SIGKILL);
#endif
  try {
    Stretch todo;
    while (receive_all(socket, reinterpret_cast<char*>(&todo), sizeof todo)) {
      do_stretch(socket, todo, place, work);
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
  Place* place{};
  Stretch todo;            // what it was told to do and has not answered yet
  std::uint64_t told{};    // how many tasks it was told to do at once
  Clock::time_point when;  // and when
  std::uint64_t pace{};    // how many it does between two answers, as far as is known
  std::string received;    // the beginning of an answer
};

class Pool {
 public:
  Pool(std::uint64_t tasks, unsigned workers, const Work& work, const TakeAnswer& take)
      : tasks_(tasks), size_(std::max(workers, 1U)), work_(work), take_(take), places_(size_) {}
  ~Pool() {
    for (const Worker& worker : workers_) end(worker);
  }
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  WorkEnd run(const Tick& tick) {
    while (taken_ < tasks_) {
      give_orders();
      wait_for_answers();
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
    worker.todo = next_stretch(worker.pace);
    worker.told = worker.todo.size();
    worker.when = Clock::now();
    worker.place->task = Whereabouts::nowhere;
    send_all(worker.socket, reinterpret_cast<const char*>(&worker.todo), sizeof worker.todo);
  }

  // As much as the worker does between two answers; less towards the end, so that all workers
  // come to it together.
  Stretch next_stretch(std::uint64_t pace) {
    if (!again_.empty()) {
      const Stretch stretch = again_.back();
      again_.pop_back();
      return stretch;
    }
    const std::uint64_t left = tasks_ - next_;
    const std::uint64_t share = std::max(left / (std::uint64_t{size_} * 4), pace / 16);
    const std::uint64_t size = std::min(std::clamp(share, std::uint64_t{1}, pace), left);
    next_ += size;
    return {next_ - size, next_};
  }

  // From how long a worker took for what it was told; at most four times as much at a time as
  // before, since one quick task says little of the others.
  static std::uint64_t pace_of(const Worker& worker) {
    const auto took = std::max<Clock::duration>(Clock::now() - worker.when, Clock::duration{1});
    const auto pace =
        worker.told *
        static_cast<std::uint64_t>(Clock::duration(between_answers) / Clock::duration{1}) /
        static_cast<std::uint64_t>(took / Clock::duration{1});
    return std::clamp(pace, std::uint64_t{1}, std::min(worker.told * 4, largest_stretch));
  }

  // False where the system makes no further process; the ones there are must do. Throws where
  // there is none.
  bool hire() {
    workers_.reserve(workers_.size() + 1);  // a worker that was made is not lost
    std::array<int, 2> ends{};
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) return refused();
    Place* const place = places_.take();
    const pid_t process = fork();
    if (process == 0) {
      close(ends[0]);
      for (const Worker& other : workers_) close(other.socket);
      be_worker(ends[1], *place, work_);
    }
    const int code = errno;
    close(ends[1]);
    if (process > 0) {
      workers_.push_back({process, ends[0], place, {}, 0, {}, 1, {}});
      return true;
    }
    places_.give_back(place);
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

  void wait_for_answers() {
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
    for (AnswerHead head; worker.received.size() - at >= sizeof head;) {
      std::memcpy(&head, worker.received.data() + at, sizeof head);
      if (worker.received.size() - at - sizeof head < head.bytes) break;
      at += sizeof head;
      const std::size_t size = static_cast<std::size_t>(head.bytes);
      answers_[head.tasks.first] = {head.tasks, worker.received.substr(at, size)};
      at += size;
      worker.todo.first = head.tasks.end;
      if (worker.todo.empty()) worker.pace = pace_of(worker);
    }
    worker.received.erase(0, at);
    return true;
  }

  // The task a worker died of is tried once more, alone; those it had done and not answered for are
  // done again. One that died before it began with what it was told died of something else.
  void bury(const Worker& worker) {
    end(worker);
    const std::uint64_t task = worker.place->task;
    places_.give_back(worker.place);
    const Stretch todo = worker.todo;
    if (todo.empty()) return;
    if (task < todo.first || task >= todo.end) return again_.push_back(todo);
    // The last to be put there is the first to be done.
    if (task + 1 != todo.end) again_.push_back({task + 1, todo.end});
    if (++deaths_[task] == 2) {
      answers_[task] = {{task, task + 1}, std::nullopt};
    } else {
      again_.push_back({task, task + 1});
    }
    if (todo.first != task) again_.push_back({todo.first, task});
  }

  bool hand_over() {
    for (auto found = answers_.find(taken_); found != answers_.end();
         found = answers_.find(taken_)) {
      const Answer answer = std::move(found->second);
      answers_.erase(found);
      taken_ = answer.tasks.end;
      if (!take_(answer.tasks, answer.bytes)) return false;
    }
    return true;
  }

  struct Answer {
    Stretch tasks;
    std::optional<std::string> bytes;  // nothing: its one task ended two workers
  };

  std::uint64_t tasks_;
  std::size_t size_;
  const Work& work_;
  const TakeAnswer& take_;
  Whereabouts places_;
  std::vector<Worker> workers_;
  std::uint64_t next_{};  // the first task nobody was told to do
  std::vector<Stretch> again_;
  std::map<std::uint64_t, int> deaths_;
  std::map<std::uint64_t, Answer> answers_;  // waiting for an earlier one, by their first tasks
  std::uint64_t taken_{};
  std::array<char, 65'536> heard_{};  // by listen() just now
};

}  // namespace

WorkEnd do_tasks(std::uint64_t tasks, unsigned workers, const Work& work, const TakeAnswer& take,
                 const Tick& tick) {
  Pool pool(tasks, workers, work, take);
  return pool.run(tick);
}

}  // namespace quorate
