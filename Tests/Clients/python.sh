#!/bin/bash
# Python's clients `websockets`, `websocket-client` and `aiohttp`, each with the first Python 3 that has it.
#
#   python.sh SLUICE     exits with 0 when all that are installed pass, 1 when not, 77 when none is
set -euo pipefail
folder=$(dirname "${BASH_SOURCE[0]}")
. "$folder/server.sh"

# The distribution's modules belong to its own Python, which need not be the first in PATH.
with() {
  local python
  for python in python3 /usr/bin/python3; do
    if "$python" -c "import $1" 2>/dev/null; then
      echo "$python"
      return 0
    fi
  done
}

command -v python3 >/dev/null || skip "there is no python3"
python3 "$folder/python_compression.py" >"$work/sizes"
serve "$1"
all=77
for client in websockets:websockets websocket:websocket-client aiohttp:aiohttp; do
  status=0
  python=$(with "${client%:*}")
  if [ -n "$python" ]; then
    timeout 120 "$python" "$folder/python_clients.py" "$port" "$work/steps" "${client#*:}" >>"$work/said" 2>&1 || status=$?
  else
    status=77
    echo "${client#*:}: skipped, not installed" >>"$work/said"
  fi
  case $status in
    0) [ "$all" -eq 1 ] || all=0 ;;
    77) ;;
    *) all=1 ;;
  esac
done
paste -s -d ';' "$work/said" | sed 's/;/; /g'
exit "$all"
