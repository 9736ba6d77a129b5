#include "cli/report_page.hpp"

#include "sim/scenario/diagnostics.hpp"

namespace quorate {
namespace {

constexpr std::string_view page_head = R"(<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none';
  style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<style>
:root { --paper: #ffffff; --ink: #16202b; --faint: #55616e; --line: #e3e8ed; --strip: #f3f5f7;
  --good: #00795a; --bad: #b3261e; --open: #8a5a00; color-scheme: light; }
@media (prefers-color-scheme: dark) { :root { --paper: #11161c; --ink: #e8edf2; --faint: #9fadba;
  --line: #222b34; --strip: #1a2129; --good: #3fcf9f; --bad: #ff8177; --open: #f0b04a;
  color-scheme: dark; } }
body { max-width: 66rem; margin: 0 auto; padding: 1rem; background: var(--paper); color: var(--ink);
  font: 16px/1.5 system-ui, "Segoe UI", "Noto Sans", "DejaVu Sans", sans-serif; }
h1 { margin-bottom: 0.2rem; } h2 { margin-top: 2.2rem; border-bottom: 1px solid var(--line); }
pre { overflow-x: auto; padding: 0.7rem; background: var(--strip); font-size: 0.85rem; }
pre, code { font-family: ui-monospace, "DejaVu Sans Mono", monospace; }
table { border-collapse: collapse; } .wide { overflow-x: auto; }
th, td { padding: 0.15rem 0.8rem 0.15rem 0; text-align: left; vertical-align: top;
  border-bottom: 1px solid var(--line); }
td.number { text-align: right; font-variant-numeric: tabular-nums; }
.pass { color: var(--good); } .fail { color: var(--bad); } .inconclusive { color: var(--open); }
.verdict { font-weight: bold; } .faint { color: var(--faint); }
.lesson { white-space: pre-line; }
figure { margin: 1rem 0; } img { max-width: 100%; height: auto; background: #ffffff; }
@media print { pre { white-space: pre-wrap; overflow-wrap: anywhere; }
  figure { break-inside: avoid; } }
</style>
)";

// Text of a user, or of a run, as a page may show it: no markup, and nothing that a terminal or a
// reader could take for something else.
std::string escaped(std::string_view text) {
  std::string result;
  for (const char c : text) {
    switch (c) {
      case '<':
        result += "&lt;";
        break;
      case '>':
        result += "&gt;";
        break;
      case '&':
        result += "&amp;";
        break;
      case '"':
        result += "&quot;";
        break;
      default:
        result += static_cast<unsigned char>(c) < ' ' && c != '\n' && c != '\t' ? '?' : c;
    }
  }
  return result;
}

// RFC 4648.
std::string base64(std::string_view bytes) {
  constexpr std::string_view digits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string result;
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    const std::string_view three = bytes.substr(at, 3);
    std::uint32_t word = 0;
    for (std::size_t i = 0; i < 3; ++i) {
      word = word << 8 | (i < three.size() ? static_cast<std::uint8_t>(three[i]) : 0U);
    }
    for (std::size_t i = 0; i < 4; ++i) {
      result += i <= three.size() ? digits[word >> (18 - 6 * i) & 63U] : '=';
    }
  }
  return result;
}

std::string element(std::string_view name, std::string_view text) {
  return "<" + std::string(name) + ">" + escaped(text) + "</" + std::string(name) + ">";
}
std::string heading(std::string_view text) { return element("h2", text) + "\n"; }
std::string preformatted(std::string_view text) { return element("pre", text) + "\n"; }

// ---- tables -------------------------------------------------------------------------------------

class HtmlTable {
 public:
  explicit HtmlTable(const std::vector<std::string>& head) {
    html_ = "<div class=\"wide\"><table>\n<tr>";
    for (const std::string& cell : head) html_ += element("th", cell);
    html_ += "</tr>\n";
  }
  HtmlTable& row() {
    html_ += "<tr>";
    return *this;
  }
  HtmlTable& text(std::string_view text) {
    html_ += element("td", text);
    return *this;
  }
  HtmlTable& number(std::int64_t number) {
    html_ += "<td class=\"number\">" + std::to_string(number) + "</td>";
    return *this;
  }
  void end() { html_ += "</tr>\n"; }
  std::string done() const { return html_ + "</table></div>\n"; }

