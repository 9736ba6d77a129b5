// A file that appears complete or not at all: written under a temporary name beside its target,
// every write and close checked, synced, and renamed only when all of it is on the disk.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace quorate {

class AtomicFile {
 public:
  // create: the place does not let a file be made there.
  // write: it was made, but could not be filled.
  enum class Failure : std::uint8_t { none, create, write };

  // Opens a temporary file in the target's directory; an existing target stays as it is until
  // commit(). A symbolic link is followed. What is no regular file (a device, a pipe) and
  // everything below /dev is written in place, since replacing it would take it away from everybody
  // else. So is standard output, "-".
  explicit AtomicFile(std::string path);
  ~AtomicFile();  // without commit() nothing is left behind
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  // Each returns false when this or an earlier step failed; nothing more is tried then.
  bool write(std::string_view bytes);
  bool commit();   // call once, last
  void discard();  // removes the temporary file; the target is untouched

  bool good() const { return failure_ == Failure::none; }
  Failure failure() const { return failure_; }
  const std::string& error() const { return error_; }  // one line naming the path; empty when good
  const std::string& path() const { return path_; }

 private:
  void open_standard_output();
  void open_in_place();
  void open_temporary(std::uint32_t mode);
  bool sync_and_close();
  bool fail(Failure failure, std::string_view step, int code);

  std::string path_;       // as the user named it, for messages
  std::string target_;     // with links followed
  std::string temporary_;  // empty when written in place
  int descriptor_{-1};
  Failure failure_{};
  std::string error_;
};

}  // namespace quorate
