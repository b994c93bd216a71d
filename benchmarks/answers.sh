#!/usr/bin/env bash
# Times answers of one text and of batches in each precision (docs/benchmarks.md, "Answers"), each in a process of its own.
#   benchmarks/answers.sh [onnxruntime]     with it, the same shapes in ONNX Runtime's Java beside (fetches it, and minilm as ONNX)
set -euo pipefail
home="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
profile=(); [ "${1:-}" != onnxruntime ] || profile=(-Ponnxruntime)
classes="$home/benchmarks/target/classes"
if [ ! -e "$home/benchmarks/target/lib" ] || { [ ${#profile[@]} -gt 0 ] && [ ! -e "$classes/org/ptuning4j/benchmarks/OnnxRuntimeAnswers.class" ]; }; then
  (cd "$home" && mvn -q -B -DskipTests "${profile[@]}" -pl benchmarks -am package)
fi
export OMP_WAIT_POLICY=PASSIVE GOMP_SPINCOUNT=2000 OPENBLAS_NUM_THREADS=1
shapes=(1x32 32x32 32x128)
java=(java -cp "$classes:$home/benchmarks/target/lib/*")
for precision in fp32 bf16 int8; do
  echo "== $precision"
  MALLOC_ARENA_MAX=1 MALLOC_MMAP_THRESHOLD_=4294967296 MALLOC_TRIM_THRESHOLD_=4294967296 \
    "${java[@]}" org.ptuning4j.benchmarks.AnswerBenchmark "${MODEL:-minilm}" "$precision" "${shapes[@]}" 2>&1 | grep ' x '
done
[ ${#profile[@]} -gt 0 ] || exit 0
for file in all-minilm-l6-v2.onnx all-minilm-l6-v2-q.onnx; do
  echo "== ONNX Runtime, $file"
  "${java[@]}" org.ptuning4j.benchmarks.OnnxRuntimeAnswers "$file" "${shapes[@]}" 2>&1 | grep ' x '
done
