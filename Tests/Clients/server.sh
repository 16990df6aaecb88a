# Sourced by the client scripts: `serve` starts a sluice on a port of the loopback interface and sets `port`; it ends, with
# what else stands in `started`, when the script does.

work=$(mktemp -d)
started=''
cleanup() {
  local pid
  for pid in $started; do
    kill "$pid" 2>/dev/null || continue
    wait "$pid" 2>/dev/null || true
  done
  rm -rf "$work" 2>/dev/null || { sleep 1 && rm -rf "$work"; }
}
trap cleanup EXIT
trap 'exit 130' INT TERM

fail() {
  echo "FAILED: $*" >&2
  [ ! -s "$work/server.log" ] || sed 's/^/  server: /' "$work/server.log" >&2
  exit 1
}

# skip WHY: for what this machine does not have.
skip() {
  echo "skipped: $*"
  exit 77
}

clients=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

# serve SLUICE [PORT]: the routes that the clients use.
#
#   /numbers     1 2 3 …, a line each 5 ms, with all its history; as WebSocket messages too short to be compressed
#   /ticks       lines of about 160 bytes (see `ticks`), one each 5 ms; compressed once for all who can share
#   /ticks/own   the same, compressed for each client by itself
#   /steps       what the script writes into the pipe $work/steps
#   /whole       500 ticks, which end
#   /sizes       the lines of $work/sizes, which the script may have made before; compressed for each by itself
#   /echo        what a client sends comes back to it
serve() {
  "$clients/ticks" 500 >"$work/whole"
  [ -e "$work/sizes" ] || : >"$work/sizes"
  cat >"$work/routes.yaml" <<YAML
server: {listen: "127.0.0.1:${2:-0}"}
sources:
  numbers: {exec: [sh, -c, 'n=0; while n=\$((n + 1)); do echo \$n; sleep 0.005; done']}
  ticks: {exec: ["$clients/ticks"]}
routes:
  /numbers: {from: numbers, history: {messages: 100000}, replay: all}
  /ticks: {from: ticks}
  /ticks/own: {from: ticks, compression: per_connection}
  /steps: {from: {pipe: "$work/steps", create: true}}
  /whole: {from: {file: "$work/whole", mode: each}}
  /sizes: {from: {file: "$work/sizes", mode: each, max_message: 1MiB}, compression: per_connection}
  /echo: {from: {group: echo}, publish: {to: reply, limit: {message: 2MiB}}, compression: per_connection}
YAML
  "$1" serve "$work/routes.yaml" 2>"$work/server.log" </dev/null &
  server=$!
  started="$started $server"
  local try
  for try in $(seq 100); do
    port=$(sed -n 's/.*listening on 127\.0\.0\.1:\([0-9]*\).*/\1/p' "$work/server.log")
    [ -z "$port" ] || return 0
    kill -0 "$server" 2>/dev/null || break
    sleep 0.1
  done
  fail "the server does not listen, try $try"
}

# open_steps: from here on `step` writes into /steps.
open_steps() {
  [ -p "$work/steps" ] || fail "the server has not made the pipe of /steps"
  exec {steps}>"$work/steps"
  stepped=0
}

# step: writes the next tick, and leaves it in `tick`.
step() {
  stepped=$((stepped + 1))
  tick=$("$clients/ticks" 1 "$stepped")
  printf '%s\n' "$tick" >&"$steps"
}

# stop_server: as an operator does, so that every stream ends in good order.
stop_server() {
  started=${started/ $server/}
  kill "$server"
  wait "$server" || fail "the server has ended with status $?"
}
