// quorate validate FILE...: every mistake in scenarios, nothing run.
#include <array>
#include <limits>

#include "analysis/terminal.hpp"
#include "cli/subject.hpp"
#include "sim/base/field_print.hpp"
#include "sim/scenario/diagnostics.hpp"

namespace quorate {
namespace {

constexpr auto validate_options = std::to_array<Option>({
    {.name = "set", .value = "PATH=VALUE", .repeated = true, .text = "change the scenarios first"},
    {.name = "strict", .text = "exit 3 after warnings too"},
});

constexpr auto validate_examples = std::to_array<Example>({
    {"validate scenarios/raft/leader-crash.json", "OK, or all mistakes at once"},
    {"validate --strict scenarios/raft/*.json", "several files, none with a warning"},
});

struct Checked {
  std::string file;
  std::shared_ptr<const Scenario> scenario;  // null: invalid
  Diagnostics diagnostics;
};

std::string ok_line(const Checked& checked) {
  const Scenario& scenario = *checked.scenario;
  std::string text = "OK  " + printable(checked.file) + ": " + scenario.protocol + ", " +
                     counted(scenario.nodes.size(), "node", "nodes") + ", " +
                     counted(scenario.faults.size(), "fault", "faults") + ", " +
                     counted(scenario.expect.size(), "expectation", "expectations");
  if (!scenario.title.empty()) text += ": " + printable(scenario.title);
  return text + "\n";
}

std::string as_json(const std::vector<Checked>& all) {
  JsonWriter out;
  out.open_object();
  print_member(out, "schema", "quorate/validate/1");
  out.key("files");
  out.open_array();
  for (const Checked& checked : all) {
    out.open_object();
    print_member(out, "file", printable(checked.file));
    print_member(out, "valid", checked.scenario != nullptr);
    out.key("diagnostics");
    out.open_array();
    for (const Diagnostic& one : checked.diagnostics.list()) print_diagnostic(out, one);
    out.close_array();
    out.close_object();
  }
  out.close_array();
  out.close_object();
  return out.buffer() + "\n";
}

ExitCode run_validate(const Invocation& invocation) {
  Console& console = invocation.console;
  const Settings settings = settings_of(invocation.arguments);
  const bool strict = invocation.arguments.has("strict");
  std::vector<Checked> all;
  bool valid = true;
  for (const std::string& file : invocation.arguments.operands()) {
    Checked checked{file, nullptr, Diagnostics(file)};
    checked.scenario = try_load(file, settings, checked.diagnostics);
    const bool clean = !strict || checked.diagnostics.warnings() == 0;
    valid = valid && clean && checked.scenario != nullptr;
    if (!console.options().json) {
      console.tell(checked.diagnostics.rendered());
      if (checked.scenario != nullptr) console.print(ok_line(checked));
    }
    all.push_back(std::move(checked));
  }
  if (console.options().json) console.print(as_json(all));
  return valid ? ExitCode::success : ExitCode::invalid_input;
}

}  // namespace

Command validate_command() {
  return {
      .name = "validate",
      .operands = "FILE...",
      .fewest = 1,
      .most = std::numeric_limits<std::size_t>::max(),
      .summary = "check scenarios, report every mistake with its place",
      .details =
          "A warning is about what is legal but cannot mean what it says; scenarios/GRAMMAR.md\n"
          "lists them, and tells how a file accepts one.",
      .options = validate_options,
      .examples = validate_examples,
      .run = run_validate};
}

}  // namespace quorate
