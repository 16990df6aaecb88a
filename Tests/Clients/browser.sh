#!/bin/bash
# Chromium's WebSocket, both ways, and its EventSource, which comes back by itself when the connection is cut and misses
# nothing; all of them compressed.
#
#   browser.sh SLUICE     exits with 0 when all holds, 1 when not, 77 when there is no Chromium
set -euo pipefail
folder=$(dirname "${BASH_SOURCE[0]}")
. "$folder/server.sh"
. "$folder/../Browser/chromium.sh"
find_browser || skip "there is no Chromium"
serve "$1"

python3 "$folder/cutting_proxy.py" "$port" 2 5000 >"$work/proxy" 2>"$work/proxy.log" </dev/null &
started="$! $started"
for _ in $(seq 100); do
  [ ! -s "$work/proxy" ] || break
  sleep 0.1
done
proxy=$(cat "$work/proxy")
[ -n "$proxy" ] || fail "the proxy does not listen: $(cat "$work/proxy.log")"

# A page that is not there has the server's origin all the same.
open_browser "http://127.0.0.1:$proxy/none"
started="$chromium $started"
wait_for 20 "the page is there" "document.readyState === 'complete' && location.port === '$proxy'" >/dev/null

# run EXPRESSION: without a value that matters; quotes are single ones.
run() { evaluate "(() => { ${1//$'\n'/ }; return 'done' })()" && [ "$value" = 'done' ] || fail "the page cannot do $1: $answer"; }
inOrder="every((text, index) => text === String(index + 1))"

run "window.got = []; const socket = new WebSocket('ws://' + location.host + '/numbers');
  socket.onmessage = event => got.push(event.data)"
wait_for 20 "a WebSocket receives 100 messages" "got.length >= 100" >/dev/null
evaluate "got.$inOrder" && [ "$value" = true ] || fail "a WebSocket's messages are out of order"

run "window.sent = ['hello', '', 'h\\u00e4user', 'y'.repeat(60000)]; window.back = []; window.ended = 0;
  const echo = new WebSocket('ws://' + location.host + '/echo'); echo.binaryType = 'arraybuffer';
  echo.onopen = () => { sent.forEach(text => echo.send(text)); echo.send(new Uint8Array([0, 1, 255])) };
  echo.onmessage = event => { back.push(event.data);
    if (event.data instanceof ArrayBuffer) echo.close(1000, 'done') };
  echo.onclose = event => { window.ended = event.code + (event.wasClean ? ' clean' : ' unclean') }"
wait_for 20 "an echo is closed cleanly" "ended === '1000 clean'" >/dev/null
evaluate "back.length === 5 && sent.every((text, index) => back[index] === text) && new Uint8Array(back[4])[2] === 255"
[ "$value" = true ] || fail "what a WebSocket sends does not come back"

run "window.events = []; window.opened = 0; window.gaps = 0; window.source = new EventSource('/numbers');
  source.onopen = () => opened++; source.onmessage = event => events.push(event.data);
  source.addEventListener('sluice.gap', () => gaps++)"
wait_for 40 "an EventSource comes back twice" "opened === 3 && events.length > 1000" >/dev/null
evaluate "gaps === 0 && events.$inOrder" && [ "$value" = true ] || fail "an EventSource has missed something"

# Two of each, of which the second joins while the first reads: what it gets is plain until the next key frame.
run "window.tick = number => JSON.stringify({number, symbol: 'SYM' + number * 7 % 40, bid: number * 7919 % 10007,
    ask: number * 7919 % 10007 + 3, size: number * 13 % 900 * 100, venue: 'XNAS', currency: 'USD', condition: 'regular',
    volume: number * 350, session: 'continuous trading'});
  window.inOrder = ticks => { const first = JSON.parse(ticks[0]).number;
    return ticks.every((text, index) => text === tick(first + index)) };
  source.close();
  window.follow = (open, ticks, next) => { const followed = open('/ticks');
    followed.onmessage = event => { if (ticks.push(event.data) === 30 && next) next() }; return followed };
  window.streams = [[], [], [], []]; window.sockets = [];
  const socket = path => { sockets.push(new WebSocket('ws://' + location.host + path)); return sockets.at(-1) };
  const events = path => new EventSource(path);
  follow(socket, streams[0], () => follow(socket, streams[1])); follow(events, streams[2], () => follow(events, streams[3]))"
wait_for 60 "each receives 300 ticks" "streams.every(ticks => ticks.length >= 300)" >/dev/null
evaluate "streams.every(inOrder)" && [ "$value" = true ] || fail "ticks are out of order, or not what they were"
evaluate "sockets.every(socket => socket.extensions.startsWith('permessage-deflate'))"
[ "$value" = true ] || fail "permessage-deflate is not agreed on"

# Of a stream that has ended, the page knows how it came.
run "window.whole = null; fetch('/whole').then(response => response.text()).then(text => { window.whole = text })"
known="performance.getEntriesByType('resource').filter(one => one.name.endsWith('/whole'))"
wait_for 20 "a stream ends" "whole !== null && $known.length === 1" >/dev/null
evaluate "whole.match(/.+/g).length === 500 && inOrder(whole.match(/.+/g))" && [ "$value" = true ] ||
  fail "a stream that ends is not what it was"
evaluate "$known.every(one => one.encodedBodySize > 0 && one.encodedBodySize < one.decodedBodySize / 2)"
[ "$value" = true ] || fail "a stream that ends is not compressed"
evaluate "navigator.userAgent.match(/Chrome.([0-9]+)/)[1]"
echo "ok: Chromium $value"
