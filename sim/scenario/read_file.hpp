// Reads a file named by a user, whatever it turns out to be.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "sim/base/parsed.hpp"

namespace quorate {

inline constexpr std::size_t max_file_bytes = 16u << 20;

// A regular file or a pipe, read piece by piece, however long it is. Directories, devices and
// sockets are refused. A named pipe that nobody writes to is empty, one that has a writer is waited
// for.
class InputFile {
 public:
  explicit InputFile(const std::string& path);
  ~InputFile();
  InputFile(const InputFile&) = delete;
  InputFile& operator=(const InputFile&) = delete;

  // Puts up to `most` bytes at `target` and tells how many: 0 at the end and where error() says why
  // it cannot go on.
  std::size_t read(char* target, std::size_t most);
  // One sentence that names the file: it could not be opened, or not be read on.
  const std::string& error() const { return error_; }
  // Nothing for a pipe. A file may grow after that.
  std::optional<std::uint64_t> size() const { return size_; }

 private:
  std::string path_;
  std::string error_;
  int descriptor_;
  std::optional<std::uint64_t> size_;
};

// The bytes of a regular file or a pipe, at most `limit` of them. A longer file is refused
// before it is read, a longer pipe after limit + 1 bytes.
Parsed<std::string> read_file_bounded(const std::string& path, std::size_t limit = max_file_bytes);

// Equal for two names of the same file.
struct FileIdentity {
  std::uint64_t device{};
  std::uint64_t number{};
  bool operator==(const FileIdentity&) const = default;
};
// Of what the path leads to; all zero where that is nothing.
FileIdentity identity_of(const std::string& path);

struct FileBelow {
  std::string bytes;
  FileIdentity identity;
};

// The bytes of a regular file below a folder ("" is the current one), at most `limit` of them.
// `path` is relative and has no "." or "..". No part of it may be a symbolic link, so that it
// cannot lead out of the folder.
Parsed<FileBelow> read_file_below(const std::string& folder, const std::string& path,
                                  std::size_t limit);

}  // namespace quorate
