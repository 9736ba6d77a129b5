// A node's state as people like to read it.
#pragma once

#include <string>
#include <string_view>

namespace quorate {

// `head` and a state as Run::state() gives it, in lines of at most 96 columns, broken between
// fields where that is possible:
//   n1 {current_term: 3, voted_for: "n2", log: [13 items, the last: {term: 3, command: null}]}
// Unless `whole`, long lists and tables are summed up like that.
std::string state_text(const std::string& head, std::string_view state, bool whole);

}  // namespace quorate
