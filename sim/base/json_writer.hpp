// Writes compact JSON into a growing buffer, without ever building a tree: the trace's way out.
#pragma once

#include <charconv>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>

#include "sim/base/id.hpp"
#include "sim/base/text.hpp"

namespace quorate {

// Text goes into a raw buffer that is grown ahead of need, so that most steps are one comparison
// and a copy of known length. A writer reused after clear() allocates nothing.
class JsonWriter {
 public:
  // `names[id]` prints a NodeId; ids beyond it print as "?". The names must outlive the writer.
  explicit JsonWriter(std::span<const std::string> names = {}) : names_(names) {}

  [[gnu::always_inline]] void open_object() { open('{'); }
  [[gnu::always_inline]] void close_object() { close('}'); }
  [[gnu::always_inline]] void open_array() { open('['); }
  [[gnu::always_inline]] void close_array() { close(']'); }
  // A key that needs no escaping (our own field names). Always inlined: its name is known there,
  // and copying a known length is one or two moves.
  [[gnu::always_inline]] void key(std::string_view name) {
    char* at = room(name.size() + 4);
    if (!fresh_) *at++ = ',';
    *at++ = '"';
    at = copy(at, name);
    *at++ = '"';
    *at++ = ':';
    filled(at);
    fresh_ = true;
  }
  template <class Integer>
  [[gnu::always_inline]] void number(Integer value) {
    char* at = element(24);
    if (value >= 0 && value < 10) {  // so are half of all numbers in a trace
      *at++ = "0123456789"[value];
      return filled(at);
    }
    filled(std::to_chars(at, at + 24, value).ptr);
  }
  void boolean(bool value) { raw(value ? std::string_view("true") : std::string_view("false")); }
  void null() { raw("null"); }
  // Escaped as JSON asks. A byte that is not UTF-8 (a text cut inside a character, a corrupted
  // field) becomes U+FFFD, so that a trace is valid JSON whatever a run holds.
  void string(std::string_view text) {
    char* at = element(6 * text.size() + 2);  // no byte needs more than six
    *at++ = '"';
    std::size_t plain = 0;
    while (plain < text.size() && is_plain(text[plain])) *at++ = text[plain++];
    if (plain < text.size()) [[unlikely]]
      at = escape(at, text.substr(plain));
    *at++ = '"';
    filled(at);
  }
  // The same for a text of at most 15 bytes, looked at and copied by the word: all 16 bytes that
  // hold it, of which those past its end are written over next.
  void text(const Text& text) {
    if (!is_plain(text)) [[unlikely]]
      return string(text.view());
    char* at = element(sizeof(Text) + 2);
    *at++ = '"';
    std::memcpy(at, text.view().data(), sizeof(Text));
    at += text.view().size();
    *at++ = '"';
    filled(at);
  }
  void word(std::string_view text) {  // a string known to need no escaping
    char* at = element(text.size() + 2);
    *at++ = '"';
    at = copy(at, text);
    *at++ = '"';
    filled(at);
  }
  void raw(std::string_view json) { filled(copy(element(json.size()), json)); }
  // One that has no name, as a faulty node may make it up, by its number: "?1003".
  void node(NodeId id) {
    id.value < names_.size() ? word(names_[id.value]) : word("?" + std::to_string(id.value));
  }
  std::string_view name_of(NodeId id) const {
    return id.value < names_.size() ? std::string_view(names_[id.value]) : std::string_view("?");
  }
  std::span<const std::string> names() const { return names_; }

  // Text as it is, after which an element may follow without a comma: for lines put together by
  // hand.
  [[gnu::always_inline]] void literal(std::string_view text) {
    filled(copy(room(text.size()), text));
    fresh_ = true;
  }

  std::string_view view() const { return {buffer_.data(), size_}; }  // until the next call
  const std::string& buffer() {
    buffer_.resize(size_);
    return buffer_;
  }
  void clear() {
    shorten(0);
    fresh_ = true;
  }
  void shorten(std::size_t size) {
    size_ = size;
  }  // forgets what stands after the first `size` bytes
  void replace(std::size_t position, char byte) { buffer_[position] = byte; }

 private:
  // Whether JSON takes the byte as it is, and it is a character of its own.
  static bool is_plain(char character) {
    const auto byte = static_cast<std::uint8_t>(character);
    return byte >= 0x20 && byte <= 0x7E && byte != '"' && byte != '\\';
  }
  static bool is_plain(const Text& text) {
    const std::size_t size = text.view().size();
    return is_plain(text.word(0), size) && (size <= 8 || is_plain(text.word(1), size - 8));
  }
  // Whether the first `size` bytes of a word are, 8 if it is more: the rest are replaced by
  // letters, then each test sets the highest bit of the bytes it is about.
  static bool is_plain(std::uint64_t word, std::size_t size) {
    constexpr std::uint64_t each = 0x0101'0101'0101'0101;
    if (size < 8) {
      const std::uint64_t beyond = ~std::uint64_t{0} << (8 * size);
      word = (word & ~beyond) | (each * 'a' & beyond);
    }
    const auto has = [word](std::uint64_t byte) {
      const std::uint64_t difference = word ^ each * byte;
      return (difference - each) & ~difference;
    };
    const std::uint64_t below_space = (word - each * 0x20) & ~word;
    return ((word | below_space | has(0x7F) | has('"') | has('\\')) & each * 0x80) == 0;
  }
  static char* escape(char* at, std::string_view text);  // returns where the text ends
  // Where the next bytes go; at least `bytes` of them fit.
  [[gnu::always_inline]] char* room(std::size_t bytes) {
    if (buffer_.size() - size_ < bytes) [[unlikely]]
      grow(bytes);
    return buffer_.data() + size_;
  }
  void filled(const char* end) { size_ = static_cast<std::size_t>(end - buffer_.data()); }
  static char* copy(char* at, std::string_view text) {
    if (!text.empty()) std::memcpy(at, text.data(), text.size());
    return at + text.size();
  }
  [[gnu::always_inline]] char* element(std::size_t bytes) {
    char* at = room(bytes + 1);
    if (!fresh_) *at++ = ',';
    fresh_ = false;
    return at;
  }
  [[gnu::always_inline]] void open(char bracket) {
    char* at = element(1);
    *at++ = bracket;
    filled(at);
    fresh_ = true;
  }
  [[gnu::always_inline]] void close(char bracket) {
    char* at = room(1);
    *at++ = bracket;
    filled(at);
    fresh_ = false;
  }
  void grow(std::size_t bytes);

  std::string buffer_;  // its first size_ bytes are written
  std::size_t size_{};
  std::span<const std::string> names_;
  bool fresh_{true};  // no comma before the next element
};

}  // namespace quorate
