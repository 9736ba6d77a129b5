#include "cli/course.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <tuple>

#include "cli/catalogue.hpp"
#include "sim/scenario/diagnostics.hpp"

namespace quorate {
namespace {

namespace fs = std::filesystem;

struct Row {
  std::string name;
  std::string chapter;
};
struct Page {
  std::string title;
  std::vector<Row> rows;

  std::size_t place(const std::string& name) const {
    return static_cast<std::size_t>(std::ranges::find(rows, name, &Row::name) - rows.begin());
  }
};

// What a row of a table is about: the names in its first column, without folders.
std::vector<std::string> names_of(const std::string& line) {
  std::vector<std::string> names;
  if (!line.starts_with("| `")) return names;
  const std::size_t end = line.find('|', 1);
  for (std::size_t at = line.find('`'); at < end;) {
    const std::size_t close = line.find('`', at + 1);
    names.push_back(line.substr(at + 1, std::min(line.find('/', at), close) - at - 1));
    at = line.find('`', std::min(close, end - 1) + 1);
  }
  return names;
}

Page read_page(const fs::path& folder) {
  Page result;
  std::string chapter;
  std::ifstream in(folder / "README.md");
  for (std::string line; std::getline(in, line);) {
    if (result.title.empty() && line.starts_with("# ")) result.title = printable(line.substr(2));
    if (line.starts_with("## ")) chapter = printable(line.substr(3));
    for (const std::string& name : names_of(line)) result.rows.push_back({name, chapter});
  }
  return result;
}

std::string chapter_of(const Page& course, std::size_t place, const std::string& name) {
  if (place < course.rows.size()) return course.rows[place].chapter;
  if (course.rows.empty()) return "";
  return name.starts_with("bug-") ? "Mistakes" : "Others";
}

}  // namespace

std::vector<Lesson> lessons() {
  const Page shelf = read_page(fs::path(root_folder()) / "scenarios");
  std::map<std::string, Page> pages;
  // Place of the folder, its name, place of the file, its name: what one sorts by.
  using Key = std::tuple<std::size_t, std::string, std::size_t, std::string>;
  std::map<Key, Lesson> sorted;
  for (const std::string& file : scenario_files()) {
    const fs::path folder = fs::path(file).parent_path();
    const std::string subject = folder.filename().string();
    const auto& [at, unread] = pages.try_emplace(subject);
    if (unread) at->second = read_page(folder);
    const Page& course = at->second;
    const std::string name = fs::path(file).stem().string();
    const std::size_t place = course.place(name);
    sorted[{shelf.place(subject), subject, place, name}] = {
        file, course.title.empty() ? subject : course.title, chapter_of(course, place, name)};
  }
  std::vector<Lesson> result;
  result.reserve(sorted.size());
  for (auto& [key, lesson] : sorted) result.push_back(std::move(lesson));
  return result;
}

}  // namespace quorate
