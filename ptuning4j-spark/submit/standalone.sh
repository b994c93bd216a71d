#!/usr/bin/env bash
# Trains on a standalone cluster: MASTER=spark://HOST:7077 standalone.sh model=DIR data=FILE ...
# The model's folder, data and out are on storage that all machines share.
# SPARK_HOME: where Spark 4 (Scala 2.13) is. WORKERS, CORES: how many workers, and cores of each.
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
workers="${WORKERS:-2}" cores="${CORES:-4}"
exec "${SPARK_HOME:?}/bin/spark-submit" --master "${MASTER:?}" \
  --class org.ptuning4j.spark.application.Train --jars "$("$here/jars.sh")" \
  --conf spark.task.cpus="$cores" --conf spark.executor.cores="$cores" \
  --conf spark.cores.max=$((workers * cores)) --conf spark.executor.memory="${MEMORY:-4g}" \
  --conf spark.dynamicAllocation.enabled=false \
  --conf spark.task.reaper.enabled=true --conf spark.task.reaper.killTimeout=60s \
  "$(ls "$here"/../target/jars/ptuning4j-spark-*.jar)" workers="$workers" "$@"
