// Which scenarios a sweep runs, and under which seeds: from --seeds, --vary and --set, or from the
// scenario's own "sweep".
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/subject.hpp"

namespace quorate {

struct Variant {
  Subject subject;
  Settings settings;                // all that differs from the file
  std::vector<std::string> values;  // of what is varied, in the order of Variants::paths()
  std::string label;                // "network.loss=5% protocol.nodes=3"
};

class Variants {
 public:
  // Whether the axes of the file's own "sweep" are varied where the command line names none.
  enum class OwnAxes : std::uint8_t { varied, ignored };

  // Loads every variant before anything runs. Throws Failure.
  Variants(const std::string& file, const Arguments& arguments, Console& console,
           OwnAxes own_axes = OwnAxes::varied);

  const std::vector<Variant>& all() const { return all_; }
  const std::vector<std::string>& paths() const { return paths_; }
  std::uint64_t first_seed() const { return first_seed_; }
  std::uint64_t seeds() const { return seeds_; }  // how many

 private:
  void read_seeds(const Arguments& arguments, const Scenario& scenario);
  void read_protocols(const Arguments& arguments);
  void read_axes(const Arguments& arguments);
  void refuse_what_is_set(const Settings& settings) const;
  void read_own_axes(const Scenario& scenario, const Settings& settings);
  void load(const std::string& file, const Settings& settings, Console& console);
  void check_size() const;

  std::vector<std::string> paths_;
  std::vector<std::vector<std::string>> axes_;  // beside paths_
  std::string_view axes_from_{"--vary"};        // what the axes were read from, for messages
  std::vector<Variant> all_;
  std::uint64_t first_seed_{1};
  std::uint64_t seeds_{100};
};

// "a,b,c" in parts; commas inside brackets or quotes do not part.
std::vector<std::string> split_values(std::string_view text);

}  // namespace quorate
