#!/usr/bin/env bash
# Prints what --jars takes, with commas between: ptuning4j-spark and all that it needs besides
# Spark itself. Builds them on first use.
set -euo pipefail
cd "$(dirname "$0")/../.."
jars=ptuning4j-spark/target/jars
if [ ! -d "$jars" ]; then
  mvn -q -B -Dmaven.test.skip=true -pl ptuning4j-spark -am package dependency:copy-dependencies \
    -DincludeScope=runtime -DexcludeTransitive=false -DoutputDirectory="$PWD/$jars" >&2
  cp ptuning4j-spark/target/ptuning4j-spark-*.jar "$jars"
fi
ls "$PWD/$jars"/*.jar | paste -sd, -
