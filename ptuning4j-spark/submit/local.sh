#!/usr/bin/env bash
# Trains on this machine, with two executors in processes of their own: needs Java and Maven, and
# no Spark. Arguments are those of org.ptuning4j.spark.application.Train:
#
#   ptuning4j-spark/submit/local.sh model=DIR data=FILE textCol=text labelCol=label out=DIR ...
#
# EXECUTORS: how many (2); CORES: of each (1).
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
module="$(dirname "$here")"
home="$module/target/spark-home"
if [ ! -d "$home/jars" ]; then
  (cd "$module/.." && mvn -q -B -Dmaven.test.skip=true -pl ptuning4j-spark -am package \
    dependency:copy-dependencies -DincludeScope=provided -DoutputDirectory="$home/some" &&
    mvn -q -B -Dmaven.test.skip=true -pl ptuning4j-spark -am package \
    dependency:copy-dependencies -DincludeScope=runtime -DoutputDirectory="$home/some")
  cp "$module"/target/ptuning4j-spark-*.jar "$home/some"
  mv "$home/some" "$home/jars"
fi
opens=()
for package in java.lang java.lang.invoke java.lang.reflect java.io java.net java.nio java.util \
  java.util.concurrent java.util.concurrent.atomic sun.nio.ch sun.nio.cs sun.security.action \
  sun.util.calendar; do
  opens+=("--add-opens=java.base/$package=ALL-UNNAMED")
done
export SPARK_HOME="$home" SPARK_SCALA_VERSION=2.13 SPARK_LOCAL_IP=127.0.0.1
exec java "${opens[@]}" -Dspark.master="local-cluster[${EXECUTORS:-2},${CORES:-1},1024]" \
  -Dspark.task.cpus="${CORES:-1}" -Dspark.ui.enabled=false -Dspark.executor.memory=1g \
  -Dspark.driver.host=127.0.0.1 -Dspark.log.level=ERROR \
  -Dspark.executor.extraClassPath="$home/jars/*" -cp "$home/jars/*" \
  org.ptuning4j.spark.application.Train "$@"
