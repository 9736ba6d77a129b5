#!/usr/bin/env bash
# The first promise, put to the test: every scenario, and every fault, under many seeds, gives the
# same trace byte for byte whatever compiler and flags made the program, and each time it is run.
# MATRIX.md beside this file says what is compared. Ends with "N passed, N failed": one check a
# build and scenario.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit

usage() {
  cat <<'END'
usage: tests/determinism/matrix.sh [--fast | --foreign | --memory] [--seeds N] [--jobs N]
                                   [--builds DIR] [--document] [FILE...]
  --fast        the three preset builds (made if stale) and 2 seeds: for every change
  --foreign     four other processors, emulated, against the release preset, 1 seed: minutes;
                engine and a core of the protocols, whose scenarios alone are run
  --memory      variables filled in two ways, and valgrind, against the release preset, 1 seed
  --seeds N     seeds 1..N of every scenario (20)
  --jobs N      so many scenarios and compilers at a time (one for each processor)
  --builds DIR  keep the builds there and bring them up to date next time; else they are removed
  --document    write the table into MATRIX.md beside this file
  FILE...       these scenarios only; else all under scenarios/, and the example of every fault
END
}

seeds=20 jobs=$(nproc) which=all builds="" document="" scenarios=()
folders=(scenarios) only="" core="echo;bully;paxos"  # protocols to build: all, or the core
while (($#)); do
  case $1 in
    --fast) which=presets seeds=2 ;;
    --foreign) which=foreign seeds=1 only=$core ;;
    --memory) which=memory seeds=1 ;;
    --document) document=1 ;;
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
if [[ -n $only ]]; then IFS=';' read -ra folders <<<"scenarios/${only//;/;scenarios/}"; fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
[[ -n $builds ]] || builds=$work/builds
export work seeds only

# ---- scenarios ----------------------------------------------------------------------------------

# fault_rows DIR: the example of every fault in scenarios/FAULTS.md as a scenario, over those parts
# of a small one that it does not name. They need raft.
fault_rows() {
  local name example part text rows=0
  local parts=('"protocol": {"use": "raft", "nodes": 3}' '"network": {"delay": "5ms"}'
    '"workload": [{"client": "c1", "op": "put", "every": "100ms", "timeout": "300ms"}]')
  mkdir -p "$1"
  while read -r name example; do
    text='{"quorate": 1, "stop": {"at": "5s"}, '
    for part in "${parts[@]}"; do
      [[ $example == *"${part%%: *}: "* ]] || text+="$part, "
    done
    echo "$text$example}" >"$1/$name.json"
    ((rows += 1))
  done < <(sed -nE 's/^\| `([a-z_.]+)` \| [A-Z].* \| `(.*)` \|$/\1 \2/p' scenarios/FAULTS.md)
  ((rows)) || { echo "scenarios/FAULTS.md has no fault" >&2; exit 1; }
}

