#!/bin/bash
# Opens the page of the stocks example in a real browser and looks whether an EventSource plots: ticks arrive, each of the
# five lines grows, a lost server is shown as lost, and the page comes back with it.
#
#   live-page.sh [SLUICE]     the binary, default .build/debug/sluice
#   SLUICE_CHROMIUM_PATH      the browser, default the first Chromium in PATH
#
# Exits with 0 when all holds, 1 when not, 77 when there is no Chromium.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
sluice=$(realpath -- "${1:-$root/.build/debug/sluice}")
. "$root/Tests/Browser/chromium.sh"
find_browser || { echo "live-page: skipped, there is no Chromium" && exit 77; }

work=$(mktemp -d)
server='' chromium=''
cleanup() {
  local pid
  for pid in $chromium $server; do
    kill "$pid" 2>/dev/null || continue
    wait "$pid" 2>/dev/null || true
  done
  # Chromium's own children may write to their profile for a moment yet.
  rm -rf "$work" 2>/dev/null || { sleep 1 && rm -rf "$work"; }
}
trap cleanup EXIT
trap 'exit 130' INT TERM

fail() {
  echo "live-page: FAILED: $*" >&2
  sed 's/^/  server: /' "$work"/server*.log >&2
  [ -z "${SLUICE_KEEP_SCREENSHOT:-}" ] || screenshot "$SLUICE_KEEP_SCREENSHOT" || true
  exit 1
}

# start PORT: serves the example on that port of the loopback interface; sets `server` and `port`.
start() {
  local log="$work/server$1.log"
  printf 'server:\n  listen: 127.0.0.1:%s\n' "$1" >"$work/listen.yaml"
  STOCKS_RATE=100 "$sluice" serve "$root/routes/stocks.yaml" "$work/listen.yaml" 2>"$log" </dev/null &
  server=$!
  for _ in $(seq 100); do
    port=$(sed -n 's/.*listening on 127\.0\.0\.1:\([0-9]*\).*/\1/p' "$log")
    [ -z "$port" ] || return 0
    kill -0 "$server" 2>/dev/null || fail "the server has ended"
    sleep 0.1
  done
  fail "the server does not listen"
}

screenshot() {
  ask Page.captureScreenshot '{"format":"png"}' "$session"
  answer=${answer##*'"data":"'}
  printf '%s' "${answer%%'"'*}" | base64 -d >"$1"
}

start 0
open_browser "http://127.0.0.1:$port/"

points="Math.min(...[...document.querySelectorAll('path[data-symbol]')].map(p => (p.getAttribute('d') || '').split(/[ML]/).length - 1))"
state="document.getElementById('state').className"
wait_for 20 "the page receives more than 20 ticks" "window.ticks > 20"
wait_for 20 "the page shows that it is live" "$state === 'live'"
wait_for 30 "each of five lines has more than 10 points" \
  "document.querySelectorAll('path[data-symbol]').length === 5 && $points > 10"
evaluate "window.ticks"
wait_for 10 "ticks go on coming" "window.ticks > $value + 50"
[ -z "${SLUICE_KEEP_SCREENSHOT:-}" ] || screenshot "$SLUICE_KEEP_SCREENSHOT"

kill "$server"
wait "$server" || fail "the server ended with status $?"
server=''
wait_for 10 "the page shows that the connection is lost" "$state === 'lost'"
evaluate "window.ticks"
before=$value
start "$port"
wait_for 30 "the page comes back by itself" "$state === 'live' && window.ticks > $before + 20"
wait_for 10 "the page tells that the feed is another one" "document.getElementById('note').textContent.length > 0"
echo "live-page: passed"
