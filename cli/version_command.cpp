// quorate version: what this program was built from.
#include <array>

#include "cli/build_info.hpp"
#include "cli/command.hpp"
#include "sim/base/json_writer.hpp"
#include "sim/scenario/scenario.hpp"
#include "sim/trace/writer.hpp"

namespace quorate {
namespace {

#if defined(__clang__)
constexpr std::string_view compiler = "clang " __clang_version__;
#else
constexpr std::string_view compiler = "gcc " __VERSION__;
#endif

constexpr auto examples = std::to_array<Example>({
    {"version", "for people"},
    {"version --json", "for programs and bug reports"},
});

std::string as_json() {
  JsonWriter out;
  out.open_object();
  out.key("schema");
  out.word("quorate/version/1");
  out.key("version");
  out.string(version());
  out.key("revision");
  out.string(source_revision());
  out.key("compiler");
  out.string(compiler);
  out.key("scenario_version");
  out.number(scenario_version);
  out.key("trace_version");
  out.number(trace_version);
  out.close_object();
  return out.buffer() + "\n";
}

ExitCode run(const Invocation& invocation) {
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
          .examples = examples,
          .run = run};
}

}  // namespace quorate
