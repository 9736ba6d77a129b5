#!/usr/bin/env bash
# kill_sweeps.sh [QUORATE] [KILLS]: sweeps are killed with -9 at random moments, KILLS times (200),
# and resumed; in the end each result must be the bytes of a sweep that nobody disturbed. Killed are
# the sweep itself, one of its workers, or both. A kill seldom tears a line, so now and then the end
# of the journal is cut off besides, as a power cut might do it. Prints figures; exits 1 at the
# first difference.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
quorate=$(realpath "${1:-build/release/quorate}")
kills=${2:-200}
scenario=$PWD/scenarios/raft/leader-crash.json
words=(sweep "$scenario" --seeds 1..200 --vary 'network.loss=0%,1%' --quiet)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 1
RANDOM=${SEED:-1}
declare -A told=([resumed]=0 [torn]=0 [workers]=0 [sweeps]=0)

# A random nap of less than $1 ms.
nap() {
  local ms=$((RANDOM % $1))
  sleep "$(printf '%d.%03d' $((ms / 1000)) $((ms % 1000)))"
}

workers_of() {
  local parent pid
  for stat in /proc/[0-9]*/stat; do
    read -r pid _ _ parent _ 2>/dev/null <"$stat" && [[ $parent == "$1" ]] && echo "$pid"
  done
}

torn() { [[ -s $1 && $(tail -c 1 "$1" | od -An -c | tr -d ' ') != '\n' ]]; }

same() {
  for file in runs.csv report.txt report.json journal.jsonl sweep.json; do
    cmp "whole/$file" "$1/$file" || return
  done
  [[ $(ls -A "$1" | wc -l) -eq 5 ]] || { ls -A "$1"; return 1; }
}

started=$(date +%s%N)
"$quorate" "${words[@]}" --out whole >/dev/null
wanted=$?  # some seeds fail; so must they after all the kills
span=$((($(date +%s%N) - started) / 5000000 + 20))  # about ten kills until a sweep is done
killed=0
while ((killed < kills)); do
  rm -rf part
  for ((round = 0; ; ++round)); do
    "$quorate" "${words[@]}" --out part --resume -j $((RANDOM % 3 + 1)) >out 2>err &
    sweep=$!
    nap "$span"
    if ((RANDOM % 4 == 0)); then  # a worker first: its run is done again by another
      worker=$(workers_of "$sweep" | head -n 1)
      [[ -n $worker ]] && kill -9 "$worker" 2>/dev/null && ((++told[workers]))
      nap 20
    fi
    if ((killed >= kills)) || ! kill -9 "$sweep" 2>/dev/null; then
      wait "$sweep"
      status=$?
      [[ $status -eq $wanted ]] && break
      echo "the sweep exited $status"
      cat out err
      exit 1
    fi
    wait "$sweep" 2>/dev/null
    ((++killed))
    [[ -s part/journal.jsonl ]] && ((RANDOM % 4 == 0)) &&
      truncate -s "-$((RANDOM % 300 + 1))" part/journal.jsonl 2>/dev/null
    torn part/journal.jsonl && ((++told[torn]))
    [[ -s part/journal.jsonl && $(wc -l <part/journal.jsonl) -gt 0 ]] && ((++told[resumed]))
  done
  ((++told[sweeps]))
  same part || { echo "after $killed kills the results differ"; exit 1; }
done
echo "$killed kills with -9 in ${told[sweeps]} sweeps of 400 runs: every result byte-identical." \
  "${told[resumed]} left rows to go on with, ${told[torn]} a torn line;" \
  "${told[workers]} workers died too."