 private:
  std::string html_;
};

std::string metrics_table(const Outcome& outcome) {
  HtmlTable table({"metric", "value"});
  for (const auto& [name, value] : outcome.metrics) {
    if (value != 0) table.row().text(name).number(value).end();
  }
  return heading("Measured") + table.done() +
         "<p class=\"faint\">What is 0 is left out; <code>_us</code>: microseconds.</p>\n";
}

std::string checks_table(const Outcome& outcome) {
  HtmlTable table({"checked", "armed", "exercised", ""});
  for (const PropertyResult& property : outcome.properties) {
    const bool broken = outcome.violation && outcome.violation->property == property.name;
    table.row().text(property.name);
    table.number(static_cast<std::int64_t>(property.armed));
    table.number(static_cast<std::int64_t>(property.exercised));
    table.text(broken                    ? "violated"
               : property.exercised == 0 ? "never put to a test"
                                         : "held")
        .end();
  }
  for (const ExpectationResult& expectation : outcome.expectations) {
    table.row().text(expectation.text).text("").text("");
    table.text(expectation.met ? "met" : "missed: " + expectation.why).end();
  }
  return heading("Properties and expectations") + table.done();
}

std::string costs_table(const std::vector<CostRow>& rows) {
  if (rows.empty()) return {};
  HtmlTable table({"one decision when nothing fails", "measured", "theory", "formula", "says"});
  for (const CostRow& row : rows) {
    table.row().text(row.unit + ": " + row.when);
    table.number(row.measured).number(row.theory);
    table.text(row.formula + ", " + row.letters).text(row.source).end();
  }
  return heading("Beside theory") + table.done();
}

// ---- the page -----------------------------------------------------------------------------------

std::string title_and_verdict(const ReportPage& page) {
  const Outcome& outcome = page.run.outcome;
  const std::string word(enum_name(outcome.verdict));
  std::string html = "<title>" + escaped(page.title) + "</title>\n</head>\n<body>\n<main>\n" +
                     element("h1", page.title) + "\n<p class=\"faint\">" + escaped(page.file) +
                     ", run by quorate " + escaped(page.build) + "</p>\n";
  html += "<p><span class=\"verdict " + word + "\">" + word + "</span> ";
  html += escaped(summary_header(page.run)) + "<span class=\"faint\">" + grouped(outcome.events) +
          " events, digest <code>" + digest_text(outcome.digest) + "</code></span></p>\n";
  return html;
}

std::string lesson(const ReportPage& page) {
  std::string html = heading("The lesson");
  if (!page.teaches.empty()) {
    html += "<p class=\"faint\">It teaches " + escaped(joined(page.teaches)) + ".</p>\n";
  }
  if (page.lesson.empty()) return html;
  return html + "<p class=\"lesson\">" + escaped(page.lesson) + "</p>\n";
}

std::string figures(const std::vector<ReportFigure>& all) {
  std::string html = all.empty() ? "" : heading("Figures");
  for (const ReportFigure& figure : all) {
    if (figure.svg.empty()) {
      html += "<p>" + escaped(figure.title) + ": none.</p>\n" + preformatted(figure.missing);
      continue;
    }
    html += "<figure><img alt=\"" + escaped(figure.title) + "\" src=\"data:image/svg+xml;base64," +
            base64(figure.svg) + "\"><figcaption>" + escaped(figure.title) +
            "</figcaption></figure>\n";
  }
  return html;
}

std::string origin(const ReportPage& page) {
  std::string html = heading("The scenario") + preformatted(page.scenario);
  html += heading("All of it again");
  std::string lines;
  for (const std::string& command : page.commands) lines += command + "\n";
  html += preformatted(lines) + heading("Beside this page") + "<ul>\n";
  for (const auto& [name, what] : page.files) {
    html += "<li><a href=\"" + escaped(name) + "\">" + escaped(name) + "</a>: " + escaped(what) +
            "</li>\n";
  }
  return html + "</ul>\n";
}

}  // namespace

std::string report_html(const ReportPage& page) {
  std::string html = std::string(page_head) + title_and_verdict(page) + lesson(page);
  html += heading("What happened") + preformatted(page.story + summary_verdict(page.run));
  html += figures(page.figures) + metrics_table(page.run.outcome) + costs_table(page.costs);
  html += checks_table(page.run.outcome);
  html += heading("Under many seeds") + preformatted(page.sweep);
  return html + origin(page) + "</main>\n</body>\n</html>\n";
}

}  // namespace quorate
