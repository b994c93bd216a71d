#!/usr/bin/env bash
# PEFT's prefix tuning on the tasks of study.sh, with the start that is best for it on each: its own N(0, 1), N(0, 0.02²), zero, and the keys and values of the first rows' text are
# tried with seed 11 for a third of the epochs, and the best one trained with three seeds. As many rows and epochs, the same batches, rates, P and schedule as the defaults of
# P-Tuning v2; rows of similar length batched together; bf16, what is trained in fp32, which is the fastest that it gets on processors with instructions for it.
#   benchmarks/peer-study.sh PEER ROWS OUT TASK...
# PEER: a root folder with Python, PyTorch, transformers and PEFT's sources (see benchmarks/peer), the model in models/$MODEL (minilm-l6) and the data sets of study.sh's DATA in data.
# ROWS: study.sh's OUT/rows. A line of OUT/peer.tsv is never computed again. Tasks: sst2 cb rte wic boolq conll04 wnut17 propbank (PEFT has no task type for multiple choice).
set -euo pipefail
peer=$1 rows=$2 out=$3; shift 3
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
mkdir -p "$out" "$peer/bench" "$peer/data/rows"; cp "$here"/peer/*.py "$peer/bench/"; cp "$rows"/* "$peer/data/rows/"
results="$out/peer.tsv"; [ -e "$results" ] || printf 'task\tstart\tepochs\tseed\tbest\tat epoch\tseconds\n' > "$results"
cell() { # TASK START EPOCHS SEED COMMAND...: a line of the results
  local task=$1 start=$2 epochs=$3 seed=$4 log; shift 4
  grep -q "^$task	$start	$epochs	$seed	" "$results" && return
  log="$out/$task-$start-$epochs-$seed.jsonl"
  chroot "$peer" python3 "$@" --model "/models/${MODEL:-minilm-l6}" --start "$start" --epochs "$epochs" --seed "$seed" --batch 32 --group --dtype "${DTYPE:-bf16}" --attention eager \
    2> "$log.err" | grep '"epoch"' > "$log" || { tail -n 3 "$log.err" >&2; exit 1; }
  awk -v head="$task	$start	$epochs	$seed" 'function value(name) { match($0, "\"" name "\": [0-9.]*"); return substr($0, RSTART + length(name) + 4, RLENGTH - length(name) - 4) }
    { v = $0 ~ /"f1"/ ? value("f1") : value("dev"); if (v > best || NR == 1) { best = v; at = value("epoch") } seconds = value("train_s") }
    END { printf "%s\t%s\t%d\t%s\n", head, best, at, seconds }' "$log" | { exec 8>>"$results"; flock 8; tee /dev/stderr >&8; }
}
study() { # TASK EPOCHS COMMAND...
  local task=$1 epochs=$2 short=$((($2 + 2) / 3)) start best; shift 2
  for start in small normal zero text; do cell "$task" "$start" "$short" 11 "$@"; done
  best=$(awk -F'\t' -v t="$task" -v e="$short" '$1 == t && $3 == e && $4 == 11' "$results" | sort -t'	' -k5,5gr -s | head -n 1 | cut -f2)
  for seed in 11 12 13; do cell "$task" "$best" "$epochs" $seed "$@"; done
}
texts="/bench/peft_train.py --length 20 --lr 1e-2 --max-length 256" words="/bench/peft_ner.py --length 20 --lr 2e-2"
for task in "$@"; do
  # shellcheck disable=SC2086 — several words
  case $task in
    sst2) # whose two files call the text differently
      sed '1s/content/sentence/' "$peer/data/sst2/dev.tsv" > "$peer/data/rows/sst2-dev.tsv"
      study sst2 16 $texts --train /data/rows/sst2-2000.tsv --dev /data/rows/sst2-dev.tsv ;;
    cb) study cb 30 $texts --text premise --pair hypothesis --train /data/superglue/CB/train.jsonl --dev /data/superglue/CB/val.jsonl ;;
    rte) study rte 13 $texts --text premise --pair hypothesis --train /data/superglue/RTE/train.jsonl --dev /data/superglue/RTE/val.jsonl ;;
    wic) study wic 16 $texts --text "{sentence1} {sentence2} Does {word} have the same meaning in both sentences?" --train /data/rows/wic-2000.jsonl --dev /data/superglue/WiC/val.jsonl ;;
    boolq) study boolq 14 $texts --text question --pair passage --train /data/rows/boolq-2400.jsonl --dev /data/rows/boolq-others.jsonl ;;
    conll04) study conll04 30 $words --train /data/conll04/conll04_train.json --dev /data/conll04/conll04_dev.json ;;
    wnut17) study wnut17 22 $words --train /data/rows/wnut17-1500.conll --dev /data/wnut17/emerging.dev.conll ;;
    propbank) study propbank 28 $words --train /data/rows/propbank-350.jsonl --dev /data/rows/propbank-dev-120.jsonl ;;
    *) echo "unknown task: $task" >&2; exit 2 ;;
  esac
done
