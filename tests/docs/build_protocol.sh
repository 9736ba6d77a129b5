#!/bin/sh
# build_protocol.sh SETTINGS TREE NAME
# What the launcher does when protocols/NAME of a tree is new or has changed, without building again
# what every tree shares: compiles the folder, puts it into the registry, links TREE/quorate and,
# once the folder has a test, TREE/quorate_tests. SETTINGS is written by CMake.
set -eu
. "$1"
tree=$2
name=$3
folder=$tree/protocols/$name
objects=$tree/.objects
mkdir -p "$objects"

compile() { $cxx -O0 $flags -I"$tree" -I"$source" -c "$1" -o "$objects/$2.o"; }

if [ ! -e "$objects/registry.o" ]; then
  declaration="namespace $name { ProtocolEntry protocol(); }"
  sed -e "s/^std::span<ProtocolEntry /$declaration\n&/" -e "s/^  };/    $name::protocol,\n&/" \
    "$registry" >"$objects/registry.cpp"
  compile "$objects/registry.cpp" registry &
  registering=$!
fi
tested=
if [ -e "$folder/${name}_test.cpp" ]; then
  compile "$folder/${name}_test.cpp" test &
  tested=$!
fi
compile "$folder/protocol.cpp" protocol
for job in ${registering:-} $tested; do wait "$job"; done

built="$objects/protocol.o $objects/registry.o"
rm -f "$tree/quorate"
$cxx $flags $program $built $libraries -o "$tree/quorate"
[ -z "$tested" ] || $cxx $flags $tests "$objects/test.o" $built $libraries -o "$tree/quorate_tests"
