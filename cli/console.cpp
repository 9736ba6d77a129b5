#include "cli/console.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <string>

namespace quorate {
namespace {

std::string_view environment(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr ? value : "";
}

// The language settings name a character set other than UTF-8. Without any, UTF-8 is assumed.
bool ascii_only() {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    std::string value(environment(name));
    if (value.empty()) continue;
    std::ranges::transform(value, value.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c; });
    return value.find("utf-8") == value.npos && value.find("utf8") == value.npos;
  }
  return false;
}

bool colours(const ConsoleOptions& options, int descriptor) {
  if (options.colour != Colour::automatic) return options.colour == Colour::always;
  if (!environment("NO_COLOR").empty()) return false;
  return isatty(descriptor) != 0 && environment("TERM") != "dumb";
}

void write(std::FILE* stream, std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stream);
}

}  // namespace

Console::Console(const ConsoleOptions& options) : options_(options), results_(stdout) {
  style_ = {colours(options, STDOUT_FILENO), ascii_only()};
  error_style_ = {colours(options, STDERR_FILENO), style_.ascii};
  progress_ = options.progress && !options.quiet && isatty(STDERR_FILENO) != 0;
}

void Console::print(std::string_view text) { write(results_, text); }

void Console::leave_stdout() {
  results_ = stderr;
  style_ = error_style_;
}

void Console::note(std::string_view text) {
  if (options_.quiet) return;
  end_progress();
  tell(std::string(text) + "\n");
}

void Console::warning(std::string_view text) { say("warning", Paint::yellow, text); }

void Console::error(std::string_view text) { say("error", Paint::red, text); }

void Console::tell(std::string_view text) { write(stderr, text); }

void Console::say(std::string_view word, Paint with, std::string_view text) {
  end_progress();
  tell("quorate: " + paint(word, with, error_style_) + ": " + std::string(text) + "\n");
}

bool Console::progress_due() {
  using namespace std::chrono_literals;
  const auto now = std::chrono::steady_clock::now();
  if (!progress_ || now - progress_at_ < 100ms) return false;
  progress_at_ = now;
  return true;
}

void Console::progress(std::string_view line) {
  if (!progress_) return;
  tell("\r" + std::string(line) + "\033[K");
  progress_shown_ = true;
}

void Console::end_progress() {
  if (!progress_shown_) return;
  tell("\r\033[K");
  progress_shown_ = false;
}

bool Console::flush() { return std::fflush(stdout) == 0 && std::ferror(stdout) == 0; }

void guard_standard_streams() {
  for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (fcntl(descriptor, F_GETFD) >= 0) continue;
    // Reading or writing the wrong way round fails, as it did while the stream was closed.
    const int opened = open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY);
    if (opened >= 0 && opened != descriptor) dup2(opened, descriptor);
  }
}

}  // namespace quorate
