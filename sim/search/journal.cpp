#include "sim/search/journal.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <optional>

#include "sim/base/hash.hpp"
#include "sim/measure/metrics.hpp"
#include "sim/trace/writer.hpp"

namespace quorate {
namespace {

constexpr std::string_view line_head = R"({"sum":")";
constexpr std::string_view row_key = R"(,"row":")";
constexpr std::string_view line_tail = "\"}";
constexpr std::size_t sum_digits = 16;

std::string sum_of(std::string_view text) {
  Hasher hasher;
  hasher.bytes(text);
  return digest_text(hasher.result());
}

// What tells a run from all others of its sweep.
std::string place(std::uint64_t run, std::uint64_t seed) {
  return "\",\"run\":" + std::to_string(run) + ",\"seed\":\"" + std::to_string(seed) + "\",";
}

// Of runs of this point, where that is known.
KnownNames metrics_of(const SweepPlan& plan, std::size_t point) {
  const ProtocolEntry* protocol = plan.points[point].protocol;
  return protocol == nullptr ? KnownNames{} : sorted_metric_names(protocol->info.messages);
}

// Nothing where the line is not that of this run, the i-th of the plan.
std::optional<SweepRow> row_in(std::string_view line, const SweepPlan& plan, std::uint64_t i) {
  const std::size_t head = line_head.size() + sum_digits;
  if (line.size() < head || !line.starts_with(line_head) || i >= plan.runs()) {
    return std::nullopt;
  }
  const std::string_view rest = line.substr(head);
  const std::size_t start = rest.find(row_key);
  if (line.substr(line_head.size(), sum_digits) != sum_of(rest) ||
      !rest.starts_with(place(plan.number_of(i), plan.seed_of(i))) || start == rest.npos ||
      !rest.ends_with(line_tail)) {
    return std::nullopt;
  }
  try {
    std::string_view text = rest.substr(start + row_key.size());
    if (text.size() < line_tail.size()) return std::nullopt;
    text.remove_suffix(line_tail.size());
    SweepRow row = unpacked(text, metrics_of(plan, plan.point_of(i)));
    row.point = plan.point_of(i);
    row.seed = plan.seed_of(i);
    return row;
  } catch (const AssertionFailure&) {
    return std::nullopt;  // made by hand: nobody else has the sum right and the row wrong
  }
}

}  // namespace

std::string journal_line(const SweepPlan& plan, const SweepRow& row) {
  std::string line(line_head);
  line.append(sum_digits, '0');
  line += place(plan.number_of(row), row.seed) + "\"verdict\":\"";
  line += end_word(row);
  line += "\",\"digest\":\"" + digest_text(row.outcome.digest) + "\"";
  line.append(row_key).append(packed(row, metrics_of(plan, row.point))).append(line_tail);
  const std::size_t summed = line_head.size() + sum_digits;
  line.replace(line_head.size(), sum_digits, sum_of(std::string_view(line).substr(summed)));
  return line + "\n";
}

// ---- reading ------------------------------------------------------------------------------------

std::optional<SweepRow> JournalReader::next() {
  std::size_t end = text_.npos;
  while (!ended_ && (end = text_.find('\n', begin_)) == text_.npos) ended_ = !refill();
  if (ended_) return std::nullopt;
  auto row = row_in(std::string_view(text_).substr(begin_, end - begin_), *plan_, rows_);
  ended_ = !row;
  if (ended_) return row;
  ++rows_;
  bytes_ += static_cast<std::int64_t>(end + 1 - begin_);
  begin_ = end + 1;
  return row;
}

// More of the file behind what is there and was not looked at. False at its end.
bool JournalReader::refill() {
  constexpr std::size_t piece = 32'768;
  text_.erase(0, begin_);
  begin_ = 0;
  const std::size_t kept = text_.size();
  text_.resize(kept + piece);
  ssize_t count = 0;
  do {
    count = read_at_(text_.data() + kept, piece, bytes_ + static_cast<std::int64_t>(kept));
  } while (count < 0 && errno == EINTR);
  if (count < 0) error_ = errno;
  text_.resize(kept + static_cast<std::size_t>(count < 0 ? 0 : count));
  return count > 0;
}

// ---- keeping ------------------------------------------------------------------------------------

SweepJournal::SweepJournal(std::string path) : path_(std::move(path)) {
  descriptor_ = ::open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOCTTY, 0666);
  if (descriptor_ < 0) {
    fail("open", errno);
  } else {
    lock();
  }
}

SweepJournal::~SweepJournal() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

void SweepJournal::lock() {
  struct flock all {};
  all.l_type = F_WRLCK;
  all.l_whence = SEEK_SET;
  if (::fcntl(descriptor_, F_SETLK, &all) == 0) return;
  const int code = errno;
  busy_ = code == EACCES || code == EAGAIN;
  fail("lock", code);
  const bool known = busy_ && ::fcntl(descriptor_, F_GETLK, &all) == 0 && all.l_type != F_UNLCK;
  if (known && all.l_pid > 0) owner_ = all.l_pid;
}

std::uint64_t SweepJournal::read(const SweepPlan& plan,
                                 const std::function<bool(const SweepRow&)>& take) {
  if (!good()) return 0;
  JournalReader reader(plan, [this](char* target, std::size_t most, std::int64_t from) {
    return ::pread(descriptor_, target, most, from);
  });
  bool more = true;
  while (const auto row = more ? reader.next() : std::nullopt) more = take(*row);
  if (reader.error() != 0) fail("read", reader.error());
  if (more) keep(reader.bytes());
  return reader.rows();
}

bool SweepJournal::clear() { return keep(0); }

bool SweepJournal::keep(std::int64_t bytes) {
  if (!good()) return false;
  const bool cut = ::ftruncate(descriptor_, bytes) == 0;
  if (!cut || ::lseek(descriptor_, bytes, SEEK_SET) != bytes) return fail("write", errno);
  return true;
}

bool SweepJournal::append(std::string_view lines) {
  while (good() && !lines.empty()) {
    const ssize_t written = ::write(descriptor_, lines.data(), lines.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return fail("write", written < 0 ? errno : EIO);
    lines.remove_prefix(static_cast<std::size_t>(written));
  }
  return good();
}

bool SweepJournal::sync() { return good() && (::fsync(descriptor_) == 0 || fail("write", errno)); }

bool SweepJournal::fail(std::string_view step, int code) {
  error_ = "cannot " + std::string(step) + " " + path_ + ": " + std::strerror(code);
  return false;
}

}  // namespace quorate
