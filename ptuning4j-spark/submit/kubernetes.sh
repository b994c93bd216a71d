#!/usr/bin/env bash
# Trains on Kubernetes: MASTER=k8s://https://HOST:6443 IMAGE=... CLAIM=models kubernetes.sh \
#   model=/shared/bert-base data=/shared/reviews.jsonl out=/shared/runs/reviews ...
# IMAGE: a Spark 4 image (Scala 2.13, Java 17 or 21) with the jars that jars.sh lists in
# /opt/spark/jars-ptuning4j. CLAIM: a persistent volume claim that all pods may write to; it is
# mounted at /shared. SPARK_HOME: where Spark is on this machine.
set -euo pipefail
workers="${WORKERS:-2}" cores="${CORES:-4}"
volumes=()
for role in driver executor; do
  volume="spark.kubernetes.$role.volumes.persistentVolumeClaim.shared"
  volumes+=(--conf "$volume.options.claimName=${CLAIM:?}" --conf "$volume.mount.path=/shared")
  volumes+=(--conf "spark.$role.extraClassPath=/opt/spark/jars-ptuning4j/*")
done
exec "${SPARK_HOME:?}/bin/spark-submit" --master "${MASTER:?}" --deploy-mode cluster \
  --name ptuning4j --class org.ptuning4j.spark.application.Train \
  --conf spark.kubernetes.container.image="${IMAGE:?}" "${volumes[@]}" \
  --conf spark.executor.instances="$workers" --conf spark.executor.cores="$cores" \
  --conf spark.task.cpus="$cores" --conf spark.executor.memory="${MEMORY:-4g}" \
  --conf spark.executor.memoryOverhead="${OVERHEAD:-4g}" \
  --conf spark.dynamicAllocation.enabled=false \
  --conf spark.task.reaper.enabled=true --conf spark.task.reaper.killTimeout=60s \
  local:///opt/spark/jars-ptuning4j/"${JAR:-ptuning4j-spark-0.1.0-SNAPSHOT.jar}" workers="$workers" "$@"
