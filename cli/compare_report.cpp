#include "cli/compare_report.hpp"

#include <algorithm>
#include <cmath>

#include "cli/layout.hpp"
#include "sim/base/json_writer.hpp"
#include "sim/trace/writer.hpp"

namespace quorate {
namespace {

// ---- numbers ------------------------------------------------------------------------------------

// With so many decimals, rounded; "-0.0" is 0.
std::string decimal(double value, int decimals) {
  std::int64_t scale = 1;
  for (int i = 0; i < decimals; ++i) scale *= 10;
  const std::int64_t scaled = std::llround(std::abs(value) * static_cast<double>(scale));
  std::string text = grouped(static_cast<std::uint64_t>(scaled / scale));
  if (decimals > 0) {
    std::string rest = std::to_string(scaled % scale + scale).substr(1);
    text += "." + rest;
  }
  return (value < 0 && scaled != 0 ? "-" : "") + text;
}

// As programs read it: no grouping, six decimals.
std::string raw(double value) {
  std::string text = decimal(value, 6);
  std::erase(text, ',');
  return text;
}

std::string value_text(const Quantity& quantity, double value) {
  if (quantity.share) return decimal(100 * value, 1) + "%";
  if (quantity.unit != "us") return decimal(value, std::abs(value) < 1000 ? 2 : 0);
  const std::string sign = value < 0 ? "-" : "";
  return sign + precise(Duration{std::llround(std::abs(value) * 1000)});
}

// ---- rows ---------------------------------------------------------------------------------------

struct QuantityRow {
  const Quantity& quantity;
  std::size_t contender{};
  Estimate estimate;
  Difference difference;  // from the first contender
  double first{};         // the first contender's value
  std::uint64_t first_values{};
};

std::vector<QuantityRow> quantity_rows(const Comparison& comparison, std::size_t quantity) {
  std::vector<QuantityRow> rows;
  const Estimate first = comparison.estimate(0, quantity);
  for (std::size_t i = 0; i < comparison.contenders().size(); ++i) {
    QuantityRow row{comparison.quantities()[quantity],
                    i,
                    comparison.estimate(i, quantity),
                    {},
                    first.value,
                    first.values};
    if (i != 0) row.difference = comparison.difference(0, i, quantity);
    rows.push_back(row);
  }
  return rows;
}

// One quantity with each contender's row.
struct QuantityRows {
  bool idle{};  // 0 everywhere: no sentence is about it
  std::vector<QuantityRow> rows;
};

// Of the quantities in their order, without those of which nothing need be said: what texts and
// sentences are made of.
std::vector<QuantityRows> shown_rows(const ComparisonReport& report) {
  const Comparison& comparison = report.comparison;
  std::vector<QuantityRows> shown;
  for (std::size_t i = 0; i < comparison.quantities().size(); ++i) {
    const bool idle = comparison.idle(i);
    if (!idle || report.all) shown.push_back({idle, quantity_rows(comparison, i)});
  }
  return shown;
}

std::string interval_text(const QuantityRow& row) {
  if (!row.estimate.interval) return "";
  return value_text(row.quantity, row.estimate.interval->low) + " .. " +
         value_text(row.quantity, row.estimate.interval->high);
}

// "1.50 times", "36.1 points less", "no difference seen"; nothing where there is none to see.
std::string difference_text(const QuantityRow& row) {
  const Estimate& difference = row.difference.estimate;
  if (row.contender == 0 || difference.values == 0) return "";
  if (difference.value == 0 && !row.difference.seen()) return "the same";
  if (!row.difference.seen()) return "no difference seen";
  if (row.quantity.share) {
    return decimal(100 * std::abs(difference.value), 1) + " points " +
           (difference.value < 0 ? "less" : "more");
  }
  const double from = row.difference.from;
  if (from == 0) return value_text(row.quantity, difference.value) + " more";
  if (from + difference.value == 0) return "none";
  return decimal((from + difference.value) / from, 2) + " times";
}

// Where some run of the one or of the other has no value: of how many the difference is.
std::string pairs_text(const QuantityRow& row) {
  const std::uint64_t pairs = row.difference.estimate.values;
  if (pairs == 0 || pairs == std::max(row.estimate.values, row.first_values)) return "";
  return " (" + grouped(pairs) + " pairs)";
}

struct Cells {
  std::string name;
  std::string value;
  std::string interval;
  std::string runs;  // that have a value
  std::string difference;
};

Cells cells_of(const Comparison& comparison, const QuantityRow& row) {
  const std::string& name = comparison.contenders()[row.contender];
  const std::string runs = grouped(row.estimate.values);
  if (row.estimate.values == 0) return {name, "-", "in no run", runs, ""};
  return {name, value_text(row.quantity, row.estimate.value), interval_text(row), runs,
          difference_text(row) + pairs_text(row)};
}

std::string title(const Quantity& quantity) {
  if (quantity.share) return quantity.name + " (share)";
  if (quantity.unit == "us") return quantity.name;
  return quantity.name + " (" + quantity.unit + ")";
}

std::string seeds_text(const ComparisonReport& report) {
  const std::uint64_t last = report.first_seed + report.comparison.seeds() - 1;
  return "seeds " + std::to_string(report.first_seed) + ".." + std::to_string(last);
}

// "Against 2pc, 3pc has 1.50 times messages.sent. No difference seen in committed."
std::string conclusion(const Comparison& comparison, const std::vector<QuantityRows>& shown,
                       std::size_t contender) {
  std::vector<std::string> seen;
  std::vector<std::string> unseen;
  for (const QuantityRows& quantity : shown) {
    const QuantityRow& row = quantity.rows[contender];
    const std::string& name = row.quantity.name;
    if (quantity.idle || row.difference.estimate.values == 0) continue;
    if (!row.difference.seen()) {
      unseen.push_back(name);
    } else if (row.quantity.share) {
      seen.push_back(name + " " + value_text(row.quantity, row.estimate.value) + " instead of " +
                     value_text(row.quantity, row.first));
    } else {
      seen.push_back(difference_text(row) + " " + name + pairs_text(row));
    }
  }
  std::string text = "Against " + comparison.contenders()[0] + ", " +
                     comparison.contenders()[contender] + " has " +
                     (seen.empty() ? "no difference that these seeds show" : joined(seen)) + ".";
  if (!seen.empty() && !unseen.empty()) text += " No difference seen in " + joined(unseen) + ".";
  return text;
}

// One sentence for each contender but the first.
std::vector<std::string> conclusions(const Comparison& comparison,
                                     const std::vector<QuantityRows>& shown) {
  std::vector<std::string> sentences;
  for (std::size_t i = 1; i < comparison.contenders().size(); ++i) {
    sentences.push_back(conclusion(comparison, shown, i));
  }
  return sentences;
}

std::string paragraphs(const std::vector<std::string>& sentences) {
  std::string text;
  for (const std::string& sentence : sentences) text += wrapped(sentence, 0) + "\n";
  return text;
}

}  // namespace

std::string comparison_text(const ComparisonReport& report, TextStyle style) {
  const Comparison& comparison = report.comparison;
  std::string text = counted(comparison.contenders().size(), "contender", "contenders") +
                     std::string(glyph(" · ", " - ", style)) + seeds_text(report) + "\n";
  const std::vector<QuantityRows> shown = shown_rows(report);
  std::size_t widths[4] = {20, 8, 8, 0};
  for (const QuantityRows& quantity : shown) {
    for (const QuantityRow& row : quantity.rows) {
      const Cells cells = cells_of(comparison, row);
      widths[0] = std::max(widths[0], display_width(cells.name));
      widths[1] = std::max(widths[1], display_width(cells.value));
      widths[2] = std::max(widths[2], display_width(cells.interval));
      widths[3] = std::max(widths[3], display_width(cells.runs));
    }
  }
  for (const QuantityRows& quantity : shown) {
    text += "\n" + paint(title(quantity.rows.front().quantity), Paint::bold, style) + "\n";
    for (const QuantityRow& row : quantity.rows) {
      const Cells cells = cells_of(comparison, row);
      std::string line = "  " + padded(cells.name, widths[0]) + "  " +
                         right_aligned(cells.value, widths[1]) + "  " +
                         padded(cells.interval, widths[2]) + "  n " +
                         right_aligned(cells.runs, widths[3]) + "  " + cells.difference;
      line.erase(line.find_last_not_of(' ') + 1);
      text += line + "\n";
    }
  }
  return text + "\n" + paragraphs(conclusions(comparison, shown));
}

std::string comparison_markdown(const ComparisonReport& report) {
  std::string text = "| quantity | contender | mean | 95 % interval | runs | against " +
                     report.comparison.contenders()[0] + " |\n|---|---|---:|---|---:|---|\n";
  const std::vector<QuantityRows> shown = shown_rows(report);
  for (const QuantityRows& quantity : shown) {
    for (const QuantityRow& row : quantity.rows) {
      const Cells cells = cells_of(report.comparison, row);
      text += "| " + row.quantity.name + " | " + cells.name + " | " + cells.value + " | " +
              cells.interval + " | " + cells.runs + " | " + cells.difference + " |\n";
    }
  }
  return text + "\n" + paragraphs(conclusions(report.comparison, shown));
}

std::string comparison_csv(const ComparisonReport& report) {
  std::string text =
      "quantity,unit,contender,runs,mean,low,high,difference,difference_low,"
      "difference_high\n";
  const auto interval = [](const Estimate& estimate) {
    if (!estimate.interval) return std::string(",,");
    return "," + raw(estimate.interval->low) + "," + raw(estimate.interval->high);
  };
  for (const QuantityRows& quantity : shown_rows(report)) {
    for (const QuantityRow& row : quantity.rows) {
      text += csv_cell(row.quantity.name) + "," + csv_cell(row.quantity.unit) + "," +
              csv_cell(report.comparison.contenders()[row.contender]) + "," +
              std::to_string(row.estimate.values) + ",";
      if (row.estimate.values != 0) text += raw(row.estimate.value);
      text += interval(row.estimate) + ",";
      if (row.difference.estimate.values != 0) text += raw(row.difference.estimate.value);
      text += interval(row.difference.estimate) + "\n";
    }
  }
  return text;
}

namespace {

void print_estimate(JsonWriter& out, const Estimate& estimate) {
  out.open_object();
  print_member(out, "runs", estimate.values);
  if (estimate.values != 0) {
    out.key("mean");
    out.raw(raw(estimate.value));
  }
  if (estimate.interval) {
    out.key("low");
    out.raw(raw(estimate.interval->low));
    out.key("high");
    out.raw(raw(estimate.interval->high));
  }
  out.close_object();
}

void print_quantity(JsonWriter& out, const Comparison& comparison,
                    const std::vector<QuantityRow>& rows) {
  out.open_object();
  print_member(out, "name", rows.front().quantity.name);
  print_member(out, "unit", rows.front().quantity.unit);
  out.key("contenders");
  out.open_array();
  for (const QuantityRow& row : rows) {
    out.open_object();
    print_member(out, "name", comparison.contenders()[row.contender]);
    out.key("estimate");
    print_estimate(out, row.estimate);
    if (row.contender != 0) {
      out.key("difference");
      print_estimate(out, row.difference.estimate);
    }
    out.close_object();
  }
  out.close_array();
  out.close_object();
}

}  // namespace

std::string comparison_json(const ComparisonReport& report) {
  const Comparison& comparison = report.comparison;
  JsonWriter out;
  out.open_object();
  print_member(out, "schema", "quorate/compare/1");
  out.key("seeds");
  out.open_object();
  print_member(out, "first", std::to_string(report.first_seed));
  print_member(out, "last", std::to_string(report.first_seed + comparison.seeds() - 1));
  out.close_object();
  print_member(out, "contenders", comparison.contenders());
  out.key("quantities");
  out.open_array();
  const std::vector<QuantityRows> shown = shown_rows(report);
  for (const QuantityRows& quantity : shown) print_quantity(out, comparison, quantity.rows);
  out.close_array();
  print_member(out, "conclusions", conclusions(comparison, shown));
  out.close_object();
  return out.buffer() + "\n";
}

}  // namespace quorate
