#include "sim/scenario/diagnostics.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "sim/base/utf8.hpp"

namespace quorate {
namespace {

constexpr std::size_t max_text = 240;  // bytes of a message
constexpr std::size_t max_line = 100;  // bytes of a source line shown at once
constexpr std::size_t lead_in = 50;    // bytes shown before the token when a line is windowed

constexpr std::array meanings{
#define QUORATE_ROW(number, name, meaning) ErrorMeaning{ErrorCode::name, #name, meaning},
    QUORATE_ERROR_CODES(QUORATE_ROW)
#undef QUORATE_ROW
};

bool is_continuation(char byte) { return (static_cast<std::uint8_t>(byte) & 0xC0) == 0x80; }

std::string hexadecimal(std::uint32_t number, std::size_t width) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string result;
  for (; number != 0 || result.size() < width; number >>= 4)
    result.insert(0, 1, digits[number & 15]);
  return result;
}

// Characters that move the cursor, change the direction of writing or cannot be seen.
bool is_hostile(std::uint32_t point) {
  return point < 0x20 || (point >= 0x7F && point < 0xA0) || point == 0xAD || point == 0x61C ||
         (point >= 0x200B && point <= 0x200F) || (point >= 0x2028 && point <= 0x202E) ||
         (point >= 0x2060 && point <= 0x206F) || point == 0xFEFF ||
         (point >= 0xFFF9 && point <= 0xFFFB) || point >= 0xE0000;
}

std::string escaped(std::uint32_t point) {
  if (point == '\n') return "\\n";
  if (point == '\t') return "\\t";
  if (point < 0x80) return "\\x" + hexadecimal(point, 2);
  return "\\u{" + hexadecimal(point, 4) + "}";
}

// The beginning of a text, at most `limit` bytes, not ending inside a character.
std::string_view beginning(std::string_view text, std::size_t limit) {
  if (text.size() <= limit) return text;
  std::size_t end = limit;
  for (int i = 0; i < 3 && is_continuation(text[end]); ++i) --end;
  return text.substr(0, end);
}

// A text for a message: printable, and cut before it fills a screen.
std::string message_text(std::string_view text) {
  std::string result = printable(beginning(text, max_text));
  if (text.size() <= max_text && result.size() <= max_text) return result;
  return std::string(beginning(result, max_text)) + "...";
}

// How wide a printable text is: one column for each character.
std::size_t columns(std::string_view text) {
  return text.size() -
         static_cast<std::size_t>(std::count_if(text.begin(), text.end(), is_continuation));
}

// A piece of a source line as shown: a tab takes one column.
std::string shown(std::string_view piece) {
  std::string plain(piece);
  std::replace(plain.begin(), plain.end(), '\t', ' ');
  return printable(plain);
}

// The part of a source line that is shown, as [begin, end) of the line.
struct Window {
  std::size_t begin{};
  std::size_t end{};
};

Window window_around(std::string_view line, std::size_t token) {
  if (line.size() <= max_line) return {0, line.size()};
  Window window;
  if (token > lead_in) window.begin = token - lead_in;
  window.begin = std::min(window.begin, line.size() - max_line);
  window.end = window.begin + max_line;
  while (window.begin < token && is_continuation(line[window.begin])) ++window.begin;
  const std::size_t most = std::min(window.end + 3, line.size());
  while (window.end < most && is_continuation(line[window.end])) ++window.end;
  return window;
}

// A source line and the byte of it that a problem points at.
struct SourceLine {
  std::string_view line;
  std::size_t token{};
};

SourceLine line_at(std::string_view text, std::size_t first, SourcePosition at) {
  const std::size_t index = std::min(at.offset - first, text.size());
  const std::size_t token = std::min<std::size_t>(at.column - 1, index);
  std::string_view line = text.substr(index - token);
  line = line.substr(0, line.find('\n'));
  if (line.ends_with('\r')) line.remove_suffix(1);
  return {line, std::min(token, line.size())};
}

// The line as shown, and its underline.
std::pair<std::string, std::string> drawn(SourceLine where, std::size_t length) {
  const auto [line, token] = where;
  const auto [begin, end] = window_around(line, token);
  const std::size_t token_end = std::min(token + length, end);
  const std::string before = (begin == 0 ? "" : "...") + shown(line.substr(begin, token - begin));
  const std::string marked = shown(line.substr(token, token_end - token));
  const std::string after = shown(line.substr(token_end, end - token_end));
  const std::size_t width = std::max<std::size_t>(columns(marked), 1);
  return {before + marked + after + (end < line.size() ? "..." : ""),
          std::string(columns(before), ' ') + "^" + std::string(width - 1, '~')};
}

char lower(char letter) {
  return letter >= 'A' && letter <= 'Z'
             ? static_cast<char>(static_cast<std::uint8_t>(letter) | 0x20)
             : letter;
}

// Damerau-Levenshtein distance (neighbours may swap once), case ignored.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before_last, last, row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    before_last = std::exchange(last, row);
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = last[j - 1] + (lower(a[i - 1]) == lower(b[j - 1]) ? 0 : 1);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, replaced});
      const bool swapped = i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) &&
                           lower(a[i - 2]) == lower(b[j - 1]);
      if (swapped) row[j] = std::min(row[j], before_last[j - 2] + 1);
    }
  }
  return row[b.size()];
}

