#include "cli/sweep_script.hpp"

#include <algorithm>
#include <map>

namespace quorate {
namespace {

// What both begin with: @...@ stand for what differs from sweep to sweep.
constexpr std::string_view script_head = R"(#!/usr/bin/env bash
@directives@# @runs@ of @file@, in @parts@ parts@how@.
#   bash THIS_FILE              all of it, put together in @out@/all
#   bash THIS_FILE part 3       the third part alone
#   bash THIS_FILE whole        nothing but to put the parts together
# Whatever ends it, the same line goes on with the parts that are not done. Run it where it was
# made, or name the files anew; QUORATE names the program.
set -euo pipefail
quorate=${QUORATE:-@program@}
out=@out@
parts=@parts@

# Exits 0 once all its runs are done, whatever became of them.
part() {
  "$quorate" @words@ \
    --shard "$1/$parts" --out "$out/part-$1" --resume --jobs "@jobs@" --quiet
}

# Exits as the sweep of all runs does.
whole() {
  local all=() i
  for ((i = 1; i <= parts; ++i)); do all+=("$out/part-$i"); done
  "$quorate" merge "${all[@]}" --out "$out/all" --force
}

)";

constexpr std::string_view parallel_tail = R"(case ${1-} in
  part) part "$2" ;;
  whole) whole ;;
  *)
    mkdir -p "$out"
    seq "$parts" | parallel --quote --joblog "$out/joblog" bash "$0" part {}
    whole
    ;;
esac
)";

// What the cluster wants to know stands in one place, where it is easily changed.
constexpr std::string_view slurm_directives = R"(#SBATCH --job-name=quorate
#SBATCH --ntasks=1
#SBATCH --cpus-per-task=1
)";

constexpr std::string_view slurm_tail = R"(case ${1-} in
  part) part "${2:-$SLURM_ARRAY_TASK_ID}" ;;
  whole) whole ;;
  *)
    mkdir -p "$out"
    array=$(sbatch --parsable --array="1-$parts" --output="$out/part-%a.log" "$0" part)
    sbatch --dependency="afterok:${array%%;*}" --output="$out/all.log" "$0" whole
    ;;
esac
)";

using Fillings = std::map<std::string, std::string, std::less<>>;

// Every @name@ replaced by its word. What stands in a word is left as it is, whatever it looks
// like.
std::string filled_in(std::string_view text, const Fillings& words) {
  std::string result;
  for (std::size_t at = 0; (at = text.find('@')) != text.npos;) {
    const std::size_t end = std::min(text.find('@', at + 1), text.size());
    const auto word = words.find(text.substr(at + 1, end - at - 1));
    const bool known = word != words.end();
    result += text.substr(0, at);
    result += known ? word->second : "@";
    text.remove_prefix(known ? end + 1 : at + 1);
  }
  return result + std::string(text);
}

}  // namespace

std::string sweep_script(ScriptKind kind, const SweepIdentity& identity, std::uint64_t runs,
                         std::uint64_t parts, const std::string& out) {
  const bool slurm = kind == ScriptKind::slurm;
  const Fillings words{{"directives", std::string(slurm ? slurm_directives : "")},
                       {"how", slurm ? ", as an array of Slurm's jobs" : ", by GNU parallel"},
                       {"jobs", slurm ? "${SLURM_CPUS_PER_TASK:-1}" : "1"},
                       {"parts", std::to_string(parts)},
                       {"runs", counted(runs, "run", "runs")},
                       {"program", program_name()},
                       {"words", identity.words()},
                       {"out", shell_word(out)},
                       {"file", printable(identity.file)}};
  return filled_in(std::string(script_head) + std::string(slurm ? slurm_tail : parallel_tail),
                   words);
}

}  // namespace quorate
