// What a sweep is: all that must be equal for rows to be rows of one sweep, and what its results
// tell beside the rows. It stands in DIR/sweep.json, so that parts can be put together where the
// scenario is not.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/subject.hpp"
#include "sim/search/sweep.hpp"

namespace quorate {

class Variants;

struct SweepIdentity {
  std::string build;
  std::string file;
  std::uint64_t first_seed{1};
  std::uint64_t seeds{1};  // how many
  Duration wall_time{};
  SweepPart part;
  std::string scenario;                          // of the first variant, as JSON
  std::vector<std::string> set;                  // "path=value", of all variants
  std::vector<std::string> varied;               // paths
  std::vector<std::vector<std::string>> values;  // of each variant, beside `varied`
  std::vector<std::string> protocols;            // of each variant

  std::string label(std::size_t variant) const;  // "network.loss=5%"; empty where nothing is varied
  Settings settings(std::size_t variant) const;  // all that differs from the file
  std::string protocol_names() const;            // "raft", or "2pc, 3pc" where that is varied
  // "sweep FILE --seeds A..B ...": what makes the same sweep, but for its part and output.
  std::string words() const;
};

std::string build_name();  // of this program: "0.1.0 0123456789ab"

SweepIdentity identity_of(const Variants& variants, const SweepPlan& plan, const std::string& file,
                          const Settings& set);

// One member a line, so that two texts can be compared member by member.
std::string to_text(const SweepIdentity& identity);
bool is_identity(std::string_view text);  // of any version, by its beginning
Parsed<SweepIdentity> read_identity(std::string_view text);

// 'seeds ("1..9" there, "1..99" here)': the first member that two texts tell differently; empty
// where they differ in nothing. Which part it is of how many does not count where `parts` is
// `ignored`.
enum class Parts : std::uint8_t { compared, ignored };
struct Places {
  std::string_view held{"there"};
  std::string_view wanted{"here"};
};
std::string difference(const std::string& held, const std::string& wanted,
                       Parts parts = Parts::compared, const Places& places = {});

}  // namespace quorate
