# Sourced by scripts that drive Chromium over its pipe. They have a folder `$work` and a function `fail`, and end `$chromium`.
#
#   SLUICE_CHROMIUM_PATH      the browser, default the first Chromium in PATH

# Sets `browser`; false when there is none.
find_browser() {
  local name
  browser=${SLUICE_CHROMIUM_PATH:-}
  for name in chromium chromium-browser google-chrome chrome; do
    [ -n "$browser" ] || browser=$(command -v "$name" || true)
  done
  [ -n "$browser" ]
}

# open_browser URL: a page of its own in a new browser; sets `chromium`, its process, and `session`.
#
# The browser takes commands as JSON on descriptor 3 and answers on 4, each ended by a zero byte.
open_browser() {
  mkfifo "$work/commands" "$work/answers"
  exec 3<>"$work/commands" 4<>"$work/answers"
  next=0 answer=''
  "$browser" --headless --no-sandbox --disable-gpu --disable-dev-shm-usage --no-first-run --window-size=1100,800 \
    --user-data-dir="$work/profile" --remote-debugging-pipe about:blank \
    3<"$work/commands" 4>"$work/answers" >"$work/browser.log" 2>&1 </dev/null &
  chromium=$!
  ask Target.createTarget "{\"url\":\"$1\"}"
  local target=${answer##*'"targetId":"'}
  ask Target.attachToTarget "{\"targetId\":\"${target%%'"'*}\",\"flatten\":true}"
  session=${answer##*'"sessionId":"'}
  session=${session%%'"'*}
}

# ask METHOD PARAMETERS [SESSION]: sends a command; `answer` is what comes back for it.
ask() {
  next=$((next + 1))
  printf '{"id":%d,"method":"%s","params":%s%s}\0' "$next" "$1" "$2" "${3:+,\"sessionId\":\"$3\"}" >&3
  while IFS= read -r -d '' -t 20 answer <&4; do
    case $answer in "{\"id\":$next,"*) return 0 ;; esac
  done
  fail "the browser does not answer $1"
}

# evaluate EXPRESSION: its value, in `value`; the expression has no double quotes.
evaluate() {
  ask Runtime.evaluate "{\"expression\":\"String($1)\"}" "$session"
  value=${answer##*'"value":"'}
  value=${value%%'"'*}
}

# wait_for SECONDS WHAT EXPRESSION: until the expression is true.
wait_for() {
  local deadline=$((SECONDS + $1))
  while :; do
    evaluate "$3"
    if [ "$value" = true ]; then
      echo "$(basename "$0" .sh): $2"
      return 0
    fi
    [ "$SECONDS" -lt "$deadline" ] || fail "not within $1 s: $2"
    sleep 0.2
  done
}
