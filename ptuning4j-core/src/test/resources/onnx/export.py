"""Exports tiny random encoders with PyTorch's two exporters, and writes what PyTorch computes with them.

NAME.onnx is by the older one (TorchScript), NAME-dynamo.onnx by the newer one (torch.export).
Run in a folder of its own with torch, transformers, onnx and onnxscript: python3 export.py
"""

import json

import onnx
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


def export_dynamo(name, family, model, names, args):
    class Logits(family):
        def forward(self, *values):
            return super().forward(**dict(zip(names, values))).logits

    logits = Logits(model.config).eval()
    logits.load_state_dict(model.state_dict())
    axes = {0: torch.export.Dim("batch"), 1: torch.export.Dim("sequence", max=POSITIONS)}
    file = f"{name}-dynamo.onnx"
    torch.onnx.export(
        logits,
        args,
        file,
        input_names=names,
        output_names=["logits"],
        dynamic_shapes=(tuple(axes for _ in names),),
        opset_version=18,
        dynamo=True,
        external_data=False,
    )
    exported = onnx.load(file)
    for node in exported.graph.node:  # where in Python it comes from: most of the file
        node.ClearField("metadata_props")
    for value in exported.graph.value_info:
        value.ClearField("metadata_props")
    onnx.save(exported, file)


torch.manual_seed(5)
results = {"inputs": INPUTS, "logits": {}}
for name, (family, config) in MODELS.items():
    model = family(config).eval()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(torch.randn_like(parameter) * 0.2)
    names = list(INPUTS)[: 3 if name == "bert" else 2]
    args = tuple(torch.tensor(INPUTS[each]) for each in names)
    export_dynamo(name, family, model, names, args)
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
