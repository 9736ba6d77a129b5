// quorate completion SHELL: a script that completes words, made from the table of commands.
#include <algorithm>
#include <array>

#include "analysis/comparison.hpp"
#include "cli/catalogue.hpp"
#include "cli/subject.hpp"
#include "sim/measure/metrics.hpp"
#include "sim/scenario/diagnostics.hpp"

namespace quorate {
namespace {

constexpr auto completion_examples = std::to_array<Example>({
    {"completion bash > ~/.local/share/bash-completion/completions/quorate",
     "bash finds it there by itself"},
    {"completion zsh > ~/.zfunc/_quorate", "in a folder of $fpath"},
    {"completion fish > ~/.config/fish/completions/quorate.fish", "fish finds it there by itself"},
});

using Words = std::vector<std::string>;

// What can stand for an option's value or an operand.
struct Candidates {
  Words words{};
  bool files{};
};

bool is_word(std::string_view text) {
  return !text.empty() && text.find_first_not_of("abcdefghijklmnopqrstuvwxyz") == text.npos;
}

Words parted(std::string_view text, char by) {
  Words parts;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(by), text.size());
    parts.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

// What can be compared; of what is counted by message type, what all protocols have.
Words metric_words() {
  Words words;
  for (const Quantity& share : run_shares()) words.push_back(share.name);
  for (const MetricInfo& metric : metric_list()) {
    if (metric.name.find(type_mark) == metric.name.npos) words.emplace_back(metric.name);
  }
  return words;
}

// "raft.election_timeout": the items of these kinds that protocols have.
Words items_of_protocols(std::initializer_list<std::string_view> kinds) {
  Words words;
  for (const ProtocolEntry& entry : protocols()) {
    for (const Item& item : items_of(entry.info)) {
      const bool wanted = std::ranges::find(kinds, item.kind) != kinds.end();
      if (wanted) words.push_back(entry.info.name + "." + item.name);
    }
  }
  return words;
}

void add(Words& words, const Words& more) { words.insert(words.end(), more.begin(), more.end()); }

// What `describe` knows by one word.
Words described_words() {
  Words words = protocol_names();
  for (const auto& items : {fault_items(), distribution_items(), diagnosis_items()}) {
    for (const Item& item : items) words.push_back(item.name);
  }
  add(words, metric_words());
  for (const KeyInfo& key : grammar_keys()) {
    if (key.object == "scenario") words.emplace_back(key.key);
  }
  add(words, items_of_protocols({"parameter", "property", "bug", "cost"}));
  return words;
}

// Some options name the words they take, and "on|off" stands for itself; FILE and DIR stand for
// what is on the disk; names of protocols and metrics are known; of other values nothing is.
Candidates values_of(const Option& option) {
  Candidates result;
  result.files = option.value == "FILE" || option.value == "DIR";
  result.words = parted(option.words, ' ');
  if (option.name.starts_with("protocol")) result.words = protocol_names();
  if (option.name == "metric") result.words = metric_words();
  for (const std::string& part : parted(option.value, '|')) {
    if (is_word(part)) result.words.push_back(part);
  }
  return result;
}

Candidates operands_of(const Command& command) {
  Candidates result;
  for (const std::string& part : parted(command.operands, ' ')) {
    for (const std::string& word : parted(part, '|')) {
      if (is_word(word)) result.words.push_back(word);
    }
    if (part == "[COMMAND]") {
      for (const Command& one : commands()) result.words.emplace_back(one.name);
    }
    if (part == "NAME" && command.fewest == 1) {  // of describe
      result.words = described_words();
      result.files = true;
    }
    if (part.starts_with("PROTOCOL")) {  // of compare
      result.words = protocol_names();
      add(result.words, items_of_protocols({"cost"}));
    }
    if (part == "[TOPIC") {  // of list, whose folders are mostly called as protocols are
      result.words.assign(list_topics().begin(), list_topics().end());
      add(result.words, protocol_names());
    }
    const bool file = part.starts_with("FILE") || part == "DIR..." || part.starts_with("TRACE") ||
                      part == "A" || part == "B";
    result.files = result.files || file;
  }
  return result;
}

std::string joined_by_spaces(const Words& words) {
  std::string line;
  for (const std::string& word : words) line += (line.empty() ? "" : " ") + word;
  return line;
}

Words options_of(const Command* command) {
  Words words;
  const auto add = [&](std::span<const Option> options) {
    for (const Option& option : options) {
      words.push_back("--" + std::string(option.name));
      if (option.letter != 0) words.push_back(std::string("-") + option.letter);
    }
  };
  if (command != nullptr) add(command->options);
  add(global_options());
  return words;
}

// ---- bash and zsh -------------------------------------------------------------------------------

// "    run:--trace) files=1 ;;"
std::string arm(const std::string& pattern, const Candidates& candidates) {
  std::string line = "    " + pattern + ")";
  if (!candidates.words.empty()) line += " words='" + joined_by_spaces(candidates.words) + "'";
  if (candidates.files) line += (candidates.words.empty() ? " " : "; ") + std::string("files=1");
  if (candidates.words.empty() && !candidates.files) line += " :";
  return line + " ;;\n";
}

// Sets `words` and `files` for the word behind $command and $before.
std::string value_arms() {
  std::string text;
  const auto add = [&](const std::string& command, std::span<const Option> options) {
    for (const Option& option : options) {
      if (option.value.empty()) continue;
      std::string pattern = command + ":--" + std::string(option.name);
      if (option.letter != 0) pattern += "|" + command + ":-" + std::string(1, option.letter);
      text += arm(pattern, values_of(option));
    }
  };
  for (const Command& command : commands()) add(std::string(command.name), command.options);
  add("*", global_options());
  return text;
}

std::string option_arms() {
  std::string text;
  for (const Command& command : commands()) {
    text += arm(std::string(command.name) + ":-*", {options_of(&command), false});
  }
  return text + arm(":-*", {options_of(nullptr), false});
}

std::string operand_arms() {
  std::string text;
  for (const Command& command : commands()) {
    text += arm(std::string(command.name) + ":*", operands_of(command));
  }
  Words names;
  for (const Command& command : commands()) names.emplace_back(command.name);
  return text + arm(":*", {names, false});
}

// Both shells read this: `command`, `before` and `now` in, `words` and `files` out.
std::string choosing() {
  return "  case \"$command:$before\" in\n" + value_arms() + "    *) case \"$command:$now\" in\n" +
         option_arms() + operand_arms() + "    esac ;;\n  esac\n";
}

std::string bash_script() {
  return R"(# bash completion for quorate; made by: quorate completion bash
_quorate() {
  local command= words= files= word before now=${COMP_WORDS[COMP_CWORD]}
  before=${COMP_WORDS[COMP_CWORD-1]}
  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    if [[ $word != -* ]]; then command=$word; break; fi
  done
)" + choosing() +
         R"(  COMPREPLY=()
  [[ -n $words ]] && mapfile -t COMPREPLY < <(compgen -W "$words" -- "$now")
  if [[ -n $files ]]; then
    local found
    mapfile -t found < <(compgen -f -- "$now")
    COMPREPLY+=("${found[@]}")
    compopt -o filenames 2>/dev/null
  fi
  return 0
}
complete -F _quorate quorate ./quorate
)";
}

