"""Times PEFT prefix tuning on a randomly initialised Qwen3: training step on pairs of source and target, and greedy generation.

  peft_decoder.py --what train|generate --shape tiny|0.6b|2b --batch 8 --source 64 --target 64 --prefix 20 [--dtype bf16] [--checkpoint]

Prints one JSON line: seconds (best and median), tokens/s, peak memory.
"""
import argparse, json, resource, statistics, sys, time
sys.path.insert(0, "/peft-src")
import torch
from transformers import AutoConfig, AutoModelForCausalLM
from peft import PrefixTuningConfig, TaskType, get_peft_model

a = argparse.ArgumentParser()
a.add_argument("--what", default="train", choices=["train", "generate"]); a.add_argument("--shape", default="0.6b")
a.add_argument("--batch", type=int, default=8); a.add_argument("--source", type=int, default=64); a.add_argument("--target", type=int, default=64)
a.add_argument("--prefix", type=int, default=20); a.add_argument("--dtype", default="bf16", choices=["fp32", "bf16"])
a.add_argument("--runs", type=int, default=4); a.add_argument("--checkpoint", action="store_true"); a.add_argument("--load", help="a model's folder, instead of one that is made in memory")
o = a.parse_args()
torch.manual_seed(0)
layers, hidden, heads, kv, size, inner, vocab = {
    "tiny": (2, 64, 4, 2, 16, 128, 2000), "0.6b": (28, 1024, 16, 8, 128, 3072, 151936), "2b": (34, 2048, 16, 8, 128, 6144, 151936)}[o.shape]
config = AutoConfig.for_model("qwen3", num_hidden_layers=layers, hidden_size=hidden, num_attention_heads=heads, num_key_value_heads=kv,
                              head_dim=size, intermediate_size=inner, vocab_size=vocab, max_position_embeddings=4096, tie_word_embeddings=True)
torch.set_default_dtype(torch.bfloat16 if o.dtype == "bf16" else torch.float32)
model = AutoModelForCausalLM.from_pretrained(o.load, dtype=torch.get_default_dtype()) if o.load else AutoModelForCausalLM.from_config(config)
if o.checkpoint: model.gradient_checkpointing_enable()
model = get_peft_model(model, PrefixTuningConfig(task_type=TaskType.CAUSAL_LM, num_virtual_tokens=o.prefix))
optimizer = torch.optim.AdamW([p for p in model.parameters() if p.requires_grad], lr=1e-3)
ids = torch.randint(5, vocab, (o.batch, o.source + o.target)); mask = torch.ones_like(ids)
labels = ids.clone(); labels[:, :o.source] = -100
source = ids[:, :o.source]

def step():
    optimizer.zero_grad(); model(input_ids=ids, attention_mask=mask, labels=labels).loss.backward(); optimizer.step()

def write():
    with torch.inference_mode():
        model.generate(input_ids=source, attention_mask=mask[:, :o.source], max_new_tokens=o.target, min_new_tokens=o.target, do_sample=False, pad_token_id=0, eos_token_id=3)

model.train(o.what == "train")
seconds = []
for i in range(o.runs + 1):
    t = time.perf_counter(); (step if o.what == "train" else write)(); seconds.append(time.perf_counter() - t)
seconds = seconds[1:]; tokens = o.batch * (o.source + o.target if o.what == "train" else o.target)
print(json.dumps(dict(peer="PEFT", what=o.what, shape=o.shape, dtype=o.dtype, batch=o.batch, source=o.source, target=o.target, prefix=o.prefix, checkpoint=o.checkpoint, loaded=bool(o.load),
                      best=round(min(seconds), 3), median=round(statistics.median(seconds), 3), tokens_per_second=round(tokens / statistics.median(seconds)),
                      peak_mb=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1000)))
