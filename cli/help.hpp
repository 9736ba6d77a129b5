// Help, made from the table of commands.
#pragma once

#include <string>
#include <string_view>

#include "cli/command.hpp"

namespace quorate {

std::string overview();  // all commands, one line each
std::string_view exit_code_lines();
std::string command_help(const Command& command);

}  // namespace quorate
