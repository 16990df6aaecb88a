#!/bin/bash
# Drives a sluice with each real client that this machine has; one line for each.
#
#   run.sh [SLUICE]     the binary, default .build/debug/sluice; exits with 1 when a client fails
set -euo pipefail
folder=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
sluice=$(realpath -- "${1:-$folder/../../.build/debug/sluice}")
failed=0
for client in curl python java node browser; do
  status=0
  said=$(timeout 400 "$folder/$client.sh" "$sluice" 2>&1 </dev/null) || status=$?
  printf '%s: %s\n' "$client" "$said"
  [ "$status" -eq 0 ] || [ "$status" -eq 77 ] || failed=1
done
exit "$failed"
