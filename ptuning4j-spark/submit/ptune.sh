#!/usr/bin/env bash
# ptune with Spark: compare, ablate, reproduce, search and train --auto take --spark MASTER, such as
#
#   ptuning4j-spark/submit/ptune.sh compare --spark 'local-cluster[2,1,1024]' --model DIR --task rte=TRAIN,DEV --out DIR
#   ptuning4j-spark/submit/ptune.sh search --spark spark://HOST:7077 ...
#
# This checkout, models, data and --out are at the same places on all machines of the cluster. Spark
# is SPARK_HOME's, or, without one, of the build's own.
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
"$here/build.sh"
home="$(dirname "$here")/target/spark-home"
. "$here/java.sh"
jars="$home/jars/*"
if [ -n "${SPARK_HOME:-}" ]; then
  jars="$SPARK_HOME/jars/*:$jars"
fi
export SPARK_HOME="${SPARK_HOME:-$home}" SPARK_SCALA_VERSION=2.13
exec java "${opens[@]}" -Dspark.log.level="${SPARK_LOG_LEVEL:-ERROR}" -cp "$jars" \
  org.ptuning4j.cli.Main "$@"
