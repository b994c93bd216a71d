#!/bin/sh
# Time and memory of loading a model of each family, each in a process of its own.
#   benchmarks/load.sh FOLDER [fp32|bf16] [FAMILY...]     models are written into FOLDER, up to 1.2 GB each
# JAVA may name the command that runs the benchmarks' classes; by default, those that Maven built.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
folder=$1
precision=${2:-bf16}
[ $# -le 2 ] && set -- "$@" ${2:-bf16}
shift 2
[ $# -eq 0 ] && set -- bert roberta xlm-roberta distilbert electra albert deberta deberta-v2 modernbert
JAVA=${JAVA:-java -cp "$here/target/classes:$here/target/lib/*"}
for family in "$@"; do
    model=$folder/$family
    [ -f "$model/model.safetensors" ] || $JAVA org.ptuning4j.benchmarks.LoadBenchmark write "$model" "$family"
    $JAVA org.ptuning4j.benchmarks.LoadBenchmark load "$model" "$precision" | grep '^{'
done
