// What is demanded of a protocol's known mistakes, its "bug zoo": each has a lesson
// scenarios/PROTOCOL/bug-NAME.json that expects what the mistake is said to break, is caught there,
// and is what does the harm: without it nothing breaks in the same scenario.
#pragma once

#include <string>

namespace quorate::testing {

// Each mistake's lesson switches on that one, and judges by what the protocol says it breaks.
void check_zoo_lessons(const std::string& protocol);

// Each mistake is caught at its lesson's seed, and by at least one of the seeds 1 to 200; prints a
// table of how many, whose rows must be those of scenarios/ZOO.md. One of liveness or cost is
// caught by the lesson's expectations, which are missed without it. An equivalent mutant
// ("nothing") is never caught.
void check_zoo_caught(const std::string& protocol);

// A lesson checks one property, a plain run all: each mistake names the one that breaks first.
void check_zoo_first_broken(const std::string& protocol);

// Without its mistake each lesson breaks nothing under 200 seeds.
void check_zoo_innocent(const std::string& protocol);

}  // namespace quorate::testing
