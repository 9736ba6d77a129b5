#!/usr/bin/env bash
# Draws every kind of figure in every theme and format twice, with the Python that the command
# finds, and compares the bytes; reads every SVG as XML; and sees that bad files end in one
# sentence, with their exit code and no traceback. The last line is "N passed, N failed".
#   figures.sh [QUORATE]      build/release/quorate unless given
set -uo pipefail
quorate=$(realpath "${1:-build/release/quorate}")
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit
root=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit
passed=0
failed=0

check() {  # check WHAT COMMAND...
  local what=$1
  shift
  if "$@"; then passed=$((passed + 1)); else
    failed=$((failed + 1))
    echo "FAILED: $what"
  fi
}

inputs() {
  local raft=$root/scenarios/raft
  "$quorate" run "$raft/leader-crash.json" --trace crash.jsonl
  "$quorate" run "$raft/minority-partition.json" --trace split.jsonl
  "$quorate" run "$root/scenarios/2pc/coordinator-crash-blocked.json" --trace blocked.jsonl
  "$quorate" sweep "$raft/leader-crash.json" --seeds 1..30 --csv runs.csv \
    --vary protocol.nodes=3,5 --vary network.loss=0%,5%
  "$quorate" sweep "$raft/leader-crash.json" --seeds 1..30 --vary network.loss=5% --csv one.csv
  "$quorate" sweep "$raft/leader-crash.json" --seeds 1..30 --out folder
} >inputs.log 2>&1

# draw NAME ENDING THEME WORD...: twice, in other processes; the bytes must be the same.
draw() {
  local name=$1 ending=$2 theme=$3 turn
  shift 3
  for turn in a b; do
    TZ=UTC-$((RANDOM % 12)) "$quorate" plot "$@" --theme "$theme" \
      -o "$turn-$name-$theme.$ending" 2>"$turn-$name-$theme.$ending.log" &
  done
  wait
  cmp "a-$name-$theme.$ending" "b-$name-$theme.$ending" &&
    cmp "a-$name-$theme.$ending.csv" "b-$name-$theme.$ending.csv" &&
    [[ -s a-$name-$theme.$ending.csv ]]
}

every_theme() {  # every_theme NAME WORD...
  local name=$1 theme
  shift
  for theme in paper slides dark; do
    check "$name, $theme" draw "$name" svg "$theme" "$@"
  done
}

# refused CODE SENTENCE WORD...: ends so, writes nothing, and shows no traceback.
refused() {
  local code=$1 sentence=$2 status=0
  shift 2
  "$quorate" plot "$@" -o refused.svg 2>refused.log || status=$?
  [[ $status -eq $code ]] && grep -qF "$sentence" refused.log &&
    ! grep -q Traceback refused.log && [[ ! -e refused.svg && ! -e refused.svg.csv ]] ||
    { cat refused.log; return 1; }
}

