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
          nodes,
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

std::vector<CostRow> compare_costs(const std::vector<CostChoice>& choices, std::int64_t nodes,
                                   bool all) {
  std::vector<CostRow> rows;
  for (const CostChoice& choice : choices) {
    for (const Cost& cost : choice.protocol->info.costs) {
      const bool shown = choice.cost == nullptr ? all || cost.headline : choice.cost == &cost;
      if (shown) rows.push_back(row_of(*choice.protocol, cost, nodes));
    }
  }
  if (rows.empty() && !choices.empty()) {
    throw Failure(ExitCode::bad_usage, "there is nothing to compare",
                  "`.costs` in its protocol.cpp is where a protocol declares what theory says");
  }
  return rows;
}

namespace {

// Rows of one unit: those of each cost stand below each other.
using Table = std::vector<std::vector<const CostRow*>>;

std::string full_name(const CostRow& row) { return row.protocol + "." + row.name; }

Table table_of(const std::vector<CostRow>& rows, const std::string& unit) {
  Table table;
  for (const CostRow& row : rows) {
    if (row.unit != unit) continue;
    const auto column = std::ranges::find_if(
        table, [&](const auto& other) { return full_name(*other.front()) == full_name(row); });
    if (column == table.end())
      table.push_back({&row});
    else if (column->back()->nodes != row.nodes)  // else asked for twice
      column->push_back(&row);
  }
  return table;
}

std::string cell(const CostRow& row) {
  const std::string measured = std::to_string(row.measured);
  return row.measured == row.theory ? measured : measured + ", not " + std::to_string(row.theory);
}

// A line of the table; the first word stands for the number of nodes.
template <class Cell>
std::string table_line(const std::string& first, const Table& table, Cell&& text_of) {
  std::string line = right_aligned(first, 6);
  for (const auto& column : table) {
    const std::size_t width =
        std::max({column.front()->protocol.size(), column.front()->name.size(),
                  column.front()->formula.size(), std::size_t{12}});
    line += "  " + right_aligned(text_of(column), width);
  }
  return line + "\n";
}

std::string table_text(const std::vector<CostRow>& rows, const std::string& unit, TextStyle style) {
  using Column = const std::vector<const CostRow*>&;
  const Table table = table_of(rows, unit);
  std::string text = paint(unit, Paint::bold, style) + "\n";
  text += table_line("", table, [](Column column) { return column.front()->protocol; });
  text += table_line("", table, [](Column column) { return column.front()->name; });
  text += table_line("nodes", table, [](Column column) { return column.front()->formula; });
  for (std::size_t i = 0; i < table.front().size(); ++i) {
    text += table_line(std::to_string(table.front()[i]->nodes), table,
                       [&](Column column) { return cell(*column[i]); });
  }
  for (const auto& column : table) {
    text += "  " + wrapped(full_name(*column.front()) + ": " + column.front()->when, 4) + "\n";
  }
  return text + "\n";
}

std::vector<std::string> units_of(const std::vector<CostRow>& rows) {
  std::vector<std::string> units;
  for (const CostRow& row : rows) {
    if (std::ranges::find(units, row.unit) == units.end()) units.push_back(row.unit);
  }
  return units;
}

std::string tables_text(const std::vector<CostRow>& rows, TextStyle style) {
  std::string text;
  for (const std::string& unit : units_of(rows)) text += table_text(rows, unit, style);
  return text + verdict(rows);
}

bool of_one_size(const std::vector<CostRow>& rows) {
  return std::ranges::all_of(rows,
                             [&](const CostRow& row) { return row.nodes == rows.front().nodes; });
}

}  // namespace

std::string costs_text(const std::vector<CostRow>& rows, TextStyle style) {
  if (!of_one_size(rows)) return tables_text(rows, style);
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

std::string costs_runs(const std::vector<CostRow>& rows) {
  const std::vector<std::string> units = units_of(rows);
  std::string text = "cost,nodes,seed,verdict," + joined(units, ",") + ",theory\n";
  for (const CostRow& row : rows) {
    text += csv_cell(full_name(row)) + "," + std::to_string(row.nodes) + ",1," +
            (row.measured == row.theory ? "pass" : "fail");
    for (const std::string& unit : units) {
      text += "," + (unit == row.unit ? std::to_string(row.measured) : "");
    }
    text += "," + std::to_string(row.theory) + "\n";
  }
  return text;
}

std::string costs_json(const std::vector<CostRow>& rows) {
  JsonWriter out;
  out.open_object();
  print_member(out, "schema", "quorate/costs/1");
  out.key("costs");
  out.open_array();
  for (const CostRow& row : rows) {
    out.open_object();
    print_member(out, "protocol", row.protocol);
    print_member(out, "name", row.name);
    print_member(out, "when", row.when);
    print_member(out, "nodes", row.nodes);
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
