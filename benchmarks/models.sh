#!/usr/bin/env bash
# Trains the pretrained models that come as Maven artefacts on SST-2, CB, CoNLL-2004 and a small Chinese set, from the command
# line as a user would, and where a folder with the Python stack is given, PEFT on the same files with the same settings. One
# seed; a line is printed for each run as it ends, the logs stay in OUT. One seed shows that a model learns, not which tool is better.
#   benchmarks/models.sh --data DIR --out DIR [--peer DIR] [--models minilm,bge-small-en,e5-small,bge-small-zh] [--epochs N of SST-2] [--rows N of SST-2]
# DIR of the data: sst2/{train,dev}.tsv, superglue/CB/{train,val}.jsonl, conll04/conll04_{train,dev}.json
set -euo pipefail
home="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
models=minilm,bge-small-en,e5-small,bge-small-zh; rows=2000; epochs=4; peer=; data=; out=
while [ $# -gt 0 ]; do
  case "$1" in
    --data) data="$2" ;; --out) out="$2" ;; --peer) peer="$2" ;; --models) models="$2" ;; --rows) rows="$2" ;; --epochs) epochs="$2" ;;
    *) echo "$0: unknown option $1" >&2; exit 2 ;;
  esac
  shift 2
done
[ -n "$data" ] && [ -n "$out" ] || { sed -n 5,6p "$0" >&2; exit 2; }
mkdir -p "$out"
[ -z "$peer" ] || { mkdir -p "$peer"/{bench,models,data}; cp "$home"/benchmarks/peer/*.py "$peer/bench/"; }

# ours MODEL DATA ARGUMENTS...: one training; a line with the best dev metrics.
ours() {
  local model="$1" name="$2"; shift 2
  local run="$out/$model-$name"
  if [ ! -e "$run/result.json" ]; then
    "$home/ptune" train --model "$model" --method p-tuning-v2 --init unit-normal --dropout 0 --prompt-dropout 0 --seed 11 "$@" \
      --out "$run" >"$run.log" 2>&1 || { echo "$model, $name: failed, see $run.log" >&2; failed=2; return; }
  fi
  echo "$model, $name: ours $(sed -n '/"best"/,/}/p; /"epoch"\|"train_seconds"/p' "$run/result.json" | tr -d ' \n"{}' | sed 's/best://')"
}

# theirs MODEL DATA SCRIPT ARGUMENTS...: the same in the peer's stack; a line with the last line of its output.
theirs() {
  [ -n "$peer" ] || return 0
  local model="$1" name="$2" script="$3"; shift 3
  local log="$out/$model-$name.peer.log"
  if ! tail -1 "$log" 2>/dev/null | grep -q best; then
    chroot "$peer" python3 "/bench/$script" --model "/models/$model" --method prefix --std 1 --dropout 0 --group --seed 11 "$@" \
      >"$log" 2>&1 || { echo "$model, $name: PEFT failed, see $log" >&2; failed=2; return; }
  fi
  echo "$model, $name: PEFT $(tail -1 "$log")"
}

failed=0
head -n $((rows + 1)) "$data/sst2/train.tsv" >"$out/sst2-train.tsv"
if [ -n "$peer" ]; then
  cp "$out/sst2-train.tsv" "$peer/data/"
  sed '1s/content/sentence/' "$data/sst2/dev.tsv" >"$peer/data/sst2-dev.tsv" # some copies call the column so
  cp "$data"/superglue/CB/{train,val}.jsonl "$data"/conll04/conll04_{train,dev}.json "$peer/data/"
  cp "$home/benchmarks/chinese/train.tsv" "$peer/data/chinese-train.tsv"
  cp "$home/benchmarks/chinese/dev.tsv" "$peer/data/chinese-dev.tsv"
fi
for model in ${models//,/ }; do
  folder="$("$home/ptune" models fetch "$model" 2>/dev/null | tail -1)"
  [ -z "$peer" ] || { mkdir -p "$peer/models/$model" && cp "$folder"/* "$peer/models/$model/"; }
  if [ "$model" = bge-small-zh ]; then
    ours "$model" chinese --train "$home/benchmarks/chinese/train.tsv" --dev "$home/benchmarks/chinese/dev.tsv" \
      --text sentence --label label --prompt-length 16 --lr 1e-2 --epochs 20 --batch 16
    theirs "$model" chinese peft_train.py --train /data/chinese-train.tsv --dev /data/chinese-dev.tsv \
      --length 16 --lr 1e-2 --epochs 20 --batch 16
    continue
  fi
  ours "$model" sst2 --task sst2 --train "$out/sst2-train.tsv" --dev "$data/sst2/dev.tsv" \
    --prompt-length 20 --lr 2e-2 --epochs "$epochs" --batch 32 --max-length 64
  theirs "$model" sst2 peft_train.py --train /data/sst2-train.tsv --dev /data/sst2-dev.tsv \
    --length 20 --lr 2e-2 --epochs "$epochs" --batch 32 --max-length 64
  ours "$model" cb --task cb --train "$data/superglue/CB/train.jsonl" --dev "$data/superglue/CB/val.jsonl" \
    --prompt-length 16 --lr 1e-2 --epochs 10 --batch 16 --max-length 128
  theirs "$model" cb peft_train.py --train /data/train.jsonl --dev /data/val.jsonl --text premise --pair hypothesis \
    --length 16 --lr 1e-2 --epochs 10 --batch 16 --max-length 128
  ours "$model" conll04 --task conll04 --train "$data/conll04/conll04_train.json" --dev "$data/conll04/conll04_dev.json" \
    --prompt-length 32 --lr 2e-2 --epochs 6 --batch 16 --max-length 256 --tag-head softmax
  theirs "$model" conll04 peft_ner.py --train /data/conll04_train.json --dev /data/conll04_dev.json \
    --length 32 --lr 2e-2 --epochs 6 --batch 16
done
exit $failed