template <class Name>
std::string_view nearest(std::string_view word, std::span<const Name> candidates) {
  constexpr std::size_t longest_word = 64;
  std::string_view best;
  std::size_t best_distance = 3;
  for (const std::string_view candidate : candidates) {
    const std::size_t longer = std::max(word.size(), candidate.size());
    const std::size_t shorter = std::min(word.size(), candidate.size());
    if (longer > longest_word || longer - shorter > 2) continue;
    const std::size_t distance = edit_distance(word, candidate);
    if (distance >= best_distance || distance > longer / 3) continue;
    best = candidate;
    best_distance = distance;
  }
  return best;
}

std::string question(std::string_view name) {
  return name.empty() ? std::string() : "did you mean " + in_quotes(name) + "?";
}

std::string counted(std::size_t count, std::string_view noun) {
  return std::to_string(count) + " " + std::string(noun) + (count == 1 ? "" : "s");
}

std::string headline(const Diagnostic& diagnostic) {
  std::string result = diagnostic.file + ":";
  if (diagnostic.at.line != 0) {
    result += std::to_string(diagnostic.at.line) + ":" + std::to_string(diagnostic.at.column) + ":";
  }
  result += diagnostic.severity == Severity::error ? " error[" : " warning[";
  return result + to_text(diagnostic.code) + "]: " + diagnostic.text + "\n";
}

}  // namespace

std::span<const ErrorMeaning> error_codes() { return meanings; }

std::string to_text(ErrorCode code) {
  const std::string digits = std::to_string(static_cast<std::uint16_t>(code));
  return "Q" + std::string(3 - std::min<std::size_t>(digits.size(), 3), '0') + digits;
}

std::size_t Diagnostics::add_source(std::string_view text, std::string_view file) {
  const std::size_t first =
      sources_.empty() ? 0 : sources_.back().first + sources_.back().text.size() + 1;
  sources_.push_back({file.empty() ? file_ : std::string(file), std::string(text), first});
  return first;
}

void Diagnostics::error(ErrorCode code, SourcePosition at, std::string_view text,
                        std::string_view hint) {
  if (is_consequence(at)) return;
  if (++errors_ <= max_kept) keep(Severity::error, code, at, text, hint);
}

void Diagnostics::warning(ErrorCode code, SourcePosition at, std::string_view text,
                          std::string_view hint) {
  if (++warnings_ <= max_kept) keep(Severity::warning, code, at, text, hint);
}

void Diagnostics::keep(Severity severity, ErrorCode code, SourcePosition at, std::string_view text,
                       std::string_view hint) {
  const Source* source = source_of(at);
  const std::string& file = source != nullptr ? source->file : file_;
  kept_.push_back({severity, code, message_text(file), at, message_text(text), message_text(hint)});
}

