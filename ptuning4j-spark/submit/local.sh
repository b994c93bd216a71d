#!/usr/bin/env bash
# Trains on this machine, with two executors in processes of their own: needs Java and Maven, and
# no Spark. Arguments are those of org.ptuning4j.spark.application.Train:
#
#   ptuning4j-spark/submit/local.sh model=DIR data=FILE textCol=text labelCol=label out=DIR ...
#
# EXECUTORS: how many (2); CORES: of each (1).
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
"$here/build.sh"
home="$(dirname "$here")/target/spark-home"
. "$here/java.sh"
export SPARK_HOME="$home" SPARK_SCALA_VERSION=2.13 SPARK_LOCAL_IP=127.0.0.1
exec java "${opens[@]}" -Dspark.master="local-cluster[${EXECUTORS:-2},${CORES:-1},1024]" \
  -Dspark.task.cpus="${CORES:-1}" -Dspark.ui.enabled=false -Dspark.executor.memory=1g \
  -Dspark.driver.host=127.0.0.1 -Dspark.log.level=ERROR \
  -Dspark.executor.extraClassPath="$home/jars/*" -cp "$home/jars/*" \
  org.ptuning4j.spark.application.Train "$@"
