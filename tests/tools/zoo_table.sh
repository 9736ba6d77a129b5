#!/usr/bin/env bash
# Writes scenarios/ZOO.md anew: every known mistake, what it breaks and how soon that is seen, as
# the zoo tests find it out.
#   zoo_table.sh [TESTS]      the test program; build/release/quorate_tests unless given
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
tests=${1:-build/release/quorate_tests}
rows=$("$tests" --test-case='*zoo: each mistake*' | grep -E '^(## |\| \[)' || true)
[[ -n $rows ]] || { echo "$tests has no zoo" >&2; exit 1; }
{
  cat <<'END'
# Known mistakes
Every mistake that a protocol lists under `bugs`, with the lesson that shows it, and how soon a
sweep of that lesson sees it: the first seed, and how many of the seeds 1 to 200. *directed*: a
script of single steps, in which chance has no part. *measured*: a matter of time or cost, which the
lesson's expectations see. *never*: it looks like a mistake and is none. Without its mistake none of
these scenarios breaks anything under 200 seeds.

Written by `tests/tools/zoo_table.sh`; the zoo tests hold every row.
END
  head='| mistake | number | breaks | first seed | of 200 |\n|---|---|---|---|---|'
  awk -v head="$head" '/^## / { print "\n" $0 "\n" head; next } { print }' <<<"$rows"
} >scenarios/ZOO.md
