#include "cli/child_process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>

#include "cli/failure.hpp"
#include "cli/interrupt.hpp"

namespace quorate {
namespace {

constexpr std::size_t most_errors = 64 * 1024;

// One end of a pipe; closed when it goes.
class End {
 public:
  explicit End(int descriptor = -1) : descriptor_(descriptor) {}
  ~End() { close(); }
  End(const End&) = delete;
  End& operator=(const End&) = delete;
  int get() const { return descriptor_; }
  bool open() const { return descriptor_ >= 0; }
  void take(int descriptor) {
    close();
    descriptor_ = descriptor;
  }
  void close() {
    if (descriptor_ >= 0) ::close(descriptor_);
    descriptor_ = -1;
  }

 private:
  int descriptor_;
};

struct Pipe {
  End read;
  End write;
  Pipe() {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) {
      throw Failure(ExitCode::internal_error, "no pipe can be made");
    }
    read.take(ends[0]);
    write.take(ends[1]);
  }
};

[[noreturn]] void become(const std::vector<std::string>& words, const Pipe& in, const Pipe& out,
                         const Pipe& errors) {
  dup2(in.read.get(), STDIN_FILENO);
  dup2(out.write.get(), STDOUT_FILENO);
  dup2(errors.write.get(), STDERR_FILENO);
  std::signal(SIGPIPE, SIG_DFL);
  std::vector<char*> arguments;
  arguments.reserve(words.size() + 1);
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  execv(arguments.front(), arguments.data());
  _exit(127);
}

// What has not been handed over yet.
class Feeder {
 public:
  Feeder(std::span<const std::string_view> pieces, End& to) : pieces_(pieces), to_(to) { skip(); }

  void write_some() {
    const ssize_t count =
        ::write(to_.get(), pieces_.front().data() + done_, pieces_.front().size() - done_);
    if (count < 0 && (errno == EINTR || errno == EAGAIN)) return;
    if (count < 0) return to_.close();  // nobody reads any more; the exit status tells why
    done_ += static_cast<std::size_t>(count);
    skip();
  }

 private:
  void skip() {
    while (!pieces_.empty() && done_ == pieces_.front().size()) {
      pieces_ = pieces_.subspan(1);
      done_ = 0;
    }
    if (pieces_.empty()) to_.close();
  }

  std::span<const std::string_view> pieces_;
  std::size_t done_{};
  End& to_;
};

void read_some(End& from, std::string& text) {
  std::array<char, 65536> block;
  const ssize_t count = ::read(from.get(), block.data(), block.size());
  if (count < 0 && (errno == EINTR || errno == EAGAIN)) return;
  if (count <= 0) return from.close();
  text.append(block.data(), static_cast<std::size_t>(count));
}

// Both directions at once: neither side may wait for the other with a full pipe.
void talk(pid_t child, Feeder feeder, End& in, End& out, End& errors, ChildResult& result) {
  while (out.open() || errors.open()) {
    std::array<pollfd, 3> watched{
        {{in.get(), POLLOUT, 0}, {out.get(), POLLIN, 0}, {errors.get(), POLLIN, 0}}};
    // Twice a second, since a signal may come just before the wait.
    if (const int ready = poll(watched.data(), watched.size(), 500); ready <= 0) {
      if (Interrupt::caught()) kill(child, SIGTERM);
      if (ready == 0 || errno == EINTR) continue;
      throw Failure(ExitCode::internal_error, "waiting for a process failed");
    }
    if (watched[1].revents != 0) read_some(out, result.output);
    if (watched[2].revents != 0) read_some(errors, result.errors);
    if (watched[0].revents != 0 && in.open()) feeder.write_some();
    if (result.errors.size() > 2 * most_errors) {
      result.errors.erase(0, result.errors.size() - most_errors);
    }
  }
}

int status_of(pid_t child) {
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace

ChildResult run_child(const std::vector<std::string>& words,
                      std::span<const std::string_view> input) {
  Pipe in;
  Pipe out;
  Pipe errors;
  const pid_t child = fork();
  if (child < 0) throw Failure(ExitCode::internal_error, "no process can be made");
  if (child == 0) become(words, in, out, errors);
  in.read.close();
  out.write.close();
  errors.write.close();
  fcntl(in.write.get(), F_SETFL, O_NONBLOCK);
  const auto before = std::signal(SIGPIPE, SIG_IGN);  // a child may end without reading all
  ChildResult result;
  talk(child, Feeder(input, in.write), in.write, out.read, errors.read, result);
  std::signal(SIGPIPE, before);
  in.write.close();
  result.status = status_of(child);
  return result;
}

}  // namespace quorate
