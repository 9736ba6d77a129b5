// The writes that a node has issued since its disk's last sync, and what a crash leaves of them. An
// operating system may bring any of them to the platter at any time, in any order; only the sync
// promises something. Kept only where the disk's settings ask for it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/base/field_list.hpp"
#include "sim/base/random.hpp"

namespace quorate {

// Which writes since the last sync a crash takes. all: every one. prefix: all after the first few,
// each number of those from none to all being equally likely. independent: each of them or not, as
// by a coin, whatever becomes of the others. A write is what one persist() writes: all durable
// fields of a role, of which the latest write that is left counts.
QUORATE_ENUM(LostWrites, all, prefix, independent)

struct CrashRule {
  LostWrites lose{};
  // Of the first write that is lost each field that it changed may yet be left, as by a coin.
  bool torn{};

  bool takes_all() const { return lose == LostWrites::all && !torn; }
  friend bool operator==(const CrashRule&, const CrashRule&) = default;
};

struct CachedWrite {
  std::uint64_t number{};
  std::shared_ptr<const void> image{};  // all durable fields as they are after it
  std::uint64_t fields{};               // those that it writes, as bits
  std::uint64_t changed{};              // those of them that were others before
  std::uint64_t kept{};                 // those of them that the crash has left
};

// What a crash took.
struct CrashLoss {
  bool write{};    // before anybody was told that it is durable
  bool promise{};  // what a disk that lies had called durable
  bool torn{};     // one write came half, in place of what was durable
};

// How that ends what is told at a crash that breaks a promise, and the whole of it.
inline constexpr std::string_view lost_after_all = " has lost what it had called durable";
std::string text_of_loss(std::string_view node, const CrashLoss& loss);
// What a disk answers, of which its node stops, or does not start.
std::string text_of_refused_write(std::string_view node, bool read_only);
std::string text_of_read_error(std::string_view node);
// Of a start that read something else than is there, and how that ends.
inline constexpr std::string_view read_amiss = " was not read as it is";
std::string text_of_misread(std::string_view node);

// Of `fields` the first few, in order: each number of them from none to all but one is as likely,
// by a `draw` of 64 bits.
std::uint64_t beginning_of(std::uint64_t fields, std::uint64_t draw);

// Says of each write which of its fields are left.
void choose_survivors(const CrashRule& rule, std::span<CachedWrite> writes, Stream& stream);

class WriteCache {
 public:
  WriteCache() = default;  // keeps none
  WriteCache(const CrashRule& rule, Stream stream) : rule_(rule), stream_(std::move(stream)) {}

  bool keeps() const { return !rule_.takes_all(); }
  void add(std::uint64_t number, std::shared_ptr<const void> image) {
    writes_.push_back({number, std::move(image)});
  }
  // Everything up to this one is on the platter.
  void sync(std::uint64_t number) {
    if (!writes_.empty()) [[unlikely]]
      drop(number);
  }
  void clear() { writes_.clear(); }
  // A write ended in the middle, and the crash follows: of all that was not synced there is only
  // the beginning of what it changes, by this draw.
  void cut_short(std::uint64_t number, std::shared_ptr<const void> image, std::uint64_t draw);
  bool is_cut_short() const { return cut_short_.has_value(); }
  bool empty() const { return writes_.empty(); }
  // In the order they were issued. Who asks for a crash says first what each writes.
  std::span<CachedWrite> writes() { return writes_; }
  std::span<const CachedWrite> writes() const { return writes_; }
  // `told`: up to which one they were called durable.
  CrashLoss crash(std::uint64_t told);

 private:
  void drop(std::uint64_t number);

  CrashRule rule_;
  Stream stream_;
  std::vector<CachedWrite> writes_;
  std::optional<std::uint64_t> cut_short_;  // the draw
};

}  // namespace quorate
