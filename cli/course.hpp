// The shipped lessons in the order in which one reads them. The READMEs beside them give it, so
// that no list of lessons is kept twice.
#pragma once

#include <string>
#include <vector>

namespace quorate {

struct Lesson {
  std::string file;     // can be opened from here
  std::string course;   // the title of its folder's README; the folder's name if there is none
  std::string chapter;  // the heading in it under which the lesson stands; may be empty
};

// All files of scenarios/*/*.json: the folders in the order of scenarios/README.md, the files of
// each in that of its own README. A line that begins with "| `NAME" is about the folder or file
// NAME. What no line is about comes behind.
std::vector<Lesson> lessons();

}  // namespace quorate
