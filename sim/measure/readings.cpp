#include "sim/measure/readings.hpp"

#include <algorithm>
#include <deque>
#include <set>
#include <string>

#include "sim/base/assert.hpp"

namespace quorate {

std::string_view kept_name(std::string_view name) {
  static std::deque<std::string> texts;  // which it never moves
  static std::set<std::string_view> names;
  const auto found = names.find(name);
  if (found != names.end()) return *found;
  return *names.insert(texts.emplace_back(name)).first;
}

Readings::Readings(std::initializer_list<Reading> readings) {
  for (const Reading& reading : readings) (*this)[reading.first] = reading.second;
}

Readings::const_iterator Readings::find(std::string_view name) const {
  const auto place = std::ranges::lower_bound(sorted_, name, {}, &Reading::first);
  return place != end() && place->first == name ? place : end();
}

std::int64_t Readings::at(std::string_view name) const {
  const auto found = find(name);
  QUORATE_ASSERT(found != end(), "A reading of this name was made.");
  return found->second;
}

std::int64_t& Readings::operator[](std::string_view name) {
  const auto place = std::ranges::lower_bound(sorted_, name, {}, &Reading::first);
  if (place != sorted_.end() && place->first == name) return place->second;
  return sorted_.insert(place, {kept_name(name), 0})->second;
}

}  // namespace quorate
