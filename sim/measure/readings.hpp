// Numbers by name, in the order of their names, as a run has them at its end. Names are kept for
// the whole program, each once: copying readings copies numbers, and a hundred names are not made
// anew for every run of a sweep.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <vector>

namespace quorate {

// The same text, kept as long as the program.
std::string_view kept_name(std::string_view name);

class Readings {
 public:
  struct Reading {
    std::string_view first;  // kept, or a literal
    std::int64_t second{};
    bool operator==(const Reading&) const = default;
  };
  using const_iterator = std::vector<Reading>::const_iterator;

  Readings() = default;
  Readings(std::initializer_list<Reading> readings);
  // REQUIRES names that are kept, in their order, each once.
  explicit Readings(std::vector<Reading> sorted) : sorted_(std::move(sorted)) {}

  const_iterator begin() const { return sorted_.begin(); }
  const_iterator end() const { return sorted_.end(); }
  std::size_t size() const { return sorted_.size(); }
  bool empty() const { return sorted_.empty(); }
  const_iterator find(std::string_view name) const;
  std::size_t count(std::string_view name) const { return find(name) != end() ? 1 : 0; }
  std::int64_t at(std::string_view name) const;  // REQUIRES that it has one

  std::int64_t& operator[](std::string_view name);  // 0 where there was none
  void clear() { sorted_.clear(); }
  bool operator==(const Readings&) const = default;

 private:
  std::vector<Reading> sorted_;
};

}  // namespace quorate
