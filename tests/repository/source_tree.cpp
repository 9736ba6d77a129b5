#include "tests/repository/source_tree.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/support/process.hpp"

namespace quorate::repository {

namespace fs = std::filesystem;

namespace {

bool skipped(const fs::path& folder, const fs::path& root) {
  const std::string name = folder.filename().string();
  if (name.starts_with(".")) return name != ".ci" && name != ".github";
  const bool at_root = folder.parent_path() == root;
  return name == "__pycache__" || (at_root && (name.starts_with("build") || name == "out"));
}

std::vector<std::string> files_below(const fs::path& root) {
  std::vector<std::string> files;
  fs::recursive_directory_iterator end;
  for (fs::recursive_directory_iterator entry(root); entry != end; ++entry) {
    if (entry->is_directory() && skipped(entry->path(), root)) entry.disable_recursion_pending();
    const bool git_link = entry->path().filename() == ".git";  // a file where it is a worktree
    if (entry->is_regular_file() && !git_link) {
      files.push_back(fs::relative(entry->path(), root).generic_string());
    }
  }
  return files;
}

SourceFile read(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(fs::path(QUORATE_SOURCE_DIR) / path, std::ios::binary).rdbuf();
  return {path, text.str()};
}

std::vector<SourceFile> read_tree() {
  std::vector<SourceFile> files;
  for (const std::string& path : project_files(QUORATE_SOURCE_DIR)) files.push_back(read(path));
  return files;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    const std::size_t length = std::min(text.find(separator), text.size());
    parts.push_back(text.substr(0, length));
    text.remove_prefix(std::min(length + 1, text.size()));
  }
  return parts;
}

}  // namespace

std::vector<std::string> project_files(const std::filesystem::path& root) {
  std::vector<std::string> files;
  const testing::Outcome git =
      testing::run({{"git", "-c", "core.quotePath=false", "ls-files"}, root, {}});
  for (const std::string_view path : lines_of(git.output)) {
    if (fs::is_regular_file(root / path)) files.emplace_back(path);
  }
  if (git.status != 0 || files.empty()) files = files_below(root);
  std::ranges::sort(files);
  return files;
}

const std::vector<SourceFile>& source_tree() {
  static const std::vector<SourceFile> tree = read_tree();
  return tree;
}

bool in_tree(std::string_view path) { return fs::exists(fs::path(QUORATE_SOURCE_DIR) / path); }

std::string finding(std::string_view path, std::size_t line, std::string_view what) {
  return std::string(path) + ":" + std::to_string(line) + ": " + std::string(what);
}

std::string joined(const Findings& findings) {
  std::string text;
  for (const std::string& one : findings) text += "\n  " + one;
  return text;
}

std::vector<std::string_view> lines_of(std::string_view text) { return split(text, '\n'); }

std::vector<std::string_view> parts_of(std::string_view path) { return split(path, '/'); }

std::string_view extension_of(std::string_view path) {
  const std::string_view name = path.substr(path.rfind('/') + 1);
  const std::size_t dot = name.rfind('.');
  return dot == std::string_view::npos ? std::string_view{} : name.substr(dot);
}

bool is_code(std::string_view path) {
  return extension_of(path) == ".cpp" || extension_of(path) == ".hpp";
}

bool is_test(std::string_view path) {
  return path.starts_with("tests/") || path.ends_with("_test.cpp");
}

bool on_simulation_path(std::string_view path) {
  const bool in_rooms = path.starts_with("sim/") || path.starts_with("protocols/");
  return in_rooms && is_code(path) && !is_test(path);
}

}  // namespace quorate::repository
