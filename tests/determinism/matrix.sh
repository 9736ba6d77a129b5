#!/usr/bin/env bash
# The first promise, put to the test: every scenario, under many seeds, gives the same trace byte
# for byte whatever compiler and flags made the program, and each time it is run. README.md beside
# this file says what is compared. Ends with "N passed, N failed": one check a build and scenario.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit

usage() {
  cat <<'END'
usage: tests/determinism/matrix.sh [--fast] [--seeds N] [--jobs N] [--builds DIR] [FILE...]
  --fast        the three preset builds (made if stale) and 2 seeds: minutes, for every change
  --seeds N     seeds 1..N of every scenario (20)
  --jobs N      so many scenarios and compilers at a time (one for each processor)
  --builds DIR  keep the builds there and bring them up to date next time; else they are removed
  FILE...       these scenarios only; else all under scenarios/
END
}

seeds=20 jobs=$(nproc) fast="" builds="" scenarios=()
while (($#)); do
  case $1 in
    --fast) fast=1 seeds=2 ;;
    --seeds | --jobs | --builds)
      [[ -n ${2-} ]] || { usage >&2; exit 2; }
      declare "${1#--}=$2"
      shift ;;
    --help) usage; exit 0 ;;
    -*) usage >&2; exit 2 ;;
    *) scenarios+=("$1") ;;
  esac
  shift
done
[[ $seeds$jobs =~ ^[0-9]+$ && $seeds -ge 1 && $jobs -ge 1 ]] || { usage >&2; exit 2; }
((${#scenarios[@]})) ||
  mapfile -t scenarios < <(find scenarios -name '*.json' ! -name '_*' | LC_ALL=C sort)
((${#scenarios[@]})) || { echo "no scenario found" >&2; exit 1; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
[[ -n $builds ]] || builds=$work/builds
export work seeds

# ---- builds -------------------------------------------------------------------------------------

# make_build NAME COMPILER FLAGS [SANITIZE]: a build directory of its own.
make_build() {
  cmake -S . -B "$builds/$1" -G Ninja -DCMAKE_BUILD_TYPE=Matrix -DCMAKE_CXX_COMPILER="$2" \
    -DCMAKE_CXX_FLAGS="$3" -DQUORATE_SANITIZE="${4-}" && ninja -C "$builds/$1" -j "$jobs" quorate
}

make_preset() { cmake --preset "$1" && cmake --build --preset "$1" -- quorate; }

# with_build NAME BINARY COMMAND...: builds, then runs all scenarios with the binary.
with_build() {
  local name=$1 binary=$2
  shift 2
  echo "building $name" >&2
  if ! "$@" >"$work/build.log" 2>&1; then
    cat "$work/build.log" >&2
    echo "$name cannot be built" >&2
    ((failed += 1))
    return
  fi
  run_all "$name" "$binary"
}

# ---- runs ---------------------------------------------------------------------------------------

# run_scenario BINARY NAME ROUND FILE: a line "seed exit-status sha256-of-trace" for each seed. The
# footer of a trace holds the digest and the verdict, so its bytes are all there is to compare.
run_scenario() {
  local binary=$1 sums trace seed status
  sums=$work/$2/$3/${4//\//_}
  trace=$sums.trace
  for ((seed = 1; seed <= seeds; ++seed)); do
    status=0
    "$binary" run "$4" --seed "$seed" --trace "$trace" --force >/dev/null 2>"$sums.err" || status=$?
    if [[ $status =~ ^[015]$ && -s $trace ]]; then
      echo "$seed $status $(sha256sum <"$trace")"
    else
      echo "$seed $status no trace: $(tail -n 1 "$sums.err")"
    fi
    rm -f "$trace"
  done >"$sums"
}
export -f run_scenario

run_all() {
  local name=$1 binary=$2 round
  for round in 1 2; do
    echo "running $name, round $round" >&2
    mkdir -p "$work/$name/$round"
    printf '%s\0' "${scenarios[@]}" |
      xargs -0 -P "$jobs" -I{} bash -c 'run_scenario "$@"' _ "$binary" "$name" "$round" {}
  done
  compare "$name"
}

# ---- comparison ---------------------------------------------------------------------------------

# differences A B: how many seeds of two lists are not the same.
differences() { diff "$1" "$2" | grep -c '^<'; }

reference=
# compare NAME: each scenario against its second run, and against the first build.
compare() {
  local name=$1 file key again other missing bad=0 repeats=0 builds_differ=0
  reference=${reference:-$name}
  for file in "${scenarios[@]}"; do
    key=${file//\//_}
    missing=$(grep -c 'no trace' "$work/$name/1/$key")
    again=$(differences "$work/$name/1/$key" "$work/$name/2/$key")
    other=$(differences "$work/$reference/1/$key" "$work/$name/1/$key")
    ((repeats += again, builds_differ += other))
    if ((missing + again + other == 0)); then
      ((passed += 1))
      continue
    fi
    ((bad += 1, failed += 1))
    report "$name" "$file" "$key" "$missing" "$again" "$other" >>"$work/details"
  done
  printf '%-16s %9d %5d %11d %12d %6d\n' "$name" "${#scenarios[@]}" "$seeds" "$repeats" \
    "$builds_differ" "$bad" >>"$work/table"
}

# report NAME FILE KEY MISSING AGAIN OTHER: what is wrong, and the first seed that shows it.
report() {
  echo "$1 $2: $4 runs without a trace, $5 unlike their repetition, $6 unlike $reference"
  {
    grep 'no trace' "$work/$1/1/$3"
    diff "$work/$1/1/$3" "$work/$1/2/$3"
    diff "$work/$reference/1/$3" "$work/$1/1/$3"
  } | grep -E '^[<>]? ?[0-9]+ ' | head -n 2 | sed 's/^/  /'
}

# ---- all of it ----------------------------------------------------------------------------------

passed=0 failed=0
: >"$work/details"
printf '%-16s %9s %5s %11s %12s %6s\n' build scenarios seeds repetition other-build failed \
  >"$work/table"
if [[ -n $fast ]]; then
  for preset in release clang-release asan-ubsan; do
    with_build "$preset" "build/$preset/quorate" make_preset "$preset"
  done
else
  for level in O0 O3; do
    # GCC 12 at -O3 takes std::string's own copying for an overlap.
    with_build "g++-$level" "$builds/g++-$level/quorate" \
      make_build "g++-$level" g++ "-$level -Wno-restrict"
    with_build "clang++-$level" "$builds/clang++-$level/quorate" \
      make_build "clang++-$level" clang++ "-$level"
  done
  with_build g++-asan-ubsan "$builds/g++-asan-ubsan/quorate" \
    make_build g++-asan-ubsan g++ -O1 address,undefined
fi
cat "$work/table" "$work/details"
echo "$passed passed, $failed failed"
[[ $failed -eq 0 && $passed -gt 0 ]]
