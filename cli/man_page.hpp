// The manual page, made from the table of commands like the help.
#pragma once

#include <string>

namespace quorate {

// In roff with the man macros: quorate(1), every command, option and exit code.
std::string man_page();

}  // namespace quorate
