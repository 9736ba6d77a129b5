#include "sim/base/atomic_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace quorate {
namespace {

std::string directory_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

// Links followed, so that the rename replaces what a link leads to and not the link.
std::string follow_links(const std::string& path) {
  char* resolved = ::realpath(path.c_str(), nullptr);
  if (resolved == nullptr) return path;  // there is nothing yet
  std::string result(resolved);
  std::free(resolved);
  return result;
}

// A hidden name beside the target. Numbered, not random:
// what a killed run left is easy to recognise.
std::string temporary_name(const std::string& target, int number) {
  const std::size_t slash = target.rfind('/');
  const std::size_t start = slash == std::string::npos ? 0 : slash + 1;
  return target.substr(0, start) + "." + target.substr(start) + ".part" + std::to_string(number);
}

}  // namespace

AtomicFile::AtomicFile(std::string path) : path_(std::move(path)), target_(follow_links(path_)) {
  struct stat status {};
  const bool exists = ::stat(target_.c_str(), &status) == 0;
  if (path_ == "-") {
    open_standard_output();
  } else if (exists && S_ISDIR(status.st_mode)) {
    fail(Failure::create, "create", EISDIR);
  } else if (path_.starts_with("/dev/") || (exists && !S_ISREG(status.st_mode))) {
    open_in_place();
  } else if (exists && ::access(target_.c_str(), W_OK) != 0) {
    fail(Failure::create, "replace", errno);  // a rename would succeed against the owner's wish
  } else {
    open_temporary(exists ? status.st_mode & 07777u : 0);
  }
}

AtomicFile::~AtomicFile() { discard(); }

void AtomicFile::open_standard_output() {
  path_ = "standard output";
  descriptor_ = ::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
  if (descriptor_ < 0) fail(Failure::create, "open", errno);
}

void AtomicFile::open_in_place() {
  descriptor_ = ::open(path_.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC | O_NOCTTY);
  if (descriptor_ < 0) fail(Failure::create, "open", errno);
}

// `mode` of the file it will replace; 0 for a new file, which gets the usual one.
void AtomicFile::open_temporary(std::uint32_t mode) {
  constexpr int attempts = 100;
  for (int number = 0; number < attempts && descriptor_ < 0; ++number) {
    temporary_ = temporary_name(target_, number);
    descriptor_ = ::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (descriptor_ < 0 && errno != EEXIST) break;
  }
  if (descriptor_ < 0) {
    const int code = errno;
    temporary_.clear();
    fail(Failure::create, "create", code);
  } else if (mode != 0 && ::fchmod(descriptor_, mode) != 0) {
    fail(Failure::create, "create", errno);
  }
}

bool AtomicFile::write(std::string_view bytes) {
  while (good() && !bytes.empty()) {
    const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return fail(Failure::write, "write", written < 0 ? errno : EIO);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return good();
}

bool AtomicFile::commit() {
  if (!good() || !sync_and_close()) return false;
  if (temporary_.empty()) return true;
  if (::rename(temporary_.c_str(), target_.c_str()) != 0) {
    return fail(Failure::write, "rename the finished file to", errno);
  }
  temporary_.clear();
  // The file is whole by now; a directory that cannot be synced only makes its name less durable.
  const int directory = ::open(directory_of(target_).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (directory >= 0) {
    ::fsync(directory);
    ::close(directory);
  }
  return true;
}

// Pipes and devices have nothing to sync and say so; for them a successful write must do.
bool AtomicFile::sync_and_close() {
  const bool synced = ::fsync(descriptor_) == 0 || (temporary_.empty() && errno != EIO);
  if (!synced) return fail(Failure::write, "write", errno);
  const int descriptor = descriptor_;
  descriptor_ = -1;
  return ::close(descriptor) == 0 || fail(Failure::write, "close", errno);
}

void AtomicFile::discard() {
  if (descriptor_ >= 0) ::close(descriptor_);
  descriptor_ = -1;
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
  temporary_.clear();
}

bool AtomicFile::fail(Failure failure, std::string_view step, int code) {
  failure_ = failure;
  error_ = "cannot " + std::string(step) + " " + path_ + ": " + std::strerror(code);
  discard();
  return false;
}

}  // namespace quorate
