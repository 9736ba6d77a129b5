// Runs scenarios under many seeds and prints one line a run: what the determinism matrix compares.
// Needs the engine and the protocols alone, so it can be built for processors and libraries that
// have no compiled Boost.
//   quorate_digests [--behaviour] SEEDS FILE...
//   quorate_digests --versions
// Each line: file, seed, verdict, events, digest of the run, hash of its trace; for behaviour alone
// the trace without its header, which holds the scenario and its words. The versions are those of
// the trace and of every protocol. Exit 1 when a file cannot be read as a scenario.
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

// Hashes every line of a trace, or all that a scenario's prose has no part in: every line but the
// first, and of the last what stands before its checksum. Lines are handed over one by one.
class HashingSink final : public TraceSink {
 public:
  explicit HashingSink(bool behaviour) : behaviour_(behaviour), skip_(behaviour) {}
  bool write(std::string_view lines) override {
    if (behaviour_ && lines.starts_with("{\"end\":")) {
      lines = lines.substr(0, lines.find(",\"checksum\":"));
    }
    if (!skip_) hasher_.bytes(lines);
    skip_ = false;
    return true;
  }
  std::uint64_t hash() const { return hasher_.result(); }

 private:
  Hasher hasher_;
  bool behaviour_;
  bool skip_;
};

void print_run(const std::string& file, std::shared_ptr<const Scenario> scenario,
               std::uint64_t seed, bool behaviour) {
  const ProtocolEntry& entry = *find_protocol(scenario->protocol);
  HashingSink lines(behaviour);
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

int print_versions() {
  std::printf("# trace %d", trace_version);
  for (const ProtocolEntry& entry : protocols()) {
    std::printf(" %s %d", entry.info.name.c_str(), entry.info.version);
  }
  std::printf("\n");
  return 0;
}

}  // namespace

int main(int count, char** words) {
  if (count == 2 && std::string_view(words[1]) == "--versions") return print_versions();
  const bool behaviour = count > 1 && std::string_view(words[1]) == "--behaviour";
  const int first = behaviour ? 2 : 1;
  std::uint64_t seeds = 0;
  const std::string_view number = count > first + 1 ? words[first] : "";
  if (std::from_chars(number.data(), number.data() + number.size(), seeds).ec != std::errc{}) {
    std::fputs("usage: quorate_digests [--behaviour] SEEDS FILE...\n", stderr);
    return 2;
  }
  for (int i = first + 1; i < count; ++i) {
    const auto scenario = load(words[i]);
    if (scenario == nullptr) return 1;
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
      print_run(words[i], scenario, seed, behaviour);
    }
  }
  return 0;
}