if ((${#scenarios[@]} == 0)); then
  [[ -n $only ]] || fault_rows "$work/fault"
  mapfile -t scenarios < <(find "${folders[@]}" "$work"/fault* -name '*.json' ! -name '_*' \
    2>/dev/null | LC_ALL=C sort)
fi
((${#scenarios[@]})) || { echo "no scenario found" >&2; exit 1; }

# ---- builds -------------------------------------------------------------------------------------

# configure_and_build NAME OPTIONS...: the engine, the protocols and the program that runs them.
configure_and_build() {
  local directory=$builds/$1
  shift
  cmake -S . -B "$directory" -G Ninja -DCMAKE_BUILD_TYPE=Matrix -DQUORATE_CORE_ONLY=ON \
    -DQUORATE_UNITY=ON -DQUORATE_PROTOCOLS="$only" "$@" &&
    ninja -C "$directory" -j "$jobs" quorate_digests
}

make_preset() { cmake --preset "$1" && cmake --build --preset "$1" -- quorate_digests; }

# with_build NAME PROGRAM COMMAND...: builds by the command, then runs all scenarios; PROGRAM may
# begin with an emulator.
with_build() {
  local name=$1 program=$2
  shift 2
  echo "building $name" >&2
  if ! "$@" >"$work/build.log" 2>&1; then
    cat "$work/build.log" >&2
    echo "$name cannot be built; tests/determinism/MATRIX.md names the packages" >&2
    ((failed += 1))
    return
  fi
  run_all "$name" "$program"
}

# native NAME COMPILER FLAGS [SANITIZE]
native() {
  with_build "$1" "$builds/$1/quorate_digests" \
    configure_and_build "$1" -DCMAKE_CXX_COMPILER="$2" -DCMAKE_CXX_FLAGS="$3" \
    -DQUORATE_SANITIZE="${4-}"
}

# build_foreign MACHINE: Debian's cross compiler finds the headers of Boost and nlohmann/json where
# the native one does; linked statically, so that the emulator needs no foreign system.
build_foreign() {
  configure_and_build "$1" -DCMAKE_SYSTEM_NAME=Linux -DCMAKE_CXX_COMPILER="$1-g++" \
    -DCMAKE_CXX_FLAGS=-O1 -DCMAKE_EXE_LINKER_FLAGS=-static
}

# build_ahead MACHINE...: several at a time, for the largest room keeps one compiler busy for long.
# What fails is built again by `foreign`, which shows why.
build_ahead() {
  export -f build_foreign configure_and_build
  export builds
  printf '%s\0' "$@" |
    xargs -0 -P "$jobs" -I{} bash -c 'jobs=1; build_foreign {}' >/dev/null 2>&1
}

# foreign MACHINE EMULATOR
foreign() {
  with_build "${1%%-*}" "$2 $builds/$1/quorate_digests" build_foreign "$1"
}

# ---- runs ---------------------------------------------------------------------------------------

# run_scenario PROGRAM NAME ROUND FILE: what quorate_digests says of each seed; a run that does not
# come to its end (a sanitizer's report, a crash) leaves its line out.
run_scenario() {
  local sums=$work/$2/$3/${4//\//_}
  $1 "$seeds" "$4" >"$sums" 2>"$sums.err" || echo "no run: $(tail -n 1 "$sums.err")" >>"$sums"
}
export -f run_scenario

run_all() {
  local name=$1 program=$2 round
  for round in 1 2; do
    echo "running $name, round $round" >&2
    mkdir -p "$work/$name/$round"
    printf '%s\0' "${scenarios[@]}" |
      xargs -0 -P "$jobs" -I{} bash -c 'run_scenario "$@"' _ "$program" "$name" "$round" {}
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
    missing=$(grep -c '^no run' "$work/$name/1/$key")
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
  echo "$1 $2: $4 runs without an end, $5 unlike their repetition, $6 unlike $reference"
  {
    grep '^no run' "$work/$1/1/$3"
    diff "$work/$1/1/$3" "$work/$1/2/$3"
    diff "$work/$reference/1/$3" "$work/$1/1/$3"
  } | grep -E '^([<>]|no run)' | head -n 2 | sed 's/^/  /'
}

# ---- the table in the docs ----------------------------------------------------------------------

# write_table: the lines of MATRIX.md between its two marks.
write_table() {
  local page=tests/determinism/MATRIX.md
  {
    sed '/^<!-- made by matrix.sh -->$/q' "$page"
    echo "$((passed + failed)) checks at revision $(git rev-parse --short=12 HEAD), $failed failed:"
    echo "every scenario, and the example of every fault, under seeds 1 to $seeds, each run twice."
    echo
    echo "| build | scenarios | seeds | unlike the repetition | unlike $reference |"
    echo "|---|---|---|---|---|"
    tail -n +2 "$work/table" | awk '{printf "| %s | %d | %d | %d | %d |\n", $1, $2, $3, $4, $5}'
    sed -n '/^<!-- end -->$/,$p' "$page"
  } >"$work/page" && cp "$work/page" "$page"
}

# ---- all of it ----------------------------------------------------------------------------------

passed=0 failed=0
: >"$work/details"
printf '%-16s %9s %5s %11s %12s %6s\n' build scenarios seeds repetition other-build failed \
  >"$work/table"
if [[ $which != all ]]; then
  with_build release build/release/quorate_digests make_preset release
fi
if [[ $which == presets ]]; then
  with_build clang-release build/clang-release/quorate_digests make_preset clang-release
  with_build asan-ubsan build/asan-ubsan/quorate_digests make_preset asan-ubsan
fi
if [[ $which == all ]]; then
  native g++-O0 g++ -O0
  native g++-O3 g++ -O3
  native g++-native g++ "-O2 -march=native"
  native clang++-O0 clang++ -O0
  native clang++-O3 clang++ -O3
  # Boost 1.74 still wants a class that C++17 removed and libc++ 16 hides.
  native libc++ clang++-16 \
    "-O2 -stdlib=libc++ -D_LIBCPP_ENABLE_CXX17_REMOVED_UNARY_BINARY_FUNCTION"
  native g++-asan-ubsan g++ -O1 address,undefined
  native clang-asan-ubsan clang++ -O1 address,undefined
fi
if [[ $which == memory ]]; then
  native g++-zeros g++ "-O1 -ftrivial-auto-var-init=zero"
  native g++-pattern g++ "-O1 -ftrivial-auto-var-init=pattern"
  with_build valgrind "valgrind -q --error-exitcode=9 $builds/valgrind/quorate_digests" \
    configure_and_build valgrind -DCMAKE_CXX_COMPILER=g++ -DCMAKE_CXX_FLAGS="-O1 -g"
fi
if [[ $which == all || $which == foreign ]]; then
  build_ahead aarch64-linux-gnu s390x-linux-gnu i686-linux-gnu arm-linux-gnueabihf
  foreign aarch64-linux-gnu qemu-aarch64
  foreign s390x-linux-gnu qemu-s390x
  foreign i686-linux-gnu qemu-i386
  foreign arm-linux-gnueabihf qemu-arm
fi
cat "$work/table" "$work/details"
[[ -z $document ]] || write_table
echo "$passed passed, $failed failed"
[[ $failed -eq 0 && $passed -gt 0 ]]
