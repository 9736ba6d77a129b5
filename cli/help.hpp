// Help, made from the table of commands.
#pragma once

#include <string>

#include "cli/command.hpp"

namespace quorate {

std::string overview();  // all commands, one line each
std::string command_help(const Command& command);

}  // namespace quorate
