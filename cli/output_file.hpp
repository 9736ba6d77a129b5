// An output file that a user named: checked before any work is done, complete or not there at all.
#pragma once

#include <string>

#include "cli/failure.hpp"
#include "sim/base/atomic_file.hpp"

namespace quorate {

class OutputFile {
 public:
  // Throws Failure(cannot_create) where a file is there already, unless `replace`, or where none
  // can be made. Nothing stays behind without commit().
  OutputFile(const std::string& path, bool replace);

  AtomicFile& file() { return file_; }
  const std::string& path() const { return file_.path(); }
  bool write(std::string_view bytes) { return file_.write(bytes); }
  void commit();  // throws Failure(io_error), as require_good does
  void require_good() const;

 private:
  AtomicFile file_;
};

}  // namespace quorate
