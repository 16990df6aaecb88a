#!/bin/bash
# curl as a client: the stream, SSE, both again inside gzip and over HTTP/1.0, and WebSocket where curl has it.
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

getting=''
get stream & getting="$getting $!"
get stream10 --http1.0 & getting="$getting $!"
get sse --header 'Accept: text/event-stream' & getting="$getting $!"
get sse10 --http1.0 --header 'Accept: text/event-stream' & getting="$getting $!"
for pid in $getting; do wait "$pid" || exit 1; done
in_order stream <"$work/stream"
in_order stream10 <"$work/stream10"
in_order sse < <(data sse)
in_order sse10 < <(data sse10)

# Goes on behind the fifth event.
last=$(sed -n 's/^id: //p' "$work/sse" | sed -n 5p)
get resumed --header 'Accept: text/event-stream' --header "Last-Event-ID: $last"
[ "$(data resumed | head -n 1)" = 6 ] || fail "after $last comes $(data resumed | head -n 1), not 6"

done='stream, SSE, both in gzip, both over HTTP/1.0'
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

# A stream that ends, inside gzip: curl and gzip both look at its trailer.
whole() {
  timeout 60 curl --no-buffer --silent --show-error "$@" "http://127.0.0.1:$port/whole"
}
sse='Accept: text/event-stream'
gzip='Accept-Encoding: gzip'
whole --compressed >"$work/whole.stream" || fail "a compressed stream that ends: curl ended with status $?"
cmp "$work/whole.stream" "$work/whole" || fail "a compressed stream is not what the file is"
whole --compressed --header "$sse" >"$work/whole.sse" || fail "compressed SSE that ends: curl ended with status $?"
cmp <(data whole.sse) "$work/whole" || fail "compressed SSE is not what the file is"
whole --header "$gzip" >"$work/whole.gz" || fail "gzip that ends: curl ended with status $?"
gzip --decompress --stdout "$work/whole.gz" | cmp - "$work/whole" || fail "gzip reads another stream than the file is"
[ "$(wc -c <"$work/whole.gz")" -lt $(($(wc -c <"$work/whole") / 2)) ] || fail "gzip makes nothing smaller"
whole --header "$gzip" --header "$sse" | gzip --decompress >"$work/whole.sse" || fail "gzip does not read SSE"
cmp <(data whole.sse) "$work/whole" || fail "gzip reads other SSE than the file is"

# Step by step: the next message is not written before all clients have shown this one. `from` has what each one's output is
# read from.
declare -A from client size

# join NAME ARGUMENT...: one more client of /steps, which gets all that comes from then on.
join() {
  local name=$1
  shift
  mkfifo "$work/$name"
  timeout 100 curl --no-buffer --silent --show-error --dump-header "$work/$name.head" \
    --write-out '\nsize %{size_download}\n' "$@" "http://127.0.0.1:$port/steps" >"$work/$name" 2>"$work/$name.err" &
  client[$name]=$!
  started="$! $started"
  exec {from[$name]}<"$work/$name"
  # Who has the head's end gets all that comes from then on.
  local try
  for try in $(seq 400); do
    ! grep -q $'^\r$' "$work/$name.head" 2>/dev/null || return 0
    sleep 0.05
  done
  fail "$name: no head, try $try: $(cat "$work/$name.err")"
}

# next_line NAME: in `line`.
next_line() {
  IFS= read -r -t 20 -u "${from[$1]}" line || fail "$1: nothing comes after step $stepped: $(cat "$work/$1.err")"
  line=${line%$'\r'}
}

# shows NAME: the tick of this step comes next. SSE has lines around it.
shows() {
  next_line "$1"
  case $1 in
    sse*)
      while [ "${line#data: }" = "$line" ]; do next_line "$1"; done
      line=${line#data: }
      ;;
  esac
  [ "$line" = "$tick" ] || fail "$1: shows '$line', not '$tick'"
}

steps() {
  local last=$(($1 + stepped)) name
  while [ "$stepped" -lt "$last" ]; do
    step
    for name in "${!from[@]}"; do shows "$name"; done
  done
}

# A reader of each format is there already when the next one comes, which so has to wait for a key frame: it comes 64
# messages after the last one, or 1 s.
open_steps
join stream1 --compressed
join sse1 --compressed --header "$sse"
steps 30
join stream2 --compressed
join sse2 --compressed --header "$sse"
join plain
steps 250
# Streams that end in the middle have a trailer too.
stop_server
for name in "${!from[@]}"; do
  line=''
  while [ "${line#size }" = "$line" ]; do next_line "$name"; done
  wait "${client[$name]}" || fail "$name: curl ended with status $?: $(cat "$work/$name.err")"
  size[$name]=${line#size }
done
for name in "${!from[@]}"; do
  [ "$name" = plain ] || [ "${size[$name]}" -lt $((${size[plain]} / 2)) ] ||
    fail "$name: ${size[$name]} bytes are not compressed, where ${size[plain]} are plain"
done

echo "ok: $done"
