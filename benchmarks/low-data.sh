#!/usr/bin/env bash
# Few rows: methods on 100, 500 and 1,000 rows of a task, five seeds, with the rows that choose the epoch apart from those that are reported.
#   benchmarks/low-data.sh TASK TRAIN TEST OUT [ROWS...]
# TRAIN's last 500 rows (--hold rows of HOLD) choose the epoch; TEST is asked once, with the chosen state. Each seed draws rows of its own from the others. Resumable: a line of
# OUT/results.tsv is never computed again. MODEL: minilm. METHODS: "head-only prompt-tuning p-tuning-v2 full-fine-tuning". SEEDS: "11 12 13 14 15". FT_RATE: 5e-5. PTUNE: the command.
set -euo pipefail
task=$1 train=$2 test=$3 out=$4; shift 4
[ $# -gt 0 ] || set -- 100 500 1000
model=${MODEL:-minilm} hold=${HOLD:-500}
ptune="${PTUNE:-$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)/ptune}"
mkdir -p "$out/rows"
ending="${train##*.}"
body() { if [ "$ending" = jsonl ]; then cat "$train"; else tail -n +2 "$train"; fi; }
heading() { if [ "$ending" != jsonl ]; then head -n 1 "$train"; fi; }
{ heading; body | tail -n "$hold"; } > "$out/rows/chooses.$ending"
metric() { sed -n 's/.*"metrics" *: *{ *"\([a-z0-9_]*\)" *: *\([0-9.]*\).*/\2/p' <<< "$(tr -d '\n' < "$1")"; }
results="$out/results.tsv"; [ -e "$results" ] || printf 'rows\tmethod\tseed\ttest\tchosen epoch\tseconds\n' > "$results"
for rows in "$@"; do
  # Small data need more passes: some 300 steps of 16 rows, and no fewer than 5 passes.
  epochs=$((300 * 16 / rows)); [ $epochs -ge 5 ] || epochs=5
  for seed in ${SEEDS:-11 12 13 14 15}; do
    file="$out/rows/$rows-$seed.$ending"
    [ -e "$file" ] || { heading; body | head -n "-$hold" | shuf -n "$rows" --random-source=<(yes "$seed"); } > "$file"
    for method in ${METHODS:-head-only prompt-tuning p-tuning-v2 full-fine-tuning}; do
      grep -q "^$rows	$method	$seed	" "$results" && continue
      rate=()
      [ "$method" != prompt-tuning ] || rate=(--lr 3e-2)
      [ "$method" != full-fine-tuning ] || rate=(--lr "${FT_RATE:-5e-5}")
      run="$out/$rows-$method-$seed"; rm -rf "$run"
      "$ptune" train --model "$model" --task "$task" --train "$file" --dev "$out/rows/chooses.$ending" --method "$method" "${rate[@]}" --batch 16 --epochs "$epochs" \
        --seed "$seed" ${OPTIONS:-} --out "$run" > "$run.log" 2>&1 || { tail -n 3 "$run.log" >&2; exit 1; }
      "$ptune" eval --model "$model" --pack "$run/pack" --data "$test" --json > "$run.json"
      epoch=$(sed -n 's/.*"epoch" *: *\([0-9]*\).*/\1/p' "$run/result.json" | head -n 1)
      seconds=$(sed -n 's/.*"train_seconds" *: *\([0-9]*\).*/\1/p' "$run/result.json" | head -n 1)
      printf '%s\t%s\t%s\t%s\t%s\t%s\n' "$rows" "$method" "$seed" "$(metric "$run.json")" "$epoch" "$seconds" | tee -a "$results"
      [ "$method" != full-fine-tuning ] || rm -rf "$run/pack" # a whole model
    done
  done
done
awk -F'\t' 'NR > 1 { k = $1 "\t" $2; if (!(k in n)) order[++m] = k; n[k]++; s[k] += $4; q[k] += $4 * $4 }
  END { print "rows\tmethod\tmean\tdeviation\tseeds"; for (i = 1; i <= m; i++) { k = order[i]; a = s[k] / n[k]; v = n[k] > 1 ? (q[k] - n[k] * a * a) / (n[k] - 1) : 0
    printf "%s\t%.4f\t%.4f\t%d\n", k, a, (v > 0 ? sqrt(v) : 0), n[k] } }' "$results"
