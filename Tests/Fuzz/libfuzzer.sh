#!/bin/bash
# Runs one fuzz target under libFuzzer, where the toolchain has it: it watches which code an input reaches, and finds what
# random changes do not. New inputs go into .build-libfuzzer/corpus/TARGET, a crash into the current folder.
#
#   libfuzzer.sh TARGET [SECONDS] [OPTION ...]     options are libFuzzer's own
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
target=${1:?a target: frames, requests, events, yaml, framers or json}
seconds=${2:-600}
shift $(($# < 2 ? $# : 2))
build="$root/.build-libfuzzer"
# Both libFuzzer and the target have a `main`: libFuzzer's comes first and is taken.
swift build --package-path "$root" --scratch-path "$build" --product fuzz --sanitize=fuzzer \
  -Xswiftc -DLIBFUZZER -Xlinker -z -Xlinker muldefs
fuzz=$(swift build --package-path "$root" --scratch-path "$build" --show-bin-path)/fuzz
mkdir -p "$build/corpus/$target"
# What Swift's run-time library holds for good is no leak.
SLUICE_FUZZ_TARGET=$target exec "$fuzz" -max_total_time="$seconds" -timeout=20 -detect_leaks=0 -max_len=4096 "$@" \
  "$build/corpus/$target" "$root/Tests/Fuzz/Corpus/$target"
