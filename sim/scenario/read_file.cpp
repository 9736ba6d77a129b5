#include "sim/scenario/read_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace quorate {
namespace {

class FileDescriptor {
 public:
  explicit FileDescriptor(int number) : number_(number) {}
  ~FileDescriptor() {
    if (number_ >= 0) ::close(number_);
  }
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;
  int number() const { return number_; }

 private:
  int number_;
};

Parsed<std::string> unreadable(const std::string& path, const std::string& reason) {
  return Parsed<std::string>::failure("cannot read \"" + path + "\": " + reason);
}

std::string system_reason() { return std::generic_category().message(errno); }

Parsed<std::string> too_long(const std::string& path, std::size_t limit) {
  return unreadable(path, "it is longer than " + std::to_string(limit) + " bytes");
}

// Reads to the end, or one byte more than `limit`. False if the system refused.
bool read_all(int descriptor, std::size_t limit, std::string& bytes) {
  char chunk[1 << 16];
  while (bytes.size() <= limit) {
    const std::size_t wanted = std::min(sizeof chunk, limit + 1 - bytes.size());
    const ssize_t count = ::read(descriptor, chunk, wanted);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return false;
    if (count == 0) break;
    bytes.append(chunk, static_cast<std::size_t>(count));
  }
  return true;
}

}  // namespace

// Opening must not wait for a writer; reading a pipe that has one must.
Parsed<std::string> read_file_bounded(const std::string& path, std::size_t limit) {
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  struct stat status {};
  if (file.number() < 0 || ::fstat(file.number(), &status) != 0) {
    return unreadable(path, system_reason());
  }
  if (S_ISDIR(status.st_mode)) return unreadable(path, "it is a directory");
  const bool is_regular = S_ISREG(status.st_mode);
  const bool is_pipe = S_ISFIFO(status.st_mode);
  if (!is_regular && !is_pipe) return unreadable(path, "it is neither a file nor a pipe");
  const auto size = static_cast<std::uintmax_t>(status.st_size);
  if (is_regular && size > limit) return too_long(path, limit);
  ::fcntl(file.number(), F_SETFL, O_RDONLY);
  Parsed<std::string> result;
  if (!read_all(file.number(), limit, result.value)) return unreadable(path, system_reason());
  return result.value.size() > limit ? too_long(path, limit) : result;
}

}  // namespace quorate
