// The table of commands.
#include <algorithm>
#include <array>

#include "cli/command.hpp"

namespace quorate {

std::span<const Command> commands() {
  static const std::array table{
      run_command(),      replay_command(),  check_command(),      why_command(),
      diff_command(),     view_command(),    export_command(),     sweep_command(),
      merge_command(),    compare_command(), plot_command(),       report_command(),
      validate_command(), fmt_command(),     list_command(),       describe_command(),
      new_command(),      schema_command(),  completion_command(), selftest_command(),
      version_command(),  help_command()};
  return table;
}

const Command* find_command(std::string_view name) {
  const auto found = std::ranges::find(commands(), name, &Command::name);
  return found == commands().end() ? nullptr : &*found;
}

}  // namespace quorate
