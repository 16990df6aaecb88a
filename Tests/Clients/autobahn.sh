#!/bin/bash
# Runs the fuzzing client of the Autobahn test suite against echo routes, and fails when a case fails or is not strict. The
# route that compresses for each connection alone gets groups 12 and 13 only, permessage-deflate.
#
#   autobahn.sh [SLUICE] [CASE ...]   the binary, default .build/debug/sluice; cases, default all but 8, of which it has none
#   SLUICE_WSTEST                     the suite's command, default `wstest` in PATH
#   SLUICE_AUTOBAHN_REPORT            a folder for the suite's own report of each case (HTML and JSON)
#
# The suite is Python 2.7's (version 0.8.2; 25.10.1 has no Python 3 code either). With a Python 2.7 and its virtualenv:
#
#   python2.7 -m virtualenv ENV && ENV/bin/pip install autobahntestsuite==0.8.2
#   SLUICE_WSTEST=ENV/bin/wstest Tests/Clients/autobahn.sh .build/release/sluice
#
# Groups 12 and 13 send some 32 GB each way, in a quarter of an hour: for them, take a release build.
#
# Exits with 0 when all holds, 1 when not, 77 when there is no suite.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
sluice=$(realpath -- "${1:-$root/.build/debug/sluice}")
shift || true
[ $# -gt 0 ] || set -- '1.*' '2.*' '3.*' '4.*' '5.*' '6.*' '7.*' '9.*' '10.*' '12.*' '13.*'
wstest=${SLUICE_WSTEST:-$(command -v wstest || true)}
if [ -z "$wstest" ] || ! "$wstest" -a >/dev/null 2>&1; then
  echo "autobahn: skipped, there is no wstest that runs"
  exit 77
fi

work=$(mktemp -d)
server='' client=''
cleanup() {
  local pid
  for pid in $client $server; do
    kill "$pid" 2>/dev/null || continue
    wait "$pid" 2>/dev/null || true
  done
  rm -rf "$work"
}
trap cleanup EXIT
trap 'exit 130' INT TERM

cat >"$work/routes.yaml" <<'YAML'
server: {listen: "127.0.0.1:0"}
routes:
  # Whatever is offered is agreed to by both; a case in which it is not reckons as failed.
  /shared: &echo
    protocols: [websocket]
    from: {group: echo}
    publish: {to: reply, limit: {message: 32MiB}}
    compression: shared
  /own: {<<: *echo, compression: per_connection}
YAML
"$sluice" serve "$work/routes.yaml" 2>"$work/server.log" </dev/null &
server=$!
port=''
for _ in $(seq 100); do
  port=$(sed -n 's/.*listening on 127\.0\.0\.1:\([0-9]*\).*/\1/p' "$work/server.log")
  [ -z "$port" ] || break
  kill -0 "$server" 2>/dev/null || break
  sleep 0.1
done
[ -n "$port" ] || { echo "autobahn: FAILED: the server does not listen" && cat "$work/server.log" && exit 1; }

report=${SLUICE_AUTOBAHN_REPORT:-$work/report}
cases=$(printf ', "%s"' "$@")
cat >"$work/spec.json" <<JSON
{"outdir": "$report",
 "servers": [{"agent": "shared", "url": "ws://127.0.0.1:$port/shared"}, {"agent": "own", "url": "ws://127.0.0.1:$port/own"}],
 "cases": [${cases#, }], "exclude-cases": [],
 "exclude-agent-cases": {"own": ["1.*", "2.*", "3.*", "4.*", "5.*", "6.*", "7.*", "9.*", "10.*"]}}
JSON
cd "$work"
timeout 3600 "$wstest" -m fuzzingclient -s "$work/spec.json" >"$work/client.log" 2>&1 </dev/null &
client=$!
status=0
wait "$client" || status=$?
client=''
if [ "$status" -ne 0 ] || [ ! -f "$report/index.json" ]; then
  tail -n 20 "$work/client.log"
  echo "autobahn: FAILED: wstest ended with status $status"
  exit 1
fi

python3 - "$report/index.json" <<'PYTHON'
import collections, json, sys

good = {"OK", "INFORMATIONAL"}
order = lambda case: [int(part) for part in case.split(".")]
bad, counts = 0, collections.Counter()
for route, results in sorted(json.load(open(sys.argv[1])).items()):
    for case in sorted(results, key=order):
        behavior, closing = results[case]["behavior"], results[case]["behaviorClose"]
        counts[behavior] += 1
        if behavior not in good or closing not in good:
            bad += 1
            print("  /%s: %s: %s, closing: %s, after %d ms" % (route, case, behavior, closing, results[case]["duration"]))
print("autobahn: %s%s" % ("FAILED: " if bad or not counts else "ok: ",
    ", ".join("%d %s" % (count, name) for name, count in sorted(counts.items()))))
sys.exit(1 if bad or not counts else 0)
PYTHON
