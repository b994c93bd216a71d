#!/bin/sh
# Times the serving of many packs over one model: 8 packs against 1,024 and against 1,024 of which half fit into memory,
# 8 tasks about one text together and one by one, and the batcher. Packs with random values are written into FOLDER (400 MB).
#   benchmarks/serving.sh FOLDER [MODEL] [residency|fan-out|batcher...]     MODEL: a folder or a name, by default minilm
# JAVA may name the command that runs the benchmarks' classes; by default, those that Maven built.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
folder=$1
model=${2:-minilm}
[ $# -ge 2 ] && shift
shift
[ $# -eq 0 ] && set -- residency fan-out batcher
export OMP_WAIT_POLICY=PASSIVE OPENBLAS_NUM_THREADS=1 MALLOC_ARENA_MAX=1 MALLOC_MMAP_THRESHOLD_=4294967296 MALLOC_TRIM_THRESHOLD_=4294967296
JAVA=${JAVA:-java -cp "$here/target/classes:$here/target/lib/*"}
for what in "$@"; do
    $JAVA org.ptuning4j.benchmarks.ServingBenchmark "$folder" "$model" "$what" | grep '^{'
done
