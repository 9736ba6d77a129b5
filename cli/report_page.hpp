// One run and what surrounds it as one HTML page that needs nothing else: no network, no script.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "analysis/summary.hpp"
#include "cli/compare_costs.hpp"

namespace quorate {

struct ReportFigure {
  std::string title;
  std::string svg;      // empty where there is none
  std::string missing;  // and then why
};

struct ReportPage {
  std::string file;  // the scenario, as it was named
  std::string title;
  std::vector<std::string> teaches;
  std::string lesson;
  std::string build;
  RunReport run;
  std::string story;
  std::vector<CostRow> costs;  // of the protocol, where theory says something
  std::string sweep;           // what the command printed
  std::vector<ReportFigure> figures;
  std::string scenario;                                    // the file's text
  std::vector<std::string> commands;                       // that make everything again
  std::vector<std::pair<std::string, std::string>> files;  // beside the page, and what they are
};

// The same page for the same values, byte for byte.
std::string report_html(const ReportPage& page);

}  // namespace quorate
