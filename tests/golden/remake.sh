#!/usr/bin/env bash
# Writes digests.txt anew, unless a run changed that had no right to: README.md beside this file.
#   remake.sh [BUILD]      a build folder; build/release unless given
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

build=${1:-build/release}
golden=tests/golden/digests.txt
seeds=3
if [[ ! -d $build && $build == build/* ]]; then cmake --preset "${build#build/}" >/dev/null; fi
cmake --build "$build" --target quorate_digests >/dev/null

mapfile -t scenarios < <(find scenarios -name '*.json' ! -name '_*' | LC_ALL=C sort)
new=$(mktemp)
trap 'rm -f "$new"' EXIT
"$build/quorate_digests" --versions >"$new"
"$build/quorate_digests" --behaviour "$seeds" "${scenarios[@]}" >>"$new"

# edited FILE: whether it, or a base it may extend, changed since digests.txt was written.
edited() {
  local since
  since=$(git log -1 --format=%H -- "$golden")
  [[ -z $since ]] || ! git diff --quiet "$since" -- "$1" "$(dirname "$1")/_*.json"
}

refused=0
if [[ -f $golden ]] && cmp -s <(head -n 1 "$golden") <(head -n 1 "$new"); then
  while read -r file; do
    grep -q "^$file " "$new" || continue
    edited "$file" && continue
    echo "changed, though neither the file nor a version did: $file" >&2
    refused=1
  done < <(grep -vxFf "$new" "$golden" | cut -d ' ' -f 1 | sort -u)
fi
if ((refused)); then
  echo "not written; tests/golden/README.md says what a run may change for" >&2
  exit 1
fi
cp "$new" "$golden"
git --no-pager diff --stat -- "$golden"
