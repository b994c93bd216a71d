#!/usr/bin/env bash
# Builds the benchmarks and runs them, alone or beside Hugging Face PEFT; prints each figure as it comes, then medians
# and ratios (docs/benchmarks.md). A precision that the processor only emulates is left out.
#   benchmarks/compare.sh [--peer DIR] [--rounds N] [--only step,epoch,predict] [--precisions bf16,fp32] [--families bert,deberta,deberta-v2] [--layers N] [--model DIR --train F --dev F --rows N --dropout X] [--ptune "COMMAND"]
set -euo pipefail
home="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
[ -e "$home/benchmarks/target/lib" ] || (cd "$home" && mvn -q -B -DskipTests -pl benchmarks -am package)
export OMP_WAIT_POLICY=PASSIVE OPENBLAS_NUM_THREADS=1 MALLOC_ARENA_MAX=1 MALLOC_MMAP_THRESHOLD_=4294967296 MALLOC_TRIM_THRESHOLD_=4294967296
for ((i = 1; i <= $#; i++)); do
  if [ "${!i}" = --peer ]; then next=$((i + 1)); mkdir -p "${!next}/bench" && cp "$home"/benchmarks/peer/*.py "${!next}/bench/"; fi
done
exec java -cp "$home/benchmarks/target/classes:$home/benchmarks/target/lib/*" org.ptuning4j.benchmarks.Compare "$@"
