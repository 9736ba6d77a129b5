// Runs scenarios under many seeds and prints one line a run: what the determinism matrix compares.
// Needs the engine and the protocols alone, so it can be built for processors and libraries that
// have no compiled Boost.
//   quorate_digests SEEDS FILE...
// Each line: file, seed, verdict, events, digest of the run, hash of its trace. Exit 1 when a file
// cannot be read as a scenario.
#include <charconv>
#include <cstdio>

#include "analysis/trace_parts.hpp"
#include "cli/registry.hpp"
#include "sim/base/hash.hpp"
#include "sim/scenario/diagnostics.hpp"
#include "sim/scenario/loader.hpp"

namespace {

using namespace quorate;

std::shared_ptr<const Scenario> load(const std::string& file) {
  Diagnostics diagnostics(file);
  auto scenario = load_scenario(file, find_protocol_info, protocol_names(), {}, diagnostics);
  if (scenario == nullptr) std::fputs(diagnostics.rendered().c_str(), stderr);
  return scenario;
}

// Hashes every line of a trace.
class HashingSink final : public TraceSink {
 public:
  bool write(std::string_view lines) override {
    hasher_.bytes(lines);
    return true;
  }
  std::uint64_t hash() const { return hasher_.result(); }

 private:
  Hasher hasher_;
};

void print_run(const std::string& file, std::shared_ptr<const Scenario> scenario,
               std::uint64_t seed) {
  const ProtocolEntry& entry = *find_protocol(scenario->protocol);
  HashingSink lines;
  TraceWriter writer(lines, trace_header(*scenario, entry.info, seed), 0);
  const auto run = entry.make(std::move(scenario), seed, {});
  run->observe(writer);
  run->run();
  writer.finish(trace_footer(*run, entry.info));
  const std::string verdict(enum_name(run->outcome().verdict));
  std::printf("%s %s %s %s %s %s\n", file.c_str(), std::to_string(seed).c_str(), verdict.c_str(),
              std::to_string(run->events()).c_str(), digest_text(run->digest()).c_str(),
              digest_text(lines.hash()).c_str());
  std::fflush(stdout);
}

}  // namespace

int main(int count, char** words) {
  std::uint64_t seeds = 0;
  const std::string_view number = count > 2 ? words[1] : "";
  if (std::from_chars(number.data(), number.data() + number.size(), seeds).ec != std::errc{}) {
    std::fputs("usage: quorate_digests SEEDS FILE...\n", stderr);
    return 2;
  }
  for (int i = 2; i < count; ++i) {
    const auto scenario = load(words[i]);
    if (scenario == nullptr) return 1;
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) print_run(words[i], scenario, seed);
  }
  return 0;
}
