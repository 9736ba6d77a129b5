#include "cli/sweep_parts.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "sim/scenario/read_file.hpp"
#include "sim/search/journal.hpp"

namespace quorate {
namespace {

std::string journal_of(const std::string& directory) { return directory + "/journal.jsonl"; }

// Opened for each piece anew, so that there may be more parts than a process may have open files.
JournalReader reader_of(const SweepPlan& plan, const std::string& directory) {
  return JournalReader(
      plan, [path = journal_of(directory)](char* target, std::size_t most, std::int64_t from) {
        const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY);
        if (descriptor < 0) return ssize_t{errno == ENOENT ? 0 : -1};  // no row was kept yet
        const ssize_t count = ::pread(descriptor, target, most, from);
        const int code = errno;
        ::close(descriptor);
        errno = code;
        return count;
      });
}

void require_read(const JournalReader& reader, const std::string& directory) {
  if (reader.error() == 0) return;
  throw Failure(ExitCode::io_error,
                "cannot read " + journal_of(directory) + ": " + std::strerror(reader.error()));
}

Failure no_part(const std::string& directory, const std::string& why) {
  return {ExitCode::invalid_input, directory + " holds no part of a sweep: " + why,
          program_name() + " sweep FILE --shard I/N --out DIR makes one"};
}

// "part 3", "parts 3 and 5"
std::string named(const std::vector<std::string>& numbers) {
  return (numbers.size() == 1 ? "part " : "parts ") + joined(numbers);
}

}  // namespace

SweepParts::SweepParts(const std::vector<std::string>& directories) {
  for (const std::string& directory : directories) parts_.push_back(load(directory));
  require_same();
  require_this_build();
  std::ranges::stable_sort(parts_, {}, [](const Part& part) { return part.identity.part.number; });
  make_whole();
  require_each_once();
}

SweepParts::Part SweepParts::load(const std::string& directory) {
  constexpr std::size_t longest = std::size_t{1} << 28;
  const Parsed<std::string> text = read_file_bounded(directory + "/sweep.json", longest);
  if (!text) throw no_part(directory, text.error);
  if (!is_identity(text.value)) throw no_part(directory, "its sweep.json is none");
  Parsed<SweepIdentity> identity = read_identity(text.value);
  if (!identity) throw no_part(directory, "of its sweep.json, " + identity.error);
  return {directory, text.value, std::move(identity.value)};
}

void SweepParts::require_same() const {
  const Part& first = parts_.front();
  for (const Part& part : parts_) {
    const std::string wrong =
        difference(first.text, part.text, Parts::ignored,
                   {.held = "in " + first.directory, .wanted = "in " + part.directory});
    if (wrong.empty()) continue;
    throw Failure(ExitCode::invalid_input,
                  first.directory + " and " + part.directory +
                      " are no parts of one sweep; what differs: " + wrong,
                  "all parts come from the same command, but for --shard and --out");
  }
}

void SweepParts::require_this_build() const {
  const std::string& build = parts_.front().identity.build;
  if (build == build_name()) return;
  throw Failure(ExitCode::invalid_input,
                "the parts are of quorate " + build + ", and this is " + build_name(),
                "they are put together by the program that made them");
}

void SweepParts::make_whole() {
  identity_ = parts_.front().identity;
  identity_.part = {};
  plan_.first_seed = identity_.first_seed;
  plan_.seeds = identity_.seeds;
  for (const std::string& name : identity_.protocols) {
    const ProtocolEntry* protocol = find_protocol(name);
    if (protocol == nullptr) throw no_part(parts_.front().directory, "nobody knows " + name);
    plan_.points.push_back({nullptr, protocol});
  }
}

void SweepParts::require_each_once() const {
  const std::uint64_t of = parts_.front().identity.part.of;
  std::vector<std::string> missing;
  std::uint64_t first_missing = 0;
  std::size_t next = 0;
  for (std::uint64_t number = 1; number <= of; ++number) {
    if (next < parts_.size() && parts_[next].identity.part.number == number) {
      ++next;
    } else {
      if (missing.empty()) first_missing = number;
      missing.push_back(std::to_string(number));
    }
    if (next == 0 || next == parts_.size()) continue;
    const Part& twice = parts_[next];
    if (twice.identity.part.number != parts_[next - 1].identity.part.number) continue;
    throw Failure(ExitCode::invalid_input,
                  parts_[next - 1].directory + " and " + twice.directory + " are both part " +
                      std::to_string(twice.identity.part.number) + " of " + std::to_string(of),
                  "each part is wanted once");
  }
  if (missing.empty()) return;
  throw Failure(ExitCode::invalid_input,
                named(missing) + " of " + std::to_string(of) +
                    (missing.size() == 1 ? " is missing" : " are missing"),
                to_make(first_missing, "DIR"));
}

void SweepParts::read(const std::function<bool(const SweepRow&)>& take) const {
  std::vector<SweepPlan> plans;
  std::vector<JournalReader> readers;
  plans.reserve(parts_.size());  // readers point at them
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    plans.push_back(plan_of(i));
    readers.push_back(reader_of(plans.back(), parts_[i].directory));
  }
  for (std::uint64_t run = 0; run < plan_.grid(); ++run) {
    const std::size_t part = static_cast<std::size_t>(run % parts_.size());
    const auto row = readers[part].next();
    require_read(readers[part], parts_[part].directory);
    if (!row) refuse_incomplete();
    if (!take(*row)) return;
  }
}

// Everything is read once more, so that all that is still to be done can be told at once.
void SweepParts::refuse_incomplete() const {
  std::vector<std::string> lacking;
  const Part* first = nullptr;
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    const SweepPlan plan = plan_of(i);
    JournalReader reader = reader_of(plan, parts_[i].directory);
    while (reader.next()) {
    }
    require_read(reader, parts_[i].directory);
    if (reader.rows() == plan.runs()) continue;
    if (first == nullptr) first = &parts_[i];
    lacking.push_back(parts_[i].directory + " has " + grouped(reader.rows()) + " of " +
                      counted(plan.runs(), "run", "runs"));
  }
  if (first == nullptr) throw Failure(ExitCode::io_error, "the parts change while they are read");
  throw Failure(ExitCode::invalid_input, joined(lacking),
                to_make(first->identity.part.number, first->directory));
}

SweepPlan SweepParts::plan_of(std::size_t part) const {
  SweepPlan plan = plan_;
  plan.part = parts_[part].identity.part;
  return plan;
}

std::string SweepParts::to_make(std::uint64_t number, const std::string& directory) const {
  return "to make it: " + program_name() + " " + identity_.words() + " --shard " +
         std::to_string(number) + "/" + std::to_string(parts_.front().identity.part.of) +
         " --out " + shell_word(directory) + " --resume";
}

}  // namespace quorate
