#!/bin/bash
# curl as a client: the stream, SSE, both again over HTTP/1.0, and WebSocket where curl has it.
#
#   curl.sh SLUICE     exits with 0 when all holds, 1 when not, 77 when there is no curl
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/server.sh"
command -v curl >/dev/null || skip "there is no curl"
serve "$1"

# get NAME ARGUMENT...: what curl receives until 2 s are over, in the file NAME; the numbers are endless.
get() {
  local name=$1 status=0
  shift
  timeout 20 curl --no-buffer --silent --show-error --max-time 2 "$@" "http://127.0.0.1:$port/numbers" \
    >"$work/$name" 2>"$work/$name.err" || status=$?
  [ "$status" -eq 28 ] || fail "$name: curl ended with status $status: $(cat "$work/$name.err")"
}

# in_order NAME: 1 to 100, one a line, is how the standard input starts.
in_order() {
  head -n 100 | cmp -s - <(seq 100) || fail "$1: the first 100 messages are not 1 to 100: $(head -c 300 "$work/$1")"
}

data() { sed -n 's/^data: //p' "$work/$1"; }

get stream
get stream10 --http1.0
get sse --header 'Accept: text/event-stream'
get sse10 --http1.0 --header 'Accept: text/event-stream'
in_order stream <"$work/stream"
in_order stream10 <"$work/stream10"
in_order sse < <(data sse)
in_order sse10 < <(data sse10)

# Goes on behind the fifth event.
last=$(sed -n 's/^id: //p' "$work/sse" | sed -n 5p)
get resumed --header 'Accept: text/event-stream' --header "Last-Event-ID: $last"
[ "$(data resumed | head -n 1)" = 6 ] || fail "after $last comes $(data resumed | head -n 1), not 6"

done='stream, SSE, both over HTTP/1.0'
if curl --version | grep -q '^Protocols:.* ws\b'; then
  # curl's tool prints what the frames carry, one behind the other.
  status=0
  timeout 20 curl --no-buffer --silent --max-time 2 "ws://127.0.0.1:$port/numbers" >"$work/ws" || status=$?
  [ "$status" -eq 28 ] || fail "ws: curl ended with status $status"
  [ "$(head -c 50 "$work/ws" | tr -d '\n')" = "$(seq 40 | tr -d '\n' | head -c 50)" ] ||
    fail "ws: it starts with $(head -c 50 "$work/ws")"
  done="$done, WebSocket"
else
  done="$done; this curl has no WebSocket"
fi
echo "ok: $done"
