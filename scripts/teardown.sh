#!/usr/bin/env bash
# Removes the lab that bootstrap.sh has made, nothing else. Flags go to `metrics-lab teardown`.
set -euo pipefail
root=$(cd "${BASH_SOURCE[0]%/*}/.." && pwd)

if ! command -v node >/dev/null 2>&1; then
  echo '✗ node is not on the PATH' >&2
  echo '  do    install Node 24 (https://nodejs.org), then run this script again' >&2
  exit 3
fi
if [ ! -f "$root/dist/cli/bundle/main.js" ]; then
  echo 'nothing to remove: metrics-lab was not built here (scripts/bootstrap.sh does)' >&2
  exit 0
fi
exec node "$root/bin/metrics-lab.js" teardown "$@"
