#!/usr/bin/env bash
# Asks a server of 32 packs over one model at several rates, from a process of its own; beside it the same of ONNX Runtime's Java with a model for each task.
#   benchmarks/serve.sh FOLDER TEXTS SYSTEM [RATE...]
# FOLDER keeps packs with random values; TEXTS has a text a line. SYSTEM: ours, ours-int8, onnxruntime, onnxruntime-int8 (built with -Ponnxruntime), or url:ADDRESS of a server
# that runs already, such as benchmarks/peer/peft_serve.py. Prints a line of JSON for each rate, and what the server's process has in memory at the end.
# MODEL: a folder or a name (minilm). SECONDS_EACH: 8. CLASSES: where the classes are, by default those that Maven built.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
folder=$1 texts=$2 system=$3; shift 3
[ $# -gt 0 ] || set -- 50 100 200 400 800
model=${MODEL:-minilm} tasks=32 port=${PORT:-8099}
classes="${CLASSES:-$here/target/classes:$here/target/lib/*}"
export OMP_WAIT_POLICY=PASSIVE GOMP_SPINCOUNT=2000 OPENBLAS_NUM_THREADS=1
server=
end() { [ -z "$server" ] || kill "$server" 2>/dev/null || true; }
trap end EXIT
start() { # waits for the words that say that it listens
  log=$(mktemp)
  "$@" > "$log" 2>&1 & server=$!
  for _ in $(seq 600); do grep -q 'Serving' "$log" && return; kill -0 $server 2>/dev/null || break; sleep 0.2; done
  cat "$log"; exit 1
}
case $system in
  ours | ours-int8)
    java -cp "$classes" org.ptuning4j.benchmarks.ServingBenchmark "$folder" "$model" packs
    packs=(); for i in $(seq 0 $((tasks - 1))); do packs+=(--pack "task-$i=$folder/all/pack-$i"); done
    quiet="$(mktemp --suffix .yaml)"; echo 'access-log: false' > "$quiet"
    precision=fp32; [ "$system" = ours ] || precision=int8
    export MALLOC_ARENA_MAX=1 MALLOC_MMAP_THRESHOLD_=4294967296 MALLOC_TRIM_THRESHOLD_=4294967296
    # Java's options are those of the launcher, ptune.
    start java -XX:+UseSerialGC -Xms16m -Xmx1g -XX:MinHeapFreeRatio=20 -XX:MaxHeapFreeRatio=40 -cp "$classes" org.ptuning4j.cli.Main serve --model "$model" --precision $precision --port "$port" --config "$quiet" "${packs[@]}"
    url=http://127.0.0.1:$port/v1/predict ;;
  onnxruntime | onnxruntime-int8)
    file=all-minilm-l6-v2.onnx; [ "$system" = onnxruntime ] || file=all-minilm-l6-v2-q.onnx
    [ -e "${TOKENIZER:-$model}/tokenizer.json" ] || { echo "TOKENIZER: a folder with the tokenizer.json of $model is needed" >&2; exit 2; }
    start java -cp "$classes" org.ptuning4j.benchmarks.OnnxRuntimeServer $file "${TOKENIZER:-$model}" $tasks "$port"
    url=http://127.0.0.1:$port/ ;;
  url:*) url=${system#url:} ;;
  *) echo "unknown: $system" >&2; exit 2 ;;
esac
echo "== $system"
java -cp "$classes" org.ptuning4j.benchmarks.ServeLoad "$url" $tasks "${SECONDS_EACH:-8}" "$texts" "$@"
[ -z "$server" ] || echo "resident MiB: $(($(awk '/VmRSS/ {print $2}' /proc/$server/status) / 1024))"
