// Writes compact JSON into a growing buffer, without ever building a tree: the trace's way out.
#pragma once

#include <charconv>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "sim/base/id.hpp"

namespace quorate {

class JsonWriter {
 public:
  // `names[id]` prints a NodeId; ids beyond it print as "?". The names must outlive the writer.
  explicit JsonWriter(std::span<const std::string> names = {}) : names_(names) {}

  void open_object() { element(); buffer_ += '{'; fresh_ = true; }
  void close_object() { buffer_ += '}'; fresh_ = false; }
  void open_array() { element(); buffer_ += '['; fresh_ = true; }
  void close_array() { buffer_ += ']'; fresh_ = false; }
  // A key that needs no escaping (our own field names).
  void key(std::string_view name) {
    if (!fresh_) buffer_ += ',';
    buffer_ += '"';
    buffer_ += name;
    buffer_ += "\":";
    fresh_ = true;
  }
  template <class Integer>
  void number(Integer value) {
    element();
    char digits[24];
    const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
    buffer_.append(digits, end);
  }
  void boolean(bool value) { element(); buffer_ += value ? "true" : "false"; }
  void null() { element(); buffer_ += "null"; }
  void string(std::string_view text);             // escaped as JSON asks
  void word(std::string_view text) {              // a string known to need no escaping
    element();
    buffer_ += '"';
    buffer_ += text;
    buffer_ += '"';
  }
  void raw(std::string_view json) { element(); buffer_ += json; }
  void node(NodeId id) { word(name_of(id)); }
  std::string_view name_of(NodeId id) const {
    return id.value < names_.size() ? std::string_view(names_[id.value]) : std::string_view("?");
  }
  std::span<const std::string> names() const { return names_; }

  std::string& buffer() { return buffer_; }
  const std::string& buffer() const { return buffer_; }
  void clear() { buffer_.clear(); fresh_ = true; }

 private:
  void element() {
    if (!fresh_) buffer_ += ',';
    fresh_ = false;
  }
  std::string buffer_;
  std::span<const std::string> names_;
  bool fresh_{true};  // no comma before the next element
};

}  // namespace quorate
