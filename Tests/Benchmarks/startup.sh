#!/bin/bash
# How long `sluice check` takes on 1,000 routes, and a server from its start to its first answer: the median of some runs.
#
# usage: startup.sh [SLUICE]     (default: .build/release/sluice)
set -euo pipefail
sluice=${1:-.build/release/sluice}
runs=9
folder=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null; rm -rf "$folder"' EXIT

{
  echo 'routes:'
  for number in $(seq 1000); do
    printf '  /r%d/{room}:\n    from: {group: "g%d.{room}"}\n' "$number" "$number"
    printf '    history: {messages: 500, age: 10m}\n    slow: {lag: 1MiB, then: skip}\n'
  done
} >"$folder/routes.yaml"

# median NAME: of the milliseconds on standard input
median() { sort -n | awk -v name="$1" '{ all[NR] = $1 } END { printf "%s: %d ms (median of %d)\n", name, all[int((NR + 1) / 2)], NR }'; }
now() { date +%s%N; }

for _ in $(seq "$runs"); do
  start=$(now)
  "$sluice" check "$folder/routes.yaml"
  echo $((($(now) - start) / 1000000))
done | median 'check of 1,000 routes'

for run in $(seq "$runs"); do
  port=$((20000 + RANDOM % 20000))
  start=$(now)
  "$sluice" pipe /x --listen "127.0.0.1:$port" </dev/null 2>/dev/null &
  server=$!
  until exec 3<>"/dev/tcp/127.0.0.1/$port"; do :; done 2>/dev/null
  printf 'GET /none HTTP/1.1\r\nHost: x\r\n\r\n' >&3
  read -r _ <&3
  echo $((($(now) - start) / 1000000)) >>"$folder/starts"
  exec 3>&-
  kill "$server"
  wait "$server" || true
  server=
done
median 'start to the first answer' <"$folder/starts"
