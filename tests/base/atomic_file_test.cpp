#include "sim/base/atomic_file.hpp"

#include <doctest/doctest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

using namespace quorate;

namespace {

namespace fs = std::filesystem;

// A directory of its own, gone with all it holds at the end of the test.
struct Directory {
  Directory() {
    std::string pattern = (fs::temp_directory_path() / "quorate-atomic-XXXXXX").string();
    REQUIRE(::mkdtemp(pattern.data()) != nullptr);
    path = pattern;
  }
  ~Directory() { fs::remove_all(path); }
  std::string operator/(const std::string& name) const { return path + "/" + name; }
  std::vector<std::string> files() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(path)) names.push_back(entry.path().filename());
    std::sort(names.begin(), names.end());
    return names;
  }
  std::string path;
};

std::string content(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void put(const std::string& path, const std::string& text) { std::ofstream(path) << text; }

// Files cannot grow beyond `bytes` while it lives: a full disk that needs no disk.
struct FileSizeLimit {
  explicit FileSizeLimit(rlim_t bytes) {
    ::getrlimit(RLIMIT_FSIZE, &before);
    handler = ::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{bytes, before.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileSizeLimit() {
    ::setrlimit(RLIMIT_FSIZE, &before);
    ::signal(SIGXFSZ, handler);
  }
  rlimit before{};
  void (*handler)(int){};
};

}  // namespace

TEST_CASE("an atomic file appears only when it is committed") {
  const Directory directory;
  AtomicFile file(directory / "trace.jsonl");
  CHECK(file.write("one\n"));
  CHECK(file.write("two\n"));
  CHECK_FALSE(fs::exists(directory / "trace.jsonl"));
  CHECK(directory.files() == std::vector<std::string>{".trace.jsonl.part0"});
  CHECK(file.commit());
  CHECK(file.good());
  CHECK(directory.files() == std::vector<std::string>{"trace.jsonl"});
  CHECK(content(directory / "trace.jsonl") == "one\ntwo\n");
}

TEST_CASE("an atomic file without commit leaves nothing, and the old file as it was") {
  const Directory directory;
  put(directory / "old", "old");
  {
    AtomicFile file(directory / "old");
    CHECK(file.write("new"));
  }
  AtomicFile given_up(directory / "new");
  CHECK(given_up.write("new"));
  given_up.discard();
  CHECK(directory.files() == std::vector<std::string>{"old"});
  CHECK(content(directory / "old") == "old");
}

TEST_CASE("an atomic file replaces a file whole and keeps its mode") {
  const Directory directory;
  put(directory / "old", "something longer");
  fs::permissions(directory / "old", fs::perms::owner_read | fs::perms::owner_write);
  AtomicFile file(directory / "old");
  CHECK(file.write("new"));
  CHECK(content(directory / "old") == "something longer");
  CHECK(file.commit());
  CHECK(content(directory / "old") == "new");
  CHECK(fs::status(directory / "old").permissions() ==
        (fs::perms::owner_read | fs::perms::owner_write));
}

TEST_CASE("an atomic file follows a symbolic link instead of replacing it") {
  const Directory directory;
  put(directory / "real", "old");
  fs::create_symlink(directory / "real", directory / "link");
  AtomicFile file(directory / "link");
  CHECK(file.write("new"));
  CHECK(file.commit());
  CHECK(fs::is_symlink(directory / "link"));
  CHECK(content(directory / "real") == "new");
}

TEST_CASE("what another writer left under the temporary name is not touched") {
  const Directory directory;
  put(directory / ".out.part0", "of somebody else");
  AtomicFile file(directory / "out");
  CHECK(file.write("mine"));
  CHECK(file.commit());
  CHECK(content(directory / "out") == "mine");
  CHECK(content(directory / ".out.part0") == "of somebody else");
}

TEST_CASE("a place where no file can be made is a failure to create") {
  const Directory directory;
  put(directory / "file", "");
  for (const std::string& path : {directory / "missing/trace", directory / "file/trace",
                                  directory.path, directory / std::string(300, 'x')}) {
    AtomicFile file(path);
    CHECK_FALSE(file.good());
    CHECK(file.failure() == AtomicFile::Failure::create);
    CHECK(file.error().starts_with("cannot create " + path + ": "));
    CHECK_FALSE(file.write("text"));
    CHECK_FALSE(file.commit());
  }
  CHECK(directory.files() == std::vector<std::string>{"file"});
}

TEST_CASE("a directory or file without write permission is a failure to create") {
  if (::geteuid() == 0) return;  // root may write everywhere
  const Directory directory;
  fs::create_directory(directory / "closed");
  put(directory / "closed/old", "old");
  fs::permissions(directory / "closed/old", fs::perms::owner_read);
  CHECK(AtomicFile(directory / "closed/old").failure() == AtomicFile::Failure::create);
  fs::permissions(directory / "closed", fs::perms::owner_read | fs::perms::owner_exec);
  CHECK(AtomicFile(directory / "closed/new").failure() == AtomicFile::Failure::create);
  fs::permissions(directory / "closed", fs::perms::owner_all);
  CHECK(content(directory / "closed/old") == "old");
}

TEST_CASE("a disk that is full while writing leaves nothing behind") {
  const Directory directory;
  put(directory / "old", "old");
  AtomicFile file(directory / "old");
  {
    const FileSizeLimit limit(5000);
    CHECK(file.write(std::string(4096, 'a')));
    CHECK_FALSE(file.write(std::string(4096, 'b')));
  }
  CHECK(file.failure() == AtomicFile::Failure::write);
  CHECK(file.error().starts_with("cannot write " + (directory / "old") + ": "));
  CHECK_FALSE(file.write("c"));
  CHECK_FALSE(file.commit());
  CHECK(directory.files() == std::vector<std::string>{"old"});
  CHECK(content(directory / "old") == "old");
}

TEST_CASE("a target that became a directory meanwhile fails the commit and leaves nothing") {
  const Directory directory;
  AtomicFile file(directory / "out");
  CHECK(file.write("text"));
  fs::create_directory(directory / "out");
  CHECK_FALSE(file.commit());
  CHECK(file.failure() == AtomicFile::Failure::write);
  CHECK(directory.files() == std::vector<std::string>{"out"});
}

TEST_CASE("devices are written in place") {
  AtomicFile full("/dev/full");
  REQUIRE(full.good());
  CHECK_FALSE(full.write("text"));
  CHECK(full.failure() == AtomicFile::Failure::write);
  AtomicFile null("/dev/null");
  CHECK(null.write("text"));
  CHECK(null.commit());
  struct stat status {};
  REQUIRE(::stat("/dev/null", &status) == 0);
  CHECK(S_ISCHR(status.st_mode));
}
