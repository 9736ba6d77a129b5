#include "sim/search/journal.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <optional>

#include "sim/base/hash.hpp"
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

std::string place(std::uint64_t run) { return "\",\"run\":" + std::to_string(run) + ","; }

std::string line_of(std::uint64_t run, const SweepRow& row) {
  std::string rest = place(run) + "\"seed\":\"" + std::to_string(row.seed) + "\",\"verdict\":\"";
  rest += end_word(row);
  rest += "\",\"digest\":\"" + digest_text(row.outcome.digest) + "\"";
  rest.append(row_key).append(packed(row)).append(line_tail);
  return std::string(line_head) + sum_of(rest) + rest + "\n";
}

// Nothing where the line is not that of this run.
std::optional<SweepRow> row_in(std::string_view line, const SweepPlan& plan, std::uint64_t run) {
  const std::size_t head = line_head.size() + sum_digits;
  if (line.size() < head || !line.starts_with(line_head) || run >= plan.runs()) {
    return std::nullopt;
  }
  const std::string_view rest = line.substr(head);
  const std::size_t start = rest.find(row_key);
  if (line.substr(line_head.size(), sum_digits) != sum_of(rest) || !rest.starts_with(place(run)) ||
      start == rest.npos || !rest.ends_with(line_tail)) {
    return std::nullopt;
  }
  try {
    std::string_view text = rest.substr(start + row_key.size());
    text.remove_suffix(line_tail.size());
    SweepRow row = unpacked(text);
    row.point = plan.point_of(run);
    row.seed = plan.seed_of(run);
    return row;
  } catch (const AssertionFailure&) {
    return std::nullopt;  // made by hand: nobody else has the sum right and the row wrong
  }
}

}  // namespace

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
  std::array<char, 65'536> buffer{};
  std::string text;
  std::int64_t whole = 0;  // bytes of the lines that count
  for (;;) {
    const ssize_t count = good() ? ::read(descriptor_, buffer.data(), buffer.size()) : 0;
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) fail("read", errno);
    if (count <= 0) break;
    text.append(buffer.data(), static_cast<std::size_t>(count));
    std::size_t at = 0;
    for (std::size_t end = 0; (end = text.find('\n', at)) != text.npos; at = end + 1) {
      const auto row = row_in(std::string_view(text).substr(at, end - at), plan, next_);
      if (!row) {
        keep(whole);
        return next_;
      }
      ++next_;
      whole += static_cast<std::int64_t>(end + 1 - at);
      if (!take(*row)) return next_;
    }
    text.erase(0, at);
  }
  keep(whole);
  return next_;
}

bool SweepJournal::clear() {
  next_ = 0;
  return keep(0);
}

bool SweepJournal::keep(std::int64_t bytes) {
  if (!good()) return false;
  const bool cut = ::ftruncate(descriptor_, bytes) == 0;
  if (!cut || ::lseek(descriptor_, bytes, SEEK_SET) != bytes) return fail("write", errno);
  return true;
}

bool SweepJournal::append(const SweepRow& row) {
  const std::string line = line_of(next_, row);
  std::string_view rest = line;
  while (good() && !rest.empty()) {
    const ssize_t written = ::write(descriptor_, rest.data(), rest.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return fail("write", written < 0 ? errno : EIO);
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
  ++next_;
  return good();
}

bool SweepJournal::sync() { return good() && (::fsync(descriptor_) == 0 || fail("write", errno)); }

bool SweepJournal::fail(std::string_view step, int code) {
  error_ = "cannot " + std::string(step) + " " + path_ + ": " + std::strerror(code);
  return false;
}

}  // namespace quorate
