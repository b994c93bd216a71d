"""Exports tiny random encoders with PyTorch's exporter, and writes what PyTorch computes with them.

Run in a folder of its own with torch, transformers and onnx: python3 export.py
"""

import json

import torch
from transformers import (
    BertConfig,
    BertForMaskedLM,
    DistilBertConfig,
    DistilBertForMaskedLM,
    RobertaConfig,
    RobertaForMaskedLM,
)

VOCABULARY, POSITIONS = 16, 12
SIZES = dict(vocab_size=VOCABULARY, max_position_embeddings=POSITIONS)
BERT = dict(hidden_size=8, num_hidden_layers=2, num_attention_heads=2, intermediate_size=12)
DISTIL = dict(dim=8, n_layers=2, n_heads=2, hidden_dim=12)
MODELS = {
    "bert": (BertForMaskedLM, BertConfig(**BERT, **SIZES, attn_implementation="sdpa")),
    "roberta": (
        RobertaForMaskedLM,
        RobertaConfig(
            **BERT, **SIZES, type_vocab_size=1, layer_norm_eps=1e-5, attn_implementation="eager"
        ),
    ),
    "distilbert": (
        DistilBertForMaskedLM,
        DistilBertConfig(**DISTIL, **SIZES, attn_implementation="sdpa"),
    ),
}
INPUTS = {
    "input_ids": [[2, 5, 9, 11, 14, 3], [2, 7, 8, 3, 1, 1]],
    "attention_mask": [[1] * 6, [1] * 4 + [0] * 2],
    "token_type_ids": [[0, 0, 0, 1, 1, 1], [0] * 6],
}

torch.manual_seed(5)
results = {"inputs": INPUTS, "logits": {}}
for name, (family, config) in MODELS.items():
    model = family(config).eval()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(torch.randn_like(parameter) * 0.2)
    names = list(INPUTS)[: 3 if name == "bert" else 2]
    args = tuple(torch.tensor(INPUTS[each]) for each in names)
    forward = model.forward
    model.forward = lambda *values: forward(**dict(zip(names, values))).logits
    axes = {each: {0: "batch", 1: "sequence"} for each in names}
    torch.onnx.export(
        model,
        args,
        f"{name}.onnx",
        input_names=names,
        output_names=["logits"],
        dynamic_axes=axes,
        opset_version=17,
        dynamo=False,
    )
    with torch.no_grad():
        results["logits"][name] = [
            [[round(float(x), 6) for x in place] for place in row] for row in model(*args)
        ]
with open("expected.json", "w") as file:
    json.dump(results, file)
