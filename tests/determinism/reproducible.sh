#!/usr/bin/env bash
# Builds the committed sources twice, in folders of different names and depth, without the compiler
# cache, and compares the programs byte for byte. Ends with "N passed, N failed".
#   reproducible.sh [--built] [PROGRAM...]   targets to compare; quorate unless named; --built: with
#                                            the release build that is here, which saves one of two
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit

export CCACHE_DISABLE=1
built=
if [[ ${1-} == --built ]]; then
  built=$PWD
  shift
fi
programs=("$@")
((${#programs[@]})) || programs=(quorate)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
folders=("${built:-$work/a}" "$work/another/place/deeper")

# build FOLDER: a clone of the last commit, built as the release preset does.
build() {
  git clone --quiet --no-hardlinks . "$1" &&
    cmake -S "$1" -B "$1/build/release" -G Ninja -DCMAKE_BUILD_TYPE=Release -DQUORATE_UNITY=ON &&
    cmake --build "$1/build/release" --target "${programs[@]}"
}

for folder in "${folders[@]}"; do
  [[ $folder != "$built" ]] || continue
  echo "building in $folder" >&2
  mkdir -p "$(dirname "$folder")"
  if ! build "$folder" >"$work/build.log" 2>&1; then
    cat "$work/build.log" >&2
    echo "0 passed, 1 failed"
    exit 1
  fi
done

passed=0 failed=0
for program in "${programs[@]}"; do
  mapfile -t found < <(for folder in "${folders[@]}"; do
    find "$folder/build/release" -name "$program" -type f -executable
  done)
  if ((${#found[@]} == 2)) && cmp "${found[@]}"; then
    ((passed += 1))
    sha256sum "${found[0]}" | sed "s| .*|  $program|"
  else
    ((failed += 1))
    echo "$program differs: diffoscope, or strings and objdump, show where"
  fi
done
echo "$passed passed, $failed failed"
[[ $failed -eq 0 && $passed -gt 0 ]]
