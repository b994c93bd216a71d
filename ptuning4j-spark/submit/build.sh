#!/usr/bin/env bash
# Builds what the other scripts submit, where sources have changed: target/jars (ptuning4j-spark and
# what it needs besides Spark) and target/spark-home/jars (these, Spark, and ptune).
set -euo pipefail
module="$(cd "$(dirname "$0")/.." && pwd)"
done="$module/target/submit.built"
if [ ! -e "$done" ] ||
  [ -n "$(find "$module/.." -path '*/src/main/*' -type f -newer "$done" -print -quit)" ]; then
  rm -rf "$module/target/jars" "$module/target/spark-home"
  (cd "$module/.." && mvn -q -B -Dmaven.test.skip=true -Psubmit -pl ptuning4j-spark -am package >&2)
  for jars in "$module/target/jars" "$module/target/spark-home/jars"; do
    cp "$module"/target/ptuning4j-spark-*.jar "$jars"
  done
  touch "$done"
fi
