#!/bin/bash
# Node.js' own WebSocket and fetch.
#
#   node.sh SLUICE     exits with 0 when all holds, 1 when not, 77 when there is no Node.js of 18 or newer
set -euo pipefail
folder=$(dirname "${BASH_SOURCE[0]}")
. "$folder/server.sh"
node --eval 'process.exit(typeof fetch === "function" ? 0 : 1)' 2>/dev/null || skip "there is no Node.js of 18 or newer"
# Versions before 22 have the WebSocket only when asked, the earliest of them not at all.
flag=--experimental-websocket
node "$flag" --eval 0 2>/dev/null || flag=--no-warnings
serve "$1"
timeout 100 node --no-warnings "$flag" "$folder/node_client.mjs" "$port" >"$work/said" 2>&1 || fail "$(cat "$work/said")"
cat "$work/said"
