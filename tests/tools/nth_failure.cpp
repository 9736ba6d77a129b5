// quorate with a saboteur: QUORATE_FAIL="write 7" makes the 7th write fail, "write 7+" every one
// from the 7th on. What may fail: alloc (operator new), open, write, sync, rename. Once one did,
// the file named by QUORATE_FAILED exists, so that a test knows when there is nothing left to fail.
// Calls are counted from main() on, and go on being counted in forked processes.
//
// The system calls below take the place of those of the C library, for quorate and for the C++
// library alike; what the C library calls itself (stdio) is not among them.
#include <fcntl.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cerrno>
#include <cstdarg>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <new>

#include "cli/program.hpp"

namespace {

char kind_to_fail[16];
unsigned long long countdown;  // calls until one fails; 0 = none will
bool all_later;
bool failing;

void arm() {
  const char* order = std::getenv("QUORATE_FAIL");
  char plus = ' ';
  if (order == nullptr || std::sscanf(order, "%15s %llu%c", kind_to_fail, &countdown, &plus) < 2) {
    return;
  }
  all_later = plus == '+';
}

void leave_mark() {
  const char* path = std::getenv("QUORATE_FAILED");
  if (path == nullptr) return;
  const long file = syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT, 0600);
  if (file >= 0) syscall(SYS_close, file);
}

// Whether this call is to fail.
bool fails(const char* kind) {
  if (countdown == 0 && !failing) return false;
  if (std::strcmp(kind, kind_to_fail) != 0) return false;
  if (failing) return true;
  if (--countdown != 0) return false;
  failing = all_later;
  leave_mark();
  return true;
}

bool fails(const char* kind, int code) {
  if (!fails(kind)) return false;
  errno = code;
  return true;
}

}  // namespace

extern "C" {

int open(const char* path, int flags, ...) {
  va_list more;
  va_start(more, flags);
  const unsigned mode = (flags & O_CREAT) != 0 ? va_arg(more, unsigned) : 0;
  va_end(more);
  if (fails("open", EMFILE)) return -1;
  return static_cast<int>(syscall(SYS_openat, AT_FDCWD, path, flags, mode));
}

ssize_t write(int file, const void* bytes, size_t size) {
  if (fails("write", ENOSPC)) return -1;
  return syscall(SYS_write, file, bytes, size);
}

ssize_t writev(int file, const struct iovec* parts, int count) {
  if (fails("write", ENOSPC)) return -1;
  return syscall(SYS_writev, file, parts, count);
}

int fsync(int file) {
  if (fails("sync", EIO)) return -1;
  return static_cast<int>(syscall(SYS_fsync, file));
}

int rename(const char* from, const char* to) {
  if (fails("rename", EIO)) return -1;
  return static_cast<int>(syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0));
}

}  // extern "C"

void* operator new(std::size_t bytes) {
  void* memory = fails("alloc") ? nullptr : std::malloc(bytes == 0 ? 1 : bytes);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}
// std::stable_sort asks for its buffer in this way, and does without where there is none.
void* operator new(std::size_t bytes, const std::nothrow_t&) noexcept {
  try {
    return operator new(bytes);
  } catch (const std::bad_alloc&) {
    return nullptr;
  }
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

int main(int argc, char** argv) {
  arm();
  return quorate::run_program(argc, argv);
}
