#include "sim/scenario/read_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

namespace quorate {
namespace {

class FileDescriptor {
 public:
  explicit FileDescriptor(int number) : number_(number) {}
  ~FileDescriptor() {
    if (number_ >= 0) ::close(number_);
  }
  FileDescriptor(FileDescriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
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

struct Opened {
  FileDescriptor file;
  bool through_link{};
};

// Goes down part by part, so that no part can be swapped for a link between a check and its use.
Opened open_below(const std::string& folder, const std::string& path) {
  constexpr int flags = O_RDONLY | O_NONBLOCK | O_CLOEXEC;
  FileDescriptor here(::open(folder.empty() ? "." : folder.c_str(), flags | O_DIRECTORY));
  for (std::size_t begin = 0; begin <= path.size() && here.number() >= 0;) {
    const std::size_t end = std::min(path.find('/', begin), path.size());
    const std::string part = path.substr(begin, end - begin);
    const int wanted = flags | O_NOFOLLOW | (end < path.size() ? O_DIRECTORY : 0);
    FileDescriptor next(::openat(here.number(), part.c_str(), wanted));
    const int reason = errno;
    struct stat status {};
    const bool link = next.number() < 0 &&
                      ::fstatat(here.number(), part.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0 &&
                      S_ISLNK(status.st_mode);
    errno = reason;
    if (link) return {std::move(next), true};
    here = std::move(next);
    begin = end + 1;
  }
  return {std::move(here)};
}

}  // namespace

// Opening must not wait for a writer; reading a pipe that has one must.
InputFile::InputFile(const std::string& path)
    : path_(path), descriptor_(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC)) {
  struct stat status {};
  if (descriptor_ < 0 || ::fstat(descriptor_, &status) != 0) {
    error_ = unreadable(path, system_reason()).error;
  } else if (S_ISDIR(status.st_mode)) {
    error_ = unreadable(path, "it is a directory").error;
  } else if (S_ISREG(status.st_mode)) {
    size_ = static_cast<std::uint64_t>(status.st_size);
  } else if (!S_ISFIFO(status.st_mode)) {
    error_ = unreadable(path, "it is neither a file nor a pipe").error;
  }
  if (error_.empty()) ::fcntl(descriptor_, F_SETFL, O_RDONLY);
}

InputFile::~InputFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

std::size_t InputFile::read(char* target, std::size_t most) {
  if (!error_.empty()) return 0;
  ssize_t count = 0;
  do {
    count = ::read(descriptor_, target, most);
  } while (count < 0 && errno == EINTR);
  if (count < 0) error_ = unreadable(path_, system_reason()).error;
  return count < 0 ? 0 : static_cast<std::size_t>(count);
}

// Room is made at once for what a file is to hold: growing step by step would need twice as much.
Parsed<std::string> read_file_bounded(const std::string& path, std::size_t limit) {
  InputFile file(path);
  Parsed<std::string> result;
  const std::uint64_t size = file.size().value_or(0);
  if (size > limit) return too_long(path, limit);
  result.value.reserve(size);
  char chunk[1 << 16];
  for (std::size_t count = 1; count != 0 && result.value.size() <= limit;) {
    count = file.read(chunk, std::min(sizeof chunk, limit + 1 - result.value.size()));
    result.value.append(chunk, count);
  }
  if (!file.error().empty()) return Parsed<std::string>::failure(file.error());
  if (result.value.size() > limit) return too_long(path, limit);
  return result;
}

FileIdentity identity_of(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return {};
  return {status.st_dev, status.st_ino};
}

Parsed<FileBelow> read_file_below(const std::string& folder, const std::string& path,
                                  std::size_t limit) {
  const auto refused = [&](const std::string& reason) {
    return Parsed<FileBelow>::failure("cannot read \"" + path + "\": " + reason);
  };
  const Opened opened = open_below(folder, path);
  struct stat status {};
  if (opened.through_link) return refused("it leads through a symbolic link");
  if (opened.file.number() < 0 || ::fstat(opened.file.number(), &status) != 0) {
    return refused(system_reason());
  }
  if (!S_ISREG(status.st_mode)) return refused("it is no regular file");
  Parsed<FileBelow> result;
  result.value.identity = {status.st_dev, status.st_ino};
  if (!read_all(opened.file.number(), limit, result.value.bytes)) return refused(system_reason());
  if (result.value.bytes.size() <= limit) return result;
  return refused("the files extended are longer than 1 MiB together");
}

}  // namespace quorate
