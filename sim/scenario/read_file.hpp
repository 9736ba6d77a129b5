// Reads a file named by a user, whatever it turns out to be.
#pragma once

#include <cstddef>
#include <string>

#include "sim/base/parsed.hpp"

namespace quorate {

inline constexpr std::size_t max_file_bytes = 16u << 20;

// The bytes of a regular file or a pipe, at most `limit` of them. Directories, devices and sockets
// are refused; a longer file is refused before it is read, a longer pipe after limit + 1 bytes. A
// named pipe that nobody writes to is empty, one that has a writer is waited for.
Parsed<std::string> read_file_bounded(const std::string& path, std::size_t limit = max_file_bytes);

}  // namespace quorate
