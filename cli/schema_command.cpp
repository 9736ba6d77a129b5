// quorate schema: what a scenario may hold, for editors.
#include <array>

#include "cli/subject.hpp"
#include "sim/scenario/grammar.hpp"

namespace quorate {
namespace {

constexpr auto schema_examples = std::to_array<Example>({
    {"schema > scenario.schema.json",
     "then \"$schema\": \"./scenario.schema.json\" in a scenario beside it"},
});

ExitCode run_schema(const Invocation& invocation) {
  std::vector<const ProtocolInfo*> all;
  for (const ProtocolEntry& entry : protocols()) all.push_back(&entry.info);
  invocation.console.print(scenario_schema(all));
  return ExitCode::success;
}

}  // namespace

Command schema_command() {
  return {.name = "schema",
          .operands = "",
          .fewest = 0,
          .most = 0,
          .summary = "print the JSON Schema of scenarios, for editors",
          .details =
              "An editor that knows the schema (2020-12) completes keys, explains them and "
              "underlines what\nis wrong while you type. References and times are for `validate`. "
              "In VS Code, let\n\"files.associations\" take *.json here for \"jsonc\": scenarios "
              "may have comments.",
          .options = {},
          .examples = schema_examples,
          .run = run_schema};
}

}  // namespace quorate
