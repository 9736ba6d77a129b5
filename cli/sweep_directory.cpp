#include "cli/sweep_directory.hpp"

#include <dirent.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <memory>
#include <optional>

#include "sim/base/atomic_file.hpp"
#include "sim/scenario/read_file.hpp"

namespace quorate {
namespace {

namespace fs = std::filesystem;

constexpr const char* identity_name = "sweep.json";
constexpr const char* journal_name = "journal.jsonl";

// Empty where it cannot be read, and then no sweep's.
std::string content(const std::string& path) {
  constexpr std::size_t longest = std::size_t{1} << 28;
  return read_file_bounded(path, longest).value;
}

// What lies in a directory; nothing, and errno says why, where it cannot be listed. libstdc++'s own
// iterator ends the program when it runs out of memory.
std::optional<std::vector<std::string>> names_in(const std::string& directory) {
  const std::unique_ptr<DIR, int (*)(DIR*)> stream(opendir(directory.c_str()), closedir);
  if (stream == nullptr) return std::nullopt;
  std::vector<std::string> names;
  while (const dirent* entry = readdir(stream.get())) {
    const std::string name = entry->d_name;
    if (name != "." && name != "..") names.push_back(name);
  }
  return names;
}

// What a process that was killed left of a file it was writing (sim/base/atomic_file.hpp).
bool is_leftover(std::string_view name) {
  return name.starts_with('.') && name.find(".part") != name.npos;
}

}  // namespace

void write_whole(const std::string& path, std::string_view text) {
  AtomicFile file(path);
  file.write(text);
  file.commit();
  if (!file.good()) throw Failure(ExitCode::io_error, printable(file.error()));
}

void write_sweep_reports(const std::string& folder, const SweepReport& report) {
  write_whole(folder + "/report.txt", sweep_text(report, {.style = {}, .witnesses = true}));
  write_whole(folder + "/report.json", sweep_json(report));
}

bool holds_sweep(const std::string& folder) {
  return is_identity(content(folder + "/" + identity_name));
}

SweepDirectory::SweepDirectory(std::string path, Held held, const std::string& identity)
    : path_(std::move(path)), synced_(std::chrono::steady_clock::now()) {
  make();
  require_ours();
  open_journal();
  const bool begun = fs::exists(path_of(identity_name));
  if (begun && held == Held::refuse) {
    throw Failure(ExitCode::cannot_create, shown() + " holds a sweep already",
                  "--resume goes on with it, --force starts it anew");
  }
  if (begun && held == Held::resume) require_same(identity);
  remove_leftovers();
  if (!begun || held == Held::replace) begin(identity);
}

std::string SweepDirectory::shown() const { return printable(path_); }

void SweepDirectory::make() {
  std::error_code error;
  if (fs::is_directory(path_, error)) return;
  fs::create_directory(path_, error);
  if (!error && fs::is_directory(path_)) return;
  const std::string why = error ? error.message() : std::strerror(ENOTDIR);
  throw Failure(ExitCode::cannot_create, "cannot create the directory " + shown() + ": " + why);
}

// Before anything is written: a folder with other things in it stays as it is.
void SweepDirectory::require_ours() const {
  if (holds_sweep(path_)) return;
  const auto names = names_in(path_);
  if (!names) {
    throw Failure(ExitCode::cannot_create, "cannot read " + shown() + ": " + std::strerror(errno));
  }
  const bool ours = std::ranges::all_of(*names, [&](const std::string& name) {
    std::error_code ignored;
    const bool empty_journal = name == journal_name && fs::file_size(path_of(name), ignored) == 0;
    return is_leftover(name) || empty_journal;
  });
  if (ours) return;
  throw Failure(ExitCode::cannot_create, shown() + " holds other things than a sweep",
                "--out wants a new directory, an empty one, or that of a sweep");
}

void SweepDirectory::open_journal() {
  journal_.emplace(path_of(journal_name));
  if (journal_->busy()) {
    const std::string who =
        journal_->owner() == 0 ? "another process" : "process " + std::to_string(journal_->owner());
    throw Failure(ExitCode::output_busy, who + " is working in " + shown(),
                  "wait until it has ended, or name another directory");
  }
  if (!journal_->good()) throw Failure(ExitCode::cannot_create, printable(journal_->error()));
}

void SweepDirectory::require_same(const std::string& identity) const {
  const std::string held = content(path_of(identity_name));
  if (held == identity) return;
  throw Failure(ExitCode::cannot_create,
                shown() + " holds another sweep; what differs: " + difference(held, identity),
                "name another directory, or start anew with --force");
}

// In this order: results never stand beside rows that are not theirs.
void SweepDirectory::begin(const std::string& identity) {
  for (const char* name : {"runs.csv", "report.txt", "report.json"}) {
    std::error_code error;
    fs::remove(path_of(name), error);
    if (error) {
      throw Failure(ExitCode::cannot_create,
                    "cannot replace " + printable(path_of(name)) + ": " + error.message());
    }
  }
  if (!journal_->clear()) throw Failure(ExitCode::io_error, printable(journal_->error()));
  write_whole(path_of(identity_name), identity);
}

// What cannot be listed stays.
void SweepDirectory::remove_leftovers() const {
  std::error_code ignored;
  for (const std::string& name : names_in(path_).value_or(std::vector<std::string>{})) {
    if (is_leftover(name)) fs::remove(path_of(name), ignored);
  }
}

void SweepDirectory::tick() {
  const auto now = std::chrono::steady_clock::now();
  if (now - synced_ < std::chrono::seconds(1)) return;
  synced_ = now;
  journal_->sync();
}

}  // namespace quorate