std::string zsh_script() {
  return R"(#compdef quorate
# zsh completion for quorate; made by: quorate completion zsh
_quorate() {
  local command= files= word before=${words[CURRENT-1]} now=${words[CURRENT]}
  for word in ${words[2,CURRENT-1]}; do
    if [[ $word != -* ]]; then command=$word; break; fi
  done
  local words=
)" + choosing() +
         R"(  [[ -n $words ]] && compadd -- ${=words}
  [[ -n $files ]] && _files
  return 0
}
compdef _quorate quorate
)";
}

// ---- fish ---------------------------------------------------------------------------------------

std::string fish_word(std::string_view text) {
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + "'";
}

std::string fish_option(const std::string& condition, const Option& option) {
  std::string line = "complete -c quorate" + condition + " -l " + std::string(option.name);
  if (option.letter != 0) line += std::string(" -s ") + option.letter;
  if (!option.value.empty()) {
    const Candidates values = values_of(option);
    line += values.files ? " -r -F" : " -x";
    if (!values.words.empty()) line += " -a " + fish_word(joined_by_spaces(values.words));
  }
  return line + " -d " + fish_word(option.text) + "\n";
}

std::string fish_script() {
  std::string text = "# fish completion for quorate; made by: quorate completion fish\n";
  text += "complete -c quorate -f\n";
  for (const Option& option : global_options()) text += fish_option("", option);
  for (const Command& command : commands()) {
    const std::string name(command.name);
    text += "complete -c quorate -n __fish_use_subcommand -a " + name + " -d " +
            fish_word(command.summary) + "\n";
    const std::string condition = " -n '__fish_seen_subcommand_from " + name + "'";
    for (const Option& option : command.options) text += fish_option(condition, option);
    const Candidates operands = operands_of(command);
    if (operands.files) text += "complete -c quorate" + condition + " -F\n";
    if (operands.words.empty()) continue;
    text += "complete -c quorate" + condition + " -a " +
            fish_word(joined_by_spaces(operands.words)) + "\n";
  }
  return text;
}

ExitCode run_completion(const Invocation& invocation) {
  const std::string& shell = invocation.arguments.operands().front();
  if (shell == "bash") {
    invocation.console.print(bash_script());
  } else if (shell == "zsh") {
    invocation.console.print(zsh_script());
  } else if (shell == "fish") {
    invocation.console.print(fish_script());
  } else {
    throw Failure(ExitCode::bad_usage,
                  "completion knows bash, zsh and fish, not " + in_quotes(shell));
  }
  return ExitCode::success;
}

}  // namespace

Command completion_command() {
  return {.name = "completion",
          .operands = "bash|zsh|fish",
          .fewest = 1,
          .most = 1,
          .summary = "print a script that completes commands, options and files",
          .details = {},
          .options = {},
          .examples = completion_examples,
          .run = run_completion};
}

}  // namespace quorate