bool Diagnostics::is_consequence(SourcePosition at) const {
  constexpr ErrorCode first_of_values{100};
  if (at.line == 0) return false;
  return std::any_of(kept_.begin(), kept_.end(), [&](const Diagnostic& earlier) {
    return earlier.code < first_of_values && earlier.at.line != 0 && earlier.at.offset == at.offset;
  });
}

const Diagnostics::Source* Diagnostics::source_of(SourcePosition at) const {
  if (at.line == 0) return nullptr;
  for (auto source = sources_.rbegin(); source != sources_.rend(); ++source) {
    if (source->first <= at.offset) return &*source;
  }
  return nullptr;
}

std::vector<Diagnostic> Diagnostics::list() const {
  std::vector<Diagnostic> sorted = kept_;
  const auto place = [](const Diagnostic& it) {
    return std::pair(it.at.line != 0, it.at.line != 0 ? it.at.offset : 0);
  };
  std::stable_sort(sorted.begin(), sorted.end(),
                   [&](const Diagnostic& a, const Diagnostic& b) { return place(a) < place(b); });
  return sorted;
}

// The line with its gutter, and below it the underline with the hint.
std::string Diagnostics::excerpt(const Diagnostic& diagnostic) const {
  const std::string hint = diagnostic.hint.empty() ? "" : " " + diagnostic.hint;
  const Source* source = source_of(diagnostic.at);
  const SourceLine where =
      source == nullptr ? SourceLine{} : line_at(source->text, source->first, diagnostic.at);
  if (where.line.empty()) return hint.empty() ? "" : "   " + hint + "\n";
  const std::string number = std::to_string(diagnostic.at.line);
  const auto [line, underline] = drawn(where, diagnostic.at.length);
  return "  " + number + " | " + line + "\n  " + std::string(number.size(), ' ') + " | " +
         underline + hint + "\n";
}

std::string Diagnostics::rendered() const {
  std::string result;
  for (const Diagnostic& diagnostic : list()) result += headline(diagnostic) + excerpt(diagnostic);
  const auto more = [&](std::size_t count, std::string_view noun) {
    if (count > max_kept)
      result += "and " + counted(count - max_kept, std::string("more ") + std::string(noun)) + "\n";
  };
  more(errors_, "error");
  more(warnings_, "warning");
  return result;
}

std::string Diagnostics::summary() const {
  std::string result = errors_ == 0 ? "" : counted(errors_, "error");
  if (errors_ != 0 && warnings_ != 0) result += ", ";
  return warnings_ == 0 ? result : result + counted(warnings_, "warning");
}

SourcePosition place_in(std::string_view text, std::size_t index, std::size_t length,
                        std::size_t first) {
  const std::string_view before = text.substr(0, std::min(index, text.size()));
  const std::size_t line_break = before.rfind('\n');
  const std::size_t line_begin = line_break == std::string_view::npos ? 0 : line_break + 1;
  const auto line = 1 + std::count(before.begin(), before.end(), '\n');
  return {first + before.size(), static_cast<std::uint32_t>(line),
          static_cast<std::uint32_t>(before.size() - line_begin + 1),
          static_cast<std::uint32_t>(length)};
}

std::string_view nearest_name(std::string_view word, std::span<const std::string_view> candidates) {
  return nearest(word, candidates);
}
std::string_view nearest_name(std::string_view word, std::span<const std::string> candidates) {
  return nearest(word, candidates);
}
std::string did_you_mean(std::string_view word, std::span<const std::string_view> candidates) {
  return question(nearest(word, candidates));
}
std::string did_you_mean(std::string_view word, std::span<const std::string> candidates) {
  return question(nearest(word, candidates));
}

std::string printable(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    const std::uint32_t point = length == 0 ? 0 : utf8_code_point(text.substr(0, length));
    if (length == 0)
      result += "\\x" + hexadecimal(static_cast<std::uint8_t>(text[0]), 2);
    else if (is_hostile(point))
      result += escaped(point);
    else
      result += text.substr(0, length);
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return result;
}

std::string in_quotes(std::string_view text) { return '"' + std::string(text) + '"'; }

}  // namespace quorate
