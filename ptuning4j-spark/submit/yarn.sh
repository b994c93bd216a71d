#!/usr/bin/env bash
# Trains on YARN: yarn.sh model=/mnt/models/bert-base data=hdfs:///data/reviews.jsonl out=hdfs:///runs/reviews ...
# The model's folder is at the same path on all nodes; HADOOP_CONF_DIR says where YARN and HDFS are.
# SPARK_HOME: where Spark 4 (Scala 2.13) is. WORKERS, CORES: how many workers, and cores of each.
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
workers="${WORKERS:-2}" cores="${CORES:-4}"
exec "${SPARK_HOME:?}/bin/spark-submit" --master yarn --deploy-mode "${DEPLOY_MODE:-cluster}" \
  --class org.ptuning4j.spark.application.Train --jars "$("$here/jars.sh")" \
  --num-executors "$workers" --executor-cores "$cores" --executor-memory "${MEMORY:-4g}" \
  --conf spark.executor.memoryOverhead="${OVERHEAD:-4g}" --conf spark.task.cpus="$cores" \
  --conf spark.dynamicAllocation.enabled=false \
  --conf spark.task.reaper.enabled=true --conf spark.task.reaper.killTimeout=60s \
  "$(ls "$here"/../target/jars/ptuning4j-spark-*.jar)" workers="$workers" "$@"
