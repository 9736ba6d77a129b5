#include "sim/node/write_cache.hpp"

#include <algorithm>
#include <bit>
#include <utility>

#include "sim/base/uint128.hpp"

namespace quorate {
namespace {

bool coin(Stream& stream) { return stream.below(2) != 0; }

// Each of the fields or not: one draw a field.
std::uint64_t some_of(std::uint64_t fields, Stream& stream) {
  std::uint64_t kept = 0;
  for (; fields != 0; fields &= fields - 1) {
    if (coin(stream)) kept |= std::uint64_t{1} << std::countr_zero(fields);
  }
  return kept;
}

}  // namespace

std::string text_of_loss(std::string_view node, const CrashLoss& loss) {
  return "the disk of " + std::string(node) + (loss.torn ? " has torn a write, and so" : "") +
         std::string(lost_after_all);
}

std::string text_of_refused_write(std::string_view node, bool read_only) {
  return "the disk of " + std::string(node) + (read_only ? " is mounted read-only" : " is full") +
         ", and answers a write with an error";
}

std::string text_of_read_error(std::string_view node) {
  return "the disk of " + std::string(node) + " answers a read with an error, and so " +
         std::string(node) + " does not start";
}

std::string text_of_misread(std::string_view node) {
  return "the disk of " + std::string(node) + std::string(read_amiss);
}

std::uint64_t beginning_of(std::uint64_t fields, std::uint64_t draw) {
  const auto all = static_cast<std::uint64_t>(std::popcount(fields));
  std::uint64_t rest = fields;
  for (std::uint64_t left = multiply_high(draw, all); left != 0; --left) rest &= rest - 1;
  return fields & ~rest;
}

void choose_survivors(const CrashRule& rule, std::span<CachedWrite> writes, Stream& stream) {
  const bool prefix = rule.lose == LostWrites::prefix;
  const std::uint64_t first = prefix ? stream.below(writes.size() + std::uint64_t{1}) : 0;
  for (std::size_t i = 0; i < writes.size(); ++i) {
    const bool stays = rule.lose == LostWrites::independent ? coin(stream) : i < first;
    writes[i].kept = stays ? writes[i].fields : 0;
  }
  if (!rule.torn) return;
  const auto lost = std::ranges::find(writes, std::uint64_t{0}, &CachedWrite::kept);
  if (lost == writes.end()) return;
  lost->kept = some_of(lost->changed, stream);
  if (lost->kept == lost->changed) lost->kept = lost->fields;
}

// What a later write brings, nobody misses of an earlier one.
CrashLoss WriteCache::crash(std::uint64_t told) {
  if (cut_short_) {
    writes_.front().kept = beginning_of(writes_.front().changed, *std::exchange(cut_short_, {}));
  } else {
    choose_survivors(rule_, writes_, stream_);
  }
  CrashLoss loss;
  std::uint64_t later = 0;
  for (auto at = writes_.rbegin(); at != writes_.rend(); ++at) {
    const CachedWrite& write = *at;
    const bool missed = (write.changed & ~write.kept & ~later) != 0;
    loss.write = loss.write || (missed && write.number > told);
    loss.promise = loss.promise || (missed && write.number <= told);
    loss.torn = loss.torn || (missed && (write.kept & ~later) != 0);
    later |= write.kept;
  }
  return loss;
}

void WriteCache::cut_short(std::uint64_t number, std::shared_ptr<const void> image,
                           std::uint64_t draw) {
  writes_.clear();
  add(number, std::move(image));
  cut_short_ = draw;
}

void WriteCache::drop(std::uint64_t number) {
  std::erase_if(writes_, [&](const CachedWrite& write) { return write.number <= number; });
}

}  // namespace quorate
