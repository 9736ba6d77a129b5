// quorate fmt FILE...: scenario files in their canonical layout.
#include <array>
#include <limits>

#include "analysis/terminal.hpp"
#include "cli/output_file.hpp"
#include "cli/subject.hpp"
#include "sim/base/assert.hpp"
#include "sim/base/field_print.hpp"
#include "sim/scenario/format.hpp"
#include "sim/scenario/json.hpp"

namespace quorate {
namespace {

constexpr auto fmt_options = std::to_array<Option>({
    {.name = "check", .text = "write nothing; exit 1 if a file would change"},
});

constexpr auto fmt_examples = std::to_array<Example>({
    {"fmt scenarios/raft/leader-crash.json", "lay it out anew, comments and all"},
    {"fmt --check scenarios/*/*.json", "as a test: which are not formatted?"},
});

enum class Layout : std::uint8_t { invalid, canonical, other };

struct Formatted {
  Layout layout{};
  std::string text;
};

Formatted format(const std::string& file, Console& console) {
  Diagnostics diagnostics(file);
  const Parsed<std::string> text = read_file_bounded(file);
  if (!text) diagnostics.error(ErrorCode::cannot_read, {}, text.error);
  const std::optional<Value> before = text ? parse_json(text.value, diagnostics) : std::nullopt;
  if (diagnostics.failed()) {
    console.tell(diagnostics.rendered());
    return {};
  }
  Formatted result{Layout::canonical, formatted(text.value)};
  const std::optional<Value> after = parse_json(result.text, diagnostics);
  QUORATE_ASSERT(after && to_json(*after) == to_json(*before), "A layout changes no meaning.");
  if (result.text != text.value) result.layout = Layout::other;
  return result;
}

std::string as_json(const std::vector<std::pair<std::string, Layout>>& files) {
  constexpr std::string_view words[] = {"invalid", "canonical", "changed"};
  JsonWriter out;
  out.open_object();
  print_member(out, "schema", "quorate/fmt/1");
  out.key("files");
  out.open_array();
  for (const auto& [file, layout] : files) {
    out.open_object();
    print_member(out, "file", printable(file));
    print_member(out, "layout", words[static_cast<std::size_t>(layout)]);
    out.close_object();
  }
  out.close_array();
  out.close_object();
  return out.buffer() + "\n";
}

void replace(const std::string& file, const std::string& text, Console& console) {
  OutputFile out(file, true, console);
  out.write(text);
  out.commit();
}

ExitCode run_fmt(const Invocation& invocation) {
  Console& console = invocation.console;
  const bool check = invocation.arguments.has("check");
  std::vector<std::pair<std::string, Layout>> files;
  ExitCode code = ExitCode::success;
  for (const std::string& file : invocation.arguments.operands()) {
    const Formatted result = format(file, console);
    files.emplace_back(file, result.layout);
    if (result.layout == Layout::invalid) code = ExitCode::invalid_input;
    if (result.layout != Layout::other) continue;
    if (!check) replace(file, result.text, console);
    if (check && code == ExitCode::success) code = ExitCode::failed;
    if (!console.options().json) console.print(printable(file) + "\n");
  }
  if (console.options().json) console.print(as_json(files));
  return code;
}

}  // namespace

Command fmt_command() {
  return {.name = "fmt",
          .operands = "FILE...",
          .fewest = 1,
          .most = std::numeric_limits<std::size_t>::max(),
          .summary = "lay scenario files out in one way, comments kept",
          .details = "Prints the files it changed. Only the layout changes, never the meaning.",
          .options = fmt_options,
          .examples = fmt_examples,
          .run = run_fmt};
}

}  // namespace quorate