# Every scenario that ends in a violation shows it without being asked for a window.
violations_are_in_sight() {
  mkdir shipped
  find "$root/scenarios" -name '*.json' | sort | while read -r scenario; do
    name=${scenario#"$root/scenarios/"}
    "$quorate" run "$scenario" --trace trace.jsonl --force --quiet >/dev/null 2>&1
    grep -q '"k":"violation"' trace.jsonl && mv trace.jsonl "shipped/${name//\//_}l"
  done
  [[ $(find shipped -name '*.jsonl' | wc -l) -gt 100 ]] &&
    PYTHONPATH=$root/analysis python3 -B "$root/tests/plots/violations_in_sight.py" shipped/*
}

# The window that a refusal suggests is one that can be drawn.
suggestion_draws() {
  local window
  "$quorate" plot crash.jsonl --kind timeline --window 0s..5s -o no.svg 2>suggested.log
  window=$(sed -n 's/.*for example \([^ ]*\).*/\1/p' suggested.log)
  [[ $window =~ ^0ms\.\.[0-9]+ms$ ]] &&
    "$quorate" plot crash.jsonl --kind timeline --window "$window" --output yes.svg
}

told() {
  "$quorate" plot "$@" --kind cdf --metric messages.sent -o told.svg --force && cat told.svg
}

is_xml() { python3 -c 'import sys, xml.dom.minidom as dom; dom.parse(sys.argv[1])' "$1"; }

inputs
every_theme timeline crash.jsonl --kind timeline
check partition draw partition svg paper split.jsonl --kind timeline
check events draw events svg paper blocked.jsonl --kind timeline --axis events --clients
every_theme cdf runs.csv --kind cdf --metric leaderless_time_us
every_theme latency one.csv --kind latency --metric latency_us_p99
every_theme messages runs.csv --kind messages
check traces draw traces svg paper crash.jsonl split.jsonl --kind messages --clients
every_theme lines runs.csv --kind lines --metric messages.sent
every_theme heatmap runs.csv --kind heatmap --metric leaderless_time_us
every_theme grid runs.csv --kind grid --metric leaderless_time_us --metric failed
for ending in pdf png; do
  check "timeline, $ending" draw timeline "$ending" paper crash.jsonl --kind timeline
  check "heatmap, $ending" draw heatmap "$ending" paper runs.csv --kind heatmap
done
for figure in a-*.svg; do check "$figure is XML" is_xml "$figure"; done

check "violations" violations_are_in_sight
check "a suggested window" suggestion_draws
check "a sweep's folder says what was run" grep -q 'raft · leader-crash · seeds' <(told folder)
check "a lone file is called by its name" grep -q '>one · seeds' <(told one.csv)

printf 'a,b\n1,2\n' >strange.csv
printf 'seed,verdict,leaders\n1,pass,x\n2,pass,y\n' >words.csv
printf 'seed,verdict,leaders\n1,pass\n' >short.csv
printf 'seed,verdict,leaders\n\xff\xfe,pass,1\n' >bytes.csv
: >empty.csv
head -c 3000 crash.jsonl >cut.jsonl
printf '{"quorate_trace":4}\n' >header.jsonl
check "no sweep" refused 3 'no column "seed"' strange.csv --kind cdf
check "no numbers" refused 3 'is no number' words.csv --kind cdf --metric leaders
check "cut row" refused 3 'row 2 has 2 cells' short.csv --kind cdf
check "no text" refused 3 'no text in UTF-8' bytes.csv --kind cdf
check "empty" refused 3 'is empty' empty.csv --kind cdf
check "cut trace" refused 3 'cut.jsonl' cut.jsonl --kind timeline
check "header alone" refused 3 'header.jsonl' header.jsonl --kind timeline
check "a sweep has no timeline" refused 3 'is no trace' runs.csv --kind timeline
check "a trace has no runs" refused 3 'is a trace' crash.jsonl --kind cdf
check "both" refused 2 'do not go into one figure' crash.jsonl runs.csv --kind messages
check "no such metric" refused 2 'did you mean' runs.csv --kind cdf --metric leaderless_time
check "a metric that begins so" refused 2 '"leaderless_time_us"' runs.csv --kind cdf \
  --metric leaderless
check "no metric that looks so" refused 2 'names them all' runs.csv --kind cdf --metric nosuch
check "no such path" refused 2 'was varied' runs.csv --kind lines --x protocol.node
check "nothing varied" refused 2 'nothing was varied' one.csv --kind lines
check "one parameter" refused 2 'two varied parameters' one.csv one.csv --kind heatmap
check "window behind the end" refused 2 'the run ended' crash.jsonl --kind timeline \
  --window 1h..2h
check "too much" refused 2 'are no picture' crash.jsonl --kind timeline --window 0s..5s
check "labels" refused 2 'do not fit' runs.csv --kind cdf --label a --label b
echo "$passed passed, $failed failed"
[[ $failed -eq 0 && $passed -gt 0 ]]
