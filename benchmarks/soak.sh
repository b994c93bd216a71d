#!/usr/bin/env bash
# Asks a server of packs that come and go, from a process of its own, and looks whether its memory, files and threads stay as they are and all answers are right.
#   benchmarks/soak.sh FOLDER [REQUESTS]          FOLDER keeps the packs and the registry; 300,000 requests unless said otherwise
# MODEL: a folder or a name (bert-mini). CLASSES: where the classes are, by default those that Maven built. Prints a line of JSON; ends with 1 where something is wrong.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
folder=$1 requests=${2:-300000}
model=${MODEL:-bert-mini} port=${PORT:-8097} admin=${ADMIN_PORT:-8096}
classes="${CLASSES:-$here/target/classes:$here/target/lib/*}"
export OMP_WAIT_POLICY=PASSIVE GOMP_SPINCOUNT=2000 OPENBLAS_NUM_THREADS=1
server=
end() { [ -z "$server" ] || kill "$server" 2>/dev/null || true; }
trap end EXIT
mkdir -p "$folder"; rm -rf "$folder/registry"
java -cp "$classes" org.ptuning4j.benchmarks.ServingBenchmark "$folder" "$model" packs
java -cp "$classes" org.ptuning4j.benchmarks.soak.Soak prepare "$folder/registry" "$folder/all" "$model"
printf 'access-log: false\nadmin: {port: %s}\n' "$admin" > "$folder/server.yaml"
log="$folder/server.log"
# oneDNN keeps kernels for up to 1,024 shapes, which takes half an hour to fill: few of them, so that what grows is not that.
export MALLOC_ARENA_MAX=1 ONEDNN_PRIMITIVE_CACHE_CAPACITY=64
java -Xmx192m -XX:+UseSerialGC -cp "$classes" org.ptuning4j.cli.Main serve --model "$model" --precision fp32 --port "$port" --config "$folder/server.yaml" --registry "$folder/registry" > "$log" 2>&1 &
server=$!
for _ in $(seq 600); do grep -q 'Serving' "$log" && break; kill -0 $server 2>/dev/null || { cat "$log"; exit 1; }; sleep 0.2; done
java -Xmx512m -XX:+UseSerialGC -cp "$classes" org.ptuning4j.benchmarks.soak.Soak run "$folder/registry" "$folder/all" "$model" "$port" "$admin" $server "$requests"
