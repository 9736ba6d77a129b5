#!/usr/bin/env bash
# Draws figure 16 of the Raft paper from our own runs: how long a cluster is without a leader after
# the leader crashed, for more and more random election timeouts (above) and for shorter and
# shorter ones (below). Diamonds are the medians that the paper's figure shows.
#   figure-16.sh FIGURE [QUORATE [SEEDS]]      build/release/quorate and 1000 unless given;
#   QUORATE_PLOT holds further words for `quorate plot`, such as "--theme slides --force"
set -euo pipefail
figure=$1
quorate=$(realpath "${2:-build/release/quorate}")
seeds=${3:-1000}
tree=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# times PANEL SHORTEST LONGEST: rows of one sweep. A time counts from the leader's death, which the
# paper spreads evenly over half the shortest timeout after the last heartbeat: each run is reduced
# by another part of that, as in PUBLISHED.md.
times() {
  {
    "$quorate" sweep "$tree/scenarios/raft/figure-16.json" --seeds "1..$seeds" --csv - \
      --set "protocol.params.election_timeout=uniform($2ms, $3ms)" 2>/dev/null ||
      [[ $? -eq 1 ]] # some elect nobody in two seconds: that is what the figure shows
  } |
    awk -F, -v panel="$1" -v name="$2–$3 ms" -v latest="$(($2 / 2))" '
      NR == 1 { for (i = 1; i <= NF; ++i) if ($i == "first_leader_at_us") at = i; next }
      { part = NR * 0.6180339887; part -= int(part)
        left = $at == "" ? "" : int($at - latest * 1000 * part)
        printf "%s,%s,%d,pass,%s\n", panel, name, NR - 1, left }'
}

{
  echo "panel,election timeout,seed,verdict,time_without_leader_us"
  for longest in 150 151 155 175 200 300; do
    times "more randomness" 150 "$longest"
  done
  times "shorter timeouts" 12 24
  times "shorter timeouts" 25 50
  times "shorter timeouts" 50 100
  times "shorter timeouts" 100 200
  times "shorter timeouts" 150 300
} >"$work/figure-16.csv"

# shellcheck disable=SC2086
"$quorate" plot "$work/figure-16.csv" --kind cdf --metric time_without_leader_us \
  --panel panel --by "election timeout" --log on -o "$figure" \
  --title "Raft, figure 16: time without a leader" \
  --caption "raft/figure-16.json, $seeds seeds each; medians read off the paper's figure" \
  --mark "150–155 ms=287" --mark "150–175 ms=141" --mark "150–200 ms=147" \
  --mark "150–300 ms=171" --mark "100–200 ms=120" --mark "50–100 ms=67" \
  --mark "25–50 ms=43" --mark "12–24 ms=30" ${QUORATE_PLOT-}
