#include "cli/arguments.hpp"

#include <algorithm>
#include <array>
#include <boost/program_options/options_description.hpp>
#include <boost/program_options/parsers.hpp>
#include <boost/program_options/positional_options.hpp>
#include <boost/program_options/value_semantic.hpp>

#include "sim/scenario/diagnostics.hpp"

namespace quorate {
namespace {

namespace po = boost::program_options;

constexpr auto globals = std::to_array<Option>({
    {.name = "help", .letter = 'h', .text = "what the command does, with examples"},
    {.name = "quiet", .letter = 'q', .text = "the result alone: no story, notes or progress"},
    {.name = "verbose", .letter = 'v', .text = "leave nothing out"},
    {.name = "json", .text = "one JSON object on stdout"},
    {.name = "color",
     .value = "WHEN",
     .text = "auto, always or never; auto respects NO_COLOR",
     .words = "auto always never"},
    {.name = "no-progress", .text = "no progress line on stderr"},
    {.name = "version", .text = "the version of this program"},
});

constexpr std::string_view operand_name = "operand";

Failure usage(const std::string& text, const std::string& hint = {}) {
  return {ExitCode::bad_usage, text, hint};
}

// "--seed" or "-j" with its option, if the word is exactly one that takes a value.
const Option* option_awaiting_value(std::string_view word, std::span<const Option> options) {
  for (const Option& option : options) {
    if (option.value.empty()) continue;
    const bool by_name = word.starts_with("--") && word.substr(2) == option.name;
    const bool by_letter = word.size() == 2 && word[0] == '-' && word[1] == option.letter;
    if (by_name || by_letter) return &option;
  }
  return nullptr;
}

// Joins an option and its value into one word, so that a value may begin with '-'.
std::vector<std::string> with_joined_values(const std::vector<std::string>& words,
                                            std::span<const Option> options) {
  std::vector<std::string> result;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i] == "--") {
      result.insert(result.end(), words.begin() + static_cast<std::ptrdiff_t>(i), words.end());
      break;
    }
    const Option* option = option_awaiting_value(words[i], options);
    if (option == nullptr) {
      result.push_back(words[i]);
      continue;
    }
    const std::string name = "--" + std::string(option->name);
    if (i + 1 == words.size()) throw usage(name + " needs a value");
    if (words[++i].empty()) throw usage(name + " needs a value that is not empty");
    result.push_back(name + "=" + words[i]);
  }
  return result;
}

std::vector<Option> with_globals(std::span<const Option> options) {
  std::vector<Option> all(options.begin(), options.end());
  all.insert(all.end(), globals.begin(), globals.end());
  return all;
}

po::options_description described(std::span<const Option> options) {
  po::options_description description;
  for (const Option& option : options) {
    std::string name(option.name);
    if (option.letter != 0) name += std::string(",") + option.letter;
    if (option.value.empty()) {
      description.add_options()(name.c_str(), "");
    } else {
      description.add_options()(name.c_str(), po::value<std::string>(), "");
    }
  }
  description.add_options()(std::string(operand_name).c_str(),
                            po::value<std::vector<std::string>>(), "");
  return description;
}

std::string unknown_option(std::string word, std::span<const Option> options) {
  word = word.substr(0, word.find('='));
  std::vector<std::string> names;
  for (const Option& option : options) names.push_back("--" + std::string(option.name));
  const std::string meant = word.starts_with("--") ? did_you_mean(word, names) : "";
  return "unknown option " + in_quotes(word) + (meant.empty() ? "" : "; " + meant);
}

std::vector<po::option> parsed_by_boost(const std::vector<std::string>& words,
                                        std::span<const Option> options) {
  const po::options_description description = described(options);
  po::positional_options_description positional;
  positional.add(std::string(operand_name).c_str(), -1);
  using Style = po::command_line_style::style_t;
  const int style = Style::unix_style & ~Style::allow_guessing;
  try {
    return po::command_line_parser(with_joined_values(words, options))
        .options(description)
        .positional(positional)
        .style(style)
        .run()
        .options;
  } catch (const po::unknown_option& error) {
    throw usage(unknown_option(error.get_option_name(), options));
  } catch (const po::invalid_command_line_syntax& error) {
    const bool extra = error.kind() == po::invalid_syntax::extra_parameter;
    throw usage(printable(error.get_option_name()) +
                (extra ? " takes no value" : " needs a value"));
  } catch (const po::error& error) {
    throw usage(printable(error.what()));
  }
}

}  // namespace

std::span<const Option> global_options() { return globals; }

std::optional<std::string> Arguments::value(std::string_view name) const {
  const auto found = options_.find(name);
  if (found == options_.end()) return std::nullopt;
  return found->second.back();
}

std::vector<std::string> Arguments::values(std::string_view name) const {
  const auto found = options_.find(name);
  return found == options_.end() ? std::vector<std::string>{} : found->second;
}

bool Arguments::on_or_off(std::string_view name, bool otherwise) const {
  const std::optional<std::string> text = value(name);
  if (!text) return otherwise;
  if (*text != "on" && *text != "off") {
    throw bad_value(name, in_quotes(*text) + " is neither on nor off");
  }
  return *text == "on";
}

Failure Arguments::bad_value(std::string_view name, const std::string& sentence) {
  return usage("--" + std::string(name) + ": " + sentence);
}

// Fills Arguments; a class because only it may.
class ArgumentReader {
 public:
  static Arguments read(const std::vector<std::string>& words, std::span<const Option> options) {
    Arguments result;
    for (const po::option& found : parsed_by_boost(words, options)) {
      if (found.string_key == operand_name && found.position_key >= 0) {
        result.operands_.insert(result.operands_.end(), found.value.begin(), found.value.end());
        continue;
      }
      const auto option = std::ranges::find(options, found.string_key, &Option::name);
      if (option == options.end()) throw usage(unknown_option("--" + found.string_key, options));
      std::vector<std::string>& values = result.options_[found.string_key];
      if (!values.empty() && !option->repeated && !option->value.empty()) {
        throw usage("--" + found.string_key + " was given twice");
      }
      values.push_back(found.value.empty() ? std::string() : found.value.front());
    }
    return result;
  }
};

SplitWords split_words(const std::vector<std::string>& words) {
  SplitWords result;
  std::size_t i = 0;
  for (; i < words.size(); ++i) {
    const bool option = words[i].size() > 1 && words[i].front() == '-';
    if (!option) break;
    result.before.push_back(words[i]);
    if (option_awaiting_value(words[i], globals) != nullptr && i + 1 < words.size()) {
      result.before.push_back(words[++i]);
    }
  }
  if (i == words.size()) return result;
  result.command = words[i];
  result.behind.assign(words.begin() + static_cast<std::ptrdiff_t>(i) + 1, words.end());
  return result;
}

Arguments read_arguments(const std::vector<std::string>& words, std::span<const Option> options) {
  return ArgumentReader::read(words, with_globals(options));
}

ConsoleOptions console_options(const Arguments& arguments) {
  const std::string when = arguments.value("color").value_or("auto");
  if (when != "auto" && when != "always" && when != "never") {
    throw Arguments::bad_value("color", in_quotes(when) + " is not one of auto, always, never");
  }
  ConsoleOptions options;
  options.quiet = arguments.has("quiet");
  options.verbose = arguments.has("verbose");
  options.json = arguments.has("json");
  options.progress = !arguments.has("no-progress");
  if (when == "always") options.colour = Colour::always;
  if (when == "never") options.colour = Colour::never;
  return options;
}

}  // namespace quorate
