// Traces named on the command line.
#pragma once

#include <cstdint>
#include <string>

#include "analysis/trace_file.hpp"
#include "analysis/viewer/window.hpp"
#include "cli/subject.hpp"
#include "sim/scenario/read_file.hpp"

namespace quorate {

inline constexpr Option allow_truncated_option{
    .name = "allow-truncated", .text = "take what there is of a trace that was cut off"};

// The bytes of a trace file. Throws Failure(invalid_input) if it cannot be read.
std::string read_trace_text(const std::string& path);

// A trace file that is read piece by piece, however long it is. Throws Failure(invalid_input) if it
// cannot be read, from the constructor or later from the reader.
class TraceOperand {
 public:
  explicit TraceOperand(const std::string& path);
  TraceReader& reader() { return reader_; }
  const TraceReader& reader() const { return reader_; }

 private:
  InputFile file_;
  TraceReader reader_;
};

// Throws Failure(invalid_input) if the reader has found the trace to be broken. One that was cut
// off is only warned about with --allow-truncated: what it holds up to there is good.
void accept_trace(const TraceReader& reader, const std::string& path, const Invocation& invocation);

// The scenario that stands in a trace, and its protocol. Throws Failure(invalid_input) where it is
// not one for this program: of another version of the protocol, or a bad one.
Subject subject_of(const TraceHeader& header, const std::string& path, Console& console);

// What --window names, "1s..2s", of which either end may be left out; else the whole run. Throws
// Failure(bad_usage).
TimeWindow window_of(const Arguments& arguments);

// The index in "e56" or "56". Throws Failure(bad_usage).
std::uint64_t event_index(const std::string& word);

// "e56   0.951023 s  n3  elected (epoch 2)": one event in columns; with -v whole, and below it what
// its handler changed.
std::string event_row(const TraceLine& event, std::size_t place_columns, const Console& console);
// How wide places get in a row of this trace.
std::size_t place_columns(const TraceHeader& header);

}  // namespace quorate
