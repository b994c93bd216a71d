#!/usr/bin/env bash
# Prints what --jars takes, with commas between: ptuning4j-spark and all that it needs besides
# Spark itself. Builds them if need be.
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
"$here/build.sh"
ls "$(dirname "$here")"/target/jars/*.jar | paste -sd, -
