// A folder that a user named, complete or not there at all: filled under a temporary name beside
// its place, and renamed once everything is in it.
#pragma once

#include <functional>
#include <string>

#include "cli/failure.hpp"

namespace quorate {

class OutputFolder {
 public:
  // Throws Failure(cannot_create) where none can be made, and where something is there already: but
  // an empty folder, and, with `replace`, one of which `is_ours` says that it is of the same kind.
  OutputFolder(const std::string& path, bool replace,
               const std::function<bool(const std::string& folder)>& is_ours);
  ~OutputFolder();  // without commit() nothing is left behind
  OutputFolder(const OutputFolder&) = delete;
  OutputFolder& operator=(const OutputFolder&) = delete;

  const std::string& working() const { return working_; }  // where its files are to be made
  std::string path_of(const std::string& name) const { return working_ + "/" + name; }
  void commit();  // throws Failure(io_error)

 private:
  std::string path_;
  std::string working_;
};

}  // namespace quorate
