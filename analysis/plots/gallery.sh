#!/usr/bin/env bash
# Draws the figures of the gallery anew. Their bytes depend on matplotlib's version; those committed
# are of Debian 12.
#   gallery.sh [QUORATE [FOLDER]]      build/release/quorate, and gallery/ beside this file
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
tree=$here/../..
quorate=$(realpath "${1:-build/release/quorate}")
mkdir -p "${2:-$here/gallery}"
gallery=$(realpath "${2:-$here/gallery}")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

# draw NAME CAPTION WORD...: the data beside a figure are not committed.
draw() {
  local name=$1 caption=$2
  shift 2
  "$quorate" plot "$@" --caption "$caption" -o "$work/$name.svg" --quiet
  mv "$work/$name.svg" "$gallery/$name.svg"
}

trace() { "$quorate" run "$tree/scenarios/$1.json" --trace "$2.jsonl" >/dev/null 2>&1 || true; }
sweep() {
  local scenario=$1 name=$2
  shift 2
  "$quorate" sweep "$tree/scenarios/$scenario.json" --csv "$name.csv" "$@" >/dev/null 2>&1 || true
}

trace raft/leader-crash crash
trace raft/minority-partition split
trace 2pc/coordinator-crash-blocked 2pc
trace 3pc/coordinator-crash-precommit 3pc
sweep raft/leader-crash runs --seeds 1..200 --vary network.loss=0%,5%,10%,20% \
  --vary protocol.nodes=3,5,7
sweep raft/leader-crash one --seeds 1..500 --vary network.loss=5%

raft="raft/leader-crash.json"
draw leader-crash "$raft, seed 42" crash.jsonl --kind timeline
draw leader-crash-dark "$raft, seed 42" crash.jsonl --kind timeline --theme dark
draw leader-crash-events "$raft, seed 42" crash.jsonl --kind timeline --axis events
draw partition "raft/minority-partition.json, seed 1" split.jsonl --kind timeline
draw 2pc-blocked "2pc/coordinator-crash-blocked.json, seed 1" 2pc.jsonl --kind timeline \
  --window 0s..700ms
draw 3pc-commits "3pc/coordinator-crash-precommit.json, seed 1" 3pc.jsonl --kind timeline
draw cdf "$raft, seeds 1 to 200, 3 to 7 nodes" runs.csv --kind cdf \
  --metric leaderless_time_us --by network.loss
draw latency "$raft with 5 % loss, seeds 1 to 500" one.csv --kind latency \
  --metric leaderless_time_us
draw messages "$raft, seeds 1 to 200, all losses" runs.csv --kind messages --by protocol.nodes
bars="bars: 95 % intervals, where longer than a point"
draw lines "$raft, seeds 1 to 200; $bars" runs.csv --kind lines \
  --metric leaderless_time_us --x network.loss
draw heatmap "$raft, seeds 1 to 200" runs.csv --kind heatmap --metric leaderless_time_us \
  --x network.loss
draw grid "$raft, seeds 1 to 200; $bars" runs.csv --kind grid \
  --x network.loss --metric leaderless_time_us --metric failed --metric latency_us_p99 \
  --metric messages.sent
"$quorate" compare "$tree/scenarios/raft/leader-crash.json" --protocols raft,multi_paxos \
  --set workload.0.timeout=100ms --seeds 1..500 --csv failover.csv >/dev/null 2>&1
draw failover "$raft, clients try again after 100 ms, seeds 1 to 500" failover.csv --kind cdf \
  --metric unanswered_time_us --title "Nobody is answered after the leader's crash"
"$quorate" compare bully.worst_messages bully.best_messages list_ring.election_messages \
  chang_roberts.join_worst_messages --nodes 3..30 --csv elections.csv >/dev/null
draw elections "one peer notices; every point is what theory says" elections.csv --kind lines \
  --x nodes --metric messages --log on --title "Messages of an election"
QUORATE_PLOT="--quiet" "$here/figure-16.sh" "$work/figure-16.svg" "$quorate" 1000
mv "$work/figure-16.svg" "$gallery/figure-16.svg"
