#include "sim/net/link.hpp"

#include "sim/base/uint128.hpp"

namespace quorate {

std::optional<BurstChances> burst_chances(Probability loss, std::uint32_t length) {
  constexpr std::uint64_t always = ~std::uint64_t{0};
  if (loss.certain || length == 0) return std::nullopt;
  const std::uint64_t rest = 0 - loss.threshold;  // of 2^64; 0 stands for all of it
  if (loss.threshold == 0) return BurstChances{0, always / length};
  const std::uint64_t whole = loss.threshold / rest;
  if (whole >= length) return std::nullopt;
  const std::uint64_t fraction = divide({loss.threshold % rest, 0}, rest).quotient;
  return BurstChances{divide({whole, fraction}, length).quotient, always / length};
}

const LinkExtras& LinkConfig::more() const {
  static const LinkExtras none;
  return extras == nullptr ? none : *extras;
}

void LinkConfig::set(const LinkExtras& more) {
  extras = more == LinkExtras{} ? nullptr : std::make_shared<const LinkExtras>(more);
}

bool operator==(const LinkConfig& a, const LinkConfig& b) {
  return a.delay == b.delay && a.loss == b.loss && a.duplicate == b.duplicate && a.fifo == b.fifo &&
         a.burst == b.burst && a.bytes_per_second == b.bytes_per_second && a.queue == b.queue &&
         a.more() == b.more();
}

void LinkSettings::apply_to(LinkConfig& link) const {
  if (delay) link.delay = *delay;
  if (loss) link.loss = *loss;
  if (duplicate) link.duplicate = *duplicate;
  if (fifo) link.fifo = *fifo;
  if (burst) link.burst = *burst;
  if (bandwidth) link.bytes_per_second = bandwidth->bytes;
  if (bandwidth == Rate{}) link.queue = 0;
  if (queue) link.queue = queue->count;
  LinkExtras more = link.more();
  if (copies) more.copies = *copies;
  if (copy_delay) more.copy_delay = *copy_delay;
  if (corrupt) more.corrupt = *corrupt;
  if (reorder) more.reorder = *reorder;
  if (slow) more.slow = *slow;
  if (checksum) more.unchecked = !*checksum;
  if (bandwidth == Rate{} || queue == Bytes{}) more.drops = Drops::tail;
  if (drops) more.drops = *drops;
  if (!(more == link.more())) link.set(more);
}

namespace {

// Each setting as its key and its value; "no burst" of one that is taken back.
class Lister {
 public:
  void number(std::string_view key, const std::optional<std::uint32_t>& value) {
    if (value) add(key, *value == 0 ? "" : std::to_string(*value));
  }
  void bytes(std::string_view key, std::optional<std::uint64_t> value, std::string_view unit) {
    if (value) add(key, *value == 0 ? "" : std::to_string(*value) + std::string(unit));
  }
  template <class T>
  void quantity(std::string_view key, const std::optional<T>& value) {
    if (value) add(key, *value == T{} ? "" : to_text(*value));
  }
  void add(std::string_view key, const std::string& value) {
    if (!text_.empty()) text_ += ", ";
    text_ += value.empty() ? "no " + std::string(key) : std::string(key) + " " + value;
  }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

}  // namespace

std::string to_text(const LinkSettings& settings) {
  Lister list;
  list.quantity("delay", settings.delay);
  list.number("slow", settings.slow);
  list.quantity("loss", settings.loss);
  list.number("burst", settings.burst);
  list.quantity("corrupt", settings.corrupt);
  if (settings.checksum) list.add("checksum", *settings.checksum ? "true" : "");
  list.quantity("duplicate", settings.duplicate);
  list.number("copies", settings.copies);
  list.quantity("copy_delay", settings.copy_delay);
  if (settings.fifo) list.add("fifo", *settings.fifo ? "true" : "");
  list.number("reorder", settings.reorder);
  const auto rate = settings.bandwidth ? std::optional(settings.bandwidth->bytes) : std::nullopt;
  list.bytes("bandwidth", rate, "B/s");
  const auto size = settings.queue ? std::optional(settings.queue->count) : std::nullopt;
  list.bytes("queue", size, "B");
  if (settings.drops) list.add("drops", std::string(enum_name(*settings.drops)));
  return list.text();
}

}  // namespace quorate
