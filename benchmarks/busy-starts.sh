#!/usr/bin/env bash
# Is the plan of kernels the same however busy the machine is? Starts ptune with an empty cache beside
# busy loops, again and again, and compares each plan with that of a machine left alone: run it on an
# idle machine (docs/benchmarks.md).
#   benchmarks/busy-starts.sh [--starts 20] [--loops 3] [--ptune "./ptune"]
set -euo pipefail
home="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
starts=20 loops=3 ptune="$home/ptune"
while [ $# -gt 0 ]; do
  case "$1" in
    --starts) starts="$2" ;;
    --loops) loops="$2" ;;
    --ptune) ptune="$2" ;;
    *) echo "busy-starts: unknown option $1" >&2; exit 2 ;;
  esac
  shift 2
done
work="$(mktemp -d)"
busy=()
cleanup() {
  for pid in "${busy[@]}"; do kill "$pid" 2>/dev/null || true; done
  rm -rf "$work"
}
trap cleanup EXIT

# The plan and how it was decided, with a cache of its own: two lines.
plan() {
  mkdir -p "$work/$1"
  # shellcheck disable=SC2086 # a command with its arguments
  XDG_CACHE_HOME="$work/$1" $ptune doctor --json |
    sed -n -e 's/.*"kernels" : "\(.*\)".*/\1/p' -e 's/.*"kernels_decided" : "\(.*\)".*/\1/p'
}

mapfile -t idle < <(plan idle)
echo "idle: ${idle[0]} (${idle[1]})"
for ((i = 0; i < loops; i++)); do
  (while :; do :; done) &
  busy+=($!)
done
same=0
for ((i = 1; i <= starts; i++)); do
  mapfile -t found < <(plan "busy-$i")
  if [ "${found[0]}" = "${idle[0]}" ]; then same=$((same + 1)); fi
  echo "start $i beside $loops busy loops: ${found[0]} (${found[1]})"
done
echo "$same of $starts starts have the idle plan"
[ "$same" -eq "$starts" ]
