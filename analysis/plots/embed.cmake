# Writes a C++ file with all Python modules of this folder, so that a binary that was moved away
# from its source tree still has them, and always those it was built with.
set(entries "")
foreach(file IN LISTS FILES)
  cmake_path(GET file STEM name)
  file(READ "${file}" text)
  # A string literal ends after 64 kB at the latest; none of these files comes near.
  string(APPEND entries "    {\"${name}\", R\"python(${text})python\"},\n")
endforeach()
file(WRITE "${OUTPUT}" "#include \"cli/plot_modules.hpp\"

namespace quorate {
namespace {

constexpr PlotModule modules[] = {
${entries}};

}  // namespace

std::span<const PlotModule> plot_modules() { return modules; }

}  // namespace quorate
")
