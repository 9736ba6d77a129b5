// The command line as values. Options are data; Boost.Program_options reads them behind this door,
// with its guessing of prefixes switched off. Numbers stay text until our own strict parsers read
// them: Boost takes -1 for 2^64 - 1.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cli/console.hpp"
#include "cli/failure.hpp"
#include "sim/base/parsed.hpp"
#include "sim/base/time.hpp"

namespace quorate {

struct Option {
  std::string_view name;     // "seed", written --seed
  char letter{};             // 'j' for -j; 0 = none
  std::string_view value{};  // what the help calls its value, "S"; empty: a switch
  bool repeated{};           // may be given more than once
  std::string_view text;     // for the help
  // The words that its value can be, parted by spaces; empty where there are others, or where the
  // value's name, "on|off", says them.
  std::string_view words{};
};

// Those every command takes, before and behind its name.
std::span<const Option> global_options();

class Arguments {
 public:
  bool has(std::string_view name) const { return options_.contains(name); }
  // The value of an option given at most once.
  std::optional<std::string> value(std::string_view name) const;
  std::vector<std::string> values(std::string_view name) const;  // in the order given
  // The value read by a parser of sim/base, or nothing; a value it refuses is a Failure.
  template <class T>
  std::optional<T> parsed(std::string_view name, Parsed<T> (*parse)(std::string_view)) const {
    const std::optional<std::string> text = value(name);
    if (!text) return std::nullopt;
    Parsed<T> result = parse(*text);
    if (!result) throw bad_value(name, result.error);
    return std::move(result.value);
  }
  // True for "on", false for "off"; anything else is a Failure.
  bool on_or_off(std::string_view name, bool otherwise) const;
  const std::vector<std::string>& operands() const { return operands_; }

  static Failure bad_value(std::string_view name, const std::string& sentence);

 private:
  friend class ArgumentReader;
  std::map<std::string, std::vector<std::string>, std::less<>> options_;
  std::vector<std::string> operands_;
};

struct SplitWords {
  std::string command;              // empty where there is none
  std::vector<std::string> before;  // global options in front of it
  std::vector<std::string> behind;
};

// Finds the command: the first word that is no option.
SplitWords split_words(const std::vector<std::string>& words);

// Reads the words by the options given and the global ones. Throws Failure(bad_usage) that names
// the word and, where one is near, what may have been meant.
Arguments read_arguments(const std::vector<std::string>& words, std::span<const Option> options);

ConsoleOptions console_options(const Arguments& arguments);

}  // namespace quorate
