// Reads a file named by a user, whatever it turns out to be.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "sim/base/parsed.hpp"

namespace quorate {

inline constexpr std::size_t max_file_bytes = 16u << 20;

// The bytes of a regular file or a pipe, at most `limit` of them. Directories, devices and sockets
// are refused; a longer file is refused before it is read, a longer pipe after limit + 1 bytes. A
// named pipe that nobody writes to is empty, one that has a writer is waited for.
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
