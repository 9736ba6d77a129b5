// Where documents of this tree are followed: a folder that looks like the tree to a reader.
#pragma once

#include "tests/docs/document.hpp"

namespace quorate::testing {

// Copies to `folder` what commands read or write, and the program to where the launcher stands, so
// that "./quorate" works. What a reader who followed the document already made in the tree is left
// out: the document makes it again.
void furnish(const std::filesystem::path& tree, const std::vector<Step>& steps,
             const std::filesystem::path& folder);

// The environment that the launcher would give.
Workplace workplace(const std::filesystem::path& folder);

}  // namespace quorate::testing
