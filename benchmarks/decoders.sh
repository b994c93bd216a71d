#!/usr/bin/env bash
# Times a decoder with random weights, P-Tuning v2's training step and generation, alone or beside Hugging Face PEFT on the
# same shape in the same run; prints each line as it comes, then the ratios of the medians and of the peak memory.
#   benchmarks/decoders.sh --out DIR [--peer DIR] [--shape 0.6b|2b|tiny] [--batch 8] [--source 64] [--target 64] [--prefix 20] [--runs 4] [--what train,generate] [--checkpoint-layers]
# DIR of --out keeps the model (1.2 GB for 0.6b, 4 GB for 2b). --checkpoint-layers is for ours alone: PEFT refuses it for prefixes.
set -euo pipefail
home="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
out=; peer=; shape=0.6b; batch=8; source=64; target=64; prefix=20; runs=4; what=train,generate; ours=();
while [ $# -gt 0 ]; do
  case "$1" in
    --checkpoint-layers) ours=(-Dcheckpoint-layers=true); shift; continue ;; # PEFT refuses prefix tuning with gradient checkpointing
    --out) out="$2" ;; --peer) peer="$2" ;; --shape) shape="$2" ;; --batch) batch="$2" ;; --source) source="$2" ;;
    --target) target="$2" ;; --prefix) prefix="$2" ;; --runs) runs="$2" ;; --what) what="$2" ;;
    *) echo "$0: unknown option $1" >&2; exit 2 ;;
  esac
  shift 2
done
[ -n "$out" ] || { sed -n 4p "$0" >&2; exit 2; }
[ -e "$home/benchmarks/target/lib" ] || (cd "$home" && mvn -q -B -DskipTests -pl benchmarks -am package)
export OMP_WAIT_POLICY=PASSIVE OPENBLAS_NUM_THREADS=1 MALLOC_ARENA_MAX=1 MALLOC_MMAP_THRESHOLD_=4294967296 MALLOC_TRIM_THRESHOLD_=4294967296
mkdir -p "$out"
[ -z "$peer" ] || { mkdir -p "$peer/bench"; cp "$home"/benchmarks/peer/peft_decoder.py "$peer/bench/"; }

field() { sed -E "s/.*\"$1\": ?([0-9.]+).*/\1/" <<<"$2"; }
for each in ${what//,/ }; do
  line="$(java -XX:+UseSerialGC -Xms16m -Xmx1g -XX:MinHeapFreeRatio=20 -XX:MaxHeapFreeRatio=40 "${ours[@]}" -cp "$home/benchmarks/target/classes:$home/benchmarks/target/lib/*" \
    org.ptuning4j.benchmarks.DecoderBenchmark "$out" "$each" "$shape" bf16 "$batch" "$source" "$target" "$prefix" "$runs" | tail -1)"
  echo "$line"
  [ -n "$peer" ] || continue
  other="$(chroot "$peer" env -u OMP_WAIT_POLICY -u OPENBLAS_NUM_THREADS -u MALLOC_ARENA_MAX -u MALLOC_MMAP_THRESHOLD_ -u MALLOC_TRIM_THRESHOLD_ \
    python3 /bench/peft_decoder.py --what "$each" --shape "$shape" --batch "$batch" --source "$source" --target "$target" \
    --prefix "$prefix" --runs "$runs" 2>/dev/null | tail -1)"
  echo "$other"
  awk -v w="$each" -v a="$(field median "$line")" -v b="$(field median "$other")" -v c="$(field peak_mb "$line")" -v d="$(field peak_mb "$other")" \
    'BEGIN { printf "%s: %.2f of its time, %.2f of its peak memory\n", w, a / b, c / d }'
done
