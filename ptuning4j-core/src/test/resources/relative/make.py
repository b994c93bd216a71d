"""Makes the sets beside this file: tiny random models of families with relative positions, one for each combination of options
that the golden sets lack. Their outputs, losses and weights after a step of gradient descent are those of Hugging Face
transformers (5.12.1, PyTorch 2.14.1, CPU, float32, eager attention, no dropout).

  python3 make.py FOLDER
"""
import json, os, sys
import torch
from safetensors.torch import save_file
from transformers import AutoConfig, AutoModelForMaskedLM

COMMON = dict(vocab_size=40, hidden_size=12, num_hidden_layers=2, num_attention_heads=3, intermediate_size=20,
              max_position_embeddings=64, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0)
RELATIVE = dict(relative_attention=True, position_biased_input=False, pad_token_id=0)
V2 = dict(RELATIVE, position_buckets=6, max_relative_positions=24, pos_att_type=["p2c", "c2p"], share_att_key=True,
          norm_rel_ebd="layer_norm")
SETS = {
    "deberta_c2p": ("deberta", dict(RELATIVE, pos_att_type=["c2p"], max_relative_positions=5)),
    "deberta_p2c": ("deberta", dict(RELATIVE, pos_att_type="p2c", position_biased_input=True, type_vocab_size=2)),
    "deberta_no_terms": ("deberta", dict(position_biased_input=True, pos_att_type=["c2p", "p2c"], relative_attention=False)),
    "deberta_narrow": ("deberta", dict(RELATIVE, pos_att_type="P2C | c2p", embedding_size=7, hidden_act="relu")),
    "deberta_own_head": ("deberta", dict(RELATIVE, pos_att_type=["c2p", "p2c"], legacy=False)),
    "deberta_v2_clipped": ("deberta-v2", dict(V2, position_buckets=-1, max_relative_positions=4, norm_rel_ebd="none")),
    "deberta_v2_c2p": ("deberta-v2", dict(V2, pos_att_type=["c2p"], share_att_key=False, legacy=False)),
    "deberta_v2_p2c": ("deberta-v2", dict(V2, pos_att_type=["p2c"], share_att_key=False, position_buckets=3)),
    "deberta_v2_narrow": ("deberta-v2", dict(V2, embedding_size=20, type_vocab_size=3, position_biased_input=True)),
    "deberta_v2_groups": ("deberta-v2", dict(V2, conv_kernel_size=5, conv_groups=3)),
    "deberta_v2_one_layer": ("deberta-v2", dict(V2, conv_kernel_size=3, conv_act="gelu", num_hidden_layers=1)),
    "deberta_v2_no_terms": ("deberta-v2", dict(position_biased_input=True, relative_attention=False, conv_kernel_size=1)),
    "mpnet": ("mpnet", dict(max_position_embeddings=80)),
    "mpnet_relu": ("mpnet", dict(hidden_act="relu", layer_norm_eps=1e-3, num_hidden_layers=1)),
}
TEXTS = {"padded": [11, 4, 7], "long": [50]}


def write(folder, kind, options):
    config = AutoConfig.for_model(kind, **{**COMMON, **options})
    config._attn_implementation = "eager"
    model = AutoModelForMaskedLM.from_config(config).eval()
    with torch.no_grad():
        for name, p in model.named_parameters():
            if p.dim() < 2:
                p.add_(0.1 * torch.randn_like(p))
            else:
                p.copy_(torch.randn_like(p) * (0.3 if "embeddings" in name else 1.4 / p[0].numel() ** 0.5))
    model.save_pretrained(f"{folder}/model")
    if isinstance(options.get("pos_att_type"), str):
        file = f"{folder}/model/config.json"
        with open(file) as f:
            saved = json.load(f)
        saved["pos_att_type"] = options["pos_att_type"]
        with open(file, "w") as f:
            json.dump(saved, f, indent=2, sort_keys=True)
    tensors, cases = {}, []
    for case, lengths in TEXTS.items():
        n = max(lengths)
        ids = torch.randint(5, config.vocab_size, (len(lengths), n))
        mask = torch.tensor([[1] * length + [0] * (n - length) for length in lengths])
        inputs = {"input_ids": torch.where(mask == 1, ids, config.pad_token_id), "attention_mask": mask}
        if getattr(config, "type_vocab_size", 0) > 1:
            inputs["token_type_ids"] = torch.randint(0, 2, ids.shape)
        labels = torch.full_like(ids, -100)
        labels[:, :3] = torch.randint(5, config.vocab_size, (len(lengths), 3))
        out = model(**inputs, labels=labels, output_hidden_states=True)
        outputs = {f"hidden_states.{i}": state for i, state in enumerate(out.hidden_states)}
        outputs["last_hidden_state"] = out.hidden_states[-1]
        last = {"labels": labels, "logits": out.logits, "loss": out.loss}
        if case == "padded":
            model.zero_grad()
            out.loss.backward()
            for name, p in model.named_parameters():
                last["stepped/" + name] = p if p.grad is None else p - 0.1 * p.grad
        put = lambda group: {k: f"{case}/{k}" for k in group if not tensors.update({f"{case}/{k}": group[k].detach().clone().contiguous()})}
        keys = put(inputs)
        cases.append(dict(name=case, kind="forward", inputs=keys, outputs=put(outputs)))
        keys = {**keys, **put({"labels": last.pop("labels")})}
        cases.append(dict(name=case + "_mlm", kind="mlm", inputs=keys, outputs=put(last)))
    save_file(tensors, f"{folder}/cases.safetensors")
    with open(f"{folder}/cases.json", "w") as f:
        json.dump(dict(cases=cases), f, indent=1)


for index, (name, (kind, options)) in enumerate(SETS.items()):
    torch.manual_seed(index)
    write(os.path.join(sys.argv[1], name), kind, options)
