// quorate version: what this program was built from.
#include <array>

#include "cli/build_info.hpp"
#include "cli/command.hpp"
#include "sim/base/field_print.hpp"
#include "sim/scenario/scenario.hpp"
#include "sim/trace/writer.hpp"

namespace quorate {
namespace {

#if defined(__clang__)
constexpr std::string_view compiler = "clang " __clang_version__;
#else
constexpr std::string_view compiler = "gcc " __VERSION__;
#endif

constexpr auto version_examples = std::to_array<Example>({
    {"version", "for people"},
    {"version --json", "for programs and bug reports"},
});

std::string as_json() {
  JsonWriter out;
  out.open_object();
  print_member(out, "schema", "quorate/version/1");
  print_member(out, "version", version());
  print_member(out, "revision", source_revision());
  print_member(out, "compiler", compiler);
  print_member(out, "scenario_version", scenario_version);
  print_member(out, "trace_version", trace_version);
  out.close_object();
  return out.buffer() + "\n";
}

ExitCode run_version(const Invocation& invocation) {
  Console& console = invocation.console;
  if (console.options().json) {
    console.print(as_json());
  } else {
    console.print("quorate " + std::string(version()) + " (revision " +
                  std::string(source_revision()) + ", " + std::string(compiler) +
                  ", scenario format " + std::to_string(scenario_version) + ", trace format " +
                  std::to_string(trace_version) + ")\n");
  }
  return ExitCode::success;
}

}  // namespace

Command version_command() {
  return {.name = "version",
          .operands = "",
          .fewest = 0,
          .most = 0,
          .summary = "the version, the revision it was built from, the formats it reads",
          .details = {},
          .options = {},
          .examples = version_examples,
          .run = run_version};
}

}  // namespace quorate
