// The files of the source tree as the repository tests see them, and how findings are written.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace quorate::repository {

struct SourceFile {
  std::string path;  // from the repository root, with '/'
  std::string text;
};

// The files that belong to the project, from its root, sorted: those that git tracks, so that what
// a user writes beside them (a trace, a protocol of their own) is nobody's business. Where git is
// of no use, all files but build output and dot-folders other than .ci and .github.
std::vector<std::string> project_files(const std::filesystem::path& root);

// Those of this project, read once.
const std::vector<SourceFile>& source_tree();

bool in_tree(std::string_view path);  // is there such a file or folder?

// A rule reports "path:line: what is wrong", one string per finding.
using Findings = std::vector<std::string>;
std::string finding(std::string_view path, std::size_t line, std::string_view what);
std::string joined(const Findings& findings);

std::vector<std::string_view> lines_of(std::string_view text);
std::vector<std::string_view> parts_of(
    std::string_view path);                            // "sim/base/a.hpp": sim, base, a.hpp
std::string_view extension_of(std::string_view path);  // with the dot, or empty
bool is_code(std::string_view path);                   // .cpp or .hpp
bool is_test(std::string_view path);                   // under tests/, or *_test.cpp
bool on_simulation_path(std::string_view path);        // code of sim/ or protocols/, not a test

// Applies a rule to every file of the tree and gathers what it found.
template <class Rule>
Findings findings_in_tree(Rule&& rule) {
  Findings all;
  for (const SourceFile& file : source_tree()) {
    for (std::string& one : rule(file)) all.push_back(std::move(one));
  }
  return all;
}

}  // namespace quorate::repository

// Fails with the whole list, so that one run shows everything there is to repair.
#define CHECK_NO_FINDINGS(findings)                                       \
  do {                                                                    \
    const ::quorate::repository::Findings found_ = (findings);            \
    CHECK_MESSAGE(found_.empty(), ::quorate::repository::joined(found_)); \
  } while (false)
