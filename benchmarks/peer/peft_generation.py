"""Greedy generation by PEFT on tiny decoders, with prefix tuning and prompt tuning: a batch that is padded on the left, and each text alone.

  peft_generation.py --models DIR --out FILE

DIR has a folder for each model (the tests' golden ones). Writes JSON: for each model and method the prompt's values, the texts, and the
tokens that follow, of the batch ("together") and of each text ("alone"). Then windows: a Mistral whose window is shorter than prefix and
text; scores of a text after a prefix, and those of the tokens that are written one by one.
"""
import argparse, json, sys
from pathlib import Path
sys.path.insert(0, "/peft-src")
import torch
from transformers import AutoModelForCausalLM
from peft import PrefixTuningConfig, PromptTuningConfig, TaskType, get_peft_model

a = argparse.ArgumentParser(); a.add_argument("--models", type=Path, required=True); a.add_argument("--out", type=Path, required=True)
o = a.parse_args()
LENGTH, NEW = 4, 12

def drawn(weight):
    """N(0, 1), in numbers that a few digits write exactly."""
    with torch.no_grad(): weight.copy_(torch.round(torch.randn_like(weight) * 1e4) / 1e4)

cases = []
for name in ["gpt2", "llama", "qwen3", "mistral"]:
    for kind in ["prefix", "prompt"]:
        torch.manual_seed(17)
        base = AutoModelForCausalLM.from_pretrained(o.models / name, dtype=torch.float32).eval()
        config = PrefixTuningConfig(task_type=TaskType.CAUSAL_LM, num_virtual_tokens=LENGTH) if kind == "prefix" else PromptTuningConfig(task_type=TaskType.CAUSAL_LM, num_virtual_tokens=LENGTH)
        model = get_peft_model(base, config).eval()
        weight = model.prompt_encoder["default"].embedding.weight
        drawn(weight)
        vocabulary = base.config.vocab_size
        texts = [torch.randint(5, vocabulary - 20, (n,)).tolist() for n in (9, 5, 2)]
        longest = max(map(len, texts))
        ids = torch.tensor([[0] * (longest - len(t)) + t for t in texts])
        mask = torch.tensor([[0] * (longest - len(t)) + [1] * len(t) for t in texts])

        def write(ids, mask):
            with torch.inference_mode():
                out = model.generate(input_ids=ids, attention_mask=mask, max_new_tokens=NEW, min_new_tokens=NEW, do_sample=False, pad_token_id=0, eos_token_id=None, output_scores=True, return_dict_in_generate=True)
            scores = torch.stack(out.scores, 1)  # [B, NEW, V]
            best = scores.topk(2, -1).values
            return out.sequences[:, -NEW:].tolist(), (best[..., 0] - best[..., 1]).min().item(), scores.max(-1).values
        together, margin, s1 = write(ids, mask)
        alone = [write(torch.tensor([t]), torch.ones(1, len(t), dtype=torch.long)) for t in texts]
        cases.append(dict(model=name, method=kind, length=LENGTH, values=[round(v, 5) for v in weight.detach().flatten().tolist()],
                          texts=texts, together=together, alone=[x[0][0] for x in alone]))
        print(name, kind, "same" if together == [x[0][0] for x in alone] else "DIFFERENT", "margin %.4f" % min([margin] + [x[1] for x in alone]),
              "scores differ by", max(float((s1[i] - alone[i][2][0]).abs().max()) for i in range(3)))
        print(together[:3], [x[0][0] for x in alone])

def windowed(window):
    torch.manual_seed(23)
    base = AutoModelForCausalLM.from_pretrained(o.models / "mistral", dtype=torch.float32, sliding_window=window).eval()
    model = get_peft_model(base, PrefixTuningConfig(task_type=TaskType.CAUSAL_LM, num_virtual_tokens=LENGTH)).eval()
    weight = model.prompt_encoder["default"].embedding.weight
    drawn(weight)
    text = torch.randint(5, base.config.vocab_size - 20, (1, 7))
    with torch.inference_mode():
        out = model.generate(input_ids=text, attention_mask=torch.ones_like(text), max_new_tokens=NEW, min_new_tokens=NEW, do_sample=False, pad_token_id=0,
                             eos_token_id=None, output_logits=True, return_dict_in_generate=True)
        cached = torch.stack(out.logits, 1)[0]  # [NEW, V]
        anew = model(input_ids=out.sequences, attention_mask=torch.ones_like(out.sequences)).logits[0]  # [n + NEW, V]
    words = 32
    print("window", window, "cached and anew differ by", [round(float(d), 5) for d in (anew[text.shape[1] - 1:-1] - cached).abs().amax(-1)])
    rounded = lambda t: [[round(v, 6) for v in row] for row in t[:, :words].tolist()]
    return dict(window=window, length=LENGTH, values=[round(v, 5) for v in weight.detach().flatten().tolist()], text=text[0].tolist(),
                written=out.sequences[0, text.shape[1]:].tolist(), words=words, anew=rounded(anew[:-1]), cached=rounded(cached))

o.out.write_text(json.dumps(dict(cases=cases, windows=[windowed(w) for w in (3, 6, 64)])))
