#!/usr/bin/env bash
# Trains a small decoder from random weights on public texts, then methods on tables (a predicate and its roles) whose sentences it is to write.
#   benchmarks/table-to-text.sh --data DIR --tokenizer FILE --out DIR [--passages-epochs 2] [--passages N] [--rows 2000] [--epochs 2] [--methods A,B]
# DIR of the data: squad, superglue, propbank-ewt, conll04 and sst2, as data.py reads them; FILE: tokenizer.json of a byte-level BPE with
# <s>, </s>, <unk> and <pad>. Takes about an hour of two cores, most of it for the decoder, which stays in OUT/model; the same command goes on where it was stopped; --passages 400 trains that on
# 400 passages only, to see the script through in minutes. PTUNE names another command than the checkout's own ./ptune.
set -euo pipefail
home="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
ptune="${PTUNE:-$home/ptune}"
data=; tokenizer=; out=; passages=2; limit=; rows=2000; epochs=2; methods=head-only,prompt-tuning,prefix-tuning,p-tuning-v2,full-fine-tuning
while [ $# -gt 0 ]; do
  case "$1" in
    --data) data="$2" ;; --tokenizer) tokenizer="$2" ;; --out) out="$2" ;; --passages-epochs) passages="$2" ;; --passages) limit="$2" ;;
    --rows) rows="$2" ;; --epochs) epochs="$2" ;; --methods) methods="$2" ;;
    *) echo "$0: unknown option $1" >&2; exit 2 ;;
  esac
  shift 2
done
[ -n "$data" ] && [ -n "$tokenizer" ] && [ -n "$out" ] || { sed -n 3p "$0" >&2; exit 2; }
[ -e "$home/benchmarks/target/lib" ] || (cd "$home" && mvn -q -B -DskipTests -pl benchmarks -am package)
mkdir -p "$out/runs"
cat >"$out/text.yaml" <<'TASK'
kind: text-generation
name: passages
separator: ""
max_new_tokens: 250
TASK
cat >"$out/table.yaml" <<'TASK'
kind: text-generation
name: table-to-text
text: source
label_column: target
separator: " ="
max_new_tokens: 40
TASK

if [ ! -e "$out/untrained/model.safetensors" ]; then
  python3 "$home/benchmarks/table-to-text/data.py" text --data "$data" --out "$out"
  python3 "$home/benchmarks/table-to-text/data.py" tables --data "$data" --out "$out"
  [ -z "$limit" ] || { head -n "$limit" "$out/text.jsonl" >"$out/part.jsonl"; mv "$out/part.jsonl" "$out/text.jsonl"; }
  java -cp "$home/benchmarks/target/classes:$home/benchmarks/target/lib/*" org.ptuning4j.benchmarks.UntrainedDecoder "$out/untrained" "$tokenizer"
fi
if [ ! -e "$out/model/model.safetensors" ]; then
  "$ptune" train --model "$out/untrained" --task "$out/text.yaml" --train "$out/text.jsonl" --dev "$out/text-dev.jsonl" \
    --method full-fine-tuning --lr 1.5e-3 --schedule cosine --warmup 100 --batch 64 --packing --max-length 250 --epochs "$passages" \
    --precision fp32 --resume --out "$out/language"
  mkdir -p "$out/model"
  cp "$out"/untrained/*.json "$out/language/pack/model.safetensors" "$out/model/"
fi
head -n "$rows" "$out/train.jsonl" >"$out/tables.jsonl"
declare -A rates=([prompt-tuning]=3e-2 [prefix-tuning]=3e-3 [p-tuning-v2]=2e-2 [full-fine-tuning]=5e-4 [head-only]=1e-3)
for method in ${methods//,/ }; do
  "$ptune" train --model "$out/model" --task "$out/table.yaml" --train "$out/tables.jsonl" --dev "$out/dev.jsonl" --method "$method" \
    --lr "${rates[$method]}" --batch 16 --epochs "$epochs" --packing --precision fp32 --resume --out "$out/runs/$method" >"$out/runs/$method.log" 2>&1
  echo "$method: $(grep -E '^(token_accuracy|perplexity)' "$out/runs/$method.log" | tr -s ' \n' ' ')" \
    "$("$ptune" eval --model "$out/model" --pack "$out/runs/$method/pack" --data "$out/test.jsonl" --precision fp32 2>/dev/null | grep -E 'bleu|rouge' | tr -s ' \n' ' ')"
done
