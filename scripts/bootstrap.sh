#!/usr/bin/env bash
# The lab on a bare machine: says what is missing, installs the package's dependencies, brings the lab up. Flags go to
# `metrics-lab up`. Exit code 3: something is missing that the lab cannot do without.
set -euo pipefail
root=$(cd "${BASH_SOURCE[0]%/*}/.." && pwd)

missing() { echo "✗ $1" >&2; echo "  do    $2" >&2; }
note() { echo "• $1" >&2; }
is_here() { command -v "$1" >/dev/null 2>&1; }

for program in node npm; do
  is_here "$program" && continue
  missing "$program is not on the PATH" 'install Node 24 (https://nodejs.org), then run this script again'
  exit 3
done

# Without containers the lab runs as processes of this machine: nothing of this is needed, but one should know.
if ! is_here docker && ! is_here podman; then
  note 'no Docker here (https://docs.docker.com/get-docker): the lab runs as local processes, not in containers'
elif ! is_here kind; then
  note 'no kind here (https://kind.sigs.k8s.io): the lab runs as local processes, not in containers'
elif is_here docker && ! docker version >/dev/null 2>&1; then
  note 'Docker does not answer (is it started, and may you use it?): without it the lab runs as local processes'
fi

# A package that was installed from a registry has no lock file, and needs nothing.
if [ -f "$root/package-lock.json" ] && [ ! -d "$root/node_modules" ]; then
  note 'installing the dependencies (npm ci)'
  (cd "$root" && npm ci --no-fund --no-audit --loglevel=error >&2)
fi
if [ ! -f "$root/dist/cli/bundle/main.js" ]; then (cd "$root" && npm run --silent build >&2); fi
exec node "$root/bin/metrics-lab.js" up "$@"
