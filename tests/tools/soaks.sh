#!/usr/bin/env bash
# Sweeps every scenario in which everything goes wrong that its protocol promises to survive, and
# prints under how many seeds a property was broken or an expectation missed: under none, or it
# fails. The seeds are shared out evenly; `first` lets another sweep go on where one has ended.
#   soaks.sh [QUORATE [SEEDS [FIRST]]]      build/release/quorate, 10000 in all and 1 unless given
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
quorate=${1:-build/release/quorate}
seeds=${2:-10000}
first=${3:-1}
files=(scenarios/{raft,paxos,multi_paxos,accept_learn,2pc,3pc}/soak.json
  scenarios/raft/{soak-snapshots,soak-links,soak-machines,soak-membership,soak-joint}.json
  scenarios/3pc/soak-crashes.json scenarios/failure_detector/soak.json
  scenarios/{bully,bully_1982,invitation,list_ring}/crash-storm.json)
each=$(((seeds + ${#files[@]} - 1) / ${#files[@]}))
alarms=0
runs=0
for file in "${files[@]}"; do
  started=$SECONDS
  rows=$("$quorate" sweep "$file" --seeds "$first..$((first + each - 1))" --csv - 2>/dev/null |
    awk -F, 'NR > 1 { ++runs; if ($2 != "pass") ++bad } END { print runs + 0, bad + 0 }') || true
  read -r made bad <<<"$rows"
  printf '%-40s %6d seeds %4d alarms  %4d s\n' "$file" "$made" "$bad" $((SECONDS - started))
  ((made == each)) || bad=$((bad + 1))
  runs=$((runs + made))
  alarms=$((alarms + bad))
done
echo "$runs seeds, $alarms alarms"
((alarms == 0))
