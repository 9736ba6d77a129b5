// An output file that a user named: checked before any work is done, complete or not there at all.
#pragma once

#include <string>

#include "cli/console.hpp"
#include "cli/failure.hpp"
#include "sim/base/atomic_file.hpp"

namespace quorate {

class OutputFile {
 public:
  // Throws Failure(cannot_create, ..., hint) where a file is there already, unless `replace`, or
  // none can be made. Nothing stays behind without commit(). "-" is stdout, which `console` then
  // leaves to it; with --json both would want it, so that is a Failure(bad_usage).
  OutputFile(const std::string& path, bool replace, Console& console,
             const std::string& hint = "--force replaces it");

  AtomicFile& file() { return file_; }
  const std::string& path() const { return file_.path(); }
  bool is_stdout() const { return is_stdout_; }
  bool good() const { return file_.good(); }
  bool write(std::string_view bytes) { return file_.write(bytes); }
  void commit();  // throws Failure(io_error), as require_good does
  void require_good() const;

 private:
  bool is_stdout_;
  AtomicFile file_;
};

// Throws Failure(bad_usage) where both are the same file: what is read would be replaced.
void require_apart(const std::string& output, const std::string& input);

}  // namespace quorate
