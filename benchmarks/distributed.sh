#!/usr/bin/env bash
# How long workers take to add up their gradients, over links with a delay and a rate: each worker
# in a network namespace of its own, on this machine. For root, on Linux.
#
#   benchmarks/distributed.sh [DELAY_MS:MBIT ...]       default: 0:10000 1:10000 0:1000 1:1000
#
# The figures of docs/distributed.md come from here.
set -euo pipefail
cd "$(dirname "$0")/.."
classes="${CLASSES:-}"
if [ -z "$classes" ]; then
  mvn -q -B -Dmaven.test.skip=true -pl benchmarks -am package \
    dependency:build-classpath -Dmdep.outputFile=target/classpath.txt -Dmdep.includeScope=runtime
  classes="benchmarks/target/classes:$(cat benchmarks/target/classpath.txt)"
fi
links=("$@")
[ ${#links[@]} -gt 0 ] || links=(0:10000 1:10000 0:1000 1:1000)
values=1000,100000,368640,1000000
work="$(mktemp -d)"
spaces=()
link=
end() {
  [ -z "$link" ] || { exec 7>&-; wait "$link" 2>/dev/null || true; link=; }
  for space in "${spaces[@]}"; do ip netns del "$space" 2>/dev/null || true; done
  spaces=()
}
trap 'end; rm -rf "$work"' EXIT
export OMP_WAIT_POLICY=PASSIVE
for each in "${links[@]}"; do
  for workers in 2 4; do
    ends=()
    for ((i = 0; i < workers; i++)); do
      ip netns add "ptuning4j-$i"
      spaces+=("ptuning4j-$i")
      ends+=("ptuning4j-$i=10.77.0.$((i + 1))")
    done
    rm -f "$work"/in "$work"/ready "$work"/port
    mkfifo "$work/in"
    python3 benchmarks/network/link.py "${each%:*}" "${each#*:}" "${ends[@]}" <"$work/in" >"$work/ready" &
    link=$!
    exec 7>"$work/in"
    until grep -q ready "$work/ready"; do
      kill -0 "$link" || exit 1
      sleep 0.1
    done
    echo "delay ${each%:*} ms one way, ${each#*:} Mbit/s"
    processes=()
    for ((i = 0; i < workers; i++)); do
      ip netns exec "ptuning4j-$i" java -Xmx256m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -cp "$classes" \
        org.ptuning4j.benchmarks.ExchangeBenchmark "$i" "$workers" "10.77.0.$((i + 1))" 10.77.0.1 \
        "$work/port" "$values" 2>"$work/error-$i" | grep workers, &
      processes+=($!)
    done
    for process in "${processes[@]}"; do wait "$process" || true; done
    end
  done
done
