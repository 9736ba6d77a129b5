// From a scenario file to a Scenario that a run can trust. Every error is reported at once, with
// its place; nothing is run or written. A name is checked against the protocol's description, so a
// typing mistake never becomes a fault that silently does nothing.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "sim/scenario/diagnostics.hpp"
#include "sim/scenario/scenario.hpp"

namespace quorate {

// A protocol's description by name, or null. The list of protocols belongs to a higher floor.
using FindProtocol = std::function<const ProtocolInfo*(std::string_view name)>;

// A change of the document, as a user typed it: `--set path=text`.
struct Setting {
  std::string path;
  std::string text;
  std::string_view option{"--set"};  // for messages; outlives the setting
};

struct LoadOptions {
  std::vector<Setting> set;  // applied in order, before the document is read
  // More nodes than these (and as many clients) are refused before anything is allocated for them.
  std::uint32_t max_nodes{10'000};
};

// Reads the file, laid over those it extends (extends.hpp). Null when `diagnostics` holds errors;
// it may hold warnings either way. What stays unset in the file has the defaults of scenario.hpp,
// except that clients' links are like the nodes'.
std::shared_ptr<const Scenario> load_scenario(const std::string& path, const FindProtocol& find,
                                              const std::vector<std::string>& known_protocols,
                                              const LoadOptions& options, Diagnostics& diagnostics);

// The same for text at hand: a scenario embedded in a trace,
// or a test. `file_name` is for messages.
std::shared_ptr<const Scenario> read_scenario(std::string_view text, std::string_view file_name,
                                              const FindProtocol& find,
                                              const std::vector<std::string>& known_protocols,
                                              const LoadOptions& options, Diagnostics& diagnostics);

}  // namespace quorate
