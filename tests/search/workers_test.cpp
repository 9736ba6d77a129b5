// Worker processes: order, crashes, early ends, and that nobody is left behind.
#include <doctest/doctest.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <memory>
#include <new>
#include <utility>

#include "sim/search/packing.hpp"
#include "sim/search/workers.hpp"
#include "tests/support/process.hpp"

namespace quorate {

namespace {

bool go_on() { return true; }

using Task = std::function<std::string(std::uint64_t)>;

// Answers with what its tasks have said, one behind the other.
Work work_of(const Task& task) {
  auto said = std::make_shared<std::string>();
  return {[task, said](std::uint64_t number) { *said += task(number); },
          [said] { return std::exchange(*said, {}); }};
}

// All answers in the order in which they were handed over; "-" for a task that died twice.
std::string gathered(std::uint64_t tasks, unsigned workers, const Task& task) {
  std::string text;
  std::uint64_t expected = 0;
  const WorkEnd end = do_tasks(
      tasks, workers, work_of([&](std::uint64_t number) { return task(number) + " "; }),
      [&](const Stretch& done, const std::optional<std::string>& answer) {
        CHECK(done.first == expected);
        CHECK((answer ? !done.empty() : done.size() == 1));
        expected = done.end;
        text += answer.value_or("- ");
        return true;
      },
      go_on);
  CHECK(end == WorkEnd::done);
  CHECK(expected == tasks);
  return text;
}

bool children_left() { return waitpid(-1, nullptr, WNOHANG) != -1 || errno != ECHILD; }

}  // namespace

TEST_CASE("search: answers come in order, whatever the number of workers") {
  const Task square = [](std::uint64_t number) { return std::to_string(number * number); };
  const std::string one = gathered(1000, 1, square);
  CHECK(one.starts_with("0 1 4 9 "));
  CHECK(gathered(1000, 2, square) == one);
  CHECK(gathered(1000, 7, square) == one);
  CHECK(gathered(0, 3, square).empty());
  CHECK_FALSE(children_left());
}

TEST_CASE("search: answers may be empty or larger than a socket holds") {
  const Task sizes = [](std::uint64_t number) { return std::string(number * 300'000, 'x'); };
  std::uint64_t bytes = 0;
  do_tasks(
      5, 2, work_of(sizes),
      [&](const Stretch&, const std::optional<std::string>& answer) {
        bytes += answer->size();
        return true;
      },
      go_on);
  CHECK(bytes == 3'000'000);
}

TEST_CASE("search: short tasks are answered for together, a long one at once") {
  const auto answers = [](std::uint64_t tasks, const Task& task) {
    std::uint64_t count = 0;
    do_tasks(
        tasks, 2, work_of(task),
        [&](const Stretch&, const std::optional<std::string>&) { return ++count != 0; }, go_on);
    return count;
  };
  const Task quick = [](std::uint64_t) { return std::string(); };
  CHECK(answers(100'000, quick) < 5'000);
  const Task slow = [](std::uint64_t) {
    usleep(30'000);
    return std::string();
  };
  CHECK(answers(12, slow) == 12);
}

TEST_CASE("search: what a worker has done and not answered for when it dies is done again") {
  const testing::TemporaryFolder folder;
  const std::filesystem::path mark = folder.path() / "mark";
  const Task task = [&](std::uint64_t number) {
    if (number == 900 && !std::filesystem::exists(mark)) {
      std::ofstream(mark) << "died";
      kill(getpid(), SIGKILL);
    }
    return std::to_string(number);
  };
  const std::string text = gathered(1000, 1, task);
  CHECK(text.starts_with("0 1 2 "));
  CHECK(text.find(" 898 899 900 901 ") != std::string::npos);
  CHECK(std::filesystem::exists(mark));
}

TEST_CASE("search: a task that kills its process is given up after two tries, alone") {
  const Task task = [](std::uint64_t number) {
    if (number == 3 || number == 40) _exit(9);
    if (number == 41) kill(getpid(), SIGKILL);
    return std::to_string(number);
  };
  for (const unsigned workers : {1U, 3U}) {
    const std::string text = gathered(60, workers, task);
    CHECK(text.starts_with("0 1 2 - 4 "));
    CHECK(text.find(" 39 - - 42 ") != std::string::npos);
  }
  CHECK_FALSE(children_left());
}

TEST_CASE("search: a task whose process died once gets its second chance") {
  const testing::TemporaryFolder folder;
  const std::filesystem::path mark = folder.path() / "mark";
  const Task task = [&](std::uint64_t number) {
    if (number == 5 && !std::filesystem::exists(mark)) {
      std::ofstream(mark) << "tried";
      _exit(1);
    }
    return std::to_string(number);
  };
  CHECK(gathered(8, 2, task) == "0 1 2 3 4 5 6 7 ");
}

TEST_CASE("search: a task is not blamed for a worker that was dead before it was told to do it") {
  // Two workers die unnoticed: the first idle, its result sent; the second in task 1. That task
  // then goes to the first.
  struct Shared {
    std::atomic<pid_t> idle{};
    std::atomic<pid_t> busy{};
    std::atomic<bool> may_die{};
  };
  void* memory =
      mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  REQUIRE(memory != MAP_FAILED);
  auto& shared = *new (memory) Shared;
  const Task task = [&](std::uint64_t number) {
    std::atomic<pid_t>& own = number == 0 ? shared.idle : shared.busy;
    if (own == 0) {
      own = getpid();
      while (!shared.may_die) usleep(1'000);
      if (number == 0) ualarm(100'000, 0);
      if (number == 1) kill(getpid(), SIGKILL);
    }
    return std::to_string(number);
  };
  std::string text;
  do_tasks(
      2, 2, work_of(task),
      [&](const Stretch&, const std::optional<std::string>& answer) {
        text += answer.value_or("-") + " ";
        return true;
      },
      [&] {
        if (shared.may_die) return true;
        while (shared.idle == 0 || shared.busy == 0) usleep(1'000);
        shared.may_die = true;
        siginfo_t info;
        for (const pid_t worker : {shared.idle.load(), shared.busy.load()}) {
          CHECK(waitid(P_PID, static_cast<id_t>(worker), &info, WEXITED | WNOWAIT) == 0);
        }
        return true;
      });
  CHECK(text == "0 1 ");
  munmap(memory, sizeof(Shared));
}

TEST_CASE("search: taking or ticking may end the work at once") {
  const Task task = [](std::uint64_t number) { return std::to_string(number); };
  std::uint64_t taken = 0;
  const auto take = [&](const Stretch&, const std::optional<std::string>&) { return ++taken < 10; };
  CHECK(do_tasks(1'000'000, 3, work_of(task), take, go_on) == WorkEnd::enough);
  CHECK(taken == 10);
  const Task endless = [](std::uint64_t) {
    for (;;) pause();
    return std::string();
  };
  CHECK(do_tasks(10, 2, work_of(endless), take, [] { return false; }) == WorkEnd::stopped);
  CHECK_FALSE(children_left());
}

TEST_CASE("search: what is packed is unpacked, and no more") {
  const std::string all = [] {
    std::string bytes;
    for (int byte = 0; byte < 256; ++byte) bytes += static_cast<char>(byte);
    return bytes;
  }();
  Packer out;
  out.number(-5);
  out.text(all);
  out.text("");
  out.number(7U);
  for (const char byte : out.bytes()) {
    const auto value = static_cast<unsigned char>(byte);
    CHECK((value >= 0x20 && value != 0x7F && value != '"' && value != '\\'));
  }
  Unpacker in(out.bytes());
  CHECK(in.number<std::int64_t>() == -5);
  CHECK(in.text() == all);
  CHECK(in.text().empty());
  CHECK(in.number() == 7);
  CHECK(in.empty());
  CHECK_THROWS_AS(in.number(), AssertionFailure);
}

TEST_CASE("search: raw bytes are packed as they are") {
  Packer out;
  out.raw(std::string_view("%\"\n\0", 4));
  out.raw("");
  out.number(3);
  CHECK(out.bytes() == std::string("4 %\"\n\0000 3 ", 10));
  const std::string bytes = out.take();
  CHECK(out.bytes().empty());
  Unpacker in(bytes);
  CHECK(in.raw() == std::string_view("%\"\n\0", 4));
  CHECK(in.raw().empty());
  CHECK(in.number() == 3);
  CHECK_THROWS_AS(Unpacker("3 ab").raw(), AssertionFailure);
}

TEST_CASE("search: text that nobody packed is refused") {
  for (const char* text :
       {"", "x", "7", "3 ab", "1 %", "1 %4", "1 %4x", "99999999999999999999 a"}) {
    CHECK_THROWS_AS(Unpacker(text).text(), AssertionFailure);
  }
}

}  // namespace quorate
