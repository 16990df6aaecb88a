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

# serve SLUICE [PORT]: the routes that the clients use.
#
#   /numbers   1 2 3 …, a line each 5 ms, with all its history
#   /echo      what a client sends comes back to it
serve() {
  cat >"$work/routes.yaml" <<YAML
server: {listen: "127.0.0.1:${2:-0}"}
sources:
  numbers: {exec: [sh, -c, 'n=0; while n=\$((n + 1)); do echo \$n; sleep 0.005; done']}
routes:
  /numbers: {from: numbers, history: {messages: 100000}, replay: all}
  /echo: {from: {group: echo}, publish: {to: reply}}
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
