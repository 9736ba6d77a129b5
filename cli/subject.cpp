#include "cli/subject.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "analysis/terminal.hpp"
#include "cli/catalogue.hpp"
#include "sim/scenario/diagnostics.hpp"

namespace quorate {
namespace {

namespace fs = std::filesystem;

std::string& program() {
  static std::string name = "quorate";
  return name;
}

// A file beside the missing one with nearly its name.
std::string nearest_file(const std::string& file) {
  const fs::path path(file);
  std::error_code error;
  std::vector<std::string> names;
  const fs::path folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    names.push_back(at->path().filename().string());
  }
  std::ranges::sort(names);
  const std::string_view near = nearest_name(path.filename().string(), names);
  return near.empty() ? std::string() : (path.parent_path() / near).string();
}

// What to try in place of a file that is not there; may be empty.
std::string instead_of(const std::string& file) {
  if (file == "-") return "standard input is /dev/stdin";
  std::string near = nearest_file(file);
  if (near.empty()) near = shipped_scenario(file);
  return near.empty() ? "" : "did you mean " + near + "?";
}

Subject told(std::shared_ptr<const Scenario> scenario, const Diagnostics& diagnostics,
             const std::string& file, Console& console) {
  const bool quiet = scenario != nullptr && console.options().quiet;
  if (!quiet) console.tell(diagnostics.rendered());
  if (scenario != nullptr) return checked_subject(std::move(scenario));
  std::error_code ignored;
  throw Failure(diagnostics.list(), fs::exists(file, ignored) ? "" : instead_of(file));
}

// $'...', as bash and zsh read it: nothing in a command may drive the terminal that shows it.
std::string escaped_word(std::string_view text) {
  constexpr char digits[] = "0123456789abcdef";
  std::string quoted = "$'";
  for (const char c : text) {
    const auto byte = static_cast<std::uint8_t>(c);
    if (byte < ' ' || byte > '~') {
      quoted += {'\\', 'x', digits[byte >> 4], digits[byte & 15]};
      continue;
    }
    if (c == '\'' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + "'";
}

}  // namespace

std::pair<std::string, std::string> path_and_text(std::string_view option,
                                                  const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0) {
    throw Arguments::bad_value(option, in_quotes(text) + " is not path=value");
  }
  return {text.substr(0, equals), text.substr(equals + 1)};
}

Settings settings_of(const Arguments& arguments) {
  Settings settings;
  for (const std::string& text : arguments.values("set")) {
    auto [path, value] = path_and_text("set", text);
    settings.push_back({std::move(path), std::move(value)});
  }
  if (const auto until = arguments.parsed("until", parse_duration)) {
    settings.push_back({"stop.at", to_text(*until), "--until"});
  }
  return settings;
}

bool cuts_short(const std::string& file, const Settings& settings) {
  if (settings.empty() || settings.back().option != "--until") return false;
  Diagnostics ignored;
  const Settings before(settings.begin(), settings.end() - 1);
  const auto whole = try_load(file, before, ignored);
  const auto until = parse_duration(settings.back().text);
  return whole != nullptr && Time{} + until.value < whole->stop;
}

std::shared_ptr<const Scenario> try_load(const std::string& file, const Settings& settings,
                                         Diagnostics& diagnostics) {
  LoadOptions options;
  options.set = settings;
  return load_scenario(file, find_protocol_info, protocol_names(), options, diagnostics);
}

Subject load_subject(const std::string& file, const Settings& settings, Console& console) {
  Diagnostics diagnostics(file);
  return told(try_load(file, settings, diagnostics), diagnostics, file, console);
}

Subject load_quietly(const std::string& file, const Settings& settings, Console& console) {
  Diagnostics diagnostics(file);
  std::shared_ptr<const Scenario> scenario = try_load(file, settings, diagnostics);
  if (scenario == nullptr) return told(nullptr, diagnostics, file, console);
  return checked_subject(std::move(scenario));
}

Subject read_subject(std::string_view text, const std::string& name, Console& console) {
  Diagnostics diagnostics(name);
  return told(read_scenario(text, name, find_protocol_info, protocol_names(), {}, diagnostics),
              diagnostics, name, console);
}

std::string shipped_scenario(const std::string& name) {
  const std::vector<std::string> files = scenario_files();
  std::vector<std::string> stems;
  std::vector<std::string> found;
  stems.reserve(files.size());
  for (const std::string& file : files) stems.push_back(fs::path(file).stem().string());
  const std::string wanted = fs::path(name).filename().replace_extension().string();
  const std::string near(nearest_name(wanted, stems));
  for (const std::string& file : files) {
    if (!near.empty() && fs::path(file).stem() == near) found.push_back(file);
  }
  return joined(found, " or ");
}

Subject checked_subject(std::shared_ptr<const Scenario> scenario) {
  const ProtocolEntry* entry = find_protocol(scenario->protocol);
  return {std::move(scenario), entry};
}

void name_program(std::string_view argument_zero) {
  const char* launcher = std::getenv("QUORATE_COMMAND");
  program() = launcher != nullptr && *launcher != '\0' ? launcher : std::string(argument_zero);
}

std::string program_name() { return shell_word(program()); }

void name_program_for_children() { setenv("QUORATE_COMMAND", program().c_str(), 1); }

std::string shell_word(std::string_view text) {
  constexpr std::string_view safe =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-./=:,+@%";
  if (!text.empty() && text.find_first_not_of(safe) == text.npos) return std::string(text);
  if (printable(text) != text) return escaped_word(text);
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

std::string run_again(const std::string& file, std::uint64_t seed, const Settings& settings,
                      const RunOptions& options, Duration wall_time) {
  std::string line = program_name() + " run " + shell_word(file);
  line += " --seed " + std::to_string(seed);
  for (const auto& [path, text, option] : settings) {
    line += option == "--until" ? " --until " + text : " --set " + shell_word(path + "=" + text);
  }
  if (!options.properties) line += " --properties off";
  return wall_time == Duration{} ? line : line + " --wall-time " + to_text(wall_time);
}

}  // namespace quorate
