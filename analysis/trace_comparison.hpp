// Takes the lines of a run as they are produced and holds each against those of a trace: how a
// replay finds the first byte that differs.
#pragma once

#include <string>
#include <string_view>

#include "analysis/trace_reader.hpp"

namespace quorate {

// The sink of a TraceWriter with blocks of 0 bytes, so that it gets one line at a time and the run
// can stop at the first that differs.
class TraceComparison final : public TraceSink {
 public:
  // `text` is the whole trace, which must outlive this; `end` its footer, or nothing where it was
  // cut off.
  TraceComparison(std::string_view text, const std::optional<TraceEnd>& end);

  bool write(std::string_view line) override;  // false at the first line that is not the trace's

  std::uint64_t lines() const { return lines_; }  // that are the same
  bool differs() const { return differs_; }
  // The trace ends here, and the run goes on: it was cut off, or a budget of real time ended the
  // traced run.
  bool outlived() const { return outlived_; }
  // Where they differ: the line from both sides, and its first byte that differs, from 1.
  std::string_view expected() const { return expected_; }
  std::string_view produced() const { return produced_; }
  std::size_t column() const;

 private:
  std::string_view rest_;  // of the trace
  bool cut_off_;
  bool cut_short_;
  std::uint64_t lines_{};
  std::string_view expected_;
  std::string produced_;
  bool differs_{};
  bool outlived_{};
};

}  // namespace quorate
