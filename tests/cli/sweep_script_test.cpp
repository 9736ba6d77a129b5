// quorate sweep --script: the scripts do what they say, part by part and as a whole.
#include <doctest/doctest.h>

#include "tests/cli/command_line.hpp"

namespace quorate::testing {

namespace {

// Names and values that a shell, GNU parallel and the script's own template could take for theirs.
const std::vector<std::string> odd_words{"sweep",   "it's {} @out@ {#}.json",
                                         "--seeds", "1..15",
                                         "--vary",  "network.delay=uniform(1ms, 2ms),3ms",
                                         "--set",   "title=a \"b\" $(c) `d` {.}"};

struct Sweep {
  Sweep() { quorate.write(odd_words[1], quorate.read("coin.json")); }

  Outcome operator()(const std::vector<std::string>& more) const {
    std::vector<std::string> words = odd_words;
    words.insert(words.end(), more.begin(), more.end());
    return quorate("", words);
  }
  Outcome bash(const std::string& line) const {
    auto environment = quorate.environment;
    environment.emplace_back("QUORATE", binary("quorate").string());
    return run({{"bash", "-c", line}, quorate.folder(), environment});
  }
  void print(const std::string& kind) const {
    const Outcome script = (*this)({"--out", "in parts", "--parts", "4", "--script", kind});
    REQUIRE(script.status == 0);
    quorate.write("script.sh", script.output);
    CHECK(quorate.things() == 8);  // seven scenarios and the script: nothing was run
  }
  void check_whole() const {
    REQUIRE((*this)({"--out", "whole", "-j1", "--force"}).status == 0);
    for (const char* name :
         {"runs.csv", "report.txt", "report.json", "journal.jsonl", "sweep.json"}) {
      CHECK(quorate.read(std::string("in parts/all/") + name) ==
            quorate.read(std::string("whole/") + name));
    }
  }

  CommandLine quorate;
};

}  // namespace

TEST_CASE("cli: GNU parallel does the script that is printed for it") {
  const Sweep sweep;
  if (sweep.bash("parallel --version").status == 127) return;
  sweep.print("parallel");
  const Outcome all = sweep.bash("bash script.sh");
  CHECK_MESSAGE(all.status == 0, all.errors);
  CHECK(has(all.output, "PASS  30 pass"));
  sweep.check_whole();
  // What is done already is not done again, and what is lost is.
  const std::string journal = sweep.quorate.read("in parts/part-2/journal.jsonl");
  sweep.quorate.write("in parts/part-2/journal.jsonl", journal.substr(0, journal.size() / 2));
  const Outcome again = sweep.bash("bash script.sh");
  CHECK(again.status == 0);
  CHECK(sweep.quorate.read("in parts/part-2/journal.jsonl") == journal);
  sweep.check_whole();
}

TEST_CASE(
    "cli: the parts of both scripts can be done one by one, and an array's number names one") {
  for (const char* kind : {"parallel", "slurm"}) {
    const Sweep sweep;
    sweep.print(kind);
    const bool slurm = kind == std::string("slurm");
    for (const char* part : {"3", "1", "4", "2"}) {
      const std::string line = slurm ? "SLURM_ARRAY_TASK_ID=" + std::string(part) +
                                           " SLURM_CPUS_PER_TASK=2 bash script.sh part"
                                     : "bash script.sh part " + std::string(part);
      const Outcome made = sweep.bash("mkdir -p 'in parts'; " + line);
      CHECK_MESSAGE(made.status == 0, made.errors);
    }
    CHECK(sweep.bash("bash script.sh whole").status == 0);
    sweep.check_whole();
  }
}

TEST_CASE("cli: a script is printed of a good sweep alone, and says what it is") {
  const CommandLine quorate;
  const std::string line = "sweep good.json --seeds 1..9 --out dir --parts 3 --script slurm";
  const Outcome slurm = quorate(line);
  CHECK(slurm.output.starts_with("#!/usr/bin/env bash\n#SBATCH --job-name="));
  CHECK(has(slurm.output, "# 9 runs of good.json, in 3 parts, as an array of Slurm's jobs.\n"));
  const auto json = json_of(quorate(line + " --json").output);
  CHECK(json["schema"] == "quorate/sweep_script/1");
  CHECK(json["script"] == slurm.output);
  const auto refused = [&](const std::string& words, int status) {
    CHECK_MESSAGE(quorate("sweep good.json " + words).status == status, words);
  };
  refused("--seeds 1..9 --out dir --parts 10 --script slurm", 2);
  refused("--seeds 1..9 --out dir --parts 0 --script slurm", 2);
  refused("--seeds 1..9 --out dir --script slurm", 2);
  refused("--seeds 1..9 --parts 3 --script slurm", 2);
  refused("--seeds 1..9 --out dir --parts 3 --script pbs", 2);
  refused("--seeds 1..9 --out dir --parts 3", 2);
  for (const char* more : {"--resume", "--shard 1/3", "--csv a.csv", "--jobs 3", "--force"}) {
    refused("--seeds 1..9 --out dir --parts 3 --script parallel " + std::string(more), 2);
  }
  refused("--set network.lss=1% --out dir --parts 3 --script parallel", 3);
  CHECK(quorate.things() == 6);
}

}  // namespace quorate::testing
