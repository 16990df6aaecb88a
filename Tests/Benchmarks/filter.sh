#!/bin/bash
# How fast `sluice filter` is with a condition and a choice of fields, beside jq and gojq where they are installed: the best of
# some runs on one file of ticks of 160 bytes a line, in memory.
#
# usage: [BINARY=.build/release/sluice] [MESSAGES=1000000] [RUNS=3] filter.sh
set -euo pipefail
binary=${BINARY:-.build/release/sluice}
messages=${MESSAGES:-1000000}
runs=${RUNS:-3}
folder=$(mktemp -d -p "$([ -w /dev/shm ] && echo /dev/shm || echo /tmp)")
trap 'rm -rf "$folder"' EXIT
ticks=$folder/ticks.jsonl

# Every line has 160 bytes, its end included; about half of the prices are above 100.
awk -v n="$messages" 'BEGIN {
  split("ACME INIT MSFT GOOG AMZN NFLX", symbols, " ")
  for (i = 1; i <= n; i++) {
    line = sprintf("{\"symbol\":\"%s\",\"price\":%.2f,\"volume\":%d,\"bid\":%.2f,\"ask\":%.2f,\"time\":\"2026-01-31T12:%02d:%02dZ\",\"venue\":\"",
      symbols[i % 6 + 1], i * 7919 % 20000 / 100, i % 1000, i % 997 / 7, i % 991 / 7, i / 60 % 60, i % 60)
    while (length(line) < 157) line = line "x"
    print line "\"}"
  }
}' >"$ticks"
[ "$(stat -c %s "$ticks")" -eq $((messages * 160)) ] || { echo "the lines have not 160 bytes" >&2; exit 1; }

# measure NAME COMMAND...: prints messages a second and the largest resident memory; keeps the rate in `rate`.
measure() {
  local name=$1 best= memory=0 seconds kib
  shift
  for _ in $(seq "$runs"); do
    read -r seconds kib < <({ /usr/bin/time -f '%e %M' -o "$folder/time" "$@" <"$ticks" >"$folder/out-$name"; } 2>/dev/null
      cat "$folder/time")
    best=$(awk -v a="$seconds" -v b="${best:-$seconds}" 'BEGIN { print a < b ? a : b }')
    [ "$kib" -le "$memory" ] || memory=$kib
  done
  rate=$(awk -v n="$messages" -v s="$best" 'BEGIN { printf "%d", n / (s > 0 ? s : 0.01) }')
  printf '%-8s %9d messages/s  %6.2f s  %7d KiB' "$name" "$rate" "$best" "$memory"
}

measure sluice "$binary" filter -e '[{where: msg.price > 100}, {pick: [symbol, price]}]'
own=$rate
echo
for tool in jq gojq; do
  command -v "$tool" >/dev/null || { echo "$tool is not installed"; continue; }
  measure "$tool" "$tool" -c 'select(.price > 100) | {symbol, price}'
  awk -v a="$own" -v b="$rate" 'BEGIN { printf "  sluice is %.1f times as fast\n", a / b }'
  lines=$(wc -l <"$folder/out-sluice")
  [ "$lines" -eq "$(wc -l <"$folder/out-$tool")" ] || { echo "sluice and $tool differ" >&2; exit 1; }
done
