#!/usr/bin/env bash
# The study behind docs/study.md: methods beside each other on real tasks, three seeds each. Resumable: the same command goes on.
#   benchmarks/study.sh DATA OUT [TASK...]
# DATA has sst2/{train,dev}.tsv, superglue/{CB,COPA,RTE,WiC,BoolQ}/{train,val}.jsonl, conll04/conll04_{train,dev}.json, wnut17/{wnut17train,emerging.dev}.conll and
# propbank-ewt/{train,dev}.jsonl. OUT gets a folder for each model and task with table.csv, table.json and every run. Tasks: sst2 cb copa rte wic boolq entities propbank.
# Settings are the defaults but for the rates of prompt tuning and full fine-tuning (FT_RATE), and the latter's epochs and batch (FT_BATCH: 16).
# MODEL: minilm, or a folder or another name (its short name in NAME). METHODS, SEEDS: less than all; MULTI=: no multi-task prompt. STUDY: a name for further options in OPTIONS.
# PTUNE: the command.
set -euo pipefail
data=$1 out=$2; shift 2
[ $# -gt 0 ] || set -- sst2 cb copa rte wic boolq entities propbank
model=${MODEL:-minilm} name=${NAME:-$(basename "${MODEL:-minilm}")}
methods=${METHODS:-head-only,prompt-tuning,p-tuning,p-tuning-v2,full-fine-tuning} seeds=${SEEDS:-3}
ptune="${PTUNE:-$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)/ptune}"
rows="$out/rows"; mkdir -p "$rows"
lines() { [ -e "$rows/$3" ] || head -n "$1" "$2" > "$rows/$3"; }
sentences() { [ -e "$rows/$3" ] || awk -v most="$1" 'NF == 0 && ++n >= most { exit } { print }' "$2" > "$rows/$3"; }
compare() { # NAME EPOCHS OPTIONS...: epochs of full fine-tuning, of which each costs two to three of a prompt
  local folder=$1 epochs=$2 with=(); shift 2
  for each in ${methods//,/ }; do
    case $each in
      full-fine-tuning) with+=(--with "full-fine-tuning: --lr ${FT_RATE:-$usual} --batch ${FT_BATCH:-16} --epochs $epochs") ;;
      prompt-tuning) with+=(--with "prompt-tuning: --lr 3e-2") ;;
    esac
  done
  # shellcheck disable=SC2086 — OPTIONS are several words
  "$ptune" compare --model "$model" --methods "$methods" --seeds "$seeds" "${with[@]}" "$@" ${OPTIONS:-} --out "$out/$name${STUDY:+-$STUDY}-$folder"
}
for task in "$@"; do
  usual=5e-5
  case $task in
    sst2) lines 2001 "$data/sst2/train.tsv" sst2-2000.tsv; compare sst2 5 --task "sst2=$rows/sst2-2000.tsv,$data/sst2/dev.tsv" ;;
    cb) usual=1e-4; compare cb 10 --task "cb=$data/superglue/CB/train.jsonl,$data/superglue/CB/val.jsonl" ;;
    copa) compare copa 10 --task "copa=$data/superglue/COPA/train.jsonl,$data/superglue/COPA/val.jsonl" ;;
    rte) compare rte 5 --task "rte=$data/superglue/RTE/train.jsonl,$data/superglue/RTE/val.jsonl" ;;
    wic) lines 2000 "$data/superglue/WiC/train.jsonl" wic-2000.jsonl; compare wic 8 --task "wic=$rows/wic-2000.jsonl,$data/superglue/WiC/val.jsonl" ;;
    boolq) # the published development file: its first 2,400 rows to train, the others to evaluate
      lines 2400 "$data/superglue/BoolQ/val.jsonl" boolq-2400.jsonl
      [ -e "$rows/boolq-others.jsonl" ] || tail -n +2401 "$data/superglue/BoolQ/val.jsonl" > "$rows/boolq-others.jsonl"
      compare boolq 4 --task "boolq=$rows/boolq-2400.jsonl,$rows/boolq-others.jsonl" ;;
    entities) # both together, for the multi-task prompt
      usual=2e-4
      sentences 1500 "$data/wnut17/wnut17train.conll" wnut17-1500.conll
      methods="$methods${MULTI-,mpt-2}" compare entities 12 --task "conll04=$data/conll04/conll04_train.json,$data/conll04/conll04_dev.json" \
        --task "wnut17=$rows/wnut17-1500.conll,$data/wnut17/emerging.dev.conll" ;;
    propbank)
      usual=2e-4
      lines 350 "$data/propbank-ewt/train.jsonl" propbank-350.jsonl; lines 120 "$data/propbank-ewt/dev.jsonl" propbank-dev-120.jsonl
      compare propbank 10 --task "srl=$rows/propbank-350.jsonl,$rows/propbank-dev-120.jsonl" ;;
    *) echo "unknown task: $task" >&2; exit 2 ;;
  esac
done
