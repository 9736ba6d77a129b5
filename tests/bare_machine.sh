#!/usr/bin/env bash
# Shows that a bare Debian 12 needs nothing but the two set-up commands of the README. As root:
#   tests/bare_machine.sh DIR [SCENARIO]    DIR must not exist; what is made there stays for a look.
# Prints the time of each command, of a second start, and of a clean build in CPU seconds.
set -euo pipefail
source_tree=$(cd "$(dirname "$0")/.." && pwd)
root=${1:?usage: tests/bare_machine.sh DIR [SCENARIO]}
scenario=${2:-scenarios/raft/leader-crash.json}
[[ ! -e $root ]] || { echo "$root exists already" >&2; exit 73; }
command -v debootstrap >/dev/null || { echo "debootstrap is missing" >&2; exit 6; }

debootstrap --variant=minbase bookworm "$root" "${MIRROR:-http://deb.debian.org/debian}" >/dev/null
# What this machine needs to reach its mirror, the new one needs too.
for file in /etc/resolv.conf /etc/hosts /etc/apt/apt.conf.d/*proxy* /etc/apt/apt.conf.d/99*; do
  [[ ! -f $file ]] || cp "$file" "$root$file"
done
mount -t proc proc "$root/proc"
mount --bind /dev "$root/dev"
trap 'umount "$root/proc" "$root/dev"' EXIT

mkdir "$root/quorate"
git -C "$source_tree" ls-files -z | (cd "$source_tree" && tar --null -T - -cf -) |
  tar -C "$root/quorate" -xf -
echo "before: $(chroot "$root" dpkg-query -W | wc -l) packages"

# timed WORDS...: runs a command line in the bare machine and prints what it cost.
timed() {
  local TIMEFORMAT="== $*: %R s, %U s user, %S s system"
  time chroot "$root" env -i HOME=/tmp PATH=/usr/sbin:/usr/bin:/sbin:/bin \
    sh -c "cd /quorate && $*" </dev/null
}

timed ./quorate run "$scenario"
timed ./quorate selftest
timed ./quorate run "$scenario" ">/dev/null"
timed build/release/quorate run "$scenario" ">/dev/null"
timed "rm -rf build && ./quorate version"
echo "after: $(chroot "$root" dpkg-query -W | wc -l) packages"
if chroot "$root" sh -c 'command -v python3' >/dev/null; then
  echo "Python was installed: it must not be needed" >&2
  exit 1
fi
