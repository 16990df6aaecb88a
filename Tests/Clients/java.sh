#!/bin/bash
# java.net.http.WebSocket, and streams inside gzip, with the java in PATH (11 or newer).
#
#   java.sh SLUICE     exits with 0 when all holds, 1 when not, 77 when there is no java
set -euo pipefail
folder=$(dirname "${BASH_SOURCE[0]}")
. "$folder/server.sh"
java --version >/dev/null 2>&1 || skip "there is no java of 11 or newer"
# A run-time environment alone cannot compile.
java --list-modules | grep -q '^jdk\.compiler@' || skip "this java has no compiler"
serve "$1"
timeout 100 java -Dfile.encoding=UTF-8 "$folder/JavaClient.java" "$port" >"$work/said" 2>&1 || fail "$(cat "$work/said")"
cat "$work/said"
