// The two ways out: results on stdout, everything told beside them on stderr.
#pragma once

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

#include "analysis/terminal.hpp"

namespace quorate {

// `automatic`: where the stream is a terminal and NO_COLOR is not set.
enum class Colour : std::uint8_t { automatic, always, never };

struct ConsoleOptions {
  bool quiet{};    // results alone: no story, no notes, no progress
  bool verbose{};  // nothing is left out
  bool json{};     // one object on stdout
  bool progress{true};
  Colour colour{};
};

class Console {
 public:
  explicit Console(const ConsoleOptions& options = {});

  void print(std::string_view text);  // a result, to stdout
  void leave_stdout();                // a file goes there: results are told on stderr from now on
  void note(std::string_view text);   // one line to stderr, unless quiet
  void warning(std::string_view text);
  void error(std::string_view text);
  void tell(std::string_view text);  // text to stderr as it is

  // One line that replaces itself, at most ten times a second; only where stderr is a terminal.
  bool progress_due();
  void progress(std::string_view line);
  void end_progress();

  const ConsoleOptions& options() const { return options_; }
  TextStyle style() const { return style_; }  // of results

  // Hands all results to the system; false if some of them were lost.
  bool flush();

 private:
  void say(std::string_view word, Paint with, std::string_view text);

  ConsoleOptions options_;
  std::FILE* results_;
  TextStyle style_;
  TextStyle error_style_;
  bool progress_{};
  bool progress_shown_{};
  std::chrono::steady_clock::time_point progress_at_{};
};

// Standard streams that are closed are opened on nothing,
// so that no output file takes their number.
void guard_standard_streams();

}  // namespace quorate
