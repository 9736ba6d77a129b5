#!/usr/bin/env bash
# The page of `quorate view` in a real browser, and what `quorate export` writes in real readers:
# tests/browser/run.sh PROGRAM. Installs what is missing, and ends with one line "N passed, N
# failed". What it makes stays in build/browser.
set -euo pipefail
program=$(realpath "$1")
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
place=$root/build/browser

missing=()
command -v node >/dev/null || missing+=(nodejs)
command -v npm >/dev/null || missing+=(npm)
command -v chromium >/dev/null || missing+=(chromium)
command -v dot >/dev/null || missing+=(graphviz)
command -v python3 >/dev/null || missing+=(python3)
if ((${#missing[@]} > 0)); then
  sudo=""
  [[ $(id -u) -eq 0 ]] || sudo=sudo
  $sudo apt-get -q update
  $sudo env DEBIAN_FRONTEND=noninteractive \
    apt-get -q install --yes --no-install-recommends "${missing[@]}"
fi

# No scripts of packages are run, and Chromium is the one above: nothing else is downloaded.
mkdir -p "$place"
packages=(playwright-core@1.57.0 axe-core@4.11.0)
readers=(mermaid@12.3.0 speedscope@1.25.0)  # of these the built file alone, not 80 packages
if [[ ! -f $place/installed || $(<"$place/installed") != "${packages[*]} ${readers[*]}" ]]; then
  npm install --prefix "$place" --ignore-scripts --no-audit --no-fund --silent "${packages[@]}"
  rm -rf "$place/readers" && mkdir "$place/readers"
  (cd "$place/readers" && npm pack --silent "${readers[@]}" >/dev/null &&
    tar -xzf mermaid-*.tgz --strip-components=2 package/dist/mermaid.min.js &&
    tar -xzf speedscope-*.tgz --transform 's|^package/dist/release|speedscope|' \
      package/dist/release && rm -- *.tgz)
  echo "${packages[*]} ${readers[*]}" >"$place/installed"
fi

# page NAME SCENARIO [OPTION...]: a trace, and the page of it.
page() {
  local name=$1 scenario=$root/scenarios/$2 status=0
  shift 2
  "$program" run "$scenario" "$@" --trace "$place/$name.jsonl" --force -q >/dev/null || status=$?
  [[ $status -le 1 ]] || exit "$status"
  (cd "$place" && "$program" view "$name.jsonl" --force -q)
}
page crash raft/leader-crash.json
page partition raft/bridge-partition.json
page violation raft/bug-no-log-check.json
page commit 2pc/lost-decision.json
page paxos multi_paxos/soak.json
page large raft/leader-crash.json --set stop.at=60s --set workload.0.count=2400 --set 'expect=[]'
cd "$place"
"$program" run "$root/scenarios/raft/leader-crash.json" --trace copies.jsonl --force -q \
  --set network.duplicate=10% --set network.loss=10% --set 'expect=[]' >/dev/null || [[ $? -eq 1 ]]
"$program" view crash.jsonl --window 650ms..1s -o window.html --force -q
head -n 2000 crash.jsonl >cut.jsonl
"$program" view cut.jsonl --allow-truncated --force -q 2>/dev/null

NODE_PATH=$place/node_modules exec node "$root/tests/browser/run_checks.js" "$program" "$place"
