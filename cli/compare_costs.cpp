#include "cli/compare_costs.hpp"

#include <algorithm>

#include "cli/failure.hpp"
#include "cli/layout.hpp"
#include "sim/base/json_writer.hpp"
#include "sim/run/cost.hpp"
#include "sim/trace/writer.hpp"

namespace quorate {
namespace {

// The letter that counts those who take part: nodes, participants beside a coordinator, acceptors.
char size_letter(const Letters& letters) {
  for (const char letter : {'n', 'N', 'a'}) {
    if (letters.contains(letter)) return letter;
  }
  return '\0';
}

// The first choice of this size: one of whatever else is counted.
const Letters* choice_of(const std::vector<Letters>& choices, std::int64_t nodes) {
  const auto found = std::ranges::find_if(choices, [&](const Letters& letters) {
    const char size = size_letter(letters);
    return size == '\0' || letters.at(size) == nodes;
  });
  return found == choices.end() ? nullptr : &*found;
}

std::string told(const Letters& letters) {
  std::string text;
  for (const auto& [letter, value] : letters) {
    text += (text.empty() ? "" : ", ") + std::string(1, letter) + " = " + std::to_string(value);
  }
  return text;
}

template <class T>
T value_of(const Parsed<T>& result, const std::string& what) {
  if (result) return result.value;
  throw Failure(ExitCode::internal_error, what + ": " + result.error);
}

CostRow row_of(const ProtocolEntry& entry, const Cost& cost, std::int64_t nodes) {
  const std::string what = entry.info.name + "." + std::string(cost.name);
  const auto choices = value_of(letter_choices(cost.letters), what);
  const Letters* letters = choice_of(choices, nodes);
  if (letters == nullptr) {
    throw Failure(ExitCode::bad_usage,
                  what + " is not declared for " + std::to_string(nodes) + " nodes",
                  "it is for " + std::string(cost.letters));
  }
  return {entry.info.name,
          std::string(cost.name),
          std::string(cost.when),
          told(*letters),
          std::string(cost.formula),
          std::string(enum_name(cost.unit)),
          std::string(cost.source),
          value_of(evaluate(cost.formula, *letters), what),
          value_of(measured_cost(entry, cost, *letters), what)};
}

std::size_t width_of(const std::vector<CostRow>& rows, std::string CostRow::*text) {
  std::size_t width = 0;
  for (const CostRow& row : rows) width = std::max(width, display_width(row.*text));
  return width;
}

std::string verdict(const std::vector<CostRow>& rows) {
  const auto wrong =
      std::ranges::count_if(rows, [](const CostRow& row) { return row.measured != row.theory; });
  if (wrong == 0) return "All " + std::to_string(rows.size()) + " are what theory says.\n";
  return std::to_string(wrong) + " of " + std::to_string(rows.size()) +
         " are not what theory says.\n";
}

}  // namespace

std::vector<CostRow> compare_costs(const std::vector<const ProtocolEntry*>& protocols,
                                   std::int64_t nodes, bool all) {
  std::vector<CostRow> rows;
  for (const ProtocolEntry* entry : protocols) {
    for (const Cost& cost : entry->info.costs) {
      if (all || cost.headline) rows.push_back(row_of(*entry, cost, nodes));
    }
  }
  return rows;
}

std::string costs_text(const std::vector<CostRow>& rows, TextStyle style) {
  const std::size_t unit = std::max(width_of(rows, &CostRow::unit), std::size_t{8});
  const std::size_t formula = std::max(width_of(rows, &CostRow::formula), std::size_t{6});
  std::string text;
  const std::string* protocol = nullptr;
  for (const CostRow& row : rows) {
    if (protocol == nullptr || *protocol != row.protocol) {
      text += (protocol == nullptr ? "" : "\n") + paint(row.protocol, Paint::bold, style) + "  " +
              paint(row.letters, Paint::dim, style) + "\n";
      protocol = &row.protocol;
    }
    const std::string mark = row.measured == row.theory ? "=" : "but";
    text += "  " + padded(row.unit, unit) + right_aligned(std::to_string(row.measured), 6) + " " +
            padded(mark, 3) + " " + padded(row.formula, formula) + "  " +
            wrapped(row.when, unit + formula + 15) + "\n";
  }
  return text + "\n" + verdict(rows);
}

std::string costs_markdown(const std::vector<CostRow>& rows) {
  std::string text =
      "| protocol | cost | | measured | theory | formula | source |\n"
      "|---|---|---|---:|---:|---|---|\n";
  for (const CostRow& row : rows) {
    text += "| " + row.protocol + " | " + row.unit + " | " + row.when + " | " +
            std::to_string(row.measured) + " | " + std::to_string(row.theory) + " | " +
            row.formula + ", " + row.letters + " | " + row.source + " |\n";
  }
  return text + "\n" + verdict(rows);
}

std::string costs_csv(const std::vector<CostRow>& rows) {
  std::string text = "protocol,cost,unit,letters,formula,theory,measured,when,source\n";
  for (const CostRow& row : rows) {
    text += csv_cell(row.protocol) + "," + csv_cell(row.name) + "," + csv_cell(row.unit) + "," +
            csv_cell(row.letters) + "," + csv_cell(row.formula) + "," + std::to_string(row.theory) +
            "," + std::to_string(row.measured) + "," + csv_cell(row.when) + "," +
            csv_cell(row.source) + "\n";
  }
  return text;
}

std::string costs_json(const std::vector<CostRow>& rows) {
  JsonWriter out;
  out.open_object();
  print_member(out, "schema", "quorate/compare/1");
  out.key("costs");
  out.open_array();
  for (const CostRow& row : rows) {
    out.open_object();
    print_member(out, "protocol", row.protocol);
    print_member(out, "name", row.name);
    print_member(out, "when", row.when);
    print_member(out, "letters", row.letters);
    print_member(out, "formula", row.formula);
    print_member(out, "unit", row.unit);
    print_member(out, "source", row.source);
    print_member(out, "theory", row.theory);
    print_member(out, "measured", row.measured);
    out.close_object();
  }
  out.close_array();
  out.close_object();
  return out.buffer() + "\n";
}

}  // namespace quorate
