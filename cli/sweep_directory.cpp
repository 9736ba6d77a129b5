#include "cli/sweep_directory.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "cli/build_info.hpp"
#include "sim/base/atomic_file.hpp"
#include "sim/base/json_writer.hpp"
#include "sim/scenario/json.hpp"
#include "sim/scenario/read_file.hpp"

namespace quorate {
namespace {

namespace fs = std::filesystem;

constexpr const char* identity_name = "sweep.json";
constexpr const char* journal_name = "journal.jsonl";
constexpr std::string_view identity_head = "{\"quorate_sweep\":1,\n";

// What must be equal for rows to be rows of one sweep; one member a line, so that a comparison can
// name the member that differs.
std::string identity_of(const Variants& variants, const SweepPlan& plan, const std::string& file) {
  JsonWriter out;
  out.literal(identity_head);
  const auto member = [&](std::string_view name, const auto& print) {
    out.key(name);
    print();
    out.literal(",\n");
  };
  const std::string build = std::string(version()) + " " + std::string(source_revision());
  const std::string last = std::to_string(plan.first_seed + (plan.seeds - 1));
  member("build", [&] { out.string(build); });
  member("file", [&] { out.string(file); });
  member("seeds", [&] { out.string(std::to_string(plan.first_seed) + ".." + last); });
  member("wall_time_ns", [&] { out.number(plan.wall_time.count()); });
  member("variants", [&] {
    out.open_array();
    for (const Variant& variant : variants.all()) out.string(variant.label);
    out.close_array();
  });
  out.key("scenario");  // of the first variant; the others follow from it and their labels
  out.raw(to_json(variants.all().front().subject.scenario->source));
  out.literal("}\n");
  return out.buffer();
}

// Empty where it cannot be read, and then no sweep's.
std::string content(const std::string& path) {
  constexpr std::size_t longest = std::size_t{1} << 28;
  return read_file_bounded(path, longest).value;
}

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  for (std::size_t end = 0; (end = text.find('\n')) != text.npos; text.remove_prefix(end + 1)) {
    lines.emplace_back(text.substr(0, end));
    if (lines.back().ends_with(',')) lines.back().pop_back();
  }
  return lines;
}

// 'seeds ("1..9" there, "1..99" here)': the first member of which two identities tell differently.
std::string difference(const std::string& held, const std::string& wanted) {
  constexpr std::size_t shown = 80;
  const std::vector<std::string> here = lines_of(held);
  const std::vector<std::string> there = lines_of(wanted);
  const auto [left, right] = std::ranges::mismatch(here, there);
  if (left == here.end() || right == there.end() || !right->starts_with('"')) {
    return "its format";
  }
  const std::size_t colon = right->find("\":");
  const std::string key = right->substr(1, colon - 1);
  if (!left->starts_with(right->substr(0, colon + 2))) return "its format";
  if (left->size() > shown || right->size() > shown) return "its " + key;
  return "its " + key + " (" + printable(left->substr(colon + 2)) + " there, " +
         printable(right->substr(colon + 2)) + " here)";
}

// What a process that was killed left of a file it was writing (sim/base/atomic_file.hpp).
bool is_leftover(const fs::path& file) {
  const std::string name = file.filename().string();
  return name.starts_with('.') && name.find(".part") != name.npos;
}

bool is_empty_journal(const fs::path& file) {
  std::error_code ignored;
  return file.filename() == journal_name && fs::file_size(file, ignored) == 0;
}

void write_whole(const std::string& path, std::string_view text) {
  AtomicFile file(path);
  file.write(text);
  file.commit();
  if (!file.good()) throw Failure(ExitCode::io_error, printable(file.error()));
}

}  // namespace

SweepDirectory::SweepDirectory(std::string path, Held held, const Variants& variants,
                               const SweepPlan& plan, const std::string& file)
    : path_(std::move(path)), synced_(std::chrono::steady_clock::now()) {
  make();
  require_ours();
  open_journal();
  const std::string identity = identity_of(variants, plan, file);
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
  if (content(path_of(identity_name)).starts_with(identity_head)) return;
  std::error_code error;
  fs::directory_iterator entries(path_, error);
  if (error) {
    throw Failure(ExitCode::cannot_create, "cannot read " + shown() + ": " + error.message());
  }
  const bool ours =
      std::all_of(fs::begin(entries), fs::end(entries), [](const fs::directory_entry& entry) {
        return is_leftover(entry.path()) || is_empty_journal(entry.path());
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

void SweepDirectory::remove_leftovers() const {
  std::error_code ignored;
  for (const fs::directory_entry& entry : fs::directory_iterator(path_, ignored)) {
    if (is_leftover(entry.path())) fs::remove(entry.path(), ignored);
  }
}

void SweepDirectory::tick() {
  const auto now = std::chrono::steady_clock::now();
  if (now - synced_ < std::chrono::seconds(1)) return;
  synced_ = now;
  journal_->sync();
}

void SweepDirectory::write_reports(const SweepReport& report) const {
  write_whole(path_of("report.txt"), sweep_text(report, {.style = {}, .witnesses = true}));
  write_whole(path_of("report.json"), sweep_json(report));
}

}  // namespace quorate
